"""Python imports this before anything else: this process and those it starts live on another day.

The folder stands on PYTHONPATH and the variable says how far off that day is (`tests.todays`).
"""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta

# A process of another environment has no time_machine: it has no day to be on either.
with suppress(ImportError):
    import time_machine

    ahead = timedelta(seconds=int(os.environ["KICKS_SECONDS_AHEAD"]))
    here = time_machine.travel(datetime.now(UTC) + ahead, tick=True).start()
    # On a busy machine seconds may have passed between the two: by them all processes would differ.
    real = time_machine.escape_hatch.datetime.datetime.now
    while (late := real(UTC) + ahead - datetime.now(UTC)) > timedelta(milliseconds=100):
        here.shift(late)
