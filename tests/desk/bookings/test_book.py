"""The practice books for somebody: any time, after a warning, never onto another meeting."""

import re
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Place, Service
from bookings.errors import Code
from bookings.models import Booking, Hold
from clients.models import Client, Consent, PrivacyNotice
from desk.bookings.book_words import TITLES
from desk.refusals import AGAINST
from outbox.models import OutgoingMail
from prose.dates import UK
from staff.models import Role
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_off,
    make_place,
    make_service,
    make_therapist,
    make_user,
)
from tests.meanwhile import LOCK, meanwhile
from tests.pages import browser_of, signed_in, text_of
from tests.races.together import together

BOOK = reverse("admin:bookings_booking_book")
# Wednesday at eleven: inside the hours, and far enough ahead.
START = datetime(2026, 11, 25, 11, tzinfo=UK)
WEEK = timedelta(weeks=1)


@pytest.fixture
def assistant(world: World) -> User:
    return make_user(Role.ASSISTANT, world.therapist)


@pytest.fixture
def browser(assistant: User) -> Browser:
    return browser_of(assistant)


@pytest.fixture
def sam(world: World) -> Client:
    """A client of theirs, who may book sessions."""
    sam = make_client(name="Sam Okafor", email="sam@example.com", accepted_at=NOW, proven_at=NOW)
    force_booking(world, NOW - timedelta(days=9), client=sam)
    return sam


@pytest.fixture
def other(world: World) -> World:
    """Another therapist of the practice, who meets people online."""
    mo = make_therapist(practice=world.therapist.practice, name="Mo Other")
    make_place(mo, format=Format.ONLINE, name="Mo’s room", video_url="https://m.example")
    service = make_service(mo, formats=[Format.ONLINE])
    return World(mo, service, service, world.notice)


def said(world: World, **changes: Any) -> dict[str, Any]:
    """What the page sends for somebody new, all of it right; None leaves a field out."""
    fresh = {
        "press": "book",
        "q": "Kim Li",
        "asked": "Kim Li",
        "who": "new",
        "name": "Kim Li",
        "email": "kim@example.com",
        "phone": "07700 900123",
        "service": world.consultation.pk,
        "was_service": world.consultation.pk,
        "place": world.place().pk,
        "day": "2026-11-25",
        "at": "11am",
        "every": "",
        "times": "6",
        "price": "0",
        "price_was": "0",
        "tells": "on",
        "reminds": "on",
        "mail_was": "on",
        "key": str(uuid.uuid4()),
    }
    return {name: value for name, value in {**fresh, **changes}.items() if value is not None}


def send(browser: Browser, world: World, **changes: Any) -> Any:
    return browser.post(BOOK, said(world, **changes), follow=True)


def for_sam(world: World, sam: Client, **changes: Any) -> dict[str, Any]:
    return {
        "who": sam.pk,
        "service": world.session.pk,
        "was_service": world.session.pk,
        "price": "75",
        "price_was": "75",
        **changes,
    }


def keys_of(page: Any) -> list[str]:
    """What ticking every "Book anyway" of a page sends."""
    return [date.keys for date in page.context["dates"] if date.warnings]


def bar(page: Any) -> str:
    found = page.context["bar"]
    return f"{found['strong']}: {found['words']}"


# Who it is for.


def test_an_assistant_books_for_somebody_new_and_the_history_says_who(
    world: World, browser: Browser, assistant: User
) -> None:
    assert "Booked. Kim Li is told by email." in text_of(send(browser, world))
    made = Booking.objects.get()
    assert (made.start, made.format, made.therapist) == (START, Format.ONLINE, world.therapist)
    assert (made.client.name, made.client.email) == ("Kim Li", "kim@example.com")
    event = made.events.get()
    assert (event.action, event.actor, event.user) == ("booked", "assistant", assistant)
    assert made.is_proven
    assert made.client.is_proven
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.invite_method) == (
        "confirmation",
        "kim@example.com",
        "REQUEST",
    )
    assert not Consent.objects.exists()  # nobody agreed to anything on this page


