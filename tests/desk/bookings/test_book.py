"""The practice books for somebody: any free time, after a warning, never onto another meeting."""

import re
import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Place, Service
from bookings.models import Booking
from clients.models import Client, Consent
from outbox.models import OutgoingMail
from prose.dates import UK
from staff.models import Role
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_place,
    make_service,
    make_therapist,
    make_user,
)
from tests.pages import browser_of, signed_in, text_of
from tests.races.together import together

BOOK = reverse("admin:bookings_booking_book")
NEW = f"{BOOK}?who=new"
# Wednesday at eleven: inside the hours, and far enough ahead.
START = datetime(2026, 11, 25, 11, tzinfo=UK)


@pytest.fixture
def assistant(world: World) -> User:
    return make_user(Role.ASSISTANT, world.therapist)


@pytest.fixture
def browser(assistant: User) -> Browser:
    return browser_of(assistant)


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
        "name": "Kim Li",
        "email": "kim@example.com",
        "phone": "07700 900123",
        "service": world.consultation.pk,
        "place": world.place().pk,
        "start": START.strftime("%Y-%m-%dT%H:%M"),
        "key": str(uuid.uuid4()),
    }
    return {name: value for name, value in {**fresh, **changes}.items() if value is not None}


def send(browser: Browser, world: World, path: str = NEW, **changes: Any) -> Any:
    return browser.post(path, said(world, **changes), follow=True)


def page_for(client: Client) -> str:
    return f"{BOOK}?who={client.pk}"


def test_an_assistant_books_for_somebody_new_and_the_history_says_who(
    world: World, browser: Browser, assistant: User
) -> None:
    assert 'name="email"' in text_of(browser.get(NEW))
    assert "Booked. Kim Li is told by email." in text_of(send(browser, world))
    made = Booking.objects.get()
    assert (made.start, made.format, made.therapist) == (START, Format.ONLINE, world.therapist)
    assert (made.client.name, made.client.email) == ("Kim Li", "kim@example.com")
    event = made.events.get()
    assert (event.action, event.actor, event.user) == ("booked", "assistant", assistant)
    assert made.is_proven
    assert made.client.is_proven
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("confirmation", "kim@example.com")
    assert mail.invite_method == "REQUEST"
    assert not Consent.objects.exists()  # nobody agreed to anything on this page


def test_a_client_of_theirs_is_found_and_booked_for(world: World, browser: Browser) -> None:
    sam = make_client(name="Sam Okafor", email="sam@example.com", accepted_at=NOW)
    force_booking(world, NOW - timedelta(days=9), client=sam)
    assert f'href="?who={sam.pk}"' in text_of(browser.get(BOOK, {"q": "okaf"}))
    page = text_of(browser.get(page_for(sam)))
    assert "Book for Sam Okafor" in page
    assert 'name="email"' not in page
    send(browser, world, page_for(sam), service=world.session.pk, name="Mallory", email="m@x.uk")
    made = Booking.objects.latest("pk")
    assert (made.client, made.called, made.service) == (sam, "Sam Okafor", world.session)
    assert (made.price, made.start) == (world.session.price, START)
    sam.refresh_from_db()
    assert (sam.name, sam.email) == ("Sam Okafor", "sam@example.com")


def test_the_first_page_shows_the_latest_whom_they_meet_and_ten_at_most(
    world: World, other: World, browser: Browser
) -> None:
    assert "Somebody new" in text_of(browser.get(BOOK))
    for n in range(11):
        client = make_client(name=f"Client {n:02}", created_at=NOW + timedelta(minutes=n))
        force_booking(world, NOW + timedelta(days=1, hours=n), client=client)
    force_booking(other, NOW + timedelta(days=3), client=make_client(name="Vera Moss"))
    page = text_of(browser.get(BOOK))
    shown = re.findall(r'\?who=\d+">([^<]+)<', page)
    assert shown == [f"Client {n:02}" for n in range(10, 0, -1)]
    assert "There are more" in page
    for words in ("nobody", "Vera"):
        assert "Nobody of whom you see the card" in text_of(browser.get(BOOK, {"q": words}))


def test_what_breaks_a_rule_is_asked_about_and_booked_by_the_second_press(
    world: World, browser: Browser
) -> None:
    evening = {"start": "2026-11-25T20:00", "key": str(uuid.uuid4())}
    asked = send(browser, world, **evening)
    shown = text_of(asked)
    assert "outside your hours" in shown
    assert "Book it all the same" in shown
    assert 'value="Kim Li"' in shown
    assert not Booking.objects.exists()
    assert not Client.objects.exists()
    done = send(browser, world, **evening, despite=asked.context["despite"])
    assert "Booked." in text_of(done)
    made = Booking.objects.get()
    assert made.start == START.replace(hour=20)
    assert made.events.get().despite == "hours"


def test_a_session_for_somebody_new_is_warned_of(world: World, browser: Browser) -> None:
    asked = send(browser, world, service=world.session.pk)
    assert "They haven’t had a consultation that went on" in text_of(asked)
    again = send(browser, world, service=world.session.pk, despite=asked.context["despite"])
    assert "Booked." in text_of(again)


