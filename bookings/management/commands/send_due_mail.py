"""Send what is due, without Redis: once, or every so many seconds until stopped."""

import argparse
import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from bookings import lifecycle
from bookings.notices import link_requests, reminders, reset_requests
from outbox.models import Sweep

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Send the mail that is due, reminders too. With --every N, look again each N seconds."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", default=0)

    def handle(self, **options: Any) -> None:
        if not options["every"]:
            self.stdout.write(f"{_look()} sent")
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            _sweep()
            stop.wait(options["every"])


def _look() -> int:
    """Answer who asked for links or a new password, let go of what is due, then remind and send."""
    link_requests.answer()
    reset_requests.answer()
    lifecycle.sweep_repeats()
    return reminders.sweep(Sweep.By.SWEEPER)


def _sweep() -> None:
    """Sweep once. The sweeper outlives a database that is being restarted."""
    close_old_connections()
    try:
        _look()
    except Error as error:  # InterfaceError too: a connection that is gone is no DatabaseError
        log.warning("the sweep will be tried again: %s", type(error).__name__)
