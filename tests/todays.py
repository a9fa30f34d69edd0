"""The whole suite on days that are unlike today: `make todays`.

Each process of Python runs on that day, from its start, by time_machine: pytest and its workers,
the servers, senders and commands that the tests start. Postgres follows (`tests/clock.py`). What
no Python dates stays on the machine's day: the times of files, Chromium (its cookies, its view of
a certificate), Valkey, openssl, node, and CURRENT_TIMESTAMP, which we don't use. Clocks that
measure, such as time.monotonic(), are left alone.

faketime would reach more of these, but the one of Debian 12 breaks time.sleep() of Python 3.11 and
newer, and Chromium hangs under it.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The clock changes a minute after the run began on those two Sundays.
TODAYS = {
    "Christmas Day": "2026-12-25T08:00",
    "the last evening of a year": "2026-12-31T21:00",
    "the night the clock goes forward": "2027-03-28T00:59",
    "a bank holiday": "2027-05-03T10:00",
    "the night the clock goes back": "2027-10-31T00:59",
    "a 29 February": "2028-02-29T12:00",
    "three years on": "2029-11-30T09:00",
}
# Pytest would rewrite time_machine's assertions, of which it has none that we read.
TOO_EARLY = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"


def main(asked: Sequence[str]) -> int:
    """Run pytest with what is asked of it on each day in turn; return how many days failed."""
    failed = [
        f"{name} ({moment})" for name, moment in TODAYS.items() if not passes(name, moment, asked)
    ]
    for day in failed:
        print(f"Failed on {day}", file=sys.stderr)  # noqa: T201, a command line talks
    return len(failed)


def passes(name: str, moment: str, asked: Sequence[str]) -> bool:
    print(f"== {name}: {moment}Z", flush=True)  # noqa: T201, a command line talks
    command = [sys.executable, "-m", "pytest", "-W", TOO_EARLY, *asked]
    return subprocess.run(command, cwd=ROOT, env=on(moment), check=False).returncode == 0  # noqa: S603, our own command


def on(moment: str) -> dict[str, str]:
    """Return the environment of a process that starts then: a moment in UTC."""
    ahead = datetime.fromisoformat(moment).replace(tzinfo=UTC) - datetime.now(UTC)
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT / "tests" / "another_day"),
        "KICKS_SECONDS_AHEAD": str(round(ahead.total_seconds())),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
