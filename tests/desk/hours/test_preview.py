"""Each rule is edited with a preview: the days it touches, and nothing is saved by looking."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import models
from django.forms.models import model_to_dict
from django.test import Client as Browser
from django.urls import reverse

from availability.models import (
    DifferentHours,
    Format,
    Gap,
    Place,
    Service,
    Therapist,
    TimeOff,
    WorkedHoliday,
)
from prose.dates import UK
from tests.desk.tab import as_opened
from tests.factories import ALL, World, force_booking, make_world
from tests.pages import text_of

Posted = dict[str, Any]
# Wednesday and Thursday: 16 consultations (every 30 minutes) and 8 sessions (every hour) a day.
LEAVE = {
    "starts_at_0": "2026-11-25",
    "starts_at_1": "12:00",
    "ends_at_0": "2026-11-26",
    "ends_at_1": "12:00",
    "elsewhere": "",
    "reason": "",
}


@pytest.fixture
def browser(client: Browser, world: World) -> Browser:
    """A browser in which the owner of the practice is logged in."""
    client.force_login(User.objects.create_superuser("owner"))
    return client


def address(row: models.Model | type[models.Model]) -> str:
    name = f"admin:availability_{row._meta.model_name}"
    if isinstance(row, models.Model):
        return reverse(f"{name}_change", args=[row.pk])
    return reverse(f"{name}_add")


def preview(browser: Browser, row: models.Model | type[models.Model], posted: Posted) -> Any:
    opened = as_opened(browser, address(row))
    response = browser.post(address(row), {**opened, **posted, "_preview": "1"})
    assert response.status_code == 200
    return response


def stored(row: models.Model, **facts: Any) -> Posted:
    """The row as its form posts it, with other facts."""
    known = {**model_to_dict(row), **facts}
    # An empty box and one that is not ticked are not sent.
    return {n: value for n, value in known.items() if value is not None and value is not False}


def whole(therapist: Therapist, **facts: Any) -> Posted:
    """The therapist's page, with the week as it is stored."""
    rows = list(therapist.weekly_hours.all())
    posted = {
        **stored(therapist, **facts),
        "weekly_hours-TOTAL_FORMS": len(rows),
        "weekly_hours-INITIAL_FORMS": len(rows),
    }
    for number, row in enumerate(rows):
        posted |= {f"weekly_hours-{number}-{k}": v for k, v in stored(row).items()}
    return posted


# --- what it says


def test_leave_tells_each_day_it_touches_with_the_times_before_and_after(
    browser: Browser, world: World
) -> None:
    force_booking(world, datetime(2026, 11, 26, 9, tzinfo=UK))
    page = preview(browser, TimeOff, {**LEAVE, "therapist": world.therapist.pk})
    assert page.context["count"] == 2
    [wednesday, thursday] = page.context["days"]
    assert wednesday["day"] == "Wednesday 25\N{NO-BREAK SPACE}November 2026"
    assert "Consultation, online: 16 times, then 6" in wednesday["changes"]
    assert "Session, walking: 8 times, then 3" in wednesday["changes"]
    # One consultation is booked at 9 and takes one time of each.
    assert "Consultation, in person: 15 times, then 10" in thursday["changes"]
    assert "Session, online: 7 times, then 5" in thursday["changes"]
    assert (wednesday["booked"], thursday["booked"]) == (0, 1)
    words = text_of(page)
    assert "Nothing is saved yet" in words
    assert "It touches 2 days in the coming year" in words


def test_as_many_times_at_other_hours_are_told_as_that(browser: Browser, world: World) -> None:
    later = {"day": "2026-11-25", "opens": "10:00", "closes": "18:00", "formats": ALL}
    page = preview(browser, DifferentHours, {**later, "therapist": world.therapist.pk})
    [wednesday] = page.context["days"]
    assert "Consultation, online: 16 times, at other times" in wednesday["changes"]


def test_looking_stores_nothing_and_says_nothing_to_the_next_page(
    browser: Browser, world: World
) -> None:
    preview(browser, TimeOff, {**LEAVE, "therapist": world.therapist.pk})
    assert not TimeOff.objects.exists()
    assert not LogEntry.objects.exists()
    listed = text_of(browser.get(reverse("admin:availability_timeoff_changelist")))
    assert "successfully" not in listed


def test_what_was_typed_comes_along_and_is_saved_from_the_preview(
    browser: Browser, world: World
) -> None:
    page = preview(browser, TimeOff, {**LEAVE, "therapist": world.therapist.pk})
    browser.post(address(TimeOff), {**dict(page.context["kept"]), "_save": "1"})
    row = TimeOff.objects.get()
    assert row.starts_at == datetime(2026, 11, 25, 12, tzinfo=UK)
    assert row.ends_at == datetime(2026, 11, 26, 12, tzinfo=UK)


