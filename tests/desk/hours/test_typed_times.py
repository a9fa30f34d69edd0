"""Times and days as a therapist types them: "2pm", 24:00, and leave of whole days."""

from datetime import UTC, date, datetime, time

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser

from availability.models import DifferentHours, Service, Therapist, TimeOff
from desk.clock_fields import NO_TIME_OF_THE_DAY
from staff.models import Role
from tests.desk.hours.test_forms import (
    Posted,
    accepted,
    accepted_week,
    address,
    differs,
    leave,
    only,
    refused,
    refused_week,
    row,
    service,
)
from tests.factories import World, make_therapist
from tests.pages import signed_in, text_of


@pytest.fixture
def browser(client: Browser, world: World) -> Browser:
    """A browser in which the owner of the practice is logged in."""
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.mark.parametrize(
    ("starts", "errors"),
    [
        (("", ""), {"starts_at": ["This field is required."], "ends_at": ["Enter a date."]}),
        (("", "9am"), {"starts_at": ["Enter a date."], "ends_at": ["Enter a date."]}),
        (
            ("2026-07-03", "24:00"),
            {"starts_at": [NO_TIME_OF_THE_DAY], "ends_at": ["Enter a date."]},
        ),
    ],
)
def test_time_off_without_a_first_day_is_refused(
    browser: Browser, world: World, starts: tuple[str, str], errors: dict[str, list[str]]
) -> None:
    assert refused(browser, TimeOff, leave(world, starts, ("", ""))) == errors


@pytest.mark.parametrize(
    ("starts", "ends", "first", "back"),
    [
        # One day, or several, without a time of the clock: the last day counts too.
        (("2026-12-02", ""), ("", ""), (2, 0), (3, 0)),
        (("2026-12-02", ""), ("2026-12-04", ""), (2, 0), (5, 0)),
        # From noon on, until four, until the day's end.
        (("2026-12-02", "noon"), ("", ""), (2, 12), (3, 0)),
        (("2026-12-02", ""), ("2026-12-04", "4pm"), (2, 0), (4, 16)),
        (("2026-12-02", "1400"), ("", "18.00"), (2, 14), (2, 18)),
        (("2026-12-02", "2pm"), ("2026-12-02", "24:00"), (2, 14), (3, 0)),
    ],
)
def test_leave_of_whole_days_needs_no_time_of_the_clock(  # noqa: PLR0913, each a side of it
    browser: Browser,
    world: World,
    starts: tuple[str, str],
    ends: tuple[str, str],
    first: tuple[int, int],
    back: tuple[int, int],
) -> None:
    accepted(browser, TimeOff, leave(world, starts, ends))
    kept = TimeOff.objects.get()
    assert [kept.starts_at, kept.ends_at] == [
        datetime(2026, 12, day, hour, tzinfo=UTC) for day, hour in (first, back)
    ]


def test_whole_days_are_those_of_the_diarys_own_clock(browser: Browser, world: World) -> None:
    Therapist.objects.update(zone_name="America/New_York")
    accepted(browser, TimeOff, leave(world, ("2026-12-02", ""), ("", "")))
    kept = TimeOff.objects.get()
    assert kept.starts_at == datetime(2026, 12, 2, 5, tzinfo=UTC)
    assert kept.ends_at == datetime(2026, 12, 3, 5, tzinfo=UTC)
    form = browser.get(address(kept)).context["adminform"].form
    assert [form[name].value() for name in ("starts_at", "ends_at")] == [
        [date(2026, 12, 2), None],
        [date(2026, 12, 2), None],
    ]
    accepted(browser, kept, leave(world, ("2026-12-02", ""), ("2026-12-02", "")))
    assert TimeOff.objects.values().get() == TimeOff.objects.filter(pk=kept.pk).values()[0]


def test_whole_days_are_listed_by_their_dates(browser: Browser, world: World) -> None:
    for starts, ends in (
        (("2026-12-02", ""), ("", "")),
        (("2026-12-07", ""), ("2026-12-08", "")),
        (("2026-12-10", "9am"), ("", "10am")),
    ):
        accepted(browser, TimeOff, leave(world, starts, ends))
    shown = text_of(browser.get("/admin/availability/timeoff/"))
    assert "Monday 7 December 2026 to Tuesday 8 December 2026" in shown
    assert "Thursday 10 December 2026, 9am UK time, until" in shown


def test_who_has_the_only_diary_is_not_asked_whose_leave_it_is(
    browser: Browser, world: World
) -> None:
    field = browser.get(address(TimeOff)).context["adminform"].form["therapist"]
    assert (field.initial, field.field.empty_label) == (world.therapist.pk, None)
    make_therapist()
    field = browser.get(address(TimeOff)).context["adminform"].form["therapist"]
    assert (field.initial, field.field.empty_label) == (None, "Select value")
    mine = signed_in(world.therapist, Role.OWNER)
    field = mine.get(address(TimeOff)).context["adminform"].form["therapist"]
    assert field.initial == world.therapist.pk


@pytest.mark.parametrize(
    "typed", ["2pm", "2 pm", "2 p.m.", "2.00pm", "14.00", "1400", "14", "14h00"]
)
def test_a_time_is_read_as_it_is_typed_wherever_one_is_asked_for(
    browser: Browser, world: World, typed: str
) -> None:
    only(world)
    assert accepted_week(browser, world.therapist, [row(0, typed, "18.00")]) == [
        "Monday 14:00 to 18:00"
    ]
    accepted(browser, DifferentHours, differs(world, opens="1000", closes=typed))
    assert DifferentHours.objects.get().closes == time(14)
    accepted(browser, Service, service(world, book_by=typed))
    assert Service.objects.get(name="Couple").book_by == time(14)


@pytest.mark.parametrize("typed", ["24:00", "2400", "midnight", "12am", "00:00"])
def test_hours_may_end_at_midnight(browser: Browser, world: World, typed: str) -> None:
    only(world)
    assert accepted_week(browser, world.therapist, [row(0, "22:00", typed)]) == [
        "Monday 22:00 to 24:00"
    ]
    [kept] = world.therapist.weekly_hours.all()
    formset = browser.get(address(world.therapist)).context["inline_admin_formsets"][0].formset
    assert 'value="24:00"' in str(formset.forms[0]["closes"])
    # As the page shows it, it is saved again and is the same.
    again = {**row(0, "22:00:00", "24:00"), "id": kept.pk}
    assert accepted_week(browser, world.therapist, [again]) == ["Monday 22:00 to 24:00"]
    both = [again, row(0, "23:00", "23:30")]
    assert "overlap" in str(refused_week(browser, world, both))
    [*_, found] = refused_week(browser, world, [again, row(0, "21:00", typed)])
    assert "overlap" in str(found)
    assert "overlap" in str(refused(browser, DifferentHours, _beside_midnight(world, browser)))


def _beside_midnight(world: World, browser: Browser) -> Posted:
    """Hours of a date that meet others which end at midnight."""
    accepted(browser, DifferentHours, differs(world, opens="22:00", closes="24:00"))
    return differs(world, opens="23:00", closes="23:30")
