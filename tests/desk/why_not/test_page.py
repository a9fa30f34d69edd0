"""Why is this time not offered? Each rule is named, with a link to where it is set."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client as Browser
from django.urls import resolve, reverse

from availability import walltime
from availability.models import (
    DifferentHours,
    Format,
    Gap,
    Place,
    Service,
    Therapist,
    TimeOff,
    WeeklyHours,
)
from availability.rules import Limit, Rule
from bookings import busy, slots
from bookings.models import Hold
from desk.why_not.reason_words import Explainer
from prose.dates import UK
from tests.factories import NOW, World, force_booking, make_therapist
from tests.pages import signed_in, text_of

DAY = date(2026, 11, 25)  # a Wednesday
PAGE = reverse("why_not")


@pytest.fixture
def browser(client: Browser, world: World) -> Browser:
    """A browser in which the owner of the practice is logged in."""
    client.force_login(User.objects.create_superuser("owner"))
    return client


def ask(browser: Browser, service: Service, how: str = Format.ONLINE, day: Any = DAY) -> Any:
    return browser.get(PAGE, {"service": str(service.pk), "how": how, "day": str(day)})


def reasons(page: Any, at: str) -> list[tuple[str, str]]:
    """The words and links for one start."""
    [start] = [one for one in page.context["starts"] if one.label == at]
    return [(reason.text, reason.url) for _, found in start.refused for reason in found]


def uk(text: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), UK)


def book_at_ten(world: World) -> None:
    force_booking(world, uk("10:00"), service=world.session)


def appointment(world: World) -> None:
    TimeOff.objects.create(
        therapist=world.therapist,
        starts_at=uk("10:00"),
        ends_at=uk("11:00"),
        elsewhere=Format.IN_PERSON,
    )


def leave(world: World) -> None:
    TimeOff.objects.create(
        therapist=world.therapist, starts_at=uk("10:00"), ends_at=uk("11:00"), reason="dentist"
    )


def hold(world: World) -> None:
    Hold.objects.create(
        therapist=world.therapist,
        service=world.consultation,
        format=Format.ONLINE,
        during=DateTimeTZRange(uk("10:00"), uk("10:15")),
        visitor="somebody",
        expires_at=NOW + timedelta(minutes=7),
    )


def gap_row(world: World) -> None:
    force_booking(world, uk("09:00"), service=world.session, minutes=50, format=Format.WALKING)
    Gap.objects.create(
        therapist=world.therapist, before=Format.WALKING, after=Format.ONLINE, minutes=30
    )


def gap_after_a_hold(world: World) -> None:
    hold(world)
    Gap.objects.create(
        therapist=world.therapist, before=Format.ONLINE, after=Format.ONLINE, minutes=30
    )


def gap_after_an_appointment(world: World) -> None:
    appointment(world)
    Gap.objects.create(
        therapist=world.therapist, before=Format.IN_PERSON, after=Format.ONLINE, minutes=30
    )


def own_gap(world: World) -> None:
    force_booking(world, uk("10:45"), service=world.session)
    Service.objects.filter(pk=world.session.pk).update(gap_minutes=45)


def cap(world: World) -> None:
    Therapist.objects.update(most_consultations_a_week=1)
    force_booking(world, uk("09:00", date(2026, 11, 23)))


def row_of_two(world: World) -> None:
    Therapist.objects.update(most_in_a_row=1, break_minutes=30)
    force_booking(world, uk("09:00"), service=world.session)  # to 9:50
    force_booking(world, uk("11:00"), service=world.session)


def too_soon(world: World) -> None:
    Service.objects.update(notice_hours=72, book_by=time(18))


def too_far(world: World) -> None:
    Service.objects.update(horizon_days=1)


def clients_first(world: World) -> None:
    Therapist.objects.update(early_days=41)  # of 42: up to the next day


CASES: dict[str, tuple[Callable[[World], None], str, str, str]] = {
    "taken": (
        book_at_ten,
        "10am",
        "It would overlap the session from 10am to 10:50am.",
        "admin:bookings_booking_change",
    ),
    "elsewhere": (
        appointment,
        "10:30am",
        "It would overlap your appointment elsewhere, from 10am to 11am.",
        "admin:availability_timeoff_change",
    ),
    "leave": (
        leave,
        "10:30am",
        "You are away from {day}, 10am to {day}, 11am.",
        "admin:availability_timeoff_change",
    ),
    "held": (
        hold,
        "10am",
        "Somebody is booking from 10am to 10:15am just now: kept until 9:07am.",
        "",
    ),
    "the table's gap": (
        gap_row,
        "10am",
        "30 minutes are kept free after the session from 9am to 9:50am (walking to online).",
        "admin:availability_gap_changelist",
    ),
    "the gap after what somebody is booking": (
        gap_after_a_hold,
        "10:30am",
        (
            "30 minutes are kept free after a time that somebody is booking, from 10am to 10:15am "
            "(online to online)."
        ),
        "admin:availability_gap_changelist",
    ),
    "the gap after an appointment": (
        gap_after_an_appointment,
        "11am",
        (
            "30 minutes are kept free after your appointment elsewhere, from 10am to 11am "
            "(in person to online)."
        ),
        "admin:availability_gap_changelist",
    ),
    "a service's gap": (
        own_gap,
        "10am",
        "45 minutes are kept free before the session from 10:45am to 11:35am (online to online).",
        "admin:availability_service_change",
    ),
    "the week's cap": (
        cap,
        "10am",
        "This week has 1 consultation, your most.",
        "admin:availability_therapist_change",
    ),
    "notice": (
        too_soon,
        "10am",
        "Clients book 72 hours ahead and by 6pm the day before; it is too soon.",
        "admin:availability_service_change",
    ),
    "horizon": (
        too_far,
        "10am",
        "Clients can book up to {before} 2026.",
        "admin:availability_service_change",
    ),
    "clients first": (
        clients_first,
        "10am",
        "Up to {before} 2026 for new people: clients come first by 41 days.",
        "admin:availability_therapist_change",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_rule_is_named_with_the_page_that_sets_it(
    browser: Browser, world: World, name: str
) -> None:
    arrange, at, words, view = CASES[name]
    arrange(world)
    [(text, url)] = reasons(ask(browser, world.consultation), at)
    nbsp = "\N{NO-BREAK SPACE}"
    assert text == words.format(
        day=f"Wednesday 25{nbsp}November", before=f"Tuesday 24{nbsp}November"
    )
    assert url == "" if not view else resolve(url).view_name == view
    assert not url or browser.get(url).status_code == 200


def test_a_session_that_would_lengthen_a_row_says_of_what(browser: Browser, world: World) -> None:
    row_of_two(world)
    [(text, _)] = reasons(ask(browser, world.session), "10am")
    assert text == (
        "With what is booked from 9am to 11:50am it would make more than 1 session without a break "
        "of 30 minutes."
    )


def test_a_full_day_says_how_many_are_held(browser: Browser, world: World) -> None:
    Therapist.objects.update(most_sessions_a_day=2)
    for hour in ("09:00", "11:00"):
        force_booking(world, uk(hour), service=world.session)
    [(text, url)] = reasons(ask(browser, world.session), "4pm")
    assert text == "This day has 2 sessions, your most."
    assert url == reverse("admin:availability_therapist_change", args=[world.therapist.pk])


@pytest.mark.parametrize(
    ("opens", "closes", "at", "words"),
    [
        # Sunset in Fulham that day is 3:59pm, sunrise 7:37am, within two minutes.
        (time(9), time(17), "3:30pm", "The walk would end at 3:45pm, after sunset less 20 minutes"),
        (time(9), time(17), "4:30pm", "The walk would begin at 4:30pm, after sunset less 20"),
        (time(7), time(17), "7:30am", "The walk would begin at 7:30am, before sunrise plus 20"),
    ],
)
def test_the_dark_is_told_with_its_time(  # noqa: PLR0913, a row of the table
    browser: Browser, world: World, opens: time, closes: time, at: str, words: str
) -> None:
    WeeklyHours.objects.update(opens=opens, closes=closes)
    walks = Place.objects.filter(format=Format.WALKING)
    walks.update(daylight_only=True, latitude=51.4696, longitude=-0.2127)
    [(text, url)] = reasons(ask(browser, world.consultation, Format.WALKING), at)
    assert text.startswith(words)
    told = text.rpartition(": ")[2].rstrip(".")
    assert told in {"3:38pm", "3:39pm", "3:40pm"} if "sunset" in text else {"7:56am", "7:57am"}
    assert url == reverse("admin:availability_place_change", args=[walks.get().pk])


def test_a_start_too_late_to_fit_says_when_the_hours_close(browser: Browser, world: World) -> None:
    WeeklyHours.objects.update(closes=time(9, 40))
    [(text, _)] = reasons(ask(browser, world.consultation), "9:30am")
    assert text == "It would end at 9:45am, after the hours, which close at 9:40am."


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"formats": ["in_person", "walking"]}, "for meeting in person or walking"),
        ({"formats": ["in_person"]}, "for meeting in person"),
        ({"service": True}, "for the session"),
    ],
)
def test_hours_of_another_kind_that_adjoin_are_the_reason(
    browser: Browser, world: World, facts: dict[str, Any], words: str
) -> None:
    """Not that the hours close: they go on, for something else."""
    WeeklyHours.objects.update(closes=time(9, 40))
    fresh = {"formats": ["online"], **facts}
    if "service" in facts:
        fresh["service"] = world.session
    WeeklyHours.objects.create(
        therapist=world.therapist, weekday=2, opens=time(9, 40), closes=time(17), **fresh
    )
    [(text, url)] = reasons(ask(browser, world.consultation), "9:30am")
    assert text == f"It would end at 9:45am, but from 9:40am your hours are {words}."
    assert url == reverse("admin:availability_therapist_change", args=[world.therapist.pk])
    known = busy.read_diary(
        world.consultation, Format.ONLINE, walltime.whole_days(DAY, DAY, UK), NOW
    )
    begins = Explainer(known, NOW).hours(Limit(0, 1, Rule.HOURS, (0, 0)), at("10:00"), 0)
    assert begins[0] == f"It would begin at 10am, when your hours are {words}."


def at(text: str) -> int:
    return int(uk(text).timestamp())


def test_hours_that_adjoin_are_one_and_a_night_goes_on(browser: Browser, world: World) -> None:
    WeeklyHours.objects.update(opens=time(22, 20), closes=time())
    shown = {
        one.label: one.is_offered for one in ask(browser, world.consultation).context["starts"]
    }
    assert shown == {"10:20pm": True, "10:50pm": True, "11:20pm": True, "11:50pm": False}
    row = WeeklyHours.objects.filter(weekday=3)
    row.update(opens=time(), closes=time(0, 30))
    shown = {
        one.label: one.is_offered for one in ask(browser, world.consultation).context["starts"]
    }
    assert shown["11:50pm"]
    row.update(formats=["walking"])
    [(text, _)] = reasons(ask(browser, world.consultation), "11:50pm")
    assert text == "It would end at 12:05am, but from 12am your hours are for meeting walking."
    WeeklyHours.objects.filter(weekday=2).update(formats=["walking"])
    page = text_of(ask(browser, world.consultation))
    assert "Weekly hours: 10:20pm to midnight, which is not online." in page


def test_the_hour_that_happens_twice_is_told(browser: Browser, world: World) -> None:
    sunday = date(2026, 10, 25)
    WeeklyHours.objects.update(weekday=6, opens=time(0), closes=time(4))
    page = ask(browser, world.consultation, day=sunday)
    refused = [all_ for one in page.context["starts"] for _, all_ in one.refused]
    said = {reason.text for all_ in refused for reason in all_}
    assert "The clocks go back: this hour happens twice, so nothing is offered in it." in said


def test_several_rules_are_all_named(browser: Browser, world: World) -> None:
    leave(world)
    book_at_ten(world)
    texts = [text for text, _ in reasons(ask(browser, world.consultation), "10am")]
    assert len(texts) == 2
    assert any("You are away" in text for text in texts)
    assert any("It would overlap the session" in text for text in texts)


def test_with_two_places_the_one_that_is_free_is_named(browser: Browser, world: World) -> None:
    walks = Place.objects.filter(format=Format.WALKING)
    walks.update(daylight_only=True, latitude=51.4696, longitude=-0.2127)
    Place.objects.create(
        therapist=world.therapist, format=Format.WALKING, name="Lit embankment", address="SW6"
    )
    page = ask(browser, world.consultation, Format.WALKING)
    [start] = [one for one in page.context["starts"] if one.label == "4:30pm"]
    assert start.free_at == ["Lit embankment"]
    assert start.is_offered
    words = text_of(page)
    assert "<strong>Offered</strong> at Lit embankment" in words
    assert "Bishop’s Park gate: The walk would begin at 4:30pm" in words


def test_a_start_that_discretion_hides_is_offered_and_says_so(
    browser: Browser, world: World
) -> None:
    Therapist.objects.update(is_discreet=True)
    page = ask(browser, world.consultation)
    assert [one.label for one in page.context["starts"] if not one.is_hidden] == ["9am", "12pm"]
    assert all(one.is_offered for one in page.context["starts"])
    assert "hidden on the public page" in text_of(page)


def test_what_the_page_calls_offered_is_what_clients_are_offered(
    browser: Browser, world: World
) -> None:
    book_at_ten(world)
    leave(world)
    own_gap_row = Gap(therapist=world.therapist, before="online", after="online", minutes=45)
    own_gap_row.save()
    page = ask(browser, world.consultation)
    offered = [one.instant for one in page.context["starts"] if one.is_offered]
    span = walltime.whole_days(DAY, DAY, UK)
    assert offered == slots.free_starts(world.consultation, Format.ONLINE, span, NOW)
    assert 0 < page.context["offered"] < len(page.context["starts"])


# --- days without hours


def sunday(world: World) -> date:
    return date(2026, 11, 29)


def holiday(world: World) -> date:
    Therapist.objects.filter(pk=world.therapist.pk).update(bank_holidays_off=True)
    return date(2026, 12, 25)


def only_walks(world: World) -> date:
    WeeklyHours.objects.filter(therapist=world.therapist).update(formats=[Format.WALKING])
    return DAY


def only_sessions(world: World) -> date:
    WeeklyHours.objects.filter(therapist=world.therapist).update(service=world.session)
    return DAY


def own_hours(world: World) -> date:
    Service.objects.filter(pk=world.consultation.pk).update(only_own_hours=True)
    return DAY


def not_yet(world: World) -> date:
    WeeklyHours.objects.filter(therapist=world.therapist).update(first_day=date(2027, 1, 4))
    return DAY


def no_more(world: World) -> date:
    WeeklyHours.objects.filter(therapist=world.therapist).update(last_day=date(2026, 11, 1))
    return DAY


def differs(world: World) -> date:
    DifferentHours.objects.create(
        therapist=world.therapist,
        day=DAY,
        opens=time(18),
        closes=time(19),
        formats=[Format.WALKING],
    )
    return DAY


def homeless(world: World) -> date:
    Place.objects.filter(therapist=world.therapist, format=Format.ONLINE).update(is_active=False)
    return DAY


@pytest.mark.parametrize(
    ("arrange", "words"),
    [
        (sunday, "There are no weekly hours on Sundays."),
        (holiday, "It is a bank holiday (Christmas Day), on which your weekly hours rest."),
        (only_walks, "Weekly hours: 9am to 5pm, which is not online."),
        (only_sessions, "Weekly hours: 9am to 5pm, which is for another service."),
        (
            own_hours,
            (
                "Weekly hours: 9am to 5pm, which is for every service, but the consultation keeps "
                "its own."
            ),
        ),
        (
            not_yet,
            "Weekly hours: 9am to 5pm, which is only from Monday 4\N{NO-BREAK SPACE}January 2027.",
        ),
        (
            no_more,
            (
                "Weekly hours: 9am to 5pm, which is only until Sunday 1\N{NO-BREAK SPACE}November "
                "2026."
            ),
        ),
        (differs, "Of this date only: 6pm to 7pm, which is not online."),
        (homeless, "No place for meeting online is in use."),
    ],
)
def test_a_day_without_hours_says_why(
    browser: Browser, world: World, arrange: Callable[[World], date], words: str
) -> None:
    page = ask(browser, world.consultation, day=arrange(world))
    assert [reason.text for reason in page.context["no_hours"]] == [words]
    assert browser.get(page.context["no_hours"][0].url).status_code == 200
    assert "No times at all" in text_of(page)


# --- who may ask, and how it is asked


def test_a_therapist_asks_about_their_own_diary_only(world: World) -> None:
    other = make_therapist(practice=world.therapist.practice)
    page = ask(signed_in(other), world.consultation)
    assert "starts" not in page.context
    assert "There are no services yet." in text_of(page)


def test_without_the_right_to_see_bookings_nobody_asks(client: Browser, world: World) -> None:
    assert client.get(PAGE).status_code == 302
    assert signed_in(world.therapist, None).get(PAGE).status_code == 403


def test_without_a_question_it_is_about_today(browser: Browser, world: World) -> None:
    page: Any = browser.get(PAGE)
    assert page.context["service"] == world.consultation
    assert "Monday 23" in page.context["heading"]


@pytest.mark.parametrize(
    "asked",
    [
        {"day": "99999-01-01"},
        {"day": "2026-02-30"},
        {"day": "1999-12-31"},
        {"day": "9" * 5000},
        {"service": "0"},
        {"service": "x"},
        {"service": "9" * 50},
        {"how": "flying"},
        {"how": ""},
    ],
)
def test_a_question_that_makes_no_sense_is_told_at_its_field(
    browser: Browser, world: World, asked: dict[str, str]
) -> None:
    right = {"service": str(world.consultation.pk), "how": "online", "day": "2026-11-25"}
    page: Any = browser.get(PAGE, {**right, **asked})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == list(asked)
    assert "starts" not in page.context


def test_a_format_that_the_service_is_not_offered_in_is_told(
    browser: Browser, world: World
) -> None:
    Service.objects.update(formats=[Format.ONLINE])
    page = ask(browser, world.consultation, Format.WALKING)
    assert "Consultation isn’t offered walking." in text_of(page)
