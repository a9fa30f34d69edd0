"""A week of a diary: everything that is in it, where it stands, and in which words."""

from datetime import date, time, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client as Browser
from django.urls import reverse

from availability.models import DifferentHours, Format, Place, TimeOff, WeeklyHours, WorkedHoliday
from bookings.models import Booking, Hold
from staff.models import Role
from tests.desk.calendar.looking import ground, places, rows, uk, week
from tests.factories import (
    ALL,
    NOW,
    World,
    force_booking,
    make_client,
    make_gap,
    make_hours,
    make_off,
    make_therapist,
    make_user,
)
from tests.pages import browser_of, signed_in, text_of

MONDAY = date(2026, 11, 23)
WEDNESDAY = date(2026, 11, 25)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MEETINGS = ("meeting", "gone")


def hold(world: World, start: str, **facts: object) -> Hold:
    begin = uk(WEDNESDAY, start)
    fresh = {"visitor": "somebody", "expires_at": NOW + HOUR}
    return Hold.objects.create(
        therapist=world.therapist,
        service=world.session,
        format=Format.ONLINE,
        during=DateTimeTZRange(begin, begin + HOUR),
        **{**fresh, **facts},
    )


# --- meetings


def test_a_meeting_stands_at_its_time_with_initials_format_and_kind(
    world: World, browser: Browser
) -> None:
    sam, kim = make_client(name="Sam Okafor"), make_client(name="Kim van der Li")
    session = {"service": world.session, "format": Format.IN_PERSON}
    place = world.place(Format.IN_PERSON)
    force_booking(world, uk(WEDNESDAY, "10:00"), client=sam, place=place, **session)
    force_booking(world, uk(WEDNESDAY, "12:30"), client=kim)
    page = week(browser, WEDNESDAY)
    assert rows(page, 3, *MEETINGS) == [
        ("10am", "S.O.", "In person"),
        ("12:30pm", "K.V.D.L.", "Consultation, online"),
    ]
    assert places(page, 3, *MEETINGS) == ["d3 h2 m0 u2 v50", "d3 h4 m30 u4 v45"]
    shown = text_of(page)
    assert "Sam Okafor" not in shown
    assert "Kim van der Li" not in shown
    assert "2 meetings, 38 hours still free" in shown
    assert "kd-f--room" in shown
    assert "kd-ev--first" in shown


def test_who_a_meeting_is_with_is_said_by_what_they_typed_until_it_is_confirmed(
    world: World, browser: Browser
) -> None:
    facts = {"client": make_client(name="Sam Okafor"), "contact_name": "Ann Bee"}
    force_booking(world, uk(WEDNESDAY, "10:00"), **facts)
    force_booking(world, uk(WEDNESDAY, "11:00"), proven_at=NOW, **facts)
    assert [who for _, who, _ in rows(week(browser, WEDNESDAY), 3, "meeting")] == ["A.B.", "S.O."]


def test_one_that_was_asked_to_move_says_so_and_what_is_kept_says_for_whom(
    world: World, browser: Browser
) -> None:
    meeting = force_booking(
        world, uk(WEDNESDAY, "10:00"), service=world.session, client=make_client(name="Kim Li")
    )
    Booking.objects.update(asked_at=NOW, proposed_start=uk(WEDNESDAY, "14:00"))
    hold(world, "14:00", visitor=meeting.visitor)
    page = week(browser, WEDNESDAY)
    assert rows(page, 3, "meeting", "held") == [
        ("10am", "K.L.", "Asked to move, online"),
        ("2pm", "K.L.", "Kept, if they say yes"),
    ]
    [kept] = [row for row in page.context["days"][2].rows if row.what.kind == "held"]
    assert kept.url == reverse("calendar_meeting", args=[meeting.pk]) + "#open"