def test_going_back_shows_the_form_as_it_was_typed_and_stores_nothing(
    browser: Browser, world: World
) -> None:
    page = preview(browser, TimeOff, {**LEAVE, "therapist": world.therapist.pk})
    back = browser.post(address(TimeOff), {**dict(page.context["kept"]), "_preview_back": "1"})
    form: Any = back.context["adminform"].form
    assert not form.errors
    assert form["starts_at"].value() == ["2026-11-25", "12:00"]
    assert not TimeOff.objects.exists()


def test_a_form_that_is_wrong_is_shown_with_what_is_wrong(browser: Browser, world: World) -> None:
    wrong = {**LEAVE, "therapist": world.therapist.pk, "ends_at_0": "2026-11-24"}
    page = preview(browser, TimeOff, wrong)
    assert "Time off must end after it starts." in text_of(page)


def test_what_changes_nothing_says_so(browser: Browser, world: World) -> None:
    sunday = {**LEAVE, "starts_at_0": "2026-11-29", "ends_at_0": "2026-11-29", "ends_at_1": "20:00"}
    page = preview(browser, TimeOff, {**sunday, "therapist": world.therapist.pk})
    assert "This changes no time, price or term that clients see in the coming year." in text_of(
        page
    )


def test_a_long_change_names_the_first_days_and_the_last(browser: Browser, world: World) -> None:
    year = {**LEAVE, "starts_at_0": "2026-11-23", "starts_at_1": "00:00", "ends_at_0": "2027-12-24"}
    page = preview(browser, TimeOff, {**year, "therapist": world.therapist.pk})
    # 366 days from Monday 23 November: 262 of them are weekdays, today's times included.
    assert page.context["count"] == 262
    assert len(page.context["days"]) == 60
    assert page.context["more"] == 202
    assert page.context["last"] == "Tuesday 23\N{NO-BREAK SPACE}November 2027"
    assert "And 202 more days, the last on Tuesday 23" in text_of(page)


def test_a_row_stays_in_its_diary_whatever_is_sent(browser: Browser, world: World) -> None:
    other = make_world()
    Therapist.objects.filter(pk=other.therapist.pk).update(name="Alex Kicks")
    row = TimeOff.objects.create(
        therapist=world.therapist,
        starts_at=datetime(2026, 11, 25, 12, tzinfo=UK),
        ends_at=datetime(2026, 11, 26, 12, tzinfo=UK),
    )
    page = preview(browser, row, {**LEAVE, "therapist": other.therapist.pk})
    changes = [change for day in page.context["days"] for change in day["changes"]]
    assert changes == []


# --- every rule has one


def of_place(world: World) -> tuple[models.Model | type[models.Model], Posted]:
    row = Place.objects.get(therapist=world.therapist, format=Format.WALKING)
    sun = {"daylight_only": "on", "latitude": "51.47", "longitude": "-0.21"}
    return row, stored(row, **sun)


def of_hours(world: World) -> tuple[models.Model, Posted]:
    posted = whole(world.therapist)
    return world.therapist, {**posted, "weekly_hours-0-closes": "16:00"}


