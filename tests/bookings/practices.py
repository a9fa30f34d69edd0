"""A random practice of the oracle as the app knows it: as rows that were read, or in the database.

The numbers of a case's places become ids, in the order in which they stand there.
"""

from datetime import datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from availability import snapshot, walltime
from availability.diary import Diary
from availability.models import (
    DifferentHours,
    Gap,
    Place,
    Service,
    Therapist,
    TimeOff,
    WeeklyHours,
    WorkedHoliday,
)
from availability.rules import Meeting
from availability.snapshot import DIFFERENT, GAP, KINDS, OFF, PLACE, WEEKLY, WORKED, Row
from bookings.models import Hold
from prose.dates import UK
from tests.availability.oracle import (
    CONSULTATION,
    OTHER,
    OWN,
    SESSION,
    Case,
    Dated,
    Elsewhere,
    Off,
    Window,
)
from tests.availability.oracle import Place as Site
from tests.availability.oracle import Row as Hours
from tests.factories import World, force_booking, make_notice, make_service, make_therapist

AUDIENCE = {SESSION: Service.Audience.MET, CONSULTATION: Service.Audience.NEW}
SERVICES = {OWN: 1, OTHER: 2}
VISITOR = "another"


# --- as rows that were read, without a database


def diary_of(window: Window) -> Diary:
    """The diary for what is asked, over the window's three days."""
    service = service_of(window.case)
    held = [
        Meeting(
            epoch(start),
            epoch(end),
            taken.format,
            taken.place,
            taken.gap,
            AUDIENCE[taken.kind],
            VISITOR if taken.held else "",
            2**40 if taken.held else 0,
        )
        for taken in window.case.taken
        for start, end in [window.span(taken)]
    ]
    span = walltime.whole_days(window.first, window.last, UK)
    first, last = window.day(-7), window.day(9)
    known = snapshot.of_rows(
        service.therapist, rows_of(window), walltime.bank_holidays(first, last)
    )
    return Diary(service, window.case.format, span, known, held)


def service_of(case: Case) -> Service:
    therapist = Therapist(pk=1, **therapist_facts(case))
    # What it would read of the therapist's other services.
    therapist.__dict__["sessions_horizon"] = case.longest_session_horizon
    return Service(pk=SERVICES[OWN], therapist=therapist, formats=[case.format], **facts(case))


def therapist_facts(case: Case) -> dict[str, object]:
    return {
        "zone_name": case.zone,
        "bank_holidays_off": case.bank_holidays_off,
        "most_sessions_a_day": case.day_cap,
        "most_consultations_a_week": case.week_cap,
        "most_in_a_row": case.in_a_row,
        "break_minutes": case.break_minutes,
        "early_days": case.early_days,
    }


def facts(case: Case) -> dict[str, object]:
    return {
        "audience": AUDIENCE[case.kind],
        "length_minutes": case.length,
        "step_minutes": case.step,
        "gap_minutes": case.gap,
        "only_own_hours": case.only_own_hours,
        "notice_hours": case.notice_hours,
        "book_by": None if case.book_by is None else wall(case.book_by),
        "horizon_days": case.horizon_days,
    }


def rows_of(window: Window) -> list[list[Row]]:
    """The rows as `entered` reads them."""
    found: list[list[Row]] = [[] for _ in range(KINDS)]
    case = window.case
    found[WEEKLY] = [
        (1, WEEKLY, r.weekday, r.opens, r.closes, r.formats, *season(window, r), only(r))
        for r in case.weekly
    ]
    found[DIFFERENT] = [
        (1, DIFFERENT, day.toordinal(), r.opens, r.closes, r.formats, int(r.adds), 0, only(r))
        for day, dated in window.different.items()
        for r in dated
    ]
    for number, (entry, fmt) in enumerate(time_off(case)):
        begin, end = map(epoch, window.span(entry))
        found[OFF].append((1, OFF, number, begin, end, [fmt], 0, 0, None))
    found[WORKED] = [(1, WORKED, day.toordinal(), 0, 0, None, 0, 0, None) for day in window.worked]
    found[PLACE] = [place_row(n, place) for n, place in enumerate(case.places) if place.in_use]
    found[GAP] = [
        (
            1,
            GAP,
            g.minutes,
            g.before_place,
            g.after_place,
            [g.before, g.after],
            int(g.both_ways),
            0,
            0,
        )
        for g in case.gaps
    ]
    return found


