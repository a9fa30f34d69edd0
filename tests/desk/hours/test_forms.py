"""The therapist edits the practice: what is wrong is said at its field, and nothing is stored."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse

from availability.models import (
    DifferentHours,
    Format,
    Gap,
    Place,
    Service,
    Therapist,
    TimeOff,
    Weekday,
    WeeklyHours,
)
from staff.models import Role
from tests.desk.tab import as_opened
from tests.factories import (
    ALL,
    NOW,
    World,
    make_hours,
    make_off,
    make_practice,
    make_user,
    make_world,
)
from tests.pages import browser_of, signed_in, text_of

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
Posted = dict[str, Any]


@pytest.fixture
def browser(client: Browser, world: World) -> Browser:
    """A browser in which the owner of the practice is logged in."""
    owner = User.objects.create_superuser("owner")
    client.force_login(owner)
    return client


# --- posting a form as the page does


def address(row: models.Model | type[models.Model]) -> str:
    name = f"admin:availability_{row._meta.model_name}"
    return (
        reverse(f"{name}_change", args=[row.pk])
        if isinstance(row, models.Model)
        else (reverse(f"{name}_add"))
    )


def send(browser: Browser, row: models.Model | type[models.Model], posted: Posted) -> HttpResponse:
    path = address(row)
    return browser.post(path, {**as_opened(browser, path), **posted})  # type: ignore[return-value]


def errors(response: Any) -> dict[str, list[str]]:
    """The messages at the fields of a form that was refused and is shown again."""
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["adminform"].form.errors
    return found


def refused(
    browser: Browser, row: models.Model | type[models.Model], posted: Posted
) -> dict[str, list[str]]:
    """Send what must be refused; nothing of its kind may be stored or changed."""
    kind = row if isinstance(row, type) else type(row)
    before = list(kind._default_manager.order_by("pk").values())
    response = send(browser, row, posted)
    assert list(kind._default_manager.order_by("pk").values()) == before
    found = errors(response)
    assert found
    return found


def accepted(browser: Browser, row: models.Model | type[models.Model], posted: Posted) -> None:
    response = send(browser, row, posted)
    if response.status_code != 302:
        pytest.fail(str(errors(response)))


def place(world: World, **facts: Any) -> Posted:
    fresh = {
        "therapist": world.therapist.pk,
        "format": Format.ONLINE,
        "name": "Another room",
        "address": "",
        "directions": "",
        "video_url": "https://meet.example.org/other",
        "daylight_margin": 20,
        "address_shown": "steps",
        "position": 0,
        "is_active": "on",
    }
    return {**fresh, **facts}


def place_as_stored(row: Place, **facts: Any) -> Posted:
    kept = {name: getattr(row, name) for name in ("format", "name", "address", "video_url")}
    fresh = {
        "therapist": row.therapist_id,
        "directions": "",
        "daylight_margin": 20,
        "address_shown": "steps",
        "position": 0,
        "is_active": "on",
    }
    return {k: v for k, v in {**fresh, **kept, **facts}.items() if v is not None}


def service(world: World, **facts: Any) -> Posted:
    fresh = {
        "therapist": world.therapist.pk,
        "name": "Couple",
        "slug": "couple",
        "audience": Service.Audience.MET,
        "summary": "",
        "length_minutes": 80,
        "price": "110",
        "formats": ALL,
        "gap_minutes": 10,
        "notice_hours": 12,
        "horizon_days": 56,
        "step_minutes": 30,
        "move_notice_hours": 0,
        "cancel_notice_hours": 0,
        "late_fee_percent": 0,
        "grace_minutes": 30,
        "position": 0,
        "is_active": "on",
    }
    return {k: v for k, v in {**fresh, **facts}.items() if v is not None}


def differs(world: World, **facts: Any) -> Posted:
    fresh = {
        "therapist": world.therapist.pk,
        "day": "2026-12-24",
        "opens": "09:00",
        "closes": "12:00",
        "formats": [Format.ONLINE],
    }
    return {**fresh, **facts}


def leave(world: World, starts: tuple[str, str], ends: tuple[str, str]) -> Posted:
    return {
        "therapist": world.therapist.pk,
        "starts_at_0": starts[0],
        "starts_at_1": starts[1],
        "ends_at_0": ends[0],
        "ends_at_1": ends[1],
        "reason": "",
    }


Hours = Mapping[str, Any]


def row(
    weekday: object, opens: str, closes: str, formats: Iterable[str] = ALL, **more: Any
) -> Hours:
    return {"weekday": weekday, "opens": opens, "closes": closes, "formats": list(formats), **more}


def stored(hours: WeeklyHours, **changed: Any) -> Hours:
    """A row as the page shows it, with what the therapist changed."""
    opens, closes = f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}"
    return {**row(hours.weekday, opens, closes, hours.formats, id=hours.pk), **changed}


def week(therapist: Therapist, rows: Iterable[Hours]) -> Posted:
    """The therapist's page with its table of weekly hours."""
    lines = sorted(rows, key=lambda line: "id" not in line)
    kept = ("practice_id", "user_id", "name", "slug", "email", "phone", "zone_name")
    posted: Posted = {
        name: getattr(therapist, name) for name in (*kept, "break_minutes", "early_days")
    }
    posted["practice"], posted["user"] = posted.pop("practice_id"), posted.pop("user_id")
    posted["is_active"] = "on"
    posted["weekly_hours-TOTAL_FORMS"] = len(lines)
    posted["weekly_hours-INITIAL_FORMS"] = sum("id" in line for line in lines)
    for number, line in enumerate(lines):
        for name, value in {"id": "", "therapist": therapist.pk, **line}.items():
            posted[f"weekly_hours-{number}-{name}"] = value
    return posted