RULES: dict[str, tuple[Callable[[World], tuple[Any, Posted]], str]] = {
    "weekly hours": (of_hours, "Consultation, online: 16 times, then 14"),
    "a cap": (
        lambda w: (w.therapist, whole(w.therapist, most_consultations_a_week=1)),
        "Consultation, walking: 15 times, then none",
    ),
    "bank holidays": (
        lambda w: (w.therapist, whole(w.therapist, bank_holidays_off="on")),
        "Consultation, in person: 16 times, then none",
    ),
    "a date that differs": (
        lambda w: (
            DifferentHours,
            {
                "therapist": w.therapist.pk,
                "day": "2026-12-01",
                "opens": "18:00",
                "closes": "19:00",
                "formats": [Format.ONLINE],
                "adds": "on",
            },
        ),
        "Consultation, online: 16 times, then 18",
    ),
    "a gap": (
        lambda w: (
            Gap,
            {
                "therapist": w.therapist.pk,
                "before": Format.ONLINE,
                "after": Format.WALKING,
                "minutes": 60,
                "both_ways": "on",
            },
        ),
        # The consultation at 9 ends at 9:15, so a walk begins at 10:30.
        "Consultation, walking: 15 times, then 13",
    ),
    "the step": (
        lambda w: (w.consultation, stored(w.consultation, step_minutes=60)),
        "Consultation, online: 16 times, then 8",
    ),
    "daylight": (of_place, "Session, walking: 8 times, then 7"),
    "a place out of use": (
        lambda w: (
            w.consultation,
            stored(w.consultation, formats=[Format.ONLINE, Format.IN_PERSON]),
        ),
        "Consultation, walking: 16 times, then none",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_each_rule_is_previewed(browser: Browser, world: World, name: str) -> None:
    force_booking(world, datetime(2026, 11, 26, 9, tzinfo=UK))
    ask, words = RULES[name]
    row, posted = ask(world)
    page = preview(browser, row, posted)
    changes = {change for day in page.context["days"] for change in day["changes"]}
    assert words in changes
    assert stored(Therapist.objects.get()) == stored(world.therapist)
    assert stored(Service.objects.get(pk=world.consultation.pk)) == stored(world.consultation)
    assert not Gap.objects.exists()
    assert not DifferentHours.objects.exists()


def test_a_bank_holiday_that_is_worked_is_previewed(browser: Browser, world: World) -> None:
    Therapist.objects.update(bank_holidays_off=True)
    page = preview(browser, WorkedHoliday, {"therapist": world.therapist.pk, "day": "2026-12-28"})
    [monday] = page.context["days"]
    assert "Session, online: no times, then 8" in monday["changes"]


@pytest.mark.parametrize(
    ("ask", "what", "was", "will"),
    [
        (
            lambda w: (w.consultation, stored(w.consultation, notice_hours=48)),
            "Consultation: clients can book",
            "from Monday 23\N{NO-BREAK SPACE}November 2026, 9pm",
            "from Wednesday 25\N{NO-BREAK SPACE}November 2026, 9am",
        ),
        (
            lambda w: (w.session, stored(w.session, horizon_days=7)),
            "Session: clients can book",
            "to Monday 4\N{NO-BREAK SPACE}January 2027",
            "to Monday 30\N{NO-BREAK SPACE}November 2026",
        ),
        (
            lambda w: (w.therapist, whole(w.therapist, early_days=10)),
            "Consultation: clients can book",
            "to Monday 4\N{NO-BREAK SPACE}January 2027",
            "to Friday 25\N{NO-BREAK SPACE}December 2026",
        ),
        (
            lambda w: (w.therapist, whole(w.therapist, is_discreet="on")),
            "The public page shows",
            "every free time",
            "the first of each morning, afternoon and evening",
        ),
    ],
)
def test_what_binds_clients_alone_is_told_in_words(  # noqa: PLR0913, a row of the table
    browser: Browser, world: World, ask: Any, what: str, was: str, will: str
) -> None:
    row, posted = ask(world)
    page = preview(browser, row, posted)
    [fact] = page.context["facts"]
    assert fact["what"] == what
    assert was in fact["was"]
    assert will in fact["will"]
    assert not page.context["days"]


def test_another_therapists_rules_are_no_concern_of_a_preview(
    browser: Browser, world: World
) -> None:
    make_world()
    row = DifferentHours(
        therapist=world.therapist,
        day=date(2026, 12, 1),
        opens=time(9),
        closes=time(10),
        formats=ALL,
    )
    page = preview(browser, DifferentHours, stored(row))
    [day] = page.context["days"]
    assert len(day["changes"]) == 6  # two services in three formats, of one therapist


@pytest.mark.parametrize(
    ("facts", "what", "was", "will"),
    [
        ({"price": "80"}, "Session: it costs", "£75", "£80"),
        ({"length_minutes": "55"}, "Session: it lasts", "50 minutes", "55 minutes"),
        ({"name": "Hour"}, "Hour: it is called", "Session", "Hour"),
        (
            {"audience": "new"},
            "Session: it is for",
            "People who have had a consultation",
            "People I haven&#x27;t met",
        ),
    ],
)
def test_what_clients_read_of_a_service_is_in_the_preview(  # noqa: PLR0913, a row of the table
    browser: Browser, world: World, facts: dict[str, str], what: str, was: str, will: str
) -> None:
    page = preview(browser, world.session, stored(world.session, **facts))
    text = text_of(page)
    assert f'<th scope="row">{what}</th><td>{was}</td><td>{will}</td>' in text
    assert "This changes no time" not in text


def test_terms_that_change_and_a_service_that_goes_are_in_the_preview(
    browser: Browser, world: World
) -> None:
    terms = {"cancel_notice_hours": "48", "late_fee_percent": "50"}
    text = text_of(preview(browser, world.session, stored(world.session, **terms)))
    assert "Session: clients agree to" in text
    assert "or if you don’t come, it costs £37.50" in text
    gone = text_of(preview(browser, world.session, stored(world.session, is_active=None)))
    assert "Session: it costs</th><td>£75</td><td>not at all</td>" in gone
    assert "Session, online: 8 times, then none" in gone
