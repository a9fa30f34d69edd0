"""What is booked is what the last page showed, or nothing is, and the page says what changed."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core import signing
from django.test import Client as Browser

from availability.models import Place, Service
from bookings.models import Booking
from bookings.signed_agreement import SALT, FactsChangedError, ShownFacts, shown_facts
from clients.models import AccessLink, Client, Consent, PrivacyNotice
from front import refusals
from tests.bookings.diaries import at
from tests.factories import NOW, World, book, make_client, pages_link
from tests.pages import (
    NOTHING,
    ONE_BOOKING,
    carried,
    check_address,
    followed,
    open_link,
    press,
    rows,
    text_of,
)

TUESDAY = date(2026, 11, 24)  # of the time that is booked by the pages


@pytest.fixture
def browser(world: World) -> Browser:
    """A client's, who may book the session: £75, 50 minutes."""
    Service.objects.filter(pk=world.session.pk).update(
        cancel_notice_hours=48, late_fee_percent=50, price=75
    )
    met = make_client(accepted_at=NOW)
    browser = Browser()
    open_link(browser, pages_link(met))
    return browser


def session(world: World, **facts: Any) -> None:
    Service.objects.filter(pk=world.session.pk).update(**facts)


def place(world: World, **facts: Any) -> None:
    Place.objects.filter(pk=world.place().pk).update(**facts)