def test_what_somebody_is_booking_is_held_until_it_lapses(world: World, browser: Browser) -> None:
    hold(world, "10:00")
    hold(world, "12:00", is_promised=True, visitor="another")
    hold(world, "15:00", expires_at=NOW)
    page = week(browser, WEDNESDAY)
    assert rows(page, 3, "held") == [
        ("10am", "Held", "Someone is booking"),
        ("12pm", "Held", "Until they open their email"),
    ]
    assert "No meetings, 2 being held" in text_of(page)


def test_what_was_cancelled_is_shown_where_it_is_asked_for(world: World, browser: Browser) -> None:
    gone = {"status": Booking.Status.CANCELLED}
    force_booking(world, uk(WEDNESDAY, "10:00"), **gone)
    force_booking(world, uk(WEDNESDAY, "11:00"), late_fee=30, **gone)
    page = week(browser, WEDNESDAY)
    assert rows(page, 3, *MEETINGS) == []
    assert "Show what was cancelled" in text_of(page)
    shown = week(browser, WEDNESDAY, cancelled=1)
    said = [("10am", "S.O.", "Cancelled"), ("11am", "S.O.", "Cancelled late")]
    assert rows(shown, 3, "gone") == said
    assert "Hide what was cancelled" in text_of(shown)
    assert "No meetings" in text_of(shown)
    # Who has no say in fees is not told of one.
    helping = browser_of(make_user(Role.ASSISTANT, world.therapist))
    assert [how for *_, how in rows(week(helping, WEDNESDAY, cancelled=1), 3, "gone")] == [
        "Cancelled",
        "Cancelled",
    ]


def test_what_is_at_the_same_time_stands_side_by_side(world: World, browser: Browser) -> None:
    force_booking(world, uk(WEDNESDAY, "10:00"), service=world.session)
    for start in ("10:00", "10:20", "10:40"):
        force_booking(world, uk(WEDNESDAY, start), status=Booking.Status.CANCELLED, minutes=50)
    force_booking(world, uk(WEDNESDAY, "12:00"))
    shown = [
        (row.what.lane, row.what.lanes)
        for row in week(browser, WEDNESDAY, cancelled=1).context["days"][2].rows
        if row.what.kind in MEETINGS
    ]
    # A fourth finds no lane of its own: the last is as far as it goes.
    assert sorted(shown) == [(1, 1), (1, 3), (2, 3), (3, 3), (3, 3)]


def test_a_meeting_over_midnight_is_on_both_days_and_what_is_late_is_drawn(
    world: World, browser: Browser
) -> None:
    force_booking(world, uk(WEDNESDAY, "23:40"), service=world.session)
    page = week(browser, WEDNESDAY)
    assert rows(page, 3, "meeting") == [("11:40pm", "S.O.", "Online")]
    assert rows(page, 4, "meeting") == [("Until 12:30am", "S.O.", "Online")]
    assert places(page, 3, "meeting") == ["d3 h23 m40 u24 v0"]
    assert places(page, 4, "meeting") == ["d4 h0 m0 u0 v30"]


def test_hours_to_midnight_are_drawn_to_the_end_of_the_day_and_go_on_after_it(
    world: World, browser: Browser
) -> None:
    WeeklyHours.objects.update(opens=time(22), closes=time(0))
    make_hours(world.therapist, weekdays=(3,), opens=time(0), closes=time(2))
    page = week(browser, WEDNESDAY)
    assert ground(page, 3, "hours") == ["d3 h22 m0 u24 v0"]
    assert ground(page, 4, "hours") == ["d4 h0 m0 u2 v0", "d4 h22 m0 u24 v0"]
    assert page.context["hours"][-1] == ("11pm", "h23 m0")
    # What is free ends with its day.
    assert [text for _, text, _ in rows(page, 3, "free")] == ["Free until midnight"]


# --- hours, gaps, leave, the dark


