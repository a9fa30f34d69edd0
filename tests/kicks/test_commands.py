"""What `make` runs beside the site and the tests can be started."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("bench", "chaos", "lighthouse")


def test_each_program_starts_before_there_are_settings() -> None:
    """They make the settings: what they are made of may ask for none until then."""
    modules = ", ".join(f"{name}.__main__" for name in PROGRAMS)
    result = subprocess.run(
        [sys.executable, "-c", f"import {modules}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (0, "")
