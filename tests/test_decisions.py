"""Whoever looks for a decision finds it: by its number, by its date and in the index."""

import re
from datetime import date
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "docs" / "decisions"
NUMBERED = sorted(FOLDER.glob("[0-9]*.md"))
BEGINNING = re.compile(r"# (?P<number>\d+)\. (?P<title>.+)\n\nDate: (?P<date>\S+)\n\n\S")


def beginning(page: Path) -> re.Match[str]:
    found = BEGINNING.match(page.read_text())
    assert found, f"{page.name} begins otherwise than with '# 1. Title' and 'Date: 2026-11-23'"
    return found


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = range(1, len(NUMBERED) + 1)
    assert [page.name[:5] for page in NUMBERED] == [f"{number:04}-" for number in numbers]
    assert [int(beginning(page)["number"]) for page in NUMBERED] == list(numbers)


def test_each_decision_is_dated() -> None:
    for page in NUMBERED:
        written = beginning(page)["date"]
        assert date.fromisoformat(written).isoformat() == written, page.name


def test_the_index_names_each_decision_by_its_title_and_date_in_order() -> None:
    rows = [
        f"| [{start['number']}. {start['title']}]({page.name}) | {start['date']} |"
        for page in NUMBERED
        for start in [beginning(page)]
    ]
    index = (FOLDER / "README.md").read_text().splitlines()
    assert [line for line in index if line.startswith("| [")] == rows


PATH = re.compile(r"`([a-z_]+/[\w./-]*)`")
# Pages that tell what was so once, or what is made by a command.
PAST = {"docs/decisions/0002-pages-of-bookings.md", "docs/decisions/README.md"}
MADE = (".local/", ".venv/")


def test_every_path_that_a_page_names_is_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    missing = {
        f"{page.relative_to(ROOT)}: {path}"
        for page in pages
        if str(page.relative_to(ROOT)) not in PAST
        for path in PATH.findall(page.read_text())
        if not path.startswith(MADE) and not is_there(path)
    }
    assert missing == set()


def is_there(path: str) -> bool:
    """Whether it is a file or a folder; what begins with no folder of ours is no path."""
    first = path.partition("/")[0]
    return not (ROOT / first).is_dir() or (ROOT / path).exists()
