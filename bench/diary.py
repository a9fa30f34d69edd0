"""The practice that is measured: workload W of the design, with a history of any length.

One therapist in Berlin works Mondays to Fridays, 9 to 5: half hours that start each 15 minutes,
with 40 bookings in the four weeks from next Monday. So 504 starts are left, by `expected`.
A second one is open day and night: the booking POSTs go there, so that no page changes by them.
"""

import os
import random
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import psutil
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from availability.intervals import Interval
from availability.models import Format, Place, Practice, Service, Therapist, WeeklyHours
from availability.walltime import utc
from availability.window import bookable_span
from bench.databases import write, write_in_halves
from bench.day import BERLIN, next_monday, today
from bookings.busy import SPANS
from bookings.models import Booking, Hold
from clients.models import Client, PrivacyNotice
from front.visitor import VISITOR
from prose.dates import slot_value

FORMATS: list[str] = [Format.IN_PERSON, Format.ONLINE, Format.WALKING]
THERAPISTS = 10  # the history is spread over them
WORKING, OPEN = "working-hours", "day-and-night"
CHOICE = {"what": WORKING, "how": Format.ONLINE.value, "who": "therapist0"}
DAYS = 300
QUARTER, HALF_AN_HOUR = timedelta(minutes=15), timedelta(minutes=30)
STARTS = 504  # what is left of workload W

PAST_CLIENTS = """
INSERT INTO clients_client (id, name, email, mailbox, phone, created_at)
SELECT 1000000 + n, 'Somebody', 'p' || n || '@example.com', 'p' || n || '@example.com', '', now()
FROM generate_series(%(first)s / 5, %(last)s / 5 - 1) n
"""
# Half an hour each, one after the other, back from midnight; five of each client. Each was made and
# confirmed a week before: were they all of today, whoever is new would be asked to open a mail.
PAST_BOOKINGS = """
INSERT INTO bookings_booking (uid, reference, therapist_id, client_id, service_id, format,
    place_id, during, status, price, note, sequence, idempotency_key, created_at, changed_at,
    proven_at)
SELECT gen_random_uuid(), 'KT-' || upper(left(md5(n::text), 6)),
    (%(therapists)s::bigint[])[1 + n %% %(count)s], 1000000 + n / 5, %(service)s, 'online',
    %(place)s, tstzrange(day - half * (1 + n / %(count)s), day - half * (n / %(count)s)),
    'confirmed', 0, '', 0, gen_random_uuid(), made, made, made
FROM generate_series(%(first)s, %(last)s - 1) n,
    LATERAL (SELECT %(midnight)s::timestamptz AS day, interval '30 minutes' AS half) AS begin,
    LATERAL (SELECT day - half * (1 + n / %(count)s) - interval '7 days' AS made) AS booked
"""


def prepare(past: int) -> None:
    """Fill a new database, and collect the static files under their hashed names."""
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    fill(past)


def fill(past: int) -> None:
    """Add the practice of workload W, with so many past bookings."""
    practice = Practice.objects.create(name="Bench", email="hello@example.org")
    therapists = [_therapist(practice, number) for number in range(THERAPISTS)]
    Therapist.objects.filter(pk=therapists[0].pk).update(zone_name=BERLIN.key)
    _open(therapists[0], WORKING, range(5), (time(9), time(17)), horizon_days=42)
    _open(therapists[1], OPEN, range(7), (time(0), time(23, 45)), horizon_days=366)
    PrivacyNotice.objects.create(
        version=1, published_on=today() - timedelta(days=1), body="We keep little."
    )
    _future()
    add_past(0, past)


def _therapist(practice: Practice, number: int) -> Therapist:
    name = f"therapist{number}"
    user = User.objects.create(username=name)
    return Therapist.objects.create(
        practice=practice,
        user=user,
        name=name,
        slug=name,
        email=f"{name}@example.org",
        bank_holidays_off=False,  # each day takes its share of the bookings
    )


def _open(
    therapist: Therapist, slug: str, weekdays: range, hours: tuple[time, time], horizon_days: int
) -> None:
    for fmt in FORMATS:
        Place.objects.create(therapist=therapist, format=fmt, name=fmt, address="1 Example Mews")
    for weekday in weekdays:
        WeeklyHours.objects.create(
            therapist=therapist, weekday=weekday, opens=hours[0], closes=hours[1], formats=FORMATS
        )
    Service.objects.create(
        therapist=therapist,
        name="Consultation",
        slug=slug,
        audience=Service.Audience.NEW,
        length_minutes=30,
        step_minutes=15,
        gap_minutes=0,
        notice_hours=0,
        horizon_days=horizon_days,
        price=0,
        formats=FORMATS,
    )


def _future() -> None:
    """The bookings to come of workload W."""
    now, service = timezone.now(), Service.objects.get(slug=WORKING)
    client = Client.objects.create(name="S", email="s@e.com", mailbox="s@e.com", created_at=now)
    place = service.therapist.places.all()[0]
    for start in booked():
        Booking.objects.create(
            therapist=service.therapist,
            client=client,
            service=service,
            format=Format.ONLINE,
            place=place,
            during=DateTimeTZRange(start, start + HALF_AN_HOUR),
            price=0,
            idempotency_key=uuid4(),
            created_at=now,
            changed_at=now,
        )