def row_errors(response: Any) -> list[dict[str, list[str]]]:
    assert response.status_code == 200
    found: list[dict[str, list[str]]] = response.context["inline_admin_formsets"][0].formset.errors
    return found


def refused_week(
    browser: Browser, world: World, rows: Iterable[Hours]
) -> list[dict[str, list[str]]]:
    before = list(WeeklyHours.objects.order_by("pk").values())
    response = send(browser, world.therapist, week(world.therapist, rows))
    assert list(WeeklyHours.objects.order_by("pk").values()) == before
    return row_errors(response)


def accepted_week(browser: Browser, therapist: Therapist, rows: Iterable[Hours]) -> list[str]:
    response = send(browser, therapist, week(therapist, rows))
    if response.status_code != 302:
        pytest.fail(str(row_errors(response)))
    return [str(hours) for hours in therapist.weekly_hours.all()]


def only(world: World, *walls: tuple[int, time, time]) -> list[WeeklyHours]:
    """Leave the therapist these hours alone."""
    world.therapist.weekly_hours.all().delete()
    for weekday, opens, closes in walls:
        make_hours(world.therapist, (weekday,), opens, closes)
    return list(world.therapist.weekly_hours.all())


# --- weekly hours


def test_hours_of_all_seven_weekdays_are_saved_as_they_are_entered(
    browser: Browser, world: World
) -> None:
    only(world)
    rows = [row(day.value, f"{8 + day}:00", f"{16 + day}:30", [Format.WALKING]) for day in Weekday]
    assert accepted_week(browser, world.therapist, rows) == [
        "Monday 08:00 to 16:30",
        "Tuesday 09:00 to 17:30",
        "Wednesday 10:00 to 18:30",
        "Thursday 11:00 to 19:30",
        "Friday 12:00 to 20:30",
        "Saturday 13:00 to 21:30",
        "Sunday 14:00 to 22:30",
    ]
    assert {tuple(h.formats) for h in world.therapist.weekly_hours.all()} == {("walking",)}


def test_a_full_week_of_mornings_and_afternoons_can_be_saved(
    browser: Browser, world: World
) -> None:
    walls = [(time(8), time(12)), (time(13), time(17)), (time(18), time(21))]
    hours = only(world, *((day.value, *wall) for day in Weekday for wall in walls))
    assert len(accepted_week(browser, world.therapist, map(stored, hours))) == 21


def test_new_hours_that_overlap_stored_ones_in_a_format_are_refused(
    browser: Browser, world: World
) -> None:
    hours = only(world, (0, time(9), time(12)))
    rows = [*map(stored, hours), row(0, "11:59", "14:00", [Format.ONLINE])]
    assert refused_week(browser, world, rows) == [
        {},
        {"opens": ["These hours overlap Monday 09:00 to 12:00, also on this page."]},
    ]


def test_new_hours_that_overlap_ones_another_tab_has_stored_since_are_refused(
    browser: Browser, world: World
) -> None:
    only(world, (0, time(9), time(12)))
    [*_, found] = refused_week(browser, world, [row(0, "11:59", "14:00")])
    assert found == {"opens": ["These hours overlap Monday 09:00 to 12:00, also on this page."]}


def test_two_new_rows_of_one_page_that_overlap_are_refused(browser: Browser, world: World) -> None:
    only(world)
    rows = [row(0, "09:00", "12:00"), row(0, "11:00", "14:00"), row(1, "11:00", "14:00")]
    assert refused_week(browser, world, rows) == [
        {},
        {"opens": ["These hours overlap Monday 09:00 to 12:00, also on this page."]},
        {},
    ]


