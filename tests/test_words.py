"""Words that nobody reads here: the list of phrases that were mended and must not come back.

They are looked for in the templates, in what the code says, on every page as it is sent, and in
every mail.
"""

import ast
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from demo.front_page import write_home
from desk.mail_samples.samples import samples
from tests.factories import NOW, World
from tests.kicks.everything import fill
from tests.kicks.test_questions import client_pages, owner_pages, public_pages

ROOT = Path(__file__).parents[1]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.*") if path.suffix != ".css")
# Whose words people read; a docstring is for whoever changes the code.
SAY = (
    *("front", "portal", "desk", "demo", "welcome", "availability/models", "bookings/notices"),
    *("bookings/follow_up_mails.py", "bookings/policy.py", "bookings/outcomes.py"),
)

# Each as it was found, or as near as its kind is told from good English. White space is one space.
NEVER = (
    r"that’s free stands there",
    r"until which it’s free",
    r"begins until which",
    r"\bon the day you reach\b",
    r"\bits hours are over\b",
    r"(a few|some) words is plenty",
    r"times for meeting",
    r"links? for the same",
    r"(don’t|doesn’t|isn’t|aren’t|can’t|won’t open) (\w+ )?any more\b(?! (than|reminders))",
    r"\d times? free\b",
    r"\bup one step\b",
    r"costs what cancelling",
    r"→",
    # To people it is an email; a mail is what our own code calls it.
    r"\bmails?\b",
    r"press(ing)? here\b",
    r"click here\b",
    r"enter a valid\b",
    r"this field is required",
)
BAD = re.compile("|".join(NEVER), re.IGNORECASE)
SHOWN_ATTRIBUTES = re.compile(r'\b(?:aria-label|title|placeholder|alt|content)="([^"]*)"')


def found(text: str) -> list[str]:
    """The phrases in a text, each with what stands around it."""
    plain = " ".join(unescape(text).split())
    return [plain[max(0, hit.start() - 30) : hit.end() + 30] for hit in BAD.finditer(plain)]


def read(html: str) -> str:
    """What somebody reads of a page or hears: its text, and the names of what shows none."""
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    names = " ".join(SHOWN_ATTRIBUTES.findall(html))
    return f"{re.sub(r'<[^>]*>', ' ', html)} {names}"


def without_tags(template: str) -> str:
    """A template's own words."""
    template = re.sub(r"{% comment %}.*?{% endcomment %}", " ", template, flags=re.DOTALL)
    return read(re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", " ", template, flags=re.DOTALL))


@pytest.mark.parametrize(
    "phrase",
    [
        "Until when that’s free stands there",
        "after the time until which it’s free",
        "Hours before it begins until which cancelling costs nothing.",
        "a later change costs what cancelling then costs",
        "A few words is plenty.",
        "These are the times for meeting walking.",
        "Links for the same in earlier emails don’t open any more.",
        "5 times free",
        "On the day you reach me on 07700 900456.",
        "Its hours are over, so it’s cancelled.",
        "Up one step",
        "10am → 11am",
        "A mail is on its way",
        "Mails",
    ],
)
def test_the_reader_notices_each(phrase: str) -> None:
    assert found(f"<p>{phrase}</p>")


@pytest.mark.parametrize("phrase", ["an email", "Emails", "email us", "3 free times"])
def test_and_no_good_word(phrase: str) -> None:
    assert not found(phrase)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_says_it(path: Path) -> None:
    assert found(without_tags(path.read_text())) == []


def said_in(path: Path) -> Iterator[str]:
    """The sentences of a file's code."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_sentence = " " in node.value.strip() and id(node) not in docstrings
            if is_sentence:
                yield node.value


@pytest.mark.parametrize("where", SAY)
def test_no_code_says_it(where: str) -> None:
    files = [ROOT / where] if where.endswith(".py") else sorted((ROOT / where).rglob("*.py"))
    assert files
    said = {
        f"{path.relative_to(ROOT)}: {hit}"
        for path in files
        for words in said_in(path)
        for hit in found(words)
    }
    assert said == set()


def test_no_page_says_it_and_none_cuts_off_what_is_pasted(world: World, settings: Settings) -> None:
    settings.EMBED_HOSTS = ["www.example.org"]
    shown, wrong = fill(world, 1), []
    write_home()
    for pages in (public_pages, client_pages, owner_pages):
        for name, _, browser, path in pages(shown):
            html = browser.get(path, follow=True).content.decode()
            wrong += [f"{name}: {hit}" for hit in found(read(html))]
            wrong += [f"{name}: {hit}" for hit in re.findall(r"<[^<>]*\bmaxlength\b[^<>]*>", html)]
    assert wrong == []


def test_no_mail_says_it(world: World) -> None:
    for sample in samples(world.therapist, NOW):
        letter = sample.letter
        for words in (letter.subject, letter.text, read(letter.html), letter.invite):
            assert found(words) == [], letter.kind
