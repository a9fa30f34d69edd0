"""Weeks of reminders in a minute: meetings, a clock that goes its course, and a sweep each minute.

A minute lies between two sweeps wherever a reminder may be due, or the clock is set, and one comes
six minutes later; an hour elsewhere, where whatever came would be wrong.
"""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import time_machine
from django.core import mail
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import override_settings
from django.utils import timezone

from availability import walltime
from availability.models import Format, Practice, Service
from bench.databases import use
from bookings.models import Booking
from bookings.notices import reminders
from bookings.notices.keys import reminded_of
from chaos import clock, practice
from chaos.aims import Aim
from chaos.reminding import Arrival, Course, Reminder, Simulated, Stretch, aims, told
from chaos.reminding import reminders as reminders_of
from clients.models import Client
from outbox.models import OutgoingMail, Sweep
from prose.dates import UK

DAY, HOUR, MINUTE = 86_400, 3_600, 60
DIARIES = 3  # that have a meeting at each hour
HOURS = range(7, 21)
AROUND = (-1, 0, 1, 2, 6)  # minutes from when something happens
DAYS = 4  # the meetings are on the last three
LONG_AGO = timedelta(days=30)
SEED = 20_261_123
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


def courses(today: date) -> Iterator[tuple[date, Course]]:
    """Yield how clocks may go in the year from today on, each with the first of its days."""
    changes = list(clock_changes(today))
    for day, seconds in changes:
        first = day - timedelta(days=2)
        yield first, Course(f"the hour {'gained' if seconds > DAY else 'lost'}", _right(first))
    # Months before the clocks of London change again.
    steady = changes[0][0] + timedelta(days=7)
    for name, error in (("an hour", HOUR), ("a day", DAY)):
        yield steady, Course(f"{name} ahead for 3 hours", _wrong(steady, error))
        yield steady, Course(f"{name} behind for 3 hours", _wrong(steady, -error))
    yield steady, Course("the sweeper's own clock a day ahead", _right(steady), DAY)
    yield steady, Course("the sweeper's own clock a day behind", _right(steady), -DAY)


def clock_changes(today: date) -> Iterator[tuple[date, int]]:
    """Yield the next two days on which the clocks of London change, and their seconds."""
    days = (today + timedelta(days=number) for number in range(400))
    lengths = ((day, end - begin) for day in days for begin, end in [_whole(day)])
    yield from islice(((day, length) for day, length in lengths if length != DAY), 2)


def _whole(day: date) -> tuple[int, int]:
    return walltime.whole_days(day, day, UK)


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _right(first: date) -> list[Stretch]:
    return [Stretch(_midnight(first), _midnight(first) + DAYS * DAY, 0)]


def _wrong(first: date, error: int) -> list[Stretch]:
    """A clock that is set wrong on the third morning, and right again three hours later."""
    began, ended = (right := _right(first)[0]).began, right.ended
    wrong = began + 2 * DAY + 9 * HOUR + 7 * MINUTE
    mended = wrong + 3 * HOUR
    return [Stretch(began, wrong, 0), Stretch(wrong, mended, error), Stretch(mended, ended, 0)]


def run(database: str) -> list[Aim]:
    """Let each course go by, and tell of it; return the aims."""
    use(database)
    practice.fill()
    Practice.objects.update(reminders_from=datetime.fromtimestamp(0, UTC))
    with override_settings(EMAIL_BACKEND=LOCMEM):
        found = [_go(course, first) for first, course in courses(timezone.localdate())]
    for one in found:
        print(told(one), flush=True)
    return list(aims(found))


def _go(course: Course, first: date) -> Simulated:
    Booking.objects.all().delete()
    known = [
        one
        for booking in _meetings(first)
        for one in reminders_of(str(booking.uid), int(booking.start.timestamp()))
    ]
    arrivals: list[Arrival] = []
    ticks = _ticks(course, known)
    for moment in ticks:
        arrivals += _sweep(course, moment)
    return Simulated(course, known, arrivals, len(ticks))


def _meetings(first: date) -> list[Booking]:
    """Write the meetings, agreed on long ago: at each hour of the UK's day."""
    days = [first + timedelta(days=number) for number in range(1, DAYS)]
    walls = [datetime.combine(day, time(hour), UK) for day in days for hour in HOURS]
    starts = [wall.astimezone(UTC) for wall in walls]
    client = Client.objects.get_or_create(
        email="s@e.com",
        defaults={"name": "S", "mailbox": "s@e.com", "created_at": starts[0] - LONG_AGO},
    )[0]
    Client.objects.update(reminders_from=datetime.fromtimestamp(0, UTC))
    services = Service.objects.select_related("therapist")[:DIARIES]
    return Booking.objects.bulk_create(
        Booking(
            therapist=service.therapist,
            client=client,
            service=service,
            format=Format.ONLINE,
            place=service.therapist.places.filter(format=Format.ONLINE)[0],
            during=DateTimeTZRange(start, start + timedelta(minutes=30)),
            price=0,
            idempotency_key=uuid.uuid4(),
            created_at=starts[0] - LONG_AGO,
            changed_at=starts[0] - LONG_AGO,
        )
        for service in services
        for start in starts
    )


def _ticks(course: Course, known: list[Reminder]) -> list[int]:
    """Return when somebody sweeps, in true time."""
    began, ended = course.stretches[0].began, course.stretches[-1].ended
    events = {one.began for one in course.stretches}
    events |= {one.due - stretch.error for one in known for stretch in course.stretches}
    minutes = {event // MINUTE + after for event in events for after in AROUND}
    minutes |= set(range(began // MINUTE, ended // MINUTE, 60))
    within = [minute for minute in sorted(minutes) if began <= minute * MINUTE < ended]
    # Not on the stroke of it: the sweeper's seconds are nobody's.
    chance = random.Random(SEED)
    return [minute * MINUTE + chance.randrange(MINUTE) for minute in within]


def _sweep(course: Course, moment: int) -> Iterator[Arrival]:
    """Sweep once, then look what has come."""
    shown = course.shown(moment)
    clock.show(shown)
    mail.outbox = []
    with time_machine.travel(moment + course.app, tick=False):
        reminders.sweep(Sweep.By.SWEEPER)
    came = [message.extra_headers["Message-ID"] for message in mail.outbox]
    rows = OutgoingMail.objects.filter(message_id__in=came)
    keys = dict(rows.values_list("message_id", "key"))
    for message_id in came:
        yield Arrival(*reminded_of(keys[message_id]), moment, shown)
