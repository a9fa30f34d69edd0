"""Sweepers that are there again at once, however often they are killed.

`python -m chaos.sweepers COUNT SECONDS` runs so many of `send_due_mail --every SECONDS`, each a
child forked from one process that has imported everything, and so needs no second to start.
"""

import os
import sys

import django
from django.core.management import call_command


def main() -> None:
    """Keep the sweepers running."""
    count, every = int(sys.argv[1]), int(sys.argv[2])
    django.setup()
    running: set[int] = set()
    while True:
        while len(running) < count:
            running.add(os.fork() or _sweep(every))
        running.discard(os.wait()[0])


def _sweep(every: int) -> int:
    """Be a sweeper, to the end."""
    call_command("send_due_mail", every=every)
    sys.exit()


if __name__ == "__main__":
    main()