def test_a_name_is_enough(world: World, browser: Browser) -> None:
    bare = {"email": "", "phone": "", "tells": None, "reminds": None, "mail_was": "off"}
    for at in ("11am", "2pm"):
        page = send(browser, world, **bare, at=at)
        assert "Booked. No email address: tell them yourself." in text_of(page)
    assert [(one.name, one.email) for one in Client.objects.all()] == [("Kim Li", "")] * 2
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("words", ["okaf", "OKÁFOR", "sam@example", "07700 900 456"])
def test_a_client_is_found_by_name_address_or_number_and_chosen_if_alone(
    world: World, browser: Browser, sam: Client, words: str
) -> None:
    Client.objects.update(phone="07700900456")
    page = browser.post(BOOK, said(world, press="find", q=words, asked="", who=None))
    assert [one.client for one in page.context["who"].found] == [sam]
    assert page.context["who"].client == sam
    assert "Last met 14 November 2026" in text_of(page)
    assert "Sam Okafor, Wednesday" in bar(page)
    # They may book sessions, so that is what is booked for them until somebody says otherwise.
    assert f'value="{world.session.pk}"' in text_of(page)
    assert page.context["typed"]["price"] == "75"
    assert not Booking.objects.filter(client=sam, during__startswith__gt=NOW).exists()


def test_a_client_of_theirs_is_booked_for_and_their_card_stays(
    world: World, browser: Browser, sam: Client
) -> None:
    page = send(browser, world, **for_sam(world, sam, name="Mallory", email="m@x.uk"))
    assert "Booked. Sam Okafor is told by email." in text_of(page)
    made = Booking.objects.latest("pk")
    assert (made.client, made.called, made.service) == (sam, "Sam Okafor", world.session)
    assert (made.price, made.start) == (Decimal(75), START)
    sam.refresh_from_db()
    assert (sam.name, sam.email) == ("Sam Okafor", "sam@example.com")


def test_ten_are_shown_at_most_and_nobody_of_anothers(
    world: World, other: World, browser: Browser
) -> None:
    for n in range(11):
        client = make_client(name=f"Client {n:02}", created_at=NOW + timedelta(minutes=n))
        force_booking(world, NOW + timedelta(days=1, hours=n), client=client)
    force_booking(other, NOW + timedelta(days=3), client=make_client(name="Client Vera"))
    page = browser.get(BOOK, {"q": "client"})
    shown = [one.client.name for one in page.context["who"].found]
    assert shown == [f"Client {n:02}" for n in range(10, 0, -1)]
    assert page.context["who"].client is None
    assert "There are more" in text_of(page)
    nobody = browser.get(BOOK, {"q": "Vera"})
    assert (nobody.context["who"].found, nobody.context["who"].is_new) == ([], True)


def test_looking_asks_as_often_for_many_dates_and_clients_as_for_one(
    world: World, sam: Client, django_assert_num_queries: Any
) -> None:
    browser = browser_of(make_user(Role.OWNER))
    for name in ("Sam Okafor the younger", "Sam Okafor-Bright"):
        force_booking(
            world, NOW - timedelta(days=8, hours=len(name)), client=make_client(name=name)
        )
    for every, words in (("", "Okafor Sam"), ("1", "Okafor")):
        own = for_sam(world, sam, every=every, times="26", press="look", q=words, asked=words)
        form = said(world, **own)
        with django_assert_num_queries(11):
            browser.post(BOOK, form)


def test_a_number_is_nobodys_name(world: World, browser: Browser) -> None:
    for words in ("07700 900999", "kim@example.com"):
        page = browser.get(BOOK, {"q": words})
        assert page.context["who"].name == ""
        assert "Someone new" in text_of(page)
        assert "Someone new: “" not in text_of(page)
    refused = send(browser, world, q="07700 900999", asked="07700 900999", name="")
    assert "Give their name." in text_of(refused)


def test_nobody_is_booked_for_whom_the_page_had_not_shown_as_chosen(
    world: World, browser: Browser, sam: Client
) -> None:
    """Without script the words are typed and the other button is pressed."""
    page = send(browser, world, q="okaf", asked="", who=None)
    assert page.status_code == 422
    assert "Choose a client, or give a name." in text_of(page)
    assert page.context["who"].client == sam
    assert not Booking.objects.filter(during__startswith__gt=NOW).exists()