def test_stored_hours_that_are_stretched_over_others_are_refused_where_they_were_changed(
    browser: Browser, world: World
) -> None:
    first, second = only(world, (0, time(9), time(12)), (0, time(13), time(17)))
    found = refused_week(browser, world, [stored(first, closes="13:30"), stored(second)])
    assert found == [
        {"opens": ["These hours overlap Monday 13:00 to 17:00, also on this page."]},
        {},
    ]


def test_two_rows_can_be_joined_in_one_as_the_message_says(browser: Browser, world: World) -> None:
    first, second = only(world, (0, time(9), time(12)), (0, time(13), time(17)))
    rows = [stored(first, closes="17:00"), stored(second, DELETE="on")]
    assert accepted_week(browser, world.therapist, rows) == ["Monday 09:00 to 17:00"]


def test_a_row_can_be_deleted_and_entered_anew_on_one_page(browser: Browser, world: World) -> None:
    [hours] = only(world, (0, time(9), time(12)))
    rows = [stored(hours, DELETE="on"), row(0, "10:00", "13:00")]
    assert accepted_week(browser, world.therapist, rows) == ["Monday 10:00 to 13:00"]


def test_two_rows_can_change_places(browser: Browser, world: World) -> None:
    first, second = only(world, (0, time(9), time(12)), (0, time(13), time(17)))
    rows = [
        stored(first, opens="13:00", closes="17:00"),
        stored(second, opens="09:00", closes="12:00"),
    ]
    assert accepted_week(browser, world.therapist, rows) == [
        "Monday 09:00 to 12:00",
        "Monday 13:00 to 17:00",
    ]


def test_the_same_hours_may_be_kept_for_different_formats(browser: Browser, world: World) -> None:
    only(world)
    rows = [
        row(0, "09:00", "12:00", [Format.ONLINE]),
        row(0, "10:00", "13:00", [Format.WALKING, Format.IN_PERSON]),
    ]
    assert len(accepted_week(browser, world.therapist, rows)) == 2


def test_new_hours_of_one_page_may_follow_one_another_by_season(
    browser: Browser, world: World
) -> None:
    only(world)
    term = row(0, "09:00", "12:00", last_day="18/12/2026")
    after = row(0, "10:00", "13:00", first_day="19/12/2026")
    early = {**after, "first_day": "18/12/2026"}
    assert refused_week(browser, world, [term, early])[1] == {
        "opens": ["These hours overlap Monday 09:00 to 12:00, also on this page."]
    }
    assert len(accepted_week(browser, world.therapist, [term, after])) == 2
    assert [h.last_day for h in world.therapist.weekly_hours.order_by("opens")] == [
        date(2026, 12, 18),
        None,
    ]


def test_hours_that_touch_do_not_overlap(browser: Browser, world: World) -> None:
    only(world)
    rows = [row(0, "09:00", "12:00"), row(0, "12:00", "13:00")]
    assert len(accepted_week(browser, world.therapist, rows)) == 2


def test_the_hours_of_two_therapists_do_not_disturb_one_another(
    browser: Browser, world: World
) -> None:
    other = make_world()
    only(world)
    before = list(other.therapist.weekly_hours.values())
    accepted_week(browser, world.therapist, [row(0, "09:00", "17:00")])
    assert list(other.therapist.weekly_hours.values()) == before


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        (row(0, "12:00", "09:00"), "closes", "The end must be later than the start"),
        (row(0, "09:00", "09:00"), "closes", "The end must be later than the start"),
        (row(0, "22:00", "02:00"), "closes", "Enter a night in two rows: one until 24:00"),
        (row(0, "09:00:30", "12:00"), "opens", "whole minutes"),
        (row(0, "09:00", "12:00:01"), "closes", "whole minutes"),
        (row(0, "09:00:00.5", "12:00"), "opens", "whole minutes"),
        (row(0, "24:00", "23:00"), "opens", "Enter 00:00 of the next day"),
        (row(0, "2", "6pm"), "opens", "Is that 2am or 2pm?"),
        (row(0, "25:00", "6pm"), "opens", "Enter a time"),
        (row(0, "9:61", "6pm"), "opens", "Enter a time"),
        (row(0, "13pm", "6pm"), "opens", "Enter a time"),
        (row(0, "", "12:00"), "opens", "required"),
        (row(0, "09:00", ""), "closes", "required"),
        (row(0, "09:00\x00", "12:00"), "opens", "Enter a time"),
        (row(0, "nine", "12:00"), "opens", "Enter a time"),
        (row("", "09:00", "12:00"), "weekday", "required"),
        (row(7, "09:00", "12:00"), "weekday", "valid choice"),
        (row("-1", "09:00", "12:00"), "weekday", "valid choice"),
        (row(0, "09:00", "12:00", []), "formats", "Tick at least one"),
        (row(0, "09:00", "12:00", ["zoom"]), "formats", "valid choice"),
    ],
)
def test_a_row_of_hours_that_cannot_be_is_refused_at_its_field(
    browser: Browser, world: World, line: Hours, field: str, words: str
) -> None:
    [*_, found] = refused_week(browser, world, [line])
    assert list(found) == [field]
    assert words in " ".join(found[field])


