"""A group practice: a thousand therapists in one database, and two whose horizon is a year."""

from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.db import connection

from availability.models import Format, Place, Practice, Service, Therapist, WeeklyHours
from bench.day import BERLIN, today
from bench.diary import FORMATS

COUNT = 1_000  # in the database
SHOWN = 100  # on one page
GROUP, FULL, FREE = "group", "full-year", "free-year"
BUSY = 3  # working days, from today, in which the group's therapists have no time
YEAR = 366
# Filled beyond the horizon: by midnight a run may see a day more.
FILLED = YEAR + 2

# Half an hour after the other, all that the hours hold, from this morning on.
FULL_DAYS = """
INSERT INTO bookings_booking (uid, reference, therapist_id, client_id, service_id, format,
    place_id, during, status, price, note, sequence, idempotency_key, created_at, changed_at)
SELECT gen_random_uuid(), 'KT-' || upper(left(md5(random()::text), 6)), s.therapist_id,
    (SELECT min(id) FROM clients_client), s.id, p.format, p.id, tstzrange(start, start + half),
    'confirmed', 0, '', 0, gen_random_uuid(), now(), now()
FROM availability_service s
JOIN availability_place p ON p.therapist_id = s.therapist_id AND p.format = 'online',
    unnest(%(days)s) day,
    generate_series(0, 15) number,
    (SELECT interval '30 minutes' AS half) AS halves,
    LATERAL (SELECT (day + time '09:00' + number * half) AT TIME ZONE 'Europe/Berlin' AS start)
        AS starts
WHERE s.slug = %(slug)s
"""


def fill(count: int = COUNT) -> None:
    """Add therapists who work as that of workload W does, until there are so many."""
    practice = Practice.objects.get()
    missing = count - Therapist.objects.count()
    for slug, size, horizon in ((GROUP, missing - 2, 42), (FULL, 1, YEAR), (FREE, 1, YEAR)):
        open_diaries(make_therapists(practice, slug, size), slug, horizon)
    working = _working_days()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(FULL_DAYS, {"slug": GROUP, "days": working[:BUSY]})
        cursor.execute(FULL_DAYS, {"slug": FULL, "days": working})
        cursor.execute("VACUUM (ANALYZE)")


def first_start() -> int:
    """Return the right answer for each of the group: the morning after the days without time."""
    return int(datetime.combine(_working_days()[BUSY], time(9), BERLIN).timestamp())


def _working_days() -> list[date]:
    """Return the working days from today on, to the end of whatever may be booked."""
    days = (today() + timedelta(days=number) for number in range(FILLED + 1))
    return [day for day in days if day.weekday() < 5]


def make_therapists(practice: Practice, slug: str, count: int) -> list[Therapist]:
    """Add therapists who live in Berlin and work on bank holidays."""
    names = [f"{slug}{number}" for number in range(count)]
    users = User.objects.bulk_create(User(username=name) for name in names)
    return Therapist.objects.bulk_create(
        Therapist(
            practice=practice,
            user=user,
            name=user.username,
            slug=user.username,
            email=f"{user.username}@example.org",
            zone_name="Europe/Berlin",
            bank_holidays_off=False,
        )
        for user in users
    )


def open_diaries(
    therapists: list[Therapist], slug: str, horizon: int, weekdays: range = range(5), gap: int = 0
) -> None:
    """Let them meet people from 9 to 5 for half an hour, with a gap of so many minutes between."""
    Place.objects.bulk_create(
        Place(therapist=therapist, format=fmt, name=fmt, address="1 Example Mews")
        for therapist in therapists
        for fmt in FORMATS
    )
    WeeklyHours.objects.bulk_create(
        WeeklyHours(
            therapist=therapist, weekday=day, opens=time(9), closes=time(17), formats=FORMATS
        )
        for therapist in therapists
        for day in weekdays
    )
    Service.objects.bulk_create(
        Service(
            therapist=therapist,
            name="Consultation",
            slug=slug,
            audience=Service.Audience.NEW,
            length_minutes=30,
            step_minutes=15,
            gap_minutes=gap,
            notice_hours=0,
            horizon_days=horizon,
            price=0,
            formats=[Format.ONLINE],
        )
        for therapist in therapists
    )