def time_off(case: Case) -> list[tuple[Off | Elsewhere, str]]:
    """Leave, and appointments with their format: one table holds both."""
    leave: list[tuple[Off | Elsewhere, str]] = [(entry, "") for entry in case.off]
    return [*leave, *((entry, entry.format) for entry in case.elsewhere)]


def place_row(number: int, place: Site) -> Row:
    sun = place.daylight
    north, east = (micro(sun.latitude), micro(sun.longitude)) if sun else (None, None)
    margin = sun.margin if sun else 20
    return 1, PLACE, number, north, east, [place.format], int(sun is not None), margin, None


def micro(degrees: float) -> int:
    return round(degrees * snapshot.MICRO)


def season(window: Window, row: Hours) -> tuple[int, int]:
    first = (
        walltime.Hours(0, 0, 0).first if row.first is None else window.day(row.first).toordinal()
    )
    last = walltime.Hours(0, 0, 0).last if row.last is None else window.day(row.last).toordinal()
    return first, last


def only(row: Hours | Dated) -> int | None:
    return SERVICES.get(row.service)


def epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def wall(minutes: int) -> time:
    return time(*divmod(minutes % (24 * 60), 60))


# --- in the database


def store(window: Window) -> World:
    """Store the practice; its consultation is what is asked for, whatever its audience."""
    case = window.case
    therapist = make_therapist(**therapist_facts(case))
    asked = make_service(therapist, slug="asked", formats=[case.format], **facts(case))
    other = make_service(
        therapist,
        slug="other",
        audience=Service.Audience.MET,
        horizon_days=case.longest_session_horizon or 1,
        is_active=case.longest_session_horizon is not None,
    )
    world = World(therapist=therapist, consultation=asked, session=other, notice=make_notice())
    _store_hours(window, world)
    places = [_store_place(therapist, place) for place in case.places]
    for gap in case.gaps:
        ends = {"before_place": gap.before_place, "after_place": gap.after_place}
        named = {name: None if n is None else places[n] for name, n in ends.items()}
        Gap.objects.create(
            therapist=therapist,
            before=gap.before,
            after=gap.after,
            minutes=gap.minutes,
            both_ways=gap.both_ways,
            **named,
        )
    _store_diary(window, world, places)
    return world


def _store_hours(window: Window, world: World) -> None:
    whose = {OWN: world.consultation, OTHER: world.session}
    for row in window.case.weekly:
        WeeklyHours.objects.create(
            therapist=world.therapist,
            weekday=row.weekday,
            opens=wall(row.opens),
            closes=wall(row.closes),
            formats=list(row.formats),
            service=whose.get(row.service),
            first_day=None if row.first is None else window.day(row.first),
            last_day=None if row.last is None else window.day(row.last),
        )
    for day, dated in window.different.items():
        for one in dated:
            DifferentHours.objects.create(
                therapist=world.therapist,
                day=day,
                opens=wall(one.opens),
                closes=wall(one.closes),
                formats=list(one.formats),
                service=whose.get(one.service),
                adds=one.adds,
            )
    for day in window.worked:
        WorkedHoliday.objects.create(therapist=world.therapist, day=day)


def _store_place(therapist: Therapist, place: Site) -> Place:
    sun = place.daylight
    return Place.objects.create(
        therapist=therapist,
        format=place.format,
        name="Somewhere",
        address="London SW6",
        is_active=place.in_use,
        daylight_only=sun is not None,
        latitude=sun and sun.latitude,
        longitude=sun and sun.longitude,
        daylight_margin=sun.margin if sun else 20,
    )


def _store_diary(window: Window, world: World, places: list[Place]) -> None:
    for entry, fmt in time_off(window.case):
        starts_at, ends_at = window.span(entry)
        TimeOff.objects.create(
            therapist=world.therapist, starts_at=starts_at, ends_at=ends_at, elsewhere=fmt
        )
    for number, taken in enumerate(window.case.taken):
        service = make_service(
            world.therapist,
            slug=f"taken{number}",
            audience=AUDIENCE[taken.kind],
            gap_minutes=taken.gap,
            # Whether and how far ahead it can be booked itself is not the question.
            is_active=False,
        )
        start, end = window.span(taken)
        if taken.place is None:
            Hold.objects.create(
                therapist=world.therapist,
                service=service,
                format=taken.format,
                during=DateTimeTZRange(start, end),
                visitor=VISITOR,
                expires_at=window.now + timedelta(minutes=1),
            )
        else:
            force_booking(
                world,
                start,
                service=service,
                minutes=taken.length,
                format=taken.format,
                place=places[taken.place],
            )