def test_hours_lie_below_and_the_usual_day_is_drawn_around_them(
    world: World, browser: Browser
) -> None:
    page = week(browser, WEDNESDAY)
    assert ground(page, 3, "hours") == ["d3 h1 m0 u9 v0"]
    assert [label for label, _ in page.context["hours"]][:2] == ["8am", "9am"]
    assert page.context["lines"] == "h0 m0 u12 v0"
    assert rows(page, 6, "closed") == [("All day", "No hours", "")]


def test_hours_of_one_date_replace_or_add_to_the_weeks(world: World, browser: Browser) -> None:
    for day, adds in ((MONDAY, False), (WEDNESDAY, True)):
        DifferentHours.objects.create(
            therapist=world.therapist,
            day=day,
            opens=time(18),
            closes=time(19),
            formats=ALL,
            adds=adds,
        )
    page = week(browser, WEDNESDAY)
    assert ground(page, 1, "hours") == ["d1 h10 m0 u11 v0"]
    assert ground(page, 3, "hours") == ["d3 h1 m0 u9 v0", "d3 h10 m0 u11 v0"]


def test_the_gap_after_a_meeting_reaches_as_far_as_the_next(world: World, browser: Browser) -> None:
    world.session.gap_minutes = 10
    world.session.save()
    make_gap(world.therapist, Format.ONLINE, Format.WALKING, 30)
    walk = {"format": Format.WALKING, "place": world.place(Format.WALKING)}
    force_booking(world, uk(WEDNESDAY, "09:00"), service=world.session)
    force_booking(world, uk(WEDNESDAY, "09:55"), service=world.session)
    force_booking(world, uk(WEDNESDAY, "12:00"), service=world.session, **walk)
    assert ground(week(browser, WEDNESDAY), 3, "gap") == [
        "d3 h1 m50 u1 v55",
        "d3 h2 m45 u3 v15",
        "d3 h4 m50 u5 v0",
    ]


def test_leave_and_an_appointment_elsewhere_are_shown_as_what_they_are(
    world: World, browser: Browser
) -> None:
    make_off(world.therapist, uk(MONDAY, "00:00"), uk(MONDAY + DAY, "00:00"))
    make_off(world.therapist, uk(WEDNESDAY, "10:00"), uk(WEDNESDAY, "11:00"), Format.IN_PERSON)
    make_off(world.therapist, uk(WEDNESDAY, "13:00"), uk(WEDNESDAY, "15:00"))
    TimeOff.objects.filter(elsewhere="").update(reason="Training")
    page = week(browser, WEDNESDAY)
    assert rows(page, 1, "off", "closed") == [("All day", "Leave", "Training")]
    assert rows(page, 3, "off", "busy") == [
        ("10am", "Busy", "An appointment elsewhere, in person"),
        ("1pm", "Leave", "Training"),
    ]
    # Why somebody is away is theirs to know.
    seen = week(browser_of(make_user(Role.MANAGER)), WEDNESDAY)
    assert rows(seen, 3, "off") == [("1pm", "Leave", "")]
    assert "Training" not in text_of(seen)
    # And to change it is for who keeps hours.
    helping = week(browser_of(make_user(Role.ASSISTANT, world.therapist)), WEDNESDAY)
    assert [row.url for row in helping.context["days"][2].rows if row.what.kind == "off"] == [""]


def test_a_bank_holiday_has_its_name_and_rests_unless_it_is_worked(
    world: World, browser: Browser
) -> None:
    christmas = date(2026, 12, 25)
    assert "Christmas Day" in text_of(week(browser, christmas))
    type(world.therapist).objects.update(bank_holidays_off=True)
    closed = week(browser, christmas)
    assert rows(closed, 5, "closed") == [("All day", "Christmas Day", "")]
    assert places(closed, 5, "closed") == ["d5 h0 m0 u12 v0"]
    assert ground(closed, 5, "hours") == []
    WorkedHoliday.objects.create(therapist=world.therapist, day=christmas)
    worked = week(browser, christmas)
    assert rows(worked, 5, "closed") == []
    assert ground(worked, 5, "hours") == ["d5 h1 m0 u9 v0"]


