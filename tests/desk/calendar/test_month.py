"""A month at a glance: how much each day has, what else it is, and the way to its week."""

from datetime import date, timedelta
from typing import Any

from django.test import Client as Browser
from django.urls import reverse

from availability.models import Therapist
from bookings.models import Booking
from staff.models import Role
from tests.desk.calendar.looking import uk
from tests.factories import World, force_booking, make_off, make_therapist
from tests.pages import signed_in, text_of

DAY = timedelta(days=1)


def month(browser: Browser, day: str = "2026-12-09", **query: Any) -> Any:
    response = browser.get(reverse("calendar_month"), {"day": day, **query})
    assert response.status_code == 200
    return response


def cell(page: Any, day: date) -> Any:
    return next(one for row in page.context["month"].weeks for one in row if one.day == day)


def test_a_month_is_whole_weeks_with_the_count_of_each_day(world: World, browser: Browser) -> None:
    for start in ("10:00", "12:00"):
        force_booking(world, uk(date(2026, 12, 9), start))
    force_booking(world, uk(date(2026, 12, 9), "15:00"), status=Booking.Status.CANCELLED)
    force_booking(world, uk(date(2026, 12, 10), "23:40"), service=world.session)
    force_booking(world, uk(date(2027, 1, 2), "10:00"))
    page = month(browser)
    shown = page.context["month"]
    assert (shown.title, shown.count) == ("December 2026", 3)
    assert [row[0].day for row in shown.weeks] == [
        date(2026, 11, 30) + DAY * 7 * n for n in range(5)
    ]
    counts = {one.day.day: one.count for row in shown.weeks for one in row if one.count}
    # What goes on after midnight is counted where it begins.
    assert counts == {9: 2, 10: 1, 2: 1}
    assert cell(page, date(2027, 1, 2)).is_inside is False
    assert cell(page, date(2026, 12, 9)).url == f"{reverse('calendar')}?day=2026-12-09#d3"
    assert "3 meetings" in text_of(page)
    said = cell(page, date(2026, 12, 9)).label.replace("\N{NO-BREAK SPACE}", " ")
    assert said == "Wednesday 9 December: 2 meetings"


def test_leave_bank_holidays_and_days_without_hours_are_named(
    world: World, browser: Browser
) -> None:
    Therapist.objects.update(bank_holidays_off=True)
    make_off(world.therapist, uk(date(2026, 12, 9), "00:00"), uk(date(2026, 12, 11), "12:00"))
    page = month(browser)
    notes = {day: cell(page, date(2026, 12, day)).notes for day in (9, 10, 11, 12, 14, 25)}
    assert notes == {
        9: ["Leave"],
        10: ["Leave"],
        11: ["Part leave"],
        12: ["No hours"],
        14: [],
        25: ["Christmas Day"],
    }
    assert [cell(page, date(2026, 12, day)).is_away for day in (10, 11)] == [True, False]


def test_the_months_beside_are_a_press_away_over_new_year_too(browser: Browser) -> None:
    shown = month(browser, "2026-12-31").context["month"]
    path = reverse("calendar_month")
    assert (shown.before, shown.after) == (f"{path}?day=2026-11-30", f"{path}?day=2027-01-01")


def test_today_is_marked_and_a_month_is_of_the_diary_that_was_chosen(world: World) -> None:
    other = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    force_booking(world, uk(date(2026, 11, 25), "10:00"))
    owner = signed_in(world.therapist, Role.OWNER)
    page = owner.get(reverse("calendar_month"))
    assert cell(page, date(2026, 11, 23)).is_today
    assert cell(page, date(2026, 11, 25)).count == 1
    theirs = month(owner, "2026-11-23", whose=other.pk)
    assert theirs.context["month"].count == 0
    assert f"whose={other.pk}" in theirs.context["month"].after
    assert "Ash Lane: no meetings" in text_of(theirs)
