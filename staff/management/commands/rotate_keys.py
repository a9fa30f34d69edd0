"""Write every sealed column anew with the first of FIELD_KEYS; say what is left, give up losses."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from encryption import lost_values, rotation
from encryption.lost_values import LostValue, NoSuchValueError, ReadableError
from encryption.rotation import Left, Rotated, Why
from encryption.sealing import ForeignError, NotSealedError, UndecipherableError, first_key_id
from staff import factors
from staff.models import SecurityEvent
from staff.security_events import write_down

WHY: dict[Why | None, str] = {
    UndecipherableError: "no key opens it: keep the old keys, or put the missing one back",
    ForeignError: "its key is here: it was changed by hand, or moved from another row",
    NotSealedError: "it was never sealed",
    None: "somebody was writing it: run this once more",
}


class Command(BaseCommand):
    help = (
        "Write every sealed column anew with the first of FIELD_KEYS, each value bound to its row, "
        "while the site is up. Run it as often as you like. It ends with status 1 while "
        "anything is left, and names that by model, column and id, and why."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--forget",
            action="append",
            default=[],
            metavar="MODEL:ROW:COLUMN",
            help="give up for good a value that can't be opened, like bookings.booking:12:note",
        )
        parser.add_argument("--yes", action="store_true", help="give it up without being asked")

    def handle(self, *, forget: Sequence[str] = (), yes: bool = False, **_: Any) -> None:
        """Give up what is to be forgotten, then rotate; what is done when it is stopped stands."""
        now = timezone.now()
        for name in forget:
            self._give_up(_found(name), now, is_sure=yes)
        factors.seal_keys()
        left = self._rotate(now)
        if left:
            raise CommandError("\n".join(_words(left)))
        self.stdout.write("Nothing is left: no column needs the keys after the first.")

    def _rotate(self, now: datetime) -> list[Left]:
        """Rotate table after table; return what is left."""
        left: list[Left] = []
        try:
            for model, columns in rotation.sealed_columns().items():
                for rotated in rotation.rotate(model, columns):
                    so_far = rotated
                left += so_far.left
                self.stdout.write(_line(so_far))
        finally:
            kind = SecurityEvent.Kind.KEYS_ROTATED
            write_down(kind, user_id=None, now=now, about=f"key:{first_key_id()}")
        return left

    def _give_up(self, lost: LostValue, now: datetime, *, is_sure: bool) -> None:
        self.stdout.write(f"{lost.name}: {WHY[type(lost.why)]}.")
        self.stdout.write("What was written there is lost for good. The rest of its row stays.")
        if not is_sure and _answer(f"Type {lost.name} to give it up: ") != lost.name:
            raise CommandError("Nothing was given up.")
        with transaction.atomic():
            if not lost.give_up():
                raise CommandError(f"{lost.name} is being written, or was just now. Look again.")
            write_down(SecurityEvent.Kind.ERASED, user_id=None, now=now, about=lost.about)
        self.stdout.write(f"{lost.name} is given up.")


def _found(name: str) -> LostValue:
    try:
        return lost_values.find(name)
    except NoSuchValueError:
        words = "Nothing is sealed under that name"
        raise CommandError(f"{words}: {name}. A name is like bookings.booking:12:note.") from None
    except ReadableError:
        raise CommandError(f"{name} can be read, so it isn’t lost. Nothing was changed.") from None


def _answer(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:  # nobody sits there
        return ""


def _line(rotated: Rotated) -> str:
    """Like "bookings.booking: 12 written anew, 52 under the first key"."""
    counts = f"{rotated.rewritten} written anew, {rotated.last.current} under the first key"
    return f"{rotated.name}: {counts}"


def _words(left: Sequence[Left]) -> Iterator[str]:
    """Name the rows that are left, a line for each column and reason, and what can be done."""
    yield "Left, by the ids of their rows:"
    for one in left:
        yield f"  {one.where}: {', '.join(map(str, one.pks))} ({WHY[one.why]})"
    lost = next((one for one in left if one.why), None)
    if lost:
        model, _, column = lost.where.rpartition(".")
        name = f"{model}:{lost.pks[0]}:{column}"
        yield f"What nobody will ever open again is given up one by one: --forget {name}"