def test_it_says_when_it_is_too_dark_for_a_walk(world: World, browser: Browser) -> None:
    assert "No walks" not in text_of(week(browser, WEDNESDAY))
    walks = Place.objects.filter(format=Format.WALKING)
    walks.update(daylight_only=True, daylight_margin=20, latitude=51.47, longitude=-0.21)
    WeeklyHours.objects.update(opens=time(7))
    page = week(browser, WEDNESDAY)
    said = [row.what for row in page.context["days"][2].rows if row.what.kind in ("dusk", "dawn")]
    assert [one.words for one in said] == ["No walks before 7:55am", "No walks after 3:39pm"]
    assert len(ground(page, 3, "dusk")) == len(ground(page, 3, "dawn")) == 1
    # On a day without hours nobody walks.
    assert ground(page, 6, "dusk") == []


# --- weeks that are not like the others


def test_in_the_week_the_clocks_go_back_the_hour_is_drawn_twice(
    world: World, browser: Browser
) -> None:
    sunday = date(2026, 10, 25)
    make_hours(world.therapist, weekdays=(6,), opens=time(0), closes=time(4))
    force_booking(world, uk(sunday, "01:30"))
    force_booking(world, uk(sunday, "01:30", fold=1))
    page = week(browser, sunday)
    assert [label for label, _ in page.context["hours"]][:4] == ["12am", "1am", "1am again", "2am"]
    assert rows(page, 7, "meeting") == [
        ("1:30am", "S.O.", "Consultation, online"),
        ("1:30am again", "S.O.", "Consultation, online"),
    ]
    assert places(page, 7, "meeting") == ["d7 h1 m30 u1 v45", "d7 h2 m30 u2 v45"]
    assert ground(page, 7, "hours") == ["d7 h0 m0 u5 v0"]
    assert ground(page, 1, "none") == ["d1 h2 m0 u3 v0"]
    assert ground(page, 1, "hours") == ["d1 h10 m0 u18 v0"]
    # No press names an hour that comes twice.
    pressed = [row.url for row in page.context["days"][6].rows if row.what.kind == "cell"]
    assert not [url for url in pressed if "T01%3A" in url]


def test_in_the_week_they_go_forward_the_hour_is_missing(world: World, browser: Browser) -> None:
    sunday = date(2027, 3, 28)
    make_hours(world.therapist, weekdays=(6,), opens=time(0), closes=time(4))
    force_booking(world, uk(sunday, "02:00"))
    page = week(browser, sunday)
    assert ground(page, 7, "none") == ["d7 h1 m0 u2 v0"]
    assert places(page, 7, "meeting") == ["d7 h2 m0 u2 v15"]
    assert "The clocks go forward: there is no 1am" in text_of(page)
    pressed = [row.url for row in page.context["days"][6].rows if row.what.kind == "cell"]
    assert not [url for url in pressed if "T01%3A" in url]


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (WEDNESDAY, "23 to 29 November 2026"),
        (date(2026, 12, 1), "30 November to 6 December 2026"),
        (date(2027, 1, 1), "28 December 2026 to 3 January 2027"),
    ],
)
def test_a_week_is_named_by_its_first_and_last_day(browser: Browser, day: date, title: str) -> None:
    page = week(browser, day)
    assert page.context["week"].title.replace("\N{NO-BREAK SPACE}", " ") == title


# --- the way about


def test_without_a_date_it_is_this_week_with_today_and_now(world: World, browser: Browser) -> None:
    page = browser.get(reverse("calendar"))
    assert [day.is_today for day in page.context["days"]] == [True, *[False] * 6]
    assert page.context["now_at"] == "d1 h1 m0 u1 v5"
    other = week(browser, MONDAY + 7 * DAY)
    assert not any(day.is_today for day in other.context["days"])
    assert other.context["now_at"] == ""