def test_it_never_goes_onto_another_meeting(world: World, browser: Browser) -> None:
    book(world, START, email="sam@example.com")
    taken = f"{int(START.timestamp())} online {world.place().pk} taken"
    for despite in ([], [taken]):
        page = text_of(send(browser, world, despite=despite))
        assert "That time overlaps Sam Okafor’s consultation" in page
        assert 'value="Kim Li"' in page
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": None}, "This field is required."),
        ({"name": "Kim\u202eLi"}, "Remove the hidden characters"),
        ({"email": "kim"}, "Enter an email address with an @"),
        ({"service": "999"}, "Select a valid choice."),
        ({"place": "x"}, "Select a valid choice."),
        ({"start": None}, "This field is required."),
        ({"start": "2026-11-23T08:00"}, "That time has passed."),
        ({"start": "9999-01-01T10:00"}, "kt-"),
        ({"start": "2027-03-28T01:30"}, "kt-"),
        ({"start": "soon"}, "Enter a valid date/time."),
    ],
    ids=ascii,
)
def test_bad_answers_are_told_beside_what_was_typed_and_nothing_is_booked(
    world: World, browser: Browser, change: dict[str, Any], words: str
) -> None:
    page = send(browser, world, **change)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert words in text_of(page)
    if "email" not in change:
        assert 'value="kim@example.com"' in text_of(page)
    assert not Booking.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_a_way_that_the_service_isnt_offered_in_is_refused_in_words(
    world: World, browser: Browser
) -> None:
    Service.objects.filter(pk=world.consultation.pk).update(formats=[Format.ONLINE])
    page = send(browser, world, place=world.place(Format.WALKING).pk)
    assert "That service isn’t offered in this way" in text_of(page)
    assert not Booking.objects.exists()


def test_a_press_twice_books_once(world: World, browser: Browser) -> None:
    key = str(uuid.uuid4())
    first = send(browser, world, key=key)
    again = browser.post(NEW, said(world, key=key))
    assert again["Location"] == first.redirect_chain[-1][0]
    assert Booking.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="confirmation").count() == 1


def test_a_page_that_has_booked_books_no_other_time(
    world: World, browser: Browser, clock: Any
) -> None:
    """Somebody goes back to it, and chooses another time: they are told."""
    key = str(uuid.uuid4())
    send(browser, world, key=key)
    clock.move_to(NOW + timedelta(minutes=1))
    again = send(browser, world, key=key, start="2026-11-25T13:00")
    assert "This was booked before, by the same page. Nothing new was booked." in text_of(again)
    assert Booking.objects.get().start == START


@pytest.mark.parametrize("key", [None, "nonsense"])
def test_a_page_that_names_no_booking_books_by_the_second_press(
    world: World, browser: Browser, key: str | None
) -> None:
    page = send(browser, world, key=key)
    assert "This page was out of date." in text_of(page)
    assert not Booking.objects.exists()
    [fresh] = re.findall(r'name="key" value="([^"]+)"', text_of(page))
    assert "Booked." in text_of(send(browser, world, key=fresh))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_book_one_time_at_once_one_is_told(world: World, assistant: User) -> None:
    browsers = [browser_of(assistant), signed_in(world.therapist)]
    calls = [partial(send, one, world, email=f"p{n}@example.com") for n, one in enumerate(browsers)]
    answers: list[Any] = together(calls)
    pages = [text_of(answer) for answer in answers]
    assert sorted("Booked." in page for page in pages) == [False, True]
    assert sum("That time overlaps" in page for page in pages) == 1
    assert Booking.objects.count() == 1


# Whose it is.


def test_who_types_the_address_of_anothers_client_gets_no_card_by_it(
    world: World, other: World, browser: Browser
) -> None:
    vera = make_client(name="Vera Moss", email="vera@example.com", proven_at=NOW)
    force_booking(other, NOW - timedelta(days=3), client=vera, proven_at=NOW)
    done = send(browser, world, email="vera@example.com", name="Anybody")
    assert "Booked. Anybody is told by email." in text_of(done)
    made = Booking.objects.get(therapist=world.therapist)
    assert (made.client, made.is_proven) == (vera, False)
    card = reverse("admin:clients_client_change", args=[vera.pk])
    for one in (browser, signed_in(world.therapist)):
        assert "Vera Moss" not in text_of(one.get(card, follow=True))
        assert one.get(page_for(vera)).status_code == 404
    vera.refresh_from_db()
    assert vera.name == "Vera Moss"


def test_the_owners_word_is_enough(world: World, other: World) -> None:
    vera = make_client(name="Vera Moss", email="vera@example.com", proven_at=NOW)
    force_booking(other, NOW - timedelta(days=3), client=vera, proven_at=NOW)
    send(browser_of(make_user(Role.OWNER)), world, email="vera@example.com", name="Anybody")
    assert Booking.objects.get(therapist=world.therapist).is_proven


@pytest.mark.parametrize("who", ["x", "-1", "9" * 30, "99999", "\u0663"])
def test_a_card_that_is_not_theirs_or_not_there_is_not_found(
    world: World, browser: Browser, who: str
) -> None:
    assert browser.get(BOOK, {"who": who}).status_code == 404


def test_who_has_several_diaries_chooses_by_the_therapists_name(world: World, other: World) -> None:
    owner = browser_of(make_user(Role.OWNER))
    page = text_of(owner.get(NEW))
    assert "Consultation, 15 minutes, Free (Mo Other)" in page
    assert "Online: Video room (Robin Kicks)" in page
    refused = send(owner, world, place=Place.objects.get(name="Mo’s room").pk)
    assert "That service isn’t offered in this way, or not at this place." in text_of(refused)
    assert not Booking.objects.exists()


def test_without_anything_to_book_the_page_says_so(world: World, browser: Browser) -> None:
    Service.objects.update(is_active=False)
    page = text_of(browser.get(NEW))
    assert "There is nothing to book yet" in page
    assert "<select" not in page


def test_who_has_no_role_books_for_nobody(world: World) -> None:
    nobody = browser_of(make_user(None))
    assert nobody.get(BOOK).status_code == 403
    assert nobody.post(NEW, said(world)).status_code == 403
    assert Browser().get(BOOK)["Location"].startswith(reverse("admin:login"))
    assert not Booking.objects.exists()