def test_who_was_chosen_stays_until_other_words_are_typed(
    world: World, browser: Browser, sam: Client
) -> None:
    ask = partial(said, world, press="look")
    kept = browser.post(BOOK, ask(q="okaf", asked="okaf", who=sam.pk))
    assert kept.context["who"].client == sam
    anew = browser.post(BOOK, ask(q="okafor", asked="okaf", who=sam.pk))
    assert anew.context["who"].client == sam
    nobody = browser.post(BOOK, ask(q="okaforx", asked="okafor", who=sam.pk, name="Okafor"))
    assert (nobody.context["who"].client, nobody.context["who"].name) == (None, "okaforx")
    empty = browser.post(BOOK, ask(q="", asked="okaforx", who="new"))
    assert empty.context["who"].called == ""


@pytest.mark.parametrize("who", ["x", "99999", "\u0663"])
def test_a_card_that_is_not_theirs_or_not_there_is_not_found(
    world: World, browser: Browser, who: str
) -> None:
    assert browser.get(BOOK, {"client": who}).status_code == 404
    page = send(browser, world, who=who)
    assert "That card can’t be seen any more" in text_of(page)
    assert not Booking.objects.exists()


def test_what_a_link_asks_for_is_filled_in(world: World, browser: Browser, sam: Client) -> None:
    asked: dict[str, Any] = {"client": sam.pk, "start": "2026-11-26T14:00"}
    asked |= {"therapist": world.therapist.pk}
    page = browser.get(BOOK, {**asked, "despite": "x", "press": "book"})
    typed = page.context["typed"]
    assert (typed["day"], typed["at"]) == ("2026-11-26", "14:00")
    assert page.context["who"].client == sam
    assert "Sam Okafor, Thursday 26\xa0November, 2pm: Online" in bar(page).replace(
        "In person", "Online"
    )
    nonsense = browser.get(BOOK, {"start": "soon", "therapist": "x"})
    assert nonsense.context["typed"]["at"] == ""
    assert bar(nonsense) == "Nothing is booked yet: Choose who it is for and a time."


def test_who_came_from_the_week_is_led_back_to_it(world: World, browser: Browser) -> None:
    asked: dict[str, Any] = {"start": "2026-11-25T11:00", "from": "week"}
    asked |= {"therapist": world.therapist.pk}
    page = browser.get(BOOK, asked)
    assert page.context["here"] == f"{BOOK}?from=week"
    answer = browser.post(page.context["here"], said(world))
    assert answer["Location"].startswith(reverse("calendar"))
    assert "2026-11-25" in answer["Location"]


# When.


@pytest.mark.parametrize("at", ["11am", "11:00", "11.00", "1100", "11 a.m."])
def test_a_time_is_read_as_people_type_it(world: World, browser: Browser, at: str) -> None:
    send(browser, world, at=at)
    assert Booking.objects.get().start == START


def test_what_breaks_a_rule_is_named_and_booked_once_it_is_ticked(
    world: World, browser: Browser
) -> None:
    evening = {"at": "8pm", "key": str(uuid.uuid4())}
    asked = send(browser, world, **evening)
    shown = text_of(asked)
    assert "Outside your hours." in shown
    assert "Book anyway" in shown
    assert 'value="Kim Li"' in shown
    assert "First tick “Book anyway” above" in bar(asked)
    assert not Booking.objects.exists()
    assert not Client.objects.exists()
    done = send(browser, world, **evening, despite=keys_of(asked))
    assert "Booked." in text_of(done)
    made = Booking.objects.get()
    assert made.start == START.replace(hour=20)
    assert made.events.get().despite == "hours"


@pytest.mark.parametrize(
    ("at", "title"),
    [
        ("8pm", "Outside your hours."),
        ("4:50pm", "Outside your hours."),
        ("11:10am", "Between your usual starts."),
    ],
)
def test_a_time_off_the_grid_is_not_called_outside_the_hours(
    world: World, browser: Browser, at: str, title: str
) -> None:
    page = browser.post(BOOK, said(world, press="look", at=at))
    assert [one.title for date in page.context["dates"] for one in date.warnings] == [title]


