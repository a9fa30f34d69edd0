"""Answers on their way to a booking, when what they were given for has changed meanwhile."""

import json

from cryptography.fernet import Fernet
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from availability.models import Place
from encryption.fields import seal, unseal
from tests.factories import NOW, World, make_client, pages_link
from tests.pages import SLOT, address, check_address, text_of


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
    sent = client.post(address("details", world, slot=SLOT), {"name": "Sam"})
    assert sent.status_code == 422
    assert "I have no place for meeting this way just now. Choose another." in text_of(sent)


def test_a_client_who_comes_in_by_their_link_is_not_booked_under_a_strangers_answers(
    client: Browser, world: World
) -> None:
    draft = check_address(client, world).split("/")[3]
    known = make_client(name="Kim Li", accepted_at=NOW)
    client.get(reverse("link", args=[pages_link(known)]))
    page = client.get(address("details", world, slot="2026-11-24T11:00", draft=draft))
    assert page.status_code == 200
    assert "Kim Li" in text_of(page)