def booked() -> list[datetime]:
    """Return when the bookings to come begin: two a working day, at seeded quarters of an hour."""
    chance, found = random.Random(20_261_123), []
    for quarters in map(_quarters, working_days()):
        first = second = 0
        while abs(first - second) < 2:
            first, second = chance.randrange(len(quarters)), chance.randrange(len(quarters))
        found += [quarters[first], quarters[second]]
    return found


def expected() -> list[int]:
    """Return the right answer, found without the app: each quarter that meets no booking."""
    taken = booked()
    return [
        int(start.timestamp())
        for day in working_days()
        for start in _quarters(day)
        if all(abs(start - other) >= HALF_AN_HOUR for other in taken)
    ]


def _quarters(day: date) -> list[datetime]:
    """Return the quarters of an hour at which half an hour of the day's work can begin."""
    opens = datetime.combine(day, time(9), BERLIN)
    return [opens + number * QUARTER for number in range(31)]


def working_days() -> list[date]:
    """Return the working days of four weeks from next Monday on."""
    monday = next_monday()
    days = (monday + timedelta(days=number) for number in range(28))
    return [day for day in days if day.weekday() < 5]


def window() -> Interval:
    """Return the four weeks, from local midnight to local midnight."""
    monday = next_monday()
    ends = (datetime.combine(monday + timedelta(days=n), time(), BERLIN) for n in (0, 28))
    first, end = (int(moment.timestamp()) for moment in ends)
    return first, end


def add_past(first: int, last: int) -> None:
    """Add the past bookings from number `first` to before `last`, both multiples of 5."""
    service = Service.objects.get(slug=WORKING)
    facts: dict[str, Any] = {
        "first": first,
        "last": last,
        "therapists": list(Therapist.objects.order_by("pk").values_list("pk", flat=True)),
        "count": THERAPISTS,
        "service": service.pk,
        "place": service.therapist.places.all()[0].pk,
        "midnight": datetime.combine(today(), time(), BERLIN),
    }
    write(PAST_CLIENTS, facts)
    write_in_halves(PAST_BOOKINGS, facts)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def pages() -> dict[str, str]:
    """Return the addresses of the pages that are measured."""
    day = working_days()[7]
    return {
        "home": "/",
        "choose": "/book/",
        "time": f"/book/time/?{urlencode(CHOICE)}",
        "day": f"/book/time/?{urlencode({**CHOICE, 'day': day.isoformat()})}",
        "details": _details(slot_value(utc(expected()[0]))),
        # Where a press on a time leads: on to a form of the visitor's own.
        "chosen": _chosen(slot_value(utc(expected()[0]))),
    }


def chooser() -> tuple[str, list[str]]:
    """Return the session of somebody who cannot decide, and their details pages.

    One holds two times at most, so that each of these three lets go of another and is held anew.
    They lie behind the four weeks, whose starts stay as they are.
    """
    return _visitor("chooser", (10, 12, 14))


def sender() -> tuple[str, list[str]]:
    """Return the session of somebody who sends their details, and the pages of two held times."""
    return _visitor("sender", (11, 15))


def _visitor(name: str, hours: tuple[int, ...]) -> tuple[str, list[str]]:
    session = SessionStore()
    session[VISITOR] = name
    session.create()
    day = next_monday() + timedelta(days=28)
    slots = [slot_value(datetime.combine(day, time(hour), BERLIN)) for hour in hours]
    return str(session.session_key), [_details(slot) for slot in slots]


def _details(slot: str) -> str:
    return f"{_chosen(slot)}&form=bench"


def _chosen(slot: str) -> str:
    return f"/book/details/?{urlencode({**CHOICE, 'slot': slot})}"


def queries() -> dict[str, int]:
    """Return how many queries each page makes."""
    counts = {}
    browser = Browser(headers={"host": os.environ["ALLOWED_HOSTS"], "x-forwarded-proto": "https"})
    for name, path in pages().items():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(path).status_code in (200, 302), name
        counts[name] = len(captured)
    Hold.objects.all().delete()  # whoever asks next is another visitor
    return counts


def plans() -> list[str]:
    """Return how Postgres finds what is booked: of the working therapist, and of all of them."""
    service = Service.objects.get(slug=WORKING)
    span = bookable_span(service, timezone.now())
    everybody = list(Therapist.objects.values_list("pk", flat=True))
    found = []
    for asked in ([service.therapist_id], everybody):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {SPANS}", [*span, asked])
            found.append("\n".join(line for (line,) in cursor.fetchall()))
    return found


def postmaster() -> psutil.Process | None:
    """Return the database's first process, or None if it is on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    parent = psutil.Process(pid).parent() if psutil.pid_exists(pid) else None
    return parent if parent and "postgres" in parent.name() else None
