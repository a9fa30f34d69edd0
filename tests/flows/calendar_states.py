"""The calendar in every state: a full week, a meeting and a free time opened, a month."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from playwright.sync_api import Page, expect

from availability.models import Format, Place, TimeOff, WeeklyHours
from bookings.models import Booking, Hold
from prose.dates import UK
from tests.desk.people.owners import WORD
from tests.factories import World, force_booking, make_client, make_off
from tests.flows.visits import Visits

HOUR = timedelta(hours=1)
NAMES = ("Mary Bell", "Sam Okafor", "Ann Bee", "Ali Rae", "Pat Kay", "Nia Hill", "Oskar Szabo")


def next_monday() -> date:
    today = timezone.localdate()
    return today + timedelta(7 - today.weekday())


def at(day: int, text: str) -> datetime:
    """A moment of next week; its Monday is day 0."""
    return datetime.combine(next_monday() + timedelta(day), time.fromisoformat(text), UK)


def fill_week(world: World) -> list[Booking]:
    """Let next week have one of everything; return its meetings, in the order of their names."""
    WeeklyHours.objects.filter(weekday=0).delete()
    world.session.gap_minutes = 10
    world.session.save()
    Place.objects.filter(format=Format.WALKING).update(
        daylight_only=True, latitude=51.47, longitude=-0.21
    )
    met = list(_meetings(world))
    gone = {"status": Booking.Status.CANCELLED, "late_fee": 30}
    lee = make_client(name="Lee Fox")
    force_booking(world, at(2, "15:30"), client=lee, service=world.session, **gone)
    for visitor, start in (("somebody", at(2, "13:00")), (met[4].visitor, at(3, "11:30"))):
        Hold.objects.create(
            therapist=world.therapist,
            service=world.session,
            format=Format.ONLINE,
            during=DateTimeTZRange(start, start + HOUR),
            visitor=visitor,
            expires_at=timezone.now() + timedelta(days=1),
        )
    make_off(world.therapist, at(3, "13:00"), at(3, "14:30"), Format.ONLINE)
    make_off(world.therapist, at(4, "00:00"), at(5, "00:00"))
    TimeOff.objects.filter(elsewhere="").update(reason="Training day")
    return met


def _meetings(world: World) -> Iterator[Booking]:
    room = {"format": Format.IN_PERSON, "place": world.place(Format.IN_PERSON)}
    walk = {"format": Format.WALKING, "place": world.place(Format.WALKING)}
    whole: dict[str, Any] = {"service": world.session}
    week: tuple[tuple[int, str, dict[str, Any]], ...] = (
        (1, "09:00", {**whole, **room}),
        (1, "10:30", {}),
        (1, "12:00", whole),
        (2, "09:00", {**whole, **walk}),
        (2, "11:00", {**whole, "asked_at": timezone.now()}),
        (2, "14:30", {}),
        (3, "10:00", {**whole, **room}),
    )
    for name, (day, start, facts) in zip(NAMES, week, strict=True):
        client = make_client(name=name, phone="07700 900161")
        yield force_booking(world, at(day, start), client=client, **facts)


def sign_in(visits: Visits, world: World, path: str, width: int, **options: Any) -> Page:
    """Sign the therapist in, and go to a page."""
    user = world.therapist.user
    user.username = user.email = "robin@kicks.example"
    user.set_password(WORD)
    user.save()
    page = visits.open(f"/admin/login/?next={path}", width=width, **options)
    page.get_by_label("Email").fill("robin@kicks.example")
    page.get_by_label("Password").fill(WORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login/" not in url)  # with its sheets: what is hidden is
    return page


def calendar_states(visits: Visits, practice: World, width: int = 1280) -> Iterator[Any]:
    fill_week(practice)
    monday = next_monday()
    path = f"/admin/calendar/?day={monday}"
    page = sign_in(visits, practice, path, width)
    expect(page.get_by_text("7 meetings, 2 being held")).to_be_visible()
    yield "calendar", page
    page.get_by_role("link", name="Show what was cancelled").click()
    expect(page.get_by_text("Cancelled late")).to_be_visible()
    yield "calendar, with what was cancelled", page
    page.get_by_role("link", name="O.S.").click()
    expect(page.get_by_role("heading", name="Oskar Szabo")).to_be_visible()
    yield "calendar, a meeting opened", page
    page.goto(f"/admin/calendar/free/?start={monday + timedelta(1)}T14:00#open")
    expect(page.get_by_text("Book for someone at")).to_be_visible()
    yield "calendar, a free time opened", page
    page.goto("/admin/calendar/?day=2026-10-25")
    expect(page.get_by_role("heading", name="19 to 25 October 2026")).to_be_visible()
    yield "calendar, no meetings", page
    page.goto("/admin/calendar/?day=99999-01-01")
    expect(page.get_by_role("alert").filter(has_text="That isn’t a date")).to_be_visible()
    yield "calendar, no such date", page
    page.goto(f"/admin/calendar/month/?day={monday}")
    expect(page.get_by_role("link", name="This month")).to_be_visible()
    yield "calendar, month", page
