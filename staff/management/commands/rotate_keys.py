"""Write every sealed column anew with the first of FIELD_KEYS, and say what is left."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from encryption import rotation
from encryption.rotation import Rotated
from encryption.sealing import first_key_id
from staff import factors
from staff.models import SecurityEvent
from staff.security_events import write_down


class Command(BaseCommand):
    help = (
        "Write every sealed column anew with the first of FIELD_KEYS, each value bound to its row, "
        "while the site is up. Run it as often as you like. It ends with status 1 while "
        "anything is left, and names that by model, column and id."
    )

    def handle(self, **_: Any) -> None:
        """Rotate table after table. What is done when it is stopped stands, and is written down."""
        now = timezone.now()
        factors.seal_keys()
        left: dict[str, list[Any]] = {}
        try:
            for model, columns in rotation.sealed_columns().items():
                for rotated in rotation.rotate(model, columns):
                    so_far = rotated
                left.update(so_far.left)
                self.stdout.write(_line(so_far))
        finally:
            kind = SecurityEvent.Kind.KEYS_ROTATED
            write_down(kind, user_id=None, now=now, about=f"key:{first_key_id()}")
        if left:
            raise CommandError(_words(left))
        self.stdout.write("Nothing is left: no column needs the keys after the first.")


def _line(rotated: Rotated) -> str:
    """Like "bookings.booking: 12 written anew, 52 under the first key"."""
    counts = f"{rotated.rewritten} written anew, {rotated.last.current} under the first key"
    return f"{rotated.name}: {counts}"


def _words(left: Mapping[str, list[Any]]) -> str:
    """Name the rows that are left, a line a column."""
    lines = [f"  {name}: {', '.join(map(str, pks))}" for name, pks in left.items()]
    return "\n".join(("Left, by the ids of their rows (keep the old keys):", *lines))