def test_every_rule_that_can_be_broken_has_a_title() -> None:
    assert {*TITLES} | {Code.NOT_IN_USE} == {*AGAINST}


def test_a_session_for_somebody_new_is_warned_of(world: World, browser: Browser) -> None:
    session = {"service": world.session.pk, "price": "75", "price_was": "75"}
    asked = send(browser, world, **session)
    assert "They haven’t had a consultation that went on" in text_of(asked)
    assert "Booked." in text_of(send(browser, world, **session, despite=keys_of(asked)))


def test_what_is_over_is_written_down_and_nothing_is_emailed(
    world: World, browser: Browser, sam: Client
) -> None:
    own = for_sam(world, sam, day="2026-11-20", at="16:00")
    asked = send(browser, world, **own)
    assert "It’s written down as booked afterwards, and nothing is emailed." in text_of(asked)
    assert "It’s over, so nothing is emailed" in bar(asked)
    done = send(browser, world, **own, despite=keys_of(asked))
    assert "Booked. It was over, so nothing is emailed." in text_of(done)
    assert not OutgoingMail.objects.exists()
    assert "booked afterwards" in text_of(done)


def test_it_never_goes_onto_another_meeting_and_the_nearest_times_are_a_press_away(
    world: World, browser: Browser
) -> None:
    book(world, START, email="sam@example.com")
    taken = f"{int(START.timestamp())} online {world.place().pk} taken"
    for despite in ([], [taken]):
        page = send(browser, world, despite=despite)
        assert "That time overlaps Sam Okafor’s consultation" in text_of(page)
        assert 'value="Kim Li"' in text_of(page)
        assert "That time can’t be had" in bar(page)
    [date] = page.context["dates"]
    assert [label for _, label in date.instead] == ["10:30am", "11:30am"]
    slot = date.instead[1][0]
    chosen = browser.post(BOOK, said(world, press=None, instead=slot))
    assert (chosen.status_code, chosen.context["typed"]["at"]) == (200, "11:30")
    assert Booking.objects.count() == 1


def test_a_day_without_another_free_time_says_so(world: World, browser: Browser) -> None:
    sunday = datetime(2026, 11, 29, 11, tzinfo=UK)
    force_booking(world, sunday)
    page = send(browser, world, day="2026-11-29")
    assert "Nothing else is free that day." in text_of(page)


def test_the_days_own_list_stands_beside_the_time(world: World, browser: Browser) -> None:
    book(world, START, email="sam@example.com")
    page = browser.post(BOOK, said(world, press="look", at="1pm"))
    day = page.context["day"]
    assert day.label == "Wednesday 25\xa0November"
    assert [(line.label, line.words, line.kind) for line in day.lines] == [
        ("9am", "Free until 11am", "free"),
        ("11am", "Sam Okafor, online", "online"),
        ("11:15am", "Free until 5pm", "free"),
        ("1pm", "Kim Li, online", "you"),
    ]
    without = browser.post(BOOK, said(world, press="look", day="", place=None))
    assert without.context["day"] is None


def test_the_days_list_says_when_one_is_away_elsewhere_or_somebody_books(
    world: World, browser: Browser
) -> None:
    day, hour = START.replace(hour=0), timedelta(hours=1)
    make_off(world.therapist, day + 15 * hour, day + 30 * hour)
    make_off(world.therapist, day + 9 * hour, day + 10 * hour, elsewhere=Format.ONLINE)
    make_off(world.therapist, day - 9 * hour, day - 8 * hour)  # the day before
    Hold.objects.create(
        therapist=world.therapist,
        service=world.consultation,
        format=Format.ONLINE,
        during=(START + 2 * hour, START + 2.25 * hour),
        visitor="somebody",
        expires_at=NOW + hour,
    )
    page = browser.post(BOOK, said(world, press="look"))
    assert [(line.label, line.words) for line in page.context["day"].lines] == [
        ("9am", "Busy: elsewhere until 10am"),
        ("10am", "Free until 1pm"),
        ("11am", "Kim Li, online"),
        ("1pm", "Being booked until 1:15pm"),
        ("1:15pm", "Free until 3pm"),
        ("3pm", "Away"),
    ]