def test_a_time_zone_that_nobody_keeps_is_refused(browser: Browser, world: World) -> None:
    for name in ("Europe/Fulham", "../../etc/passwd", "UTC+1", "", "Europe/London\x00"):
        posted = {**week(world.therapist, []), "zone_name": name}
        assert list(refused(browser, world.therapist, posted)) == ["zone_name"], name


def test_another_time_zone_is_kept(browser: Browser, world: World) -> None:
    posted = {**week(world.therapist, []), "zone_name": "Asia/Kathmandu"}
    accepted(browser, world.therapist, posted)
    world.therapist.refresh_from_db()
    assert world.therapist.zone.key == "Asia/Kathmandu"


# --- dates that differ


def test_a_date_that_differs_is_kept_and_may_be_written_as_people_do(
    browser: Browser, world: World
) -> None:
    accepted(browser, DifferentHours, differs(world, day="12/11/2026"))
    assert DifferentHours.objects.get().day == date(2026, 11, 12)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("99999-01-01", "valid date"),
        ("9999-12-31", "between 2000 and 2199"),
        ("0001-01-01", "between 2000 and 2199"),
        ("1999-12-31", "between 2000 and 2199"),
        ("2200-01-01", "between 2000 and 2199"),
        ("0000-01-01", "valid date"),
        ("2027-02-29", "valid date"),
        ("2026-W49-1", "valid date"),
        ("2026-12-24\x00", "valid date"),
        ("11/24/2026", "valid date"),
        ("", "required"),
    ],
)
def test_a_date_that_no_diary_reaches_or_no_calendar_has_is_refused(
    browser: Browser, world: World, day: str, words: str
) -> None:
    found = refused(browser, DifferentHours, differs(world, day=day))
    assert list(found) == ["day"]
    assert words in found["day"][0]


@pytest.mark.parametrize("day", ["2000-01-01", "2199-12-31"])
def test_the_first_and_the_last_date_of_a_diary_are_kept(
    browser: Browser, world: World, day: str
) -> None:
    accepted(browser, DifferentHours, differs(world, day=day))
    assert DifferentHours.objects.get().day.isoformat() == day


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"opens": "12:00", "closes": "09:00"}, "closes"),
        ({"opens": "09:00", "closes": "09:00"}, "closes"),
        ({"opens": "09:00:01"}, "opens"),
        ({"formats": []}, "formats"),
        ({"formats": ["zoom"]}, "formats"),
        ({"therapist": 0}, "therapist"),
        ({"therapist": ""}, "therapist"),
    ],
)
def test_the_hours_of_a_date_are_judged_like_those_of_a_week(
    browser: Browser, world: World, changed: Posted, field: str
) -> None:
    assert list(refused(browser, DifferentHours, differs(world, **changed))) == [field]


def test_hours_of_a_date_may_overlap_in_other_formats_dates_and_diaries_only(
    browser: Browser, world: World
) -> None:
    accepted(browser, DifferentHours, differs(world))
    found = refused(browser, DifferentHours, differs(world, opens="11:00", closes="13:00"))
    assert "These hours overlap 24 December 2026 09:00 to 12:00" in found["opens"][0]
    accepted(browser, DifferentHours, differs(world, formats=[Format.WALKING]))
    accepted(browser, DifferentHours, differs(world, day="2026-12-23"))
    accepted(browser, DifferentHours, differs(make_world()))
    accepted(
        browser, DifferentHours.objects.get(day="2026-12-23"), differs(world, day="2026-12-22")
    )
    assert DifferentHours.objects.count() == 4


@pytest.mark.parametrize("year", ["99999", "9999", "0", "-1", "9" * 20, "x"])
@pytest.mark.parametrize(
    "lookup", ["differenthours/?day__year", "timeoff/?starts_at__year", "timeoff/?ends_at__year"]
)
def test_a_year_that_no_calendar_has_is_refused(
    browser: Browser, world: World, lookup: str, year: str
) -> None:
    assert browser.get(f"/admin/availability/{lookup}={year}").status_code == 400


