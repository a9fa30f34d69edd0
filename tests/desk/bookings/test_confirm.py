"""What the therapist sees of what nobody has confirmed, and says of it in one press."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.lifecycle import Person
from bookings.models import Booking
from clients.models import Client
from tests.desk.tab import as_opened
from tests.factories import NOW, World, book, force_booking, make_client, make_pending
from tests.pages import signed_in, text_of

START = NOW + timedelta(days=1, hours=1)
TYPED = Person("Mallory Fake", "vera@example.com", "07700 900666")
LIST = "admin:bookings_booking_changelist"


@pytest.fixture
def vera(world: World) -> Client:
    vera = make_client(name="Vera Moss", email="vera@example.com", proven_at=NOW)
    force_booking(world, NOW - timedelta(days=30), client=vera, proven_at=NOW)
    return vera


@pytest.fixture
def found(world: World, vera: Client) -> Booking:
    world.therapist.practice.release_hours = 6
    world.therapist.practice.save()
    return book(world, START, person=TYPED)


def page_of(browser: Browser, found: Booking) -> str:
    return text_of(browser.get(reverse("admin:bookings_booking_change", args=[found.pk])))


def say(browser: Browser, found: Booking, what: str, seen: str | None = None) -> str:
    path = reverse("admin:bookings_booking_confirm", args=[found.pk])
    sent = {"say": what, "seen": seen_of(browser, found) if seen is None else seen}
    return text_of(browser.post(path, sent, follow=True))


def seen_of(browser: Browser, found: Booking) -> str:
    """What the page says that it showed."""
    page = browser.get(reverse("admin:bookings_booking_change", args=[found.pk]))
    return str(page.context["to_confirm"]["seen"])


def test_the_page_marks_what_nobody_confirmed_and_shows_what_was_typed(
    world: World, found: Booking
) -> None:
    browser = signed_in(world.therapist)
    page = page_of(browser, found)
    assert "Address not confirmed yet. Has met before." in page
    assert "Typed with this booking: Mallory Fake, 07700 900666. The card says Vera Moss." in page
    assert "It’s let go by itself on Monday 23 November 2026, 3pm UK time." in page
    assert "Address not confirmed yet. Has met before" in text_of(browser.get(reverse(LIST)))


@pytest.mark.parametrize(("what", "name"), [("typed", "Mallory Fake"), ("card", "Vera Moss")])
def test_one_press_confirms_or_corrects(world: World, found: Booking, what: str, name: str) -> None:
    browser = signed_in(world.therapist)
    assert "Confirmed. The card" in say(browser, found, what)
    found.client.refresh_from_db()
    found.refresh_from_db()
    assert (found.client.name, found.is_proven) == (name, True)
    assert "Address not confirmed yet" not in page_of(browser, found)


@pytest.mark.parametrize("what", ["typed", "card", "keep"])
def test_a_press_counts_for_the_card_that_its_page_showed(
    world: World, found: Booking, what: str
) -> None:
    browser = signed_in(world.therapist)
    seen = seen_of(browser, found)
    Client.objects.update(phone="07700 900123")
    for old in (seen, ""):
        assert "Nothing was changed: the card isn’t as this page" in say(browser, found, what, old)
    found.client.refresh_from_db()
    assert (found.client.name, found.client.phone) == ("Vera Moss", "07700 900123")
    assert "Nothing was changed" not in say(browser, found, what)


def test_one_press_keeps_a_second_consultation(world: World, found: Booking) -> None:
    browser = signed_in(world.therapist)
    assert "Keep this booking" in page_of(browser, found)
    assert "It won’t be let go by itself." in say(browser, found, "keep")
    page = page_of(browser, found)
    assert "Keep this booking" not in page
    assert "It’s let go" not in page


def test_a_button_that_there_is_none_of_changes_nothing(world: World, found: Booking) -> None:
    browser = signed_in(world.therapist)
    assert "Nothing was changed." in say(browser, found, "else")
    path = reverse("admin:bookings_booking_confirm", args=[found.pk])
    assert browser.get(path).status_code == 405
    found.refresh_from_db()
    assert not found.is_proven


def test_an_address_without_another_name_is_confirmed_in_one_press(world: World) -> None:
    found = book(world, START)
    browser = signed_in(world.therapist)
    assert "It’s them: confirm the address" in page_of(browser, found)
    say(browser, found, "card")
    assert 'aria-label="To check"' not in page_of(browser, found)


@pytest.mark.parametrize(("asked", "shown"), [("address", 1), ("met", 1), ("nonsense", 2)])
def test_the_list_is_narrowed_to_what_is_to_check(
    world: World, found: Booking, asked: str, shown: int
) -> None:
    force_booking(world, START + timedelta(hours=3), proven_at=NOW)
    browser = signed_in(world.therapist)
    page = browser.get(reverse(LIST), {"check": asked})
    assert len(page.context["cl"].result_list) == shown
    assert found.reference in text_of(page)


def test_the_list_says_whose_booking_is_none_yet(world: World) -> None:
    make_pending(world, START)
    make_pending(world, START + timedelta(hours=1), name="Too late", kept_until=NOW)
    page = text_of(signed_in(world.therapist).get(reverse(LIST)))
    assert "Kim Li, kim@example.com. Kept until 09:30" in page
    assert "Too late" not in page


def test_a_card_says_whether_its_address_is_confirmed_and_an_action_confirms_it(
    world: World,
) -> None:
    found = book(world, START)
    browser = signed_in(world.therapist)
    where = reverse("admin:clients_client_changelist")
    assert "Not confirmed yet" in text_of(browser.get(where))
    chosen = {"action": "confirm", "_selected_action": [found.client_id]}
    assert "1 confirmed." in text_of(browser.post(where, chosen, follow=True))
    found.client.refresh_from_db()
    assert found.client.proven_at == NOW


def test_an_address_that_the_therapist_corrects_is_confirmed(world: World) -> None:
    found = book(world, START)
    browser = signed_in(world.therapist)
    path = reverse("admin:clients_client_change", args=[found.client_id])
    form = browser.get(path).context["adminform"].form
    inlines = browser.get(path).context["inline_admin_formsets"]
    sent = {name: form.initial.get(name) or "" for name in form.fields}
    for inline in inlines:
        sent |= {f"{inline.formset.prefix}-{k}": 0 for k in ("TOTAL_FORMS", "INITIAL_FORMS")}
    sent |= {**as_opened(browser, path), "email": "right@example.com"}
    asked = browser.post(path, sent)
    assert "Is this booking Sam Okafor’s?" in text_of(asked)
    theirs = {"_theirs_seen": str(found.pk), "_theirs": str(found.pk)}
    assert browser.post(path, sent | theirs).status_code == 302
    found.client.refresh_from_db()
    assert (found.client.email, found.client.proven_at) == ("right@example.com", NOW)
