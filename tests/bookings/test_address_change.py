"""A client's new address counts once whoever reads mail there has pressed the button."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from bookings import address_change, tasks
from bookings.by import By
from bookings.errors import Code, NotBookableError
from bookings.models import Booking
from clients.models import Client, NewAddress
from outbox.models import OutgoingMail
from staff.models import SecurityEvent
from tests.clock import Clock
from tests.factories import NOW, World, book, force_booking, make_client, pages_link
from tests.meanwhile import meanwhile
from tests.pages import open_link, send, signed_in, text_of

DAY = timedelta(days=1)
OLD, NEW = "ama@example.com", "ama.b@example.com"


@pytest.fixture
def ama(world: World) -> Client:
    client = make_client(name="Ama Boateng", email=OLD, proven_at=NOW)
    for start in (NOW - DAY, NOW + DAY):
        force_booking(world, start, client=client, proven_at=NOW)
    return client


@pytest.fixture
def desk(world: World) -> Browser:
    return signed_in(world.therapist)


def path(client: Client, name: str = "address") -> str:
    return reverse(f"admin:clients_client_{name}", args=[client.pk])


def ask(desk: Browser, ama: Client, email: str = NEW) -> str:
    """Type the new address in the desk; return the token that was mailed there."""
    answer = desk.post(path(ama), {"email": email, "how": "link"}, follow=True)
    assert f"A link is on its way to {email}." in text_of(answer)
    return token_of(OutgoingMail.objects.filter(kind="new_address").latest("pk"))


def token_of(mail: OutgoingMail) -> str:
    [token] = re.findall(r"/b/([\w-]+)/address/", mail.text)
    return str(token)


def opened(token: str) -> Browser:
    browser = Browser()
    answer = browser.get(reverse("new_address_link", args=[token]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("new_address"))
    return browser


PAGE = reverse("new_address")


def test_it_counts_by_a_press_and_the_old_one_stands_until_then(desk: Browser, ama: Client) -> None:
    link = pages_link(ama)
    token = ask(desk, ama)
    card = text_of(desk.get(path(ama, "card")))
    assert f"{NEW} waits to be confirmed." in card
    browser = opened(token)
    page = text_of(browser.get(PAGE))
    assert NEW in page
    ama.refresh_from_db()
    assert ama.email == OLD
    assert open_link(Browser(), link).status_code == 302
    assert "That’s your address now" in text_of(browser.post(PAGE, follow=True))
    ama.refresh_from_db()
    assert (ama.email, ama.mailbox, ama.is_proven) == (NEW, NEW, True)
    assert open_link(Browser(), link).status_code == 404
    assert OutgoingMail.objects.filter(kind="confirmation", to=NEW).count() == 1
    assert OutgoingMail.objects.filter(kind="left_address", to=OLD).count() == 1
    event = SecurityEvent.objects.get(kind="links_revoked")
    assert (event.about, event.user_id) == (f"client:{ama.pk}", None)
    # Pressed twice, or opened again, it changes nothing more.
    assert "That’s your address now" in text_of(browser.post(PAGE))
    assert Browser().get(reverse("new_address_link", args=[token])).status_code == 404
    assert OutgoingMail.objects.filter(kind="confirmation", to=NEW).count() == 1


def test_the_mail_tells_a_stranger_nothing(desk: Browser, ama: Client) -> None:
    ask(desk, ama)
    mail = OutgoingMail.objects.get(kind="new_address")
    words = f"{mail.subject} {mail.sender} {mail.text} {mail.html}".lower()
    for word in ("ama", "boateng", "kicks therapy", "appointment", "therap", "session", "fulham"):
        assert word not in words.replace(NEW, ""), word
    assert NEW not in str(NewAddress.objects.values_list("email", flat=True)[0])


def test_a_link_is_replaced_taken_back_and_ends(desk: Browser, ama: Client, clock: Clock) -> None:
    first, second = ask(desk, ama), ask(desk, ama, "other@example.com")
    closed = [Browser().get(reverse("new_address_link", args=[one])) for one in (first, "x" * 65)]
    assert {one.status_code for one in closed} == {404}
    browser = opened(second)
    answer = desk.post(path(ama, "address_back"), follow=True)
    assert "Taken back" in text_of(answer)
    assert browser.post(PAGE).status_code == 404
    assert "nothing to take back" in text_of(desk.post(path(ama, "address_back"), follow=True))
    assert desk.get(path(ama, "address_back")).status_code == 405
    third = ask(desk, ama)
    clock.shift(8 * DAY)
    assert Browser().get(reverse("new_address_link", args=[third])).status_code == 404
    assert "waits to be confirmed" not in text_of(desk.get(path(ama, "card")))
    tasks.housekeeping()
    assert not NewAddress.objects.exists()
    assert Browser().get(PAGE).status_code == 404


def test_guesses_at_its_link_are_counted(desk: Browser, settings: Settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"confirm-address": (1, 60)}
    answers = [Browser().get(reverse("new_address_link", args=["x"])) for _ in range(2)]
    assert [one.status_code for one in answers] == [404, 429]


def test_taken_back_between_the_look_and_the_press_it_does_not_count(
    desk: Browser, ama: Client
) -> None:
    browser = opened(ask(desk, ama))
    with meanwhile("FOR UPDATE", NewAddress.objects.all().delete):
        answer = send(browser, PAGE)
    assert answer.status_code == 422
    assert "no longer asked for" in text_of(answer)
    ama.refresh_from_db()
    assert ama.email == OLD


def test_an_address_that_another_client_has_by_now_does_not_count(
    desk: Browser, ama: Client
) -> None:
    browser = opened(ask(desk, ama))
    taken = make_client(email=NEW)
    assert send(browser, PAGE).status_code == 422
    taken.delete()
    # Or in the very moment in which it is written: the constraint decides.
    with meanwhile('UPDATE "clients_client"', lambda: make_client(email=NEW)):
        answer = send(browser, PAGE)
    assert answer.status_code == 422
    assert "can’t be used for you" in text_of(answer)


def test_what_else_postgres_refuses_is_not_taken_for_that(desk: Browser, ama: Client) -> None:
    ask(desk, ama)

    def fail() -> None:
        raise IntegrityError("something else")

    with meanwhile('UPDATE "clients_client"', fail), pytest.raises(IntegrityError):
        address_change.confirm(NewAddress.objects.get(), by=By.client(), now=NOW)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": "ama@"}, "email address"),
        ({"email": ""}, "required"),
        ({"email": OLD.upper()}, "That’s the address on their card already."),
        ({"email": "kim@example.com"}, "Another client has this address already."),
        (
            {"email": "kim@example.com", "how": "checked"},
            "Another client has this address already.",
        ),
        ({"email": NEW, "how": "magic"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    desk: Browser, ama: Client, typed: dict[str, str], words: str
) -> None:
    make_client(email="kim@example.com")
    answer = desk.post(path(ama), {"how": "link", **typed})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not NewAddress.objects.exists()


def test_checked_on_the_phone_it_counts_at_once(desk: Browser, ama: Client) -> None:
    assert OLD in text_of(desk.get(path(ama)))
    answer = desk.post(path(ama), {"email": NEW, "how": "checked"}, follow=True)
    assert f"1 meeting to come sent to {NEW}." in text_of(answer)
    ama.refresh_from_db()
    assert ama.email == NEW
    assert SecurityEvent.objects.filter(kind="links_revoked").count() == 1


def test_what_nobody_confirmed_is_asked_about_on_the_card_first(
    desk: Browser, world: World, ama: Client
) -> None:
    book(world, NOW + 2 * DAY, email=OLD)
    answer = desk.post(path(ama), {"email": NEW, "how": "checked"})
    assert answer.status_code == 422
    assert "it asks whose they are" in text_of(answer)


def test_it_is_written_in_the_name_of_who_meets_them(world: World, ama: Client) -> None:
    stranger = make_client(email="kim@example.com")
    for client in (ama, stranger):
        address_change.ask(client, f"new.{client.email}", by=By.therapist(), now=NOW)
    senders = OutgoingMail.objects.values_list("sender", flat=True)
    assert set(senders) == {"Robin Kicks <robin@kicks.example>"}
    assert str(NewAddress.objects.get(client=ama)) == f"Of client {ama.pk}"


def test_an_address_that_is_taken_is_no_link_either(ama: Client) -> None:
    make_client(email=NEW)
    with pytest.raises(NotBookableError) as refused:
        address_change.count(ama, NEW, by=By.therapist(), now=NOW)
    assert refused.value.code == Code.ADDRESS_TAKEN
    assert Booking.objects.count() == 2