def test_a_list_can_be_narrowed_to_a_year(browser: Browser, world: World) -> None:
    accepted(browser, DifferentHours, differs(world))
    for year, count in (("2026", 1), ("2027", 0)):
        page = browser.get("/admin/availability/differenthours/", {"day__year": year})
        assert page.context["cl"].result_count == count


# --- time off


def test_time_off_is_uk_time_and_is_kept(browser: Browser, world: World) -> None:
    accepted(browser, TimeOff, leave(world, ("2026-07-03", "00:00"), ("2026-07-10", "00:00")))
    kept = TimeOff.objects.get()
    assert kept.starts_at == datetime(2026, 7, 2, 23, tzinfo=UTC)
    assert str(kept) == "3 July 2026 to 10 July 2026"


@pytest.mark.parametrize(
    "ends",
    [("2026-07-02", "09:00"), ("2026-07-03", "08:59"), ("2026-07-03", "09:00")],
)
def test_time_off_that_ends_before_or_as_it_starts_is_refused(
    browser: Browser, world: World, ends: tuple[str, str]
) -> None:
    found = refused(browser, TimeOff, leave(world, ("2026-07-03", "09:00"), ends))
    assert found == {"ends_at": ["Time off must end after it starts."]}


@pytest.mark.parametrize(
    "moment",
    [
        ("99999-01-01", "09:00"),
        ("9999-12-31", "23:59"),
        ("0001-01-01", "00:00"),
        ("2200-01-01", "00:00"),
        ("1999-12-31", "23:59"),
        ("2027-03-28", "01:30"),  # the hour that is skipped
        ("2026-10-25", "01:30"),  # the hour that comes twice
        ("2026-02-30", "09:00"),
        ("2026-07-03", "25:00"),
        ("2026-07-03", "09:00\x00"),
    ],
)
def test_a_moment_that_no_diary_or_clock_has_is_refused_at_either_end(
    browser: Browser, world: World, moment: tuple[str, str]
) -> None:
    good = ("2026-07-03", "09:00")
    assert "starts_at" in refused(browser, TimeOff, leave(world, moment, good))
    assert "ends_at" in refused(browser, TimeOff, leave(world, good, moment))
    assert set(refused(browser, TimeOff, leave(world, moment, moment))) >= {"starts_at", "ends_at"}


# --- services


def test_a_service_is_kept(browser: Browser, world: World) -> None:
    accepted(browser, Service, service(world))
    kept = Service.objects.get(slug="couple")
    assert (kept.title, kept.price_label) == ("80-minute couple", "£110")
    assert kept.formats == ALL


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"gap_minutes": "-5"}, "gap_minutes"),
        ({"gap_minutes": "241"}, "gap_minutes"),
        ({"gap_minutes": "1e9"}, "gap_minutes"),
        ({"step_minutes": "0"}, "step_minutes"),
        ({"step_minutes": "4"}, "step_minutes"),
        ({"step_minutes": "241"}, "step_minutes"),
        ({"length_minutes": "0"}, "length_minutes"),
        ({"length_minutes": "4"}, "length_minutes"),
        ({"length_minutes": "481"}, "length_minutes"),
        ({"length_minutes": "-50"}, "length_minutes"),
        ({"length_minutes": "50.5"}, "length_minutes"),
        ({"length_minutes": "9" * 30}, "length_minutes"),
        ({"length_minutes": "50\x00"}, "length_minutes"),
        ({"notice_hours": "-1"}, "notice_hours"),
        ({"notice_hours": "1441"}, "notice_hours"),
        ({"horizon_days": "0"}, "horizon_days"),
        ({"horizon_days": "367"}, "horizon_days"),
        ({"position": "-1"}, "position"),
        ({"price": "NaN"}, "price"),
        ({"price": "sNaN"}, "price"),
        ({"price": "Infinity"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "-0.01"}, "price"),
        ({"price": "75.001"}, "price"),
        ({"price": "100000"}, "price"),
        ({"price": "1e999999"}, "price"),
        ({"price": "£75"}, "price"),
        ({"price": ""}, "price"),
        ({"formats": []}, "formats"),
        ({"formats": ["zoom"]}, "formats"),
        ({"audience": "all"}, "audience"),
        ({"slug": "a b"}, "slug"),
        ({"name": "\x00"}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"summary": "a\nb"}, "summary"),
        ({"therapist": "0"}, "therapist"),
    ],
)
def test_a_service_that_cannot_be_is_refused_at_its_field(
    browser: Browser, world: World, changed: Posted, field: str
) -> None:
    assert list(refused(browser, Service, service(world, **changed))) == [field]


