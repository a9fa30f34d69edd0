"""What was sent in vain: kept for the page that says why, and for nobody else."""

import pytest
from cryptography.fernet import Fernet
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from front.refused_answers import LONGEST, MOST_FORMS
from front.visitor import REFUSED
from tests.factories import World
from tests.pages import (
    NOTHING,
    SLOT,
    address,
    answers,
    check_address,
    followed,
    rows,
    send_details,
    stamp,
    text_of,
)

NOTE = "Only safe to call after 6pm"


def test_a_form_sent_in_vain_leads_to_its_page_with_all_that_was_typed(
    client: Browser, world: World
) -> None:
    where = address("details", world, slot=SLOT)
    sent = client.post(where, answers(email="", note=NOTE))
    assert (sent.status_code, sent["Location"]) == (303, where)
    for _ in range(2):  # a reload shows it again
        page = text_of(client.get(where))
        assert "Enter your email address" in page
        assert NOTE in page
    assert rows() == NOTHING


def test_a_form_without_a_name_of_its_own_gets_one(client: Browser, world: World) -> None:
    where = address("details", world, slot=SLOT, form=None)
    sent = client.post(where, answers(email=""))
    assert sent["Location"].startswith(f"{where}&form=")
    assert "Enter your email address" in text_of(client.get(sent["Location"]))


def test_the_reason_is_the_one_of_the_moment_when_it_was_sent(
    client: Browser, world: World
) -> None:
    page = text_of(send_details(client, world, rendered=stamp(0)))
    assert "That was very quick." in page
    # The page that says so may be sent at once.
    assert "rendered" in page


def test_once_it_is_sent_well_the_form_shows_the_answers_and_no_fault(
    client: Browser, world: World
) -> None:
    send_details(client, world, email="")
    check_address(client, world)
    page = client.get(address("details", world, slot=SLOT))
    assert page.status_code == 200
    assert REFUSED in client.session
    assert client.session[REFUSED] == {}


def test_nobody_else_sees_it_and_it_is_sealed(client: Browser, world: World) -> None:
    send_details(client, world, email="", note=NOTE)
    assert NOTE not in str(client.session[REFUSED])
    assert NOTE not in text_of(Browser().get(address("details", world, slot=SLOT)))
    client.post(reverse("finish"))
    assert NOTE not in text_of(client.get(address("details", world, slot=SLOT)))


def test_the_oldest_goes_when_there_are_too_many(client: Browser, world: World) -> None:
    for n in range(MOST_FORMS + 2):
        client.post(address("details", world, slot=SLOT, form=f"form{n}"), answers(email=""))
    kept = [f"form{n}" for n in range(2, MOST_FORMS + 2)]
    assert list(client.session[REFUSED]) == kept


def test_what_is_too_long_to_be_kept_is_answered_at_once(client: Browser, world: World) -> None:
    sent = client.post(address("details", world, slot=SLOT), answers(note="a" * LONGEST))
    assert sent.status_code == 422
    assert "Keep this to 1,000 characters or fewer" in text_of(sent)
    assert "a" * LONGEST in text_of(sent)
    assert REFUSED not in client.session


def test_after_a_key_was_retired_the_form_is_empty_again(
    client: Browser, world: World, settings: Settings
) -> None:
    send_details(client, world, email="", note=NOTE)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    page = client.get(address("details", world, slot=SLOT))
    assert page.status_code == 200
    assert NOTE not in text_of(page)


@pytest.mark.parametrize("press", ["", "old"])
def test_the_last_look_says_why_it_booked_nothing_until_the_next_press(
    client: Browser, world: World, press: str
) -> None:
    path = check_address(client, world)
    sent = client.post(path, {"key": press})
    assert (sent.status_code, sent["Location"]) == (303, path)
    said = followed(client, sent)
    assert said.status_code == 422
    assert "othing is booked yet" in text_of(said)
    assert rows() == NOTHING