def test_where_one_meets_by_daylight_the_list_says_until_when(
    world: World, browser: Browser
) -> None:
    gate = world.place(Format.WALKING)
    Place.objects.filter(pk=gate.pk).update(
        daylight_only=True, latitude=51.47, longitude=-0.21, daylight_margin=20
    )
    page = browser.post(BOOK, said(world, press="look", place=gate.pk))
    assert re.fullmatch(r"Daylight ends at 3:\d\dpm, margin included\.", page.context["day"].dark)


# Again.


def test_dates_that_repeat_are_listed_before_and_booked_all_in_one_go(
    world: World, browser: Browser, sam: Client
) -> None:
    own = for_sam(world, sam, every="1", times="3", key=str(uuid.uuid4()))
    asked = send(browser, world, **own)
    assert "Look through the dates, then press once more." in text_of(asked)
    assert [date.label for date in asked.context["dates"]] == [
        "Wednesday 25\xa0November 2026, 11am",
        "Wednesday 2\xa0December 2026, 11am",
        "Wednesday 9\xa0December 2026, 11am",
    ]
    assert "£75 each, 3 dates" in bar(asked)
    done = send(browser, world, **own, seen=asked.context["seen"])
    assert "Booked: 3 dates. Sam Okafor is told by email." in text_of(done)
    assert Booking.objects.filter(during__startswith__gt=NOW).count() == 3
    assert OutgoingMail.objects.get().kind == "booked_together"


def test_a_date_that_cant_be_had_stops_all_until_it_is_left_out(
    world: World, browser: Browser, sam: Client
) -> None:
    book(world, START + WEEK, email="jo@example.com")
    own = for_sam(world, sam, every="1", times="3", key=str(uuid.uuid4()))
    asked = send(browser, world, **own)
    assert "That time overlaps" in text_of(asked)
    taken = asked.context["dates"][1].slot
    again = send(browser, world, **own, seen=asked.context["seen"], skip=taken)
    assert "Look through the dates" in text_of(again)
    assert again.context["dates"][1].is_left_out
    done = send(browser, world, **own, seen=again.context["seen"], skip=taken)
    assert "Booked: 2 dates." in text_of(done)
    slots = [date.slot for date in asked.context["dates"]]
    none = send(browser, world, **{**own, "key": str(uuid.uuid4())}, skip=slots)
    assert "All dates are left out: keep one at least." in text_of(none)


def test_the_time_stays_where_the_clocks_change_in_between(
    world: World, browser: Browser, sam: Client
) -> None:
    own = for_sam(world, sam, every="2", times="26", press="look")
    page = send(browser, world, **own)
    assert "The clocks change in between; it stays 11am." in text_of(page)
    assert len(page.context["dates"]) == 26
    assert len(keys_of(page)) > 20  # beyond the horizon, each is asked about


# Price and email.


@pytest.mark.parametrize(
    ("typed", "kept"), [("0", 0), ("free", 0), ("£67.50", Decimal("67.50")), ("1,000", 1000)]
)
def test_this_booking_may_have_a_price_of_its_own(
    world: World, browser: Browser, sam: Client, typed: str, kept: Any
) -> None:
    send(browser, world, **for_sam(world, sam, price=typed))
    assert Booking.objects.latest("pk").price == kept


def test_the_price_follows_what_is_booked_and_is_shown_before_it_is_booked(
    world: World, browser: Browser, sam: Client
) -> None:
    """Without script the other service is chosen, and the page still has the first one's price."""
    stale = {"price": "0", "price_was": "0", "key": str(uuid.uuid4())}
    page = send(browser, world, **for_sam(world, sam, **stale))
    assert "This is the price of what is booked now." in text_of(page)
    assert (page.context["typed"]["price"], page.context["typed"]["price_was"]) == ("75", "75")
    looked = send(browser, world, **for_sam(world, sam, **stale, press="look"))
    assert looked.context["typed"]["price"] == "75"