def test_a_service_in_a_format_with_no_place_in_use_is_refused_and_says_what_to_do(
    browser: Browser, world: World
) -> None:
    world.therapist.places.filter(format=Format.WALKING).update(is_active=False)
    world.therapist.places.filter(format=Format.IN_PERSON).delete()
    [message] = refused(browser, Service, service(world))["formats"]
    assert message == (
        "There is no place in use for meeting in person and walking. Add one under Places first."
    )


def test_the_place_of_another_therapist_is_no_place(browser: Browser, world: World) -> None:
    make_world()
    world.therapist.places.filter(format=Format.ONLINE).delete()
    assert list(refused(browser, Service, service(world))) == ["formats"]


def test_a_service_that_nobody_can_book_may_wait_for_its_place(
    browser: Browser, world: World
) -> None:
    world.therapist.places.all().delete()
    accepted(browser, Service, service(world, is_active=None))
    waiting = Service.objects.get(slug="couple")
    assert list(refused(browser, waiting, service(world))) == ["formats"]


def test_two_services_of_a_therapist_cannot_share_a_link_and_those_of_two_can(
    browser: Browser, world: World
) -> None:
    assert "already exists" in str(refused(browser, Service, service(world, slug="session")))
    accepted(browser, Service, service(world))
    accepted(browser, Service, service(make_world()))


# --- places


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://meet.example.org/kicks",
        "ftp://meet.example.org/kicks",
        "javascript:alert(1)",
        "https://",
        "https://meet.example.org/a b",
        "https://meet.example.org/\r\nBcc: x",
        "https://meet.example.org/" + "a" * 200,
    ],
)
def test_an_online_place_needs_a_link_that_is_https(
    browser: Browser, world: World, url: str
) -> None:
    assert list(refused(browser, Place, place(world, video_url=url))) == ["video_url"]


def test_a_link_without_its_beginning_is_taken_as_https(browser: Browser, world: World) -> None:
    accepted(browser, Place, place(world, video_url="meet.example.org/new"))
    assert Place.objects.get(name="Another room").video_url == "https://meet.example.org/new"


@pytest.mark.parametrize("fmt", [Format.IN_PERSON, Format.WALKING])
def test_a_room_or_a_meeting_point_needs_an_address(
    browser: Browser, world: World, fmt: str
) -> None:
    assert refused(browser, Place, place(world, format=fmt, video_url="", address=" ")) == {
        "address": ["Say where: a client must be able to find it."]
    }


@pytest.mark.parametrize("name", ["name", "address", "directions"])
def test_hidden_characters_in_the_words_of_a_place_are_refused_at_their_field(
    browser: Browser, world: World, name: str
) -> None:
    assert refused(browser, Place, place(world, **{name: "By the\u202e gate"})) == {
        name: ["Remove the hidden characters: please type this again instead of pasting it."]
    }


def test_a_place_of_an_unknown_format_is_refused(browser: Browser, world: World) -> None:
    assert list(refused(browser, Place, place(world, format="zoom"))) == ["format"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"is_active": None}, "is_active"),
        ({"format": Format.WALKING, "address": "The gate"}, "format"),
    ],
)
def test_the_last_place_of_a_format_that_is_offered_cannot_be_taken_away(
    browser: Browser, world: World, changed: Posted, field: str
) -> None:
    posted = place_as_stored(world.place(), **changed)
    found = refused(browser, world.place(), posted)
    assert list(found) == [field]
    assert "Consultation is offered online and this is its only place" in found[field][0]


def test_the_last_place_of_a_format_that_is_offered_cannot_be_given_to_another_therapist(
    world: World,
) -> None:
    place = world.place()
    place.therapist = make_world().therapist
    with pytest.raises(ValidationError) as refusal:
        place.full_clean()
    assert list(refusal.value.message_dict) == ["therapist"]


def test_no_form_gives_a_row_to_another_therapist(browser: Browser, world: World) -> None:
    place = world.place()
    accepted(browser, place, place_as_stored(place, therapist=make_world().therapist.pk))
    place.refresh_from_db()
    assert place.therapist == world.therapist


def test_the_last_place_can_be_described_anew(browser: Browser, world: World) -> None:
    posted = place_as_stored(world.place(), video_url="https://meet.example.org/new")
    accepted(browser, world.place(), posted)
    assert world.place().video_url == "https://meet.example.org/new"


