"""`python -m lighthouse`: score three pages as a slow phone sees them; 1 if any is below 100.

The page of times also as a phone in New York and one in Kathmandu see it, for it shows their own
time beside each.

The site runs as in production, over HTTPS, with the demo practice on a database of its own. Each
page is looked at three times, and the middle one of each score counts: a busy machine makes a page
look slower than it is, never quicker. The reports stay in .local/lighthouse until the next run.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
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
LONDON = "Europe/London"
TIMES = "/book/time/?what=consultation&how=online"
# What is looked at, and where the phone is.
PAGES = {
    "home": ("/", LONDON),
    "times": (TIMES, LONDON),
    "times-new-york": (TIMES, "America/New_York"),
    "times-kathmandu": (TIMES, "Asia/Kathmandu"),
    "article": ("/academy/why-the-relationship-matters/", LONDON),
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
RUNS = 3
BROWSER = "--headless=new --disable-gpu --ignore-certificate-errors"
DATABASE = "kicks_lighthouse"
Report = dict[str, Any]


def main() -> int:
    """Look at each page; return the exit status."""
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="kicks-lighthouse-") as folder, database() as data:
        furnish(data)
        with serving_https(data, Path(folder)) as root:
            reports = {name: look(name, root + path, zone) for name, (path, zone) in PAGES.items()}
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


def furnish(data: str) -> None:
    """Fill the database with the demo practice, whose admin gets a password that nobody keeps."""
    settings = {"DEBUG": "true", "DATABASE_URL": data}
    admin = {"DJANGO_SUPERUSER_PASSWORD": secrets.token_urlsafe()}
    for command in (
        "migrate --verbosity 0",
        "createsuperuser --noinput --username admin --email admin@kicks.example",
        "seed_demo",
    ):
        subprocess.run(
            [sys.executable, "manage.py", *command.split()],
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
    return report


def tell(name: str, reports: list[Report]) -> float:
    """Print a page's scores, and what cost it points; return the lowest."""
    scores = {kind: middle(reports, kind) for kind in CATEGORIES}
    words = "  ".join(f"{kind} {score * 100:.0f}" for kind, score in scores.items())
    each = " ".join(f"{one['categories']['performance']['score'] * 100:.0f}" for one in reports)
    print(f"{name:16} {words}  (performance of each run: {each})")
    for kind in (kind for kind, score in scores.items() if score < 1):
        for fault in faults(reports[-1], kind):
            print(f"{'':16} {fault}")
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
    sys.exit(main())