def test_the_weeks_beside_and_this_one_are_a_press_away(browser: Browser) -> None:
    page = week(browser, date(2026, 12, 9))
    links = [page.context[name] for name in ("before", "this_week", "after", "month_url")]
    shown = reverse("calendar")
    assert links == [
        f"{shown}?day=2026-11-30",
        f"{shown}?day=2026-11-23",
        f"{shown}?day=2026-12-14",
        f"{reverse('calendar_month')}?day=2026-12-09",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        *("99999-01-01", "9999-12-31", "1999-12-31", "2200-01-01", "0001-01-01", "2026-02-30"),
        *("2026-13-01", "tomorrow", "x" * 5000, "\u0662026-11-25", "'; DROP TABLE x"),
    ],
)
@pytest.mark.parametrize("name", ["calendar", "calendar_month"])
def test_what_is_no_date_is_said_to_be_none_beside_what_there_is_now(
    browser: Browser, name: str, typed: str
) -> None:
    page = browser.get(reverse(name), {"day": typed})
    assert page.status_code == 200
    assert "That isn’t a date that this calendar has." in text_of(page)
    assert page.context["shown_day"] == MONDAY


@pytest.mark.parametrize("day", ["2000-01-01", "2199-12-31"])
def test_where_the_calendar_ends_no_link_leads_on(browser: Browser, day: str) -> None:
    page = week(browser, day)
    assert "That isn’t" not in text_of(page)
    assert bool(page.context["before"]) != bool(page.context["after"])
    month = browser.get(reverse("calendar_month"), {"day": day}).context["month"]
    assert bool(month.before) != bool(month.after)


# --- whose it is


def test_who_may_see_several_diaries_chooses_whose(world: World) -> None:
    other = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    force_booking(world, uk(WEDNESDAY, "10:00"))
    owner = signed_in(world.therapist, Role.OWNER)
    mine = week(owner, WEDNESDAY)
    assert mine.context["whose"].therapist == world.therapist
    assert rows(mine, 3, "meeting")
    theirs = week(owner, WEDNESDAY, whose=other.pk)
    assert theirs.context["whose"].therapist == other
    assert not rows(theirs, 3, "meeting")
    assert f"whose={other.pk}" in theirs.context["after"]
    assert "Ash Lane: No meetings" in text_of(theirs)


def test_a_manager_begins_with_the_first_and_an_assistant_sees_whom_they_are_given(
    world: World,
) -> None:
    other = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    assert week(browser_of(make_user(Role.MANAGER)), MONDAY).context["whose"].is_choice
    helping = browser_of(make_user(Role.ASSISTANT, other))
    assert week(helping, MONDAY).context["whose"].choices == [other]
    for asked in (world.therapist.pk, "nobody", "0"):
        assert helping.get(reverse("calendar"), {"whose": asked}).status_code == 404


@pytest.mark.parametrize("name", ["calendar", "calendar_month", "calendar_free"])
def test_who_has_no_diary_is_told_so_and_who_may_see_none_is_refused(
    world: World, name: str
) -> None:
    idle = browser_of(make_user(Role.ASSISTANT))
    assert "There is no diary that you can look at yet." in text_of(idle.get(reverse(name)))
    assert browser_of(make_user(None)).get(reverse(name)).status_code == 403


def test_a_week_of_sixty_meetings_weighs_at_most_sixty_thousand_bytes(
    world: World, browser: Browser
) -> None:
    clients = [make_client() for _ in range(5)]
    for number in range(60):
        day, slot = MONDAY + DAY * (number // 12), 9 * 60 + number % 12 * 55
        start = uk(day, "00:00") + timedelta(minutes=slot)
        force_booking(world, start, service=world.session, client=clients[number % 5])
    page = week(browser, MONDAY)
    assert page.content.decode().count("kd-ev--meeting") == 60
    assert len(page.content) <= 60_000