CHANGES: dict[str, tuple[Callable[[World], None], str]] = {
    "price": (
        lambda world: session(world, price=95),
        "The price is now £95; it was £75 when you opened this page.",
    ),
    "length": (
        lambda world: session(world, length_minutes=90),
        "It now lasts 90 minutes; it was 50 minutes when you opened this page.",
    ),
    "terms": (
        lambda world: session(world, cancel_notice_hours=168),
        "It was “You can change it until it begins. You can cancel it free until 48 hours before",
    ),
    "name": (
        lambda world: session(world, name="Long talk"),
        "This is now called “long talk”; it was “session” when you opened this page.",
    ),
    "place": (
        lambda world: place(world, name="Green room"),
        "The place is now Green room; it was Video room when you opened this page.",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_nothing_is_booked_that_was_not_shown_and_the_next_press_books_it(
    browser: Browser, world: World, what: str
) -> None:
    change, words = CHANGES[what]
    path = check_address(browser, world, service=world.session)
    shown = carried(browser, path)
    change(world)
    again = followed(browser, browser.post(path, shown))
    page = text_of(again)
    assert again.status_code == 422
    assert words in page
    assert "Nothing is booked yet" in page
    assert not Booking.objects.exists()
    assert press(browser, path).status_code == 302
    made = Booking.objects.get()
    fresh = Service.objects.get(pk=world.session.pk)
    assert (made.price, made.seconds) == (fresh.price, fresh.length_minutes * 60)
    assert made.terms["cancel_hours"] == fresh.cancel_notice_hours
    assert made.where.name == Place.objects.get(pk=world.place().pk).name


def test_the_page_that_says_what_changed_carries_what_is_true_now(
    browser: Browser, world: World
) -> None:
    path = check_address(browser, world, service=world.session)
    shown = carried(browser, path)
    session(world, price=95, length_minutes=90)
    page = followed(browser, browser.post(path, shown))
    said = page.context
    assert ShownFacts.read(said["shown"], said["key"]) == shown_facts(
        Service.objects.get(pk=world.session.pk), world.place(), at("10:00", TUESDAY), 0, NOW
    )
    assert browser.post(path, {"key": said["key"], "shown": said["shown"]}).status_code == 302
    assert Booking.objects.get().price == Decimal(95)


@pytest.mark.parametrize(
    "shown",
    [
        None,
        "",
        "x",
        "a:b:c",
        {"price": "1.00"},
        ["price"],
        signing.dumps({"price": "75.00"}, salt="another"),
    ],
    # What is signed holds the moment, which would name the same test differently in two workers.
    ids=["missing", "empty", "a word", "like a signature", "too little", "a list", "another salt"],
)
def test_a_form_that_does_not_say_what_was_shown_shows_it(
    client: Browser, world: World, shown: Any
) -> None:
    path = check_address(client, world)
    key = carried(client, path)["key"]
    if isinstance(shown, dict | list):
        shown = signing.dumps(shown, salt=f"{SALT}:{key}")
    sent = {"key": key, **({} if shown is None else {"shown": shown})}
    page = followed(client, client.post(path, sent))
    assert page.status_code == 422
    assert "Please check this once more" in text_of(page)
    assert rows() == NOTHING
    assert press(client, path).status_code == 302
    assert rows() == ONE_BOOKING


def test_what_another_page_showed_books_nothing(client: Browser, world: World) -> None:
    """Neither without the key of the answers, nor under theirs with what was shown of others."""
    path = check_address(client, world)
    shown = carried(client, path)
    other = carried(client, check_address(client, world, "2026-11-25T10:00"))
    for sent in (
        {"shown": shown["shown"]},
        {"key": "", "shown": shown["shown"]},
        {"key": shown["key"], "shown": other["shown"]},
    ):
        page = followed(client, client.post(path, sent))
        assert page.status_code == 422
        assert "Please check this once more" in text_of(page)
    assert "in another tab" in text_of(followed(client, client.post(path, other)))
    assert rows() == NOTHING
    assert client.post(path, shown).status_code == 302


def test_a_client_who_was_deleted_meanwhile_is_led_to_the_first_step(
    browser: Browser, world: World
) -> None:
    path = check_address(browser, world)
    shown = carried(browser, path)
    AccessLink.objects.all().delete()
    Client.objects.all().delete()
    for answer in (browser.post(path, shown, follow=True), browser.get(path, follow=True)):
        assert "Those details are no longer here, and nothing was booked." in text_of(answer)
    assert not Booking.objects.exists()
    again = check_address(browser, world)
    assert press(browser, again).status_code == 302
    assert Booking.objects.get().notice


def test_who_agreed_to_a_notice_that_has_changed_is_asked_to_read_the_new_one(
    client: Browser, world: World
) -> None:
    path = check_address(client, world)
    shown = carried(client, path)
    newer = PrivacyNotice.objects.create(version=2, published_on=NOW.date(), body="More.")
    page = followed(client, client.post(path, shown))
    assert page.status_code == 422
    assert text_of(page).count("The privacy notice has changed since you agreed to it.") == 1
    assert page.context["is_new_notice"]
    assert rows() == NOTHING
    assert press(client, path).status_code == 302
    assert Booking.objects.get().notice == newer


def test_a_notice_that_changed_before_the_last_page_is_told_on_it(
    client: Browser, world: World
) -> None:
    path = check_address(client, world)
    newer = PrivacyNotice.objects.create(version=2, published_on=NOW.date(), body="More.")
    page = client.get(path)
    assert page.status_code == 200
    assert "The privacy notice has changed since you agreed to it." in text_of(page)
    assert press(client, path).status_code == 302
    assert Booking.objects.get().notice == newer


def test_a_client_whom_we_know_is_not_asked_about_the_notice(
    browser: Browser, world: World
) -> None:
    path = check_address(browser, world, service=world.session)
    shown = carried(browser, path)
    PrivacyNotice.objects.create(version=2, published_on=NOW.date(), body="More.")
    assert browser.post(path, shown).status_code == 302
    assert not Consent.objects.exists()


def test_pressing_again_after_it_was_booked_finds_it_whatever_changed_since(
    client: Browser, world: World
) -> None:
    path = check_address(client, world)
    shown = carried(client, path)
    assert client.post(path, shown).status_code == 302
    Service.objects.filter(pk=world.consultation.pk).update(price=20)
    assert client.post(path, shown).status_code == 302
    assert Booking.objects.get().price == Decimal(0)


def test_what_is_no_longer_offered_leads_back_to_the_choice(browser: Browser, world: World) -> None:
    path = check_address(browser, world, service=world.session)
    shown = carried(browser, path)
    session(world, is_active=False)
    assert browser.post(path, shown).status_code == 302
    assert not Booking.objects.exists()


def test_the_rows_are_read_again_under_the_lock(world: World) -> None:
    """What was read before it, here long before, is not what is booked."""
    shown = shown_facts(world.consultation, world.place(), at("10:00"), 1, NOW)
    Service.objects.filter(pk=world.consultation.pk).update(price=20, length_minutes=30)
    with pytest.raises(FactsChangedError) as caught:
        book(world, at("10:00"), shown=shown)
    assert refusals.changes(caught.value)[0].startswith("The price is now £20; it was free")
    made = book(world, at("10:00"))
    assert (made.price, made.seconds) == (Decimal(20), 30 * 60)