def test_a_place_can_be_taken_out_of_use_beside_another_and_where_its_format_is_not_offered(
    browser: Browser, world: World
) -> None:
    second = Place.objects.create(
        therapist=world.therapist, format=Format.ONLINE, name="B", video_url="https://b.example"
    )
    accepted(browser, second, place_as_stored(second, is_active=None))
    world.therapist.services.update(formats=[Format.WALKING])
    accepted(browser, world.place(), place_as_stored(world.place(), is_active=None))
    assert not world.place().is_active


def test_a_place_is_never_deleted(browser: Browser, world: World) -> None:
    url = reverse("admin:availability_place_delete", args=[world.place().pk])
    assert browser.post(url, {"post": "yes"}).status_code == 403


# --- digits of other scripts


def test_dates_and_times_in_digits_of_another_script_are_refused(
    browser: Browser, world: World
) -> None:
    for name, text in (("day", "2026-12-24"), ("opens", "09:00"), ("closes", "12:00")):
        posted = differs(world, **{name: text.translate(ARABIC)})
        assert list(refused(browser, DifferentHours, posted)) == [name]


def test_numbers_in_digits_of_another_script_mean_what_they_say(
    browser: Browser, world: World
) -> None:
    posted = service(world, price="75".translate(ARABIC), gap_minutes="15".translate(ARABIC))
    accepted(browser, Service, posted)
    kept = Service.objects.get(slug="couple")
    assert (kept.price, kept.gap_minutes) == (Decimal(75), 15)


# --- the pages themselves


@pytest.mark.parametrize("name", ["practice", "service", "place", "differenthours", "timeoff"])
def test_every_list_and_form_opens(browser: Browser, world: World, name: str) -> None:
    for page in ("changelist", "add"):
        assert browser.get(reverse(f"admin:availability_{name}_{page}")).status_code == 200


def test_the_formats_are_boxes_to_tick_and_those_that_are_stored_are_ticked(
    browser: Browser, world: World
) -> None:
    world.consultation.formats = [Format.WALKING]
    world.consultation.save()
    page = browser.get(address(world.consultation)).content.decode()
    assert page.count('name="formats"') == 3
    ticked = [
        part
        for part in page.split("<input")
        if 'name="formats"' in part and "checked" in part.split(">")[0]
    ]
    assert len(ticked) == 1
    assert 'value="walking"' in ticked[0]


# --- the rules beside the hours


def gap(world: World, **facts: Any) -> Posted:
    fresh = {
        "therapist": world.therapist.pk,
        "before": Format.ONLINE,
        "after": Format.WALKING,
        "minutes": "30",
        "both_ways": "on",
    }
    return {**fresh, **facts}


@pytest.mark.parametrize("minutes", ["-5", "241", "", "x", "1.5", "9" * 400, "NaN"])
def test_a_gap_that_is_no_number_of_minutes_is_refused_at_its_field(
    browser: Browser, world: World, minutes: str
) -> None:
    assert list(refused(browser, Gap, gap(world, minutes=minutes))) == ["minutes"]
    accepted(browser, Gap, gap(world))


def test_a_second_answer_for_the_way_back_is_refused(browser: Browser, world: World) -> None:
    accepted(browser, Gap, gap(world))
    back = gap(world, before=Format.WALKING, after=Format.ONLINE)
    assert list(refused(browser, Gap, back)) == ["after"]


def test_a_gap_for_a_place_of_another_format_is_refused_at_its_field(
    browser: Browser, world: World
) -> None:
    wrong = gap(world, after_place=world.place(Format.IN_PERSON).pk)
    assert list(refused(browser, Gap, wrong)) == ["after_place"]


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, ["latitude", "longitude"]),
        ({"latitude": "51.47"}, ["longitude"]),
        ({"latitude": "91", "longitude": "0"}, ["latitude"]),
        ({"latitude": "NaN", "longitude": "0"}, ["latitude"]),
        ({"latitude": "51.47", "longitude": "1e999"}, ["longitude"]),
        ({"latitude": "51.47", "longitude": "0", "daylight_margin": "-5"}, ["daylight_margin"]),
    ],
)
def test_daylight_without_a_point_on_the_map_is_refused_at_its_fields(
    browser: Browser, world: World, facts: Posted, fields: list[str]
) -> None:
    lit = place(world, daylight_only="on", daylight_margin="20")
    assert set(fields) <= set(refused(browser, Place, {**lit, **facts}))


def test_a_place_in_daylight_is_kept(browser: Browser, world: World) -> None:
    sun = {"daylight_only": "on", "latitude": "51.47", "longitude": "-0.21"}
    accepted(browser, Place, place(world, **sun))
    assert Place.objects.get(daylight_only=True).longitude == -0.21


