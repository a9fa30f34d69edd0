"""Answers on their way to a booking, when what they were given for has changed meanwhile."""

import json

import pytest
from cryptography.fernet import Fernet
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from availability.models import Place
from bookings.models import Booking
from clients.models import AccessLink
from encryption.fields import seal, unseal
from tests.factories import NOW, World, make_client, pages_link
from tests.pages import (
    SLOT,
    address,
    answers,
    check_address,
    followed,
    open_link,
    press,
    text_of,
)


def out_of_use(world: World) -> None:
    Place.objects.filter(pk=world.place().pk).update(is_active=False)


def test_answers_of_another_release_are_asked_anew(client: Browser, world: World) -> None:
    check = check_address(client, world)
    session = client.session
    [(draft_id, sealed)] = session["drafts"].items()
    session["drafts"] = {draft_id: seal(json.dumps({**json.loads(unseal(sealed)), "pet": "cat"}))}
    session.save()
    assert client.get(check)["Location"] == "/book/?again=1"


def test_answers_under_a_key_that_was_retired_are_asked_anew(
    client: Browser, world: World, settings: Settings
) -> None:
    check = check_address(client, world)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    assert client.get(check)["Location"] == "/book/?again=1"


def test_a_place_that_went_out_of_use_leads_back_to_the_details(
    client: Browser, world: World
) -> None:
    check = check_address(client, world)
    out_of_use(world)
    assert client.get(check)["Location"].startswith("/book/details/?")


def test_without_a_place_in_use_the_details_say_that_there_is_none(
    client: Browser, world: World
) -> None:
    out_of_use(world)
    sent = followed(client, client.post(address("details", world, slot=SLOT), {"name": "Sam"}))
    assert sent.status_code == 422
    assert "I have no place for meeting this way just now. Choose another." in text_of(sent)


def test_a_client_who_comes_in_by_their_link_is_not_booked_under_a_strangers_answers(
    client: Browser, world: World
) -> None:
    draft = check_address(client, world).split("/")[3]
    known = make_client(name="Kim Li", accepted_at=NOW)
    open_link(client, pages_link(known))
    page = client.get(address("details", world, slot="2026-11-24T11:00", draft=draft))
    assert page.status_code == 200
    assert "Kim Li" in text_of(page)


def test_what_a_client_answered_is_shown_to_nobody_once_their_link_ended(
    client: Browser, world: World
) -> None:
    known = make_client(name="Kim Li", email="kim@example.com", accepted_at=NOW)
    open_link(client, pages_link(known))
    draft = check_address(client, world, note="I sleep badly").split("/")[3]
    AccessLink.objects.all().revoke(NOW)
    later = address("details", world, slot="2026-11-24T11:00", draft=draft)
    page = client.get(later)
    assert page.status_code == 200
    shown = text_of(page)
    assert "Your name" in shown
    assert [one for one in ("Kim", "kim@", known.phone, "sleep") if one and one in shown] == []
    check = client.post(later, answers())["Location"]
    assert press(client, check)["Location"].startswith("/booking/")
    assert Booking.objects.get().client != known


@pytest.fixture
def draft_id(client: Browser, world: World) -> str:
    """Of a draft that was booked while another answer was on its way, which wrote it back."""
    check = check_address(client, world)
    kept = dict(client.session.items())
    press(client, check)
    session = client.session
    session.clear()
    session.update(kept)
    session.save()
    return check.split("/")[3]


def test_the_last_look_at_what_another_press_has_booked_leads_to_the_booking(
    client: Browser, draft_id: str
) -> None:
    there = reverse("booking", args=[Booking.objects.get().uid])
    assert client.get(reverse("check", args=[draft_id]))["Location"] == there
    assert client.get(there).status_code == 200
    assert "drafts" not in client.session


def test_the_time_that_another_press_has_booked_is_not_said_to_be_taken(
    client: Browser, world: World, draft_id: str
) -> None:
    details = client.get(address("details", world, slot=SLOT, draft=draft_id))
    assert (details.status_code, details["Location"]) == (302, reverse("check", args=[draft_id]))
