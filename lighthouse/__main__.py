"""`python -m lighthouse [NAME...]`: score three pages as a slow phone sees them; 1 if any is < 100.

Each as a phone in London, New York and Kathmandu sees it: the page of times shows their own time
beside each. Names, like `times-kathmandu` or `home`, look at these alone.

The site runs as in production, over HTTPS, with the demo practice on a database of its own, which
has a portrait, a photo of each place and a cover of each article: drawn by the tests, as large as
photos. Each page is looked at three times, and the middle one of each score counts: a busy machine
makes a page look slower than it is, never quicker. The reports stay in .local/lighthouse until the
next run.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.databases import make_database, named
from bench.https import serving_https
from bench.servers import ROOT
from kicks import local_servers

LOCAL = ROOT / ".local" / "lighthouse"
REPORTS = LOCAL / "reports"
ADDRESSES = {
    "home": "/",
    "times": "/book/time/?what=consultation&how=online",
    "article": "/academy/why-the-relationship-matters/",
}
ZONES = {
    "london": "Europe/London",
    "new-york": "America/New_York",
    "kathmandu": "Asia/Kathmandu",
}
# What is looked at, and where the phone is.
PAGES = {
    f"{page}-{place}": (address, zone)
    for page, address in ADDRESSES.items()
    for place, zone in ZONES.items()
}
# Photos that a page must have fetched: without them its scores say nothing of a practice that has.
PHOTOS = {"home": 2, "article": 1}
# As large as a photo is, drawn as the tests draw theirs.
HANG = """
from availability.models import Therapist
from tests.pictures.hanging import introduce
introduce(Therapist.objects.get(), width=1600)
"""
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
RUNS = 3
BROWSER = "--headless=new --disable-gpu --ignore-certificate-errors"
DATABASE = "kicks_lighthouse"
Report = dict[str, Any]


def main(names: Sequence[str] = ()) -> int:
    """Look at each page whose name begins like one of these, or at all; return the exit status."""
    asked = {name: look for name, look in PAGES.items() if name.startswith(tuple(names) or "")}
    if not asked:
        raise SystemExit(f"lighthouse: no such page: choose from {' '.join(PAGES)}")
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="kicks-lighthouse-") as folder, database() as data:
        pictures = {"PICTURES_URL": (Path(folder) / "pictures").as_uri()}
        furnish(data, pictures)
        with serving_https(data, Path(folder), **pictures) as root:
            reports = {name: look(name, root + path, zone) for name, (path, zone) in asked.items()}
    worst = [tell(name, of_page) for name, of_page in reports.items()]
    print(f"The reports are in {REPORTS}")
    return int(min(worst) < 1)


@contextmanager
def database() -> Iterator[str]:
    """Yield the address of an empty database, on the given server or one of our own."""
    folder = LOCAL / "servers"
    folder.mkdir(exist_ok=True)
    try:
        data = os.environ.get("DATABASE_URL") or local_servers.postgres(folder)
        make_database(data, DATABASE, "template1")
        yield named(data, DATABASE)
    finally:
        local_servers.release(folder)
        shutil.rmtree(folder)


def furnish(data: str, pictures: dict[str, str]) -> None:
    """Fill the database with the demo practice, whose admin gets a password that nobody keeps.

    Then hang its pictures, in the folder that the site serves.
    """
    settings = {"DEBUG": "true", "DATABASE_URL": data, **pictures}
    admin = {"DJANGO_SUPERUSER_PASSWORD": secrets.token_urlsafe()}
    commands = (
        "migrate --verbosity 0",
        "createsuperuser --noinput --username admin --email admin@kicks.example",
        "seed_demo",
    )
    for command in (*map(str.split, commands), ["shell", "--no-imports", "--command", HANG]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env={**os.environ, **settings, **admin},
            stdout=subprocess.DEVNULL,
            check=True,
        )


def look(name: str, address: str, zone: str) -> list[Report]:
    """Return what Lighthouse says of a page, each time."""
    # The first visit after a start is the server's, not the page's.
    return [run(f"{name}-{number}", address, zone) for number in range(RUNS + 1)][1:]


def run(name: str, address: str, zone: str) -> Report:
    """Let Lighthouse look once, as a phone on a slow line (its own default)."""
    path = REPORTS / name
    as_root = " --no-sandbox" if os.geteuid() == 0 else ""
    command = [
        str(LOCAL / "node_modules" / ".bin" / "lighthouse"),
        address,
        "--output=json",
        "--output=html",
        f"--output-path={path}",
        "--quiet",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={BROWSER}{as_root}",
    ]
    there = {**os.environ, "TZ": zone}
    if subprocess.run(command, check=False, env=there).returncode:
        # Chromium sometimes loses the beginning of a trace, and Lighthouse asks to be run again.
        subprocess.run(command, check=True, env=there)
    report: Report = json.loads(path.with_name(f"{name}.report.json").read_text())
    if "runtimeError" in report:
        raise SystemExit(f"lighthouse: {name}: {report['runtimeError']['message']}")
    require_photos(name, report)
    return report


def require_photos(name: str, report: Report) -> None:
    """Refuse a page without its photos, which would be quicker than it is."""
    fetched = report["audits"]["network-requests"]["details"]["items"]
    found = sum("/pictures/" in one["url"] and one["statusCode"] == 200 for one in fetched)
    if found < PHOTOS.get(name.partition("-")[0], 0):
        raise SystemExit(f"lighthouse: {name}: {found} photos were fetched")


def tell(name: str, reports: list[Report]) -> float:
    """Print a page's scores, and what cost it points; return the lowest."""
    scores = {kind: middle(reports, kind) for kind in CATEGORIES}
    words = "  ".join(f"{kind} {score * 100:.0f}" for kind, score in scores.items())
    each = " ".join(f"{one['categories']['performance']['score'] * 100:.0f}" for one in reports)
    print(f"{name:18} {words}  (performance of each run: {each})")
    for kind in (kind for kind, score in scores.items() if score < 1):
        for fault in faults(reports[-1], kind):
            print(f"{'':18} {fault}")
    return min(scores.values())


def middle(reports: list[Report], kind: str) -> float:
    """Return the middle score of one kind."""
    return float(median(one["categories"][kind]["score"] for one in reports))


def faults(report: Report, kind: str) -> list[str]:
    """Return what counts and is not perfect, in Lighthouse's words."""
    weighty = [one["id"] for one in report["categories"][kind]["auditRefs"] if one["weight"]]
    audits = [report["audits"][one] for one in weighty]
    found = [one for one in audits if one["score"] is not None and one["score"] < 1]
    return [f"{one['title']}: {one['score']} {one.get('displayValue', '')}" for one in found]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
