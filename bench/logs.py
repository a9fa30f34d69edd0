"""What the servers of a run said: a file each, and those of the run before beside them."""

from pathlib import Path

LAST_LINES = 30


def put_away(folder: Path) -> None:
    """Move the logs of the last run to `folder/before`, in place of those that lay there."""
    before = folder / "before"
    before.mkdir(parents=True, exist_ok=True)
    for old in before.glob("*.log"):
        old.unlink()
    for log in folder.glob("*.log"):
        log.rename(before / log.name)


def last_lines(log: Path) -> str:
    """Return how a log ends, under its name."""
    lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
    return "\n".join([f"{log}, its last lines:", *(lines[-LAST_LINES:] or ["(nothing)"])])