def test_who_is_not_to_be_emailed_is_not(world: World, browser: Browser, sam: Client) -> None:
    own = for_sam(world, sam, tells=None, reminds=None)
    assert "not emailed now, no reminders" in bar(send(browser, world, **own, press="look"))
    done = send(browser, world, **own)
    assert "Booked. Not emailed, as you chose: tell them yourself." in text_of(done)
    made = Booking.objects.latest("pk")
    assert not made.reminds
    assert not OutgoingMail.objects.exists()


def test_the_bar_says_what_is_emailed(world: World, browser: Browser, sam: Client) -> None:
    own = for_sam(world, sam, press="look")
    assert bar(send(browser, world, **own)).endswith("Online, £75, emailed now, reminded before")
    nobody = send(browser, world, press="look", email="")
    assert bar(nobody).endswith("Online, Free, No email address: tell them yourself")
    Client.objects.update(reminders_from=None)
    assert bar(send(browser, world, **own)).endswith("emailed now, no reminders")


def test_an_address_that_the_page_didnt_know_of_is_asked_about(
    world: World, browser: Browser
) -> None:
    stale = {"tells": None, "reminds": None, "mail_was": "off"}
    page = send(browser, world, **stale)
    assert "They have an email address now." in text_of(page)
    assert page.context["mail"].tells
    assert page.context["mail"].reminds
    assert not Booking.objects.exists()


# How their data is kept.


def test_it_is_kept_that_they_were_told_by_phone_and_by_whom(
    world: World, browser: Browser, assistant: User
) -> None:
    page = browser.post(BOOK, said(world, press="look"))
    assert f'name="told" value="{world.notice.version}"' in text_of(page)
    published = {"published_on": world.notice.published_on, "body": "We keep less."}
    newer = PrivacyNotice.objects.create(version=world.notice.version + 1, **published)
    send(browser, world, told=world.notice.version)
    consent = Consent.objects.get()
    assert (consent.notice, consent.how, consent.told_by) == (world.notice, "phone", assistant)
    assert consent.notice != newer  # they were told what the page named
    known = browser.get(BOOK, {"client": consent.client_id})
    assert "told by phone on 23 November 2026" in text_of(known)


@pytest.mark.parametrize("told", ["x", "999"])
def test_a_version_that_is_none_is_told_to_nobody(
    world: World, browser: Browser, told: str
) -> None:
    send(browser, world, told=told)
    assert Booking.objects.exists()
    assert not Consent.objects.exists()


def test_without_a_notice_there_is_nothing_to_tell(world: World, browser: Browser) -> None:
    world.notice.delete()
    assert 'name="told"' not in text_of(browser.get(BOOK))
    assert "Booked." in text_of(send(browser, world, told="1"))


# What is typed wrong, pressed twice, or changed meanwhile.


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Give their name."),
        ({"name": "Kim\u202eLi"}, "Remove the hidden characters"),
        ({"email": "kim"}, "Enter an email address with an @"),
        ({"service": "999"}, "Choose what is booked."),
        ({"place": "x"}, "Choose how you meet."),
        ({"day": ""}, "Choose a date."),
        ({"day": "soon"}, "Enter a date, like"),
        ({"day": "9999-01-01"}, "Enter a date between 2000 and 2199."),
        ({"at": ""}, "Enter a time, like 2:30pm."),
        ({"at": "soon"}, "Enter a time in whole minutes, like 9:30, 2pm or 18:00."),
        ({"at": "25:00"}, "Enter a time in whole minutes"),
        ({"at": "2"}, "Is that 2am or 2pm? Enter one of them."),
        ({"day": "2027-03-28", "at": "01:30"}, "The clocks change then"),
        ({"every": "3"}, "Select a valid choice."),
        ({"every": "1", "times": ""}, "Enter a number from 2 to 26."),
        ({"every": "1", "times": "1"}, "Enter a number from 2 to 26."),
        ({"every": "1", "times": "1e9"}, "Enter a number from 2 to 26."),
        ({"price": ""}, "Enter a price, or 0 if it’s free."),
        ({"price": "-5"}, "A price is never below 0."),
        ({"price": "much"}, "Enter a price, like 70 or 67.50"),
        ({"price": "1e9"}, "Ensure that there are no more than"),
        ({"who": ""}, "Choose a client, or give a name."),
    ],
    ids=ascii,
)
def test_bad_answers_are_told_beside_what_was_typed_and_nothing_is_booked(
    world: World, browser: Browser, change: dict[str, Any], words: str
) -> None:
    page = send(browser, world, **change)
    assert page.status_code == 422
    assert page.context["errors"]
    assert words in text_of(page)
    if "email" not in change:
        assert 'value="kim@example.com"' in text_of(page)
    assert not Booking.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_while_it_is_looked_at_nothing_is_called_wrong(world: World, browser: Browser) -> None:
    page = send(browser, world, press="look", at="", price="", who=None, q="", asked="")
    assert page.status_code == 200
    assert page.context["errors"] == []


