"""What is safe is said by who meets them; GP and whom to call are theirs alone to read."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, EmergencyContact
from staff.models import SecurityEvent
from tests.desk.tab import Tab
from tests.encryption.raw import raw, spoil
from tests.factories import NOW, World, force_booking, make_client
from tests.pages import signed_in, text_of
from tests.races.together import held


@pytest.fixture
def ama(world: World) -> Client:
    client = make_client(name="Ama Boateng", email="ama@example.com", phone="07700 900114")
    force_booking(world, NOW - timedelta(days=1), client=client, proven_at=NOW)
    return client


@pytest.fixture
def desk(world: World) -> Browser:
    return signed_in(world.therapist)


def path(client: Client, name: str) -> str:
    return reverse(f"admin:clients_client_{name}", args=[client.pk])


def test_what_is_safe_is_kept_with_the_day_on_which_it_was_said(desk: Browser, ama: Client) -> None:
    tab = Tab(desk, path(ama, "contact"))
    assert tab.filled["may_email"] == tab.filled["may_phone"] == ["on"]
    said: dict[str, Any] = {
        "may_email": None,
        "may_text": "on",
        "neutral_words": "on",
        "quiet_from": "10pm",
        "quiet_until": "0730",
        "ask_for": " Abena  B ",
    }
    assert tab.save(**said) == 302
    ama.refresh_from_db()
    assert (ama.may_email, ama.may_phone, ama.may_text, ama.may_leave_message) == (
        *(False, True, True, False),
    )
    assert (ama.quiet_from, ama.quiet_until, ama.ask_for) == (time(22), time(7, 30), "Abena B")
    assert (ama.neutral_words, ama.contact_said_on) == (True, date(2026, 11, 23))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"quiet_from": "late"}, "Enter a time like 22:00 or 10pm"),
        ({"quiet_from": "25:00"}, "Enter a time like 22:00 or 10pm"),
        ({"quiet_from": "22:00"}, "Enter both ends of the quiet hours"),
        ({"quiet_until": "7am"}, "Enter both ends of the quiet hours"),
        ({"quiet_from": "7am", "quiet_until": "07.00"}, "They begin and end at the same time."),
        ({"ask_for": "Abena\x00"}, "hidden"),
        ({"ask_for": "A" * 101}, "100 characters or fewer"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_keeps_what_was_typed(
    desk: Browser, ama: Client, typed: dict[str, str], words: str
) -> None:
    tab = Tab(desk, path(ama, "contact"))
    assert tab.save(may_email=None, **typed) == 422
    assert words in text_of(tab.response)
    assert "may_email" not in tab.filled
    ama.refresh_from_db()
    assert (ama.may_email, ama.contact_said_on) == (True, None)


def test_what_somebody_else_said_meanwhile_is_told_first(desk: Browser, ama: Client) -> None:
    tab = Tab(desk, path(ama, "contact"))
    Client.objects.update(may_phone=False)
    assert tab.save(may_text="on") == 422
    assert tab.changes["Calling is safe"] == ("Yes", "No", None)
    assert not Client.objects.get().may_text
    assert tab.save() == 302
    ama.refresh_from_db()
    assert (ama.may_text, ama.may_phone) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_too_long_for_the_card_is_told_to_save_again(
    desk: Browser, ama: Client
) -> None:
    tab = Tab(desk, path(ama, "contact"))
    with held(ama):
        assert tab.save(may_text="on") == 422
    assert "somebody else is saving this just now" in text_of(tab.response)
    assert tab.save() == 302


def test_whom_to_call_is_sealed_shown_to_their_therapist_and_each_time_kept(
    desk: Browser, ama: Client
) -> None:
    tab = Tab(desk, path(ama, "emergency"))
    assert not SecurityEvent.objects.exists()
    said = {
        "person": "Kojo Boateng, brother",
        "person_phone": "07700 900188",
        "person_when": "Only if her life is at risk",
        "gp": "Dr Sethi",
        "gp_surgery": "Harbour Lane Surgery",
        "gp_phone": "020 7946 0112",
    }
    assert tab.save(**said) == 302
    kept = EmergencyContact.objects.get()
    assert all(words not in raw(kept, name) for name, words in said.items())
    page = text_of(desk.get(path(ama, "card")))
    for words in said.values():
        assert words in page
    assert 'href="tel:+447700900188"' in page
    assert 'href="tel:+442079460112"' in page
    event = SecurityEvent.objects.get()
    assert (event.kind, event.about) == ("note_opened", f"client:{ama.pk}")
    desk.get(path(ama, "emergency"))
    assert SecurityEvent.objects.count() == 2


def test_half_of_it_is_shown_as_far_as_it_goes(desk: Browser, ama: Client) -> None:
    EmergencyContact.objects.create(client=ama, person_phone="ask Kojo", gp_surgery="Harbour Lane")
    page = text_of(desk.get(path(ama, "card")))
    assert "Whom to call" in page
    assert "ask Kojo" in page
    assert "Harbour Lane" in page
    # No number is read of it, so nothing is dialled.
    assert "tel:ask" not in page


def test_what_no_key_opens_is_not_written_over(desk: Browser, ama: Client) -> None:
    kept = EmergencyContact.objects.create(client=ama, person="Kojo", gp="Dr Sethi")
    stored = spoil(kept, "person")
    tab = Tab(desk, path(ama, "emergency"))
    assert tab.save(gp="Dr Li") == 302
    assert (raw(kept, "person"), EmergencyContact.objects.get().gp) == (stored, "Dr Li")
    tab = Tab(desk, path(ama, "emergency"))
    assert tab.save(person="Somebody") == 422
    assert "nothing can be typed in its place" in text_of(tab.response)
    EmergencyContact.objects.update(gp="")
    before = SecurityEvent.objects.count()
    desk.get(path(ama, "card"))
    assert SecurityEvent.objects.count() == before


def test_a_number_is_cleaned_as_anywhere(desk: Browser, ama: Client) -> None:
    tab = Tab(desk, path(ama, "emergency"))
    assert tab.save(gp_phone="tel:+44-20-7946-0112", person="x" * 201) == 422
    assert "200 characters or fewer" in text_of(tab.response)