# --- a therapist, and rows that went meanwhile


def begun(world: World, name: str) -> Posted:
    """What the form sends that begins a diary; whose it is, is not asked."""
    practice = world.therapist.practice
    diary = Therapist(practice=practice, name=name, slug=name.lower(), email="kim@a.org")
    return {**week(diary, []), "user": world.therapist.user_id}


def test_the_owner_begins_a_diary_that_is_their_own_and_only_once(world: World) -> None:
    owner = make_user(Role.OWNER)
    browser = browser_of(owner)
    assert browser.get(address(Therapist)).status_code == 200
    accepted(browser, Therapist, begun(world, "Kim"))
    made = Therapist.objects.get(slug="kim")
    assert (made.user, made.practice) == (owner, world.therapist.practice)
    for again in (browser.get(address(Therapist)), send(browser, Therapist, begun(world, "Lee"))):
        assert again["Location"] == address(made)
    assert Therapist.objects.count() == 2


def test_of_two_presses_at_once_one_begins_the_diary(world: World) -> None:
    """The second asked for the form before the first was kept: whoever saves asks again."""
    request = RequestFactory().post("/")
    request.user = world.therapist.user
    practice = world.therapist.practice
    second = Therapist(practice=practice, name="Kim", slug="kim", email="kim@a.org")
    with pytest.raises(PermissionDenied):
        admin.site.get_model_admin(Therapist).save_model(request, second, None, change=False)
    assert Therapist.objects.get() == world.therapist


@pytest.mark.parametrize("role", [Role.MANAGER, Role.THERAPIST, Role.ASSISTANT])
def test_nobody_else_comes_by_the_page_of_a_diary(world: World, role: Role) -> None:
    other = browser_of(make_user(role, world.therapist))
    assert other.get(address(Therapist)).status_code == 403
    assert send(other, Therapist, begun(world, "Kim")).status_code == 403
    assert signed_in(world.therapist, role).get(address(Therapist)).status_code == 403


def test_nobody_goes_by_the_page_of_a_diary(browser: Browser, world: World) -> None:
    delete = reverse("admin:availability_therapist_delete", args=[world.therapist.pk])
    assert browser.get(delete).status_code == 403
    assert browser.post(delete, {"post": "yes"}).status_code == 403
    assert Therapist.objects.get() == world.therapist


def test_whose_diary_it_is_is_not_changed_on_its_page(browser: Browser, world: World) -> None:
    posted = week(world.therapist, [])
    user = User.objects.create_user("kim", is_staff=True)
    other = make_practice()
    accepted(browser, world.therapist, {**posted, "user": user.pk, "practice": other.pk})
    kept = Therapist.objects.get()
    assert (kept.user, kept.practice) == (world.therapist.user, world.therapist.practice)


def test_a_service_of_nobody_is_refused_for_that_alone(browser: Browser, world: World) -> None:
    found = refused(browser, Service, service(world, therapist=""))
    assert found == {"therapist": ["This field is required."]}


def test_a_moment_to_book_by_is_a_whole_minute(browser: Browser, world: World) -> None:
    found = refused(browser, Service, service(world, book_by="18:00:30"))
    assert found == {"book_by": ["Enter whole minutes."]}


def test_who_may_only_look_saves_nothing(world: World) -> None:
    off = make_off(world.therapist, NOW, NOW + timedelta(days=1))
    posted = leave(world, ("2026-12-01", "09:00"), ("2026-12-02", "09:00"))
    browser = signed_in(world.therapist, Role.ASSISTANT)
    assert browser.post(address(off), posted).status_code == 403
    assert TimeOff.objects.get().starts_at == NOW


def test_a_row_that_went_meanwhile_is_not_there_to_be_saved(browser: Browser, world: World) -> None:
    gone = make_off(world.therapist, NOW, NOW + timedelta(days=1))
    path = address(gone)
    gone.delete()
    posted = leave(world, ("2026-12-01", "09:00"), ("2026-12-02", "09:00"))
    page = text_of(browser.post(path, posted, follow=True))
    assert "doesn’t exist. Perhaps it was deleted?" in page
    assert not TimeOff.objects.exists()


def test_an_address_that_looks_rows_up_by_their_words_is_refused(
    browser: Browser, world: World
) -> None:
    off = make_off(world.therapist, NOW, NOW + timedelta(days=1))
    posted = leave(world, ("2026-12-01", "09:00"), ("2026-12-02", "09:00"))
    assert browser.post(f"{address(off)}?_to_field=reason", posted).status_code == 400