def test_a_way_that_the_service_isnt_offered_in_is_refused_in_words(
    world: World, browser: Browser
) -> None:
    Service.objects.filter(pk=world.consultation.pk).update(formats=[Format.ONLINE])
    page = send(browser, world, place=world.place(Format.WALKING).pk)
    assert "That service isn’t offered in this way" in text_of(page)
    looked = send(browser, world, place=world.place(Format.WALKING).pk, press="look")
    assert looked.context["places"][1]["is_chosen"]  # online, which it is offered in
    assert not Booking.objects.exists()


def test_a_press_twice_books_once(world: World, browser: Browser) -> None:
    key = str(uuid.uuid4())
    first = send(browser, world, key=key, email="")
    again = browser.post(BOOK, said(world, key=key, email=""))
    assert again["Location"] == first.redirect_chain[-1][0]
    assert Booking.objects.count() == 1
    assert Client.objects.count() == 1


def test_a_page_that_has_booked_books_no_other_time(
    world: World, browser: Browser, sam: Client, clock: Any
) -> None:
    """Somebody goes back to it, and chooses another time: they are told."""
    before = "This was booked before, by the same page. Nothing new was booked."
    for own in ({}, for_sam(world, sam, at="3pm")):
        key = {**own, "key": str(uuid.uuid4())}
        send(browser, world, **key)
        clock.shift(timedelta(minutes=1))
        assert before in text_of(send(browser, world, **{**key, "at": "1pm"}))
    coming = Booking.objects.filter(during__startswith__gt=NOW).order_by("during")
    assert [one.start for one in coming] == [START, START + timedelta(hours=4)]


@pytest.mark.parametrize("key", [None, "nonsense"])
def test_a_page_that_names_no_booking_books_by_the_second_press(
    world: World, browser: Browser, key: str | None
) -> None:
    page = send(browser, world, key=key)
    assert "This page was out of date." in text_of(page)
    assert not Booking.objects.exists()
    [fresh] = re.findall(r'name="key" value="([^"]+)"', text_of(page))
    assert "Booked." in text_of(send(browser, world, key=fresh))


def test_what_is_taken_while_it_is_pressed_is_told_with_all_answers_kept(
    world: World, browser: Browser
) -> None:
    with meanwhile("SAVEPOINT", lambda: force_booking(world, START)):
        page = send(browser, world)
    assert page.status_code == 422
    assert "That time overlaps Sam Okafor’s consultation" in text_of(page)
    assert 'value="Kim Li"' in text_of(page)


def test_what_is_free_again_once_it_was_refused_is_told_of_too(
    world: World, browser: Browser
) -> None:
    """What is written inside our transaction goes with it."""
    with meanwhile(LOCK, lambda: force_booking(world, START)):
        page = send(browser, world)
    assert page.status_code == 422
    [(where, words)] = page.context["errors"]
    assert (where, words[:18]) == ("book", "That time overlaps")
    assert not Client.objects.filter(name="Kim Li").exists()


