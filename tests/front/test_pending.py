"""More new bookings than a day can mean: who is new opens a mail before their booking stands."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings import tasks
from bookings.models import Booking, Hold, PendingBooking
from bookings.notices.keys import about_booking, about_pending
from clients.models import Consent
from outbox.models import OutgoingMail
from tests.clock import Clock
from tests.encryption.raw import spoil
from tests.factories import NOW, World, force_booking, make_client, pages_link
from tests.factories import book as book_by_itself
from tests.pages import (
    EMAIL,
    NAME,
    SLOT,
    address,
    book,
    carried,
    check_address,
    open_link,
    press,
    send,
    send_details,
    text_of,
)

START = datetime(2026, 11, 24, 10, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
LATE = HALF_AN_HOUR + timedelta(seconds=1)


@pytest.fixture
def storm(world: World) -> World:
    """A practice that has had as many new bookings as its day can mean: one."""
    practice = world.therapist.practice
    practice.unproven_most = 1
    practice.save()
    force_booking(world, NOW + timedelta(days=8))
    return world


def ask(browser: Browser, world: World, slot: str = SLOT, **changes: str) -> PendingBooking:
    """Press the button in the storm; return what waits now."""
    response = press(browser, check_address(browser, world, slot, **changes))
    assert response.status_code == 302
    assert response["Location"].startswith("/book/pending/")
    return PendingBooking.objects.latest("pk")


def link_of(pending: PendingBooking) -> str:
    mail = OutgoingMail.objects.get(about=about_pending(pending.key))
    match = re.search(r"/b/[\w-]+/confirm/", mail.text)
    assert match
    return match[0]


def opened(pending: PendingBooking) -> Browser:
    """The browser in which the mail was opened: another than the one that asked."""
    browser = Browser()
    assert browser.get(link_of(pending))["Location"] == reverse("confirm")
    return browser


def confirm(browser: Browser) -> str:
    """Press the button of the page that the link leads to; return where it leads."""
    path = reverse("confirm")
    shown = carried(browser, path)
    response = send(browser, path, shown)
    assert response.status_code == 302
    return response["Location"]


def test_the_page_says_loudly_that_nothing_is_booked_and_keeps_the_time(
    client: Browser, storm: World
) -> None:
    pending = ask(client, storm)
    path = press(client, check_address(client, storm))["Location"]
    page = text_of(client.get(path))
    assert "<h1>Not booked yet: open the email I’ve just sent you</h1>" in page
    assert f"until 9:30am UK time. Open the link in the email to {EMAIL}" in page
    assert Booking.objects.count() == 1
    assert not Consent.objects.exists()
    other = send_details(Browser(), storm, email="kim@example.com")
    assert other.status_code == 422
    assert "Somebody else is booking that time just now" in text_of(other)
    assert pending.kept_until == NOW + HALF_AN_HOUR


def test_the_link_shows_a_button_and_pressing_it_books(client: Browser, storm: World) -> None:
    pending = ask(client, storm, note="I sleep badly")
    browser = opened(pending)
    for _ in range(3):
        page = text_of(browser.get(reverse("confirm")))
        browser.head(reverse("confirm"))
    assert "Not booked yet" in page
    assert "Tuesday 24 November 2026, 10am to 10:15am UK time" in page
    assert "I sleep badly" not in page
    assert Booking.objects.count() == 1
    there = confirm(browser)
    found = Booking.objects.get(idempotency_key=pending.key)
    assert there == f"/booking/{found.uid}/?booked=1"
    assert (found.start, found.proven_at, found.note) == (START, NOW, "I sleep badly")
    assert (found.client.name, found.client.proven_at) == (NAME, NOW)
    assert found.client.consents.count() == 1
    assert OutgoingMail.objects.filter(about=about_booking(found.uid)).count() == 2
    assert "counts for all our meetings" in text_of(
        browser.get(reverse("reminders", args=[found.uid]))
    )
    assert not Hold.objects.exists()


def test_a_note_that_no_key_opens_costs_nobody_their_booking(client: Browser, storm: World) -> None:
    pending = ask(client, storm, note="I sleep badly")
    spoil(pending, "note")
    confirm(opened(pending))
    found = Booking.objects.get(idempotency_key=pending.key)
    assert (found.client.name, found.note) == (NAME, "")


def test_opening_the_link_of_what_was_booked_unconfirmed_confirms_nothing(
    client: Browser, storm: World
) -> None:
    """The storm was over between two presses of the same button."""
    pending = ask(client, storm)
    browser = opened(pending)
    found = force_booking(
        storm, pending.start, idempotency_key=pending.key, contact_email=pending.email
    )
    assert browser.get(reverse("confirm"))["Location"].startswith(f"/booking/{found.uid}/")
    page = text_of(browser.get(reverse("reminders", args=[found.uid])))
    assert "counts for this meeting" in page
    assert Booking.objects.get(pk=found.pk).proven_at is None


def test_a_link_that_is_opened_or_pressed_twice_books_once(client: Browser, storm: World) -> None:
    pending = ask(client, storm)
    first, second = opened(pending), opened(pending)
    shown = carried(second, reverse("confirm"))
    confirm(first)
    found = Booking.objects.get(idempotency_key=pending.key)
    for response in (second.post(reverse("confirm"), shown), second.get(reverse("confirm"))):
        assert response["Location"].startswith(f"/booking/{found.uid}/")
    assert Booking.objects.filter(client__email=EMAIL).count() == 1


def test_the_browser_that_asked_is_led_to_the_booking_once_it_is_one(
    client: Browser, storm: World
) -> None:
    path = press(client, check_address(client, storm))["Location"]
    confirm(opened(PendingBooking.objects.get()))
    found = Booking.objects.latest("pk")
    assert client.get(path)["Location"] == reverse("booking", args=[found.uid])
    page = text_of(client.get(reverse("reminders", args=[found.uid])))
    assert "counts for this meeting" in page


def test_late_and_still_free_it_is_booked_all_the_same(
    client: Browser, storm: World, clock: Clock
) -> None:
    pending = ask(client, storm)
    clock.shift(LATE)
    browser = opened(pending)
    assert "I’m no longer keeping this time for you." in text_of(browser.get(reverse("confirm")))
    confirm(browser)
    assert Booking.objects.filter(idempotency_key=pending.key).exists()


def test_late_and_taken_the_free_times_are_shown_and_no_second_mail_is_asked_for(
    client: Browser, storm: World, clock: Clock
) -> None:
    pending = ask(client, storm, note="I sleep badly")
    clock.shift(LATE)
    book_by_itself(storm, START)
    browser = opened(pending)
    response = send(browser, reverse("confirm"), carried(browser, reverse("confirm")))
    assert response.status_code == 422
    page = text_of(response)
    assert "has just been taken" in page
    draft = re.search(r'name="draft" value="([\w-]+)"|draft=([\w-]+)', page)
    assert draft
    another = address("details", storm, slot="2026-11-24T14:00", draft=draft[1] or draft[2])
    check = browser.get(another)["Location"]
    assert NAME in text_of(browser.get(check))
    response = press(browser, check)
    found = Booking.objects.latest("pk")
    assert response["Location"] == f"/booking/{found.uid}/?booked=1"
    assert (found.note, found.client.email, found.is_proven) == ("I sleep badly", EMAIL, True)


def test_the_time_is_free_again_after_half_an_hour(
    client: Browser, storm: World, clock: Clock
) -> None:
    path = press(client, check_address(client, storm))["Location"]
    clock.shift(LATE)
    page = text_of(client.get(path))
    assert "Not booked yet, and I’m no longer keeping the time" in page
    assert "choose another time" in page
    assert send_details(Browser(), storm, email="kim@example.com").status_code == 302


def test_choosing_other_times_lets_go_of_none_that_was_promised(
    client: Browser, storm: World
) -> None:
    ask(client, storm)
    for hour in (11, 12, 13, 14):
        client.get(address("details", storm, slot=f"2026-11-24T{hour}:00"))
    assert send_details(Browser(), storm, email="kim@example.com").status_code == 422


def test_a_mistyped_address_is_put_right_and_the_first_link_opens_nothing(
    client: Browser, storm: World
) -> None:
    first = ask(client, storm, email="sma@example.com")
    link = link_of(first)
    second = ask(client, storm)
    assert second.pk != first.pk
    assert Browser().get(link).status_code == 404
    confirm(opened(second))
    assert Booking.objects.latest("pk").client.email == EMAIL


def test_a_client_who_came_by_their_link_books_at_once(storm: World) -> None:
    sam, browser = make_client(accepted_at=NOW), Browser()
    token = pages_link(sam)
    open_link(browser, token)
    assert book(browser, storm, service=storm.session).is_proven


@pytest.mark.parametrize("known", [True, False])
def test_it_makes_no_difference_whose_address_is_typed(
    client: Browser, storm: World, *, known: bool
) -> None:
    if known:
        make_client(name="Vera Moss", email=EMAIL, proven_at=NOW, accepted_at=NOW)
    pending = ask(client, storm)
    mail = OutgoingMail.objects.get(about=about_pending(pending.key))
    assert mail.to == EMAIL
    assert f"Hello {NAME}. Please open the link" in mail.text
    assert "Vera" not in mail.text + mail.html


def test_what_was_booked_before_the_storm_by_the_same_press_is_no_pending(
    client: Browser, world: World
) -> None:
    path = check_address(client, world)
    shown = carried(client, path)
    assert send(client, path, shown).status_code == 302
    world.therapist.practice.unproven_most = 1
    world.therapist.practice.save()
    assert send(client, path, shown)["Location"].startswith("/booking/")
    assert not PendingBooking.objects.exists()


def test_one_mailbox_gets_so_many_of_these_mails_and_no_page_says_so(
    storm: World,
) -> None:
    said = set()
    for n in range(7):
        browser = Browser(REMOTE_ADDR=f"192.0.2.{n}")
        response = press(
            browser, check_address(browser, storm, f"2026-11-2{4 + n % 4}T{10 + n}:00")
        )
        said.add(re.sub(r"[\w-]+/$", "", response["Location"]))
    assert said == {"/book/pending/"}
    assert OutgoingMail.objects.filter(kind="confirm_address").count() == 5


WRONG = ("x" * 43, "x" * 10_000, "' OR '1'='1", "\x00")


@pytest.mark.parametrize("token", WRONG, ids=["another", "long", "SQL", "NUL"])
def test_a_wrong_token_opens_nothing(client: Browser, storm: World, token: str) -> None:
    ask(Browser(), storm)
    assert client.get(reverse("confirm_link", args=[token])).status_code == 404
    assert client.get(reverse("confirm")).status_code == 404


def test_links_that_are_guessed_too_often_get_the_page_that_asks_for_patience(
    client: Browser, storm: World
) -> None:
    said = [client.get(reverse("confirm_link", args=[f"guess{n}"])).status_code for n in range(31)]
    assert said[-1] == 429


def test_after_two_days_the_link_opens_nothing_and_what_was_typed_is_forgotten(
    client: Browser, storm: World, clock: Clock
) -> None:
    pending = ask(client, storm, slot="2026-11-30T10:00")
    link = link_of(pending)
    clock.shift(timedelta(days=2))
    assert Browser().get(link).status_code == 404
    tasks.housekeeping()
    assert not PendingBooking.objects.exists()


def test_a_page_that_shows_what_is_no_longer_true_books_nothing(
    client: Browser, storm: World
) -> None:
    pending = ask(client, storm)
    browser = opened(pending)
    shown = carried(browser, reverse("confirm"))
    storm.consultation.length_minutes = 30
    storm.consultation.save()
    response = send(browser, reverse("confirm"), shown)
    assert response.status_code == 422
    assert "It now lasts 30 minutes" in text_of(response)
    response = send(browser, reverse("confirm"), {"shown": "forged"})
    assert "Please read this once more" in text_of(response)
    assert Booking.objects.count() == 1
    confirm(browser)
    assert Booking.objects.latest("pk").seconds == 30 * 60


def test_what_is_offered_no_more_is_refused_in_words(client: Browser, storm: World) -> None:
    browser = opened(ask(client, storm))
    shown = carried(browser, reverse("confirm"))
    storm.therapist.services.update(is_active=False)
    response = send(browser, reverse("confirm"), shown)
    assert response.status_code == 422
    assert "I no longer offer that" in text_of(response)


def test_a_place_that_is_closed_and_a_way_that_is_gone_say_so_on_the_page(
    client: Browser, storm: World
) -> None:
    browser = opened(ask(client, storm))
    shown = carried(browser, reverse("confirm"))
    storm.therapist.places.update(is_active=False)
    storm.consultation.formats = ["walking"]
    storm.consultation.save()
    response = send(browser, reverse("confirm"), shown)
    assert response.status_code == 422
    assert "Not booked yet" in text_of(response)


def test_a_page_without_its_draft_leads_to_the_first_step(client: Browser, storm: World) -> None:
    response = client.get(reverse("pending", args=["none"]), follow=True)
    assert response.redirect_chain[-1] == ("/book/?again=1", 302)
    draft = check_address(client, storm).split("/")[3]
    there = client.get(reverse("pending", args=[draft]))["Location"]
    assert there == reverse("check", args=[draft])


def test_a_page_whose_service_went_off_the_list_still_opens(client: Browser, storm: World) -> None:
    path = press(client, check_address(client, storm))["Location"]
    storm.therapist.services.update(is_active=False)
    assert "Not booked yet" in text_of(client.get(path))


def test_answers_are_sent_once_more_by_the_same_press(client: Browser, storm: World) -> None:
    path = check_address(client, storm)
    shown = carried(client, path)
    for _ in range(2):
        assert send(client, path, shown)["Location"].startswith("/book/pending/")
    assert PendingBooking.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="confirm_address").count() == 1
    assert (
        str(PendingBooking.objects.get()) == "Tuesday 24\xa0November 2026, 10am to 10:15am UK time"
    )