def test_what_is_no_longer_there_at_the_press_is_told(world: World, browser: Browser) -> None:
    gone = world.place()
    with meanwhile(LOCK, gone.delete):
        page = send(browser, world, place=gone.pk)
    assert "That service or place is no longer there." in text_of(page)
    assert not Booking.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_book_one_time_at_once_one_is_told(world: World, assistant: User) -> None:
    browsers = [browser_of(assistant), signed_in(world.therapist)]
    calls = [partial(send, one, world, email=f"p{n}@example.com") for n, one in enumerate(browsers)]
    answers: list[Any] = together(calls)
    pages = [text_of(answer) for answer in answers]
    assert sorted("Booked." in page for page in pages) == [False, True]
    assert sum("That time overlaps" in page for page in pages) == 1
    [lost] = [page for page in pages if "Booked." not in page]
    assert 'value="Kim Li"' in lost
    assert Booking.objects.count() == 1


# Whose it is.


def test_who_types_the_address_of_anothers_client_gets_no_card_by_it(
    world: World, other: World, browser: Browser
) -> None:
    vera = make_client(name="Vera Moss", email="vera@example.com", proven_at=NOW)
    force_booking(other, NOW - timedelta(days=3), client=vera, proven_at=NOW)
    done = send(browser, world, email="vera@example.com", name="Anybody", told=world.notice.version)
    assert "Booked. Anybody is told by email." in text_of(done)
    made = Booking.objects.get(therapist=world.therapist)
    assert (made.client, made.is_proven) == (vera, False)
    assert not Consent.objects.exists()  # it would be on a card that is another's
    card = reverse("admin:clients_client_change", args=[vera.pk])
    for one in (browser, signed_in(world.therapist)):
        assert "Vera Moss" not in text_of(one.get(card, follow=True))
        assert one.get(BOOK, {"client": vera.pk}).status_code == 404
    vera.refresh_from_db()
    assert vera.name == "Vera Moss"


def test_the_owners_word_is_enough(world: World, other: World) -> None:
    vera = make_client(name="Vera Moss", email="vera@example.com", proven_at=NOW)
    force_booking(other, NOW - timedelta(days=3), client=vera, proven_at=NOW)
    owner = browser_of(make_user(Role.OWNER))
    send(owner, world, email="vera@example.com", name="Anybody", therapist=world.therapist.pk)
    assert Booking.objects.get(therapist=world.therapist).is_proven


def test_who_has_several_diaries_chooses_by_the_therapists_name(world: World, other: World) -> None:
    owner = browser_of(make_user(Role.OWNER))
    page = owner.get(BOOK)
    assert [name for _, name, _ in page.context["therapists"]] == ["Robin Kicks", "Mo Other"]
    mos = owner.get(BOOK, {"therapist": other.therapist.pk})
    assert [one["pk"] for one in mos.context["services"]] == [other.consultation.pk]
    mixed = send(owner, world, therapist=other.therapist.pk)
    assert "Choose what is booked." in text_of(mixed)
    looked = send(owner, world, therapist=other.therapist.pk, press="look")
    assert looked.context["services"][0]["is_chosen"]
    assert not Booking.objects.exists()


def test_two_places_of_one_kind_are_told_apart(world: World, browser: Browser) -> None:
    make_place(world.therapist, format=Format.ONLINE, name="Second room", video_url="https://m.x")
    page = text_of(browser.get(BOOK))
    assert "Second room" in page
    assert Place.objects.filter(format=Format.ONLINE).count() == 2


def test_without_anything_to_book_the_page_says_so(world: World, browser: Browser) -> None:
    Service.objects.update(is_active=False)
    for page in (browser.get(BOOK), send(browser, world)):
        assert "There is nothing to book yet" in text_of(page)
        assert 'name="day"' not in text_of(page)


def test_who_has_no_role_books_for_nobody(world: World) -> None:
    nobody = browser_of(make_user(None))
    assert nobody.get(BOOK).status_code == 403
    assert nobody.post(BOOK, said(world)).status_code == 403
    assert Browser().get(BOOK)["Location"].startswith(reverse("admin:login"))
    assert not Booking.objects.exists()
