"""Bad answers: a message beside the field, every answer kept, nothing stored."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Booking
from prose.joiners import JOINERS
from tests.bookings.notices.letters import calendar_of, sent
from tests.factories import World
from tests.pages import (
    EMAIL,
    NAME,
    NOTHING,
    ONE_BOOKING,
    SLOT,
    address,
    answers,
    book,
    check_address,
    followed,
    press,
    rows,
    send_details,
    stamp,
    text_of,
)

HIDDEN = "Remove the hidden characters: please type this again instead of pasting it."
MARKS = "Remove some of the marks above and below the letters."
UNSEEN = "Something in this email address can’t be seen. Please type it instead of pasting it."
ODD_EMAIL = (
    "Something in this email address isn’t right. Please check it: it should look like "
    "name@example.com"
)
NO_LETTERS = (
    "I can’t send email to an address with these letters before the @. Please enter another."
)
NO_DOMAIN = "Enter what comes after the @ as well, like name@example.com"
NOT_WHOLE = "What comes after the @ isn’t whole: it should end like example.com"
LONG_EMAIL = "This email address is too long. Please check it."
LONG_PHONE = "Keep this to 100 characters or fewer. It’s all still here, and has 101."
LONG_NOTE = "Keep this to 1,000 characters or fewer. It’s all still here, and has 1,001."
TWO = "Enter one email address only: there is more than one here"
BESIDE = "Enter the email address alone, without a name beside it, like name@example.com"
TOO_LONG = "Keep your name to 100 characters or fewer. It’s all still here, and has 101."

REFUSED = {
    "name: CRLF": ("name", "Sam\r\nBcc: all@example.com", HIDDEN),
    "name: a line end": ("name", "Sam\nOkafor", HIDDEN),
    "name: NUL": ("name", "Sam\x00", HIDDEN),
    "name: a tab": ("name", "Sam\tOkafor", HIDDEN),
    "name: only zero width": ("name", "\N{ZERO WIDTH SPACE}", HIDDEN),
    "name: zero width inside": ("name", "Sa\N{ZERO WIDTH JOINER}m", HIDDEN),
    "name: bidi": ("name", "Sam \N{RIGHT-TO-LEFT OVERRIDE}rofako", HIDDEN),
    "name: a line separator": ("name", "Sam\N{LINE SEPARATOR}Okafor", HIDDEN),
    "name: private use": ("name", "Sam\ue000", HIDDEN),
    "name: zalgo": ("name", "Z" + "\N{COMBINING ACUTE ACCENT}" * 20, MARKS),
    "name: 101 characters": ("name", "x" * 101, TOO_LONG),
    "name: spaces": ("name", " \N{NO-BREAK SPACE} ", "Enter your name"),
    "name: missing": ("name", None, "Enter your name"),
    "email: not ASCII": ("email", "josé@example.com", NO_LETTERS),
    "email: bidi": ("email", "\N{RIGHT-TO-LEFT OVERRIDE}sam@example.com", UNSEEN),
    "email: no public domain": ("email", "root@localhost", NOT_WHOLE),
    "email: a number": ("email", "x@[127.0.0.1]", ODD_EMAIL),
    "email: two": ("email", "sam@example.com, kim@example.com", TWO),
    "email: CRLF": ("email", "sam@example.com\r\nBcc: all@example.com", TWO),
    "email: NUL": ("email", "sam\x00@example.com", UNSEEN),
    "email: a name too": ("email", "Sam <sam@example.com>", BESIDE),
    "email: quoted": ("email", '"sam okafor"@example.com', BESIDE),
    "email: 258 characters": ("email", "a" * 246 + "@example.com", LONG_EMAIL),
    "email: no domain": ("email", "sam@", NO_DOMAIN),
    "email: missing": ("email", None, "Enter your email address"),
    "phone: longer than any": ("phone", "1" * 101, LONG_PHONE),
    "note: 1,001 characters": ("note", "x" * 1001, LONG_NOTE),
    "note: NUL": ("note", "I sleep\x00 badly", HIDDEN),
    "agreement: missing": ("agree", None, "Tick the box to let me keep these details"),
}


def errors_beside(page: str, field: str) -> str:
    """The message between the field's label and its input."""
    found = re.search(rf'id="id_{field}_error">(.*?)</p>', page)
    return unescape(re.sub(r"<[^>]+>", "", found[1])) if found else ""


@pytest.mark.parametrize(("field", "value", "said"), REFUSED.values(), ids=REFUSED)
def test_a_bad_answer_gets_a_message_beside_it_and_every_answer_is_kept(
    client: Browser, world: World, field: str, value: Any, said: str
) -> None:
    response = send_details(client, world, **{field: value})
    assert response.status_code == 422
    page = text_of(response)
    assert errors_beside(page, field) == f"Error: {said}"
    assert len(re.findall(r'id="id_\w+_error"', page)) == 1
    for other, kept in (("name", NAME), ("email", EMAIL), ("phone", "07700 900123")):
        if other != field:
            assert f'value="{kept}"' in page
    assert field == "note" or "I sleep badly</textarea>" in page
    assert rows() == NOTHING


def test_the_corrected_form_may_be_sent_at_once(client: Browser, world: World) -> None:
    page = text_of(send_details(client, world, name=""))
    rendered = page.partition('name="rendered" value="')[2].partition('"')[0]
    assert send_details(client, world, rendered=rendered).status_code == 302


JOINED = "علی\N{ZERO WIDTH NON-JOINER}رضا"
FAMILY = "👩\N{ZERO WIDTH JOINER}👧"
ACCEPTED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a +tag": ({"email": "sam+x@example.com"}, NAME, "sam+x@example.com"),
    "capitals": ({"email": "SAM@EXAMPLE.COM"}, NAME, "SAM@example.com"),
    "umlauts in a domain": ({"email": "x@bücher.example"}, NAME, "x@xn--bcher-kva.example"),
    "spaces around": ({"name": "  Sam   Okafor ", "email": f" {EMAIL} "}, NAME, EMAIL),
    "emoji": ({"name": "Sam 😀"}, "Sam 😀", EMAIL),
    "one letter": ({"name": "S"}, "S", EMAIL),
    "NFD accents": ({"name": "Zoe\N{COMBINING DIAERESIS}"}, "Zoë", EMAIL),
    "Null": ({"name": "Null"}, "Null", EMAIL),
    "a script": ({"name": "<script>alert(1)"}, "<script>alert(1)", EMAIL),
    "a template": ({"name": "{{7*7}}"}, "{{7*7}}", EMAIL),
    "a formula": ({"name": '=HYPERLINK("x")'}, '=HYPERLINK("x")', EMAIL),
    "SQL": (
        {"name": "'); DROP TABLE clients_client;--"},
        "'); DROP TABLE clients_client;--",
        EMAIL,
    ),
    "Arabic": ({"name": "سميرة"}, "سميرة", EMAIL),
    "Persian with a joiner": ({"name": JOINED}, JOINED, EMAIL),
    "a family of emoji": ({"name": f"Sam {FAMILY}"}, f"Sam {FAMILY}", EMAIL),
    "an address as a link": ({"email": f"mailto:{EMAIL}"}, NAME, EMAIL),
    "an address with a full stop behind": ({"email": f" <{EMAIL}>. "}, NAME, EMAIL),
    "an address with hidden marks": (
        {"email": f"\N{ZERO WIDTH SPACE}{EMAIL}\N{LEFT-TO-RIGHT MARK}"},
        NAME,
        EMAIL,
    ),
    "100 characters": ({"name": "x" * 100}, "x" * 100, EMAIL),
    "no phone, no note": ({"phone": None, "note": None}, NAME, EMAIL),
}


@pytest.mark.parametrize(("change", "name", "email"), ACCEPTED.values(), ids=ACCEPTED)
def test_an_unusual_answer_is_accepted_and_harmless(
    client: Browser, world: World, change: dict[str, str], name: str, email: str
) -> None:
    found = book(client, world, **change)
    assert (found.client.name, found.client.email) == (name, email)
    assert rows() == ONE_BOOKING
    page = client.get(reverse("booking", args=[found.uid]) + "?booked=1").content.decode()
    assert "<script>alert" not in page
    assert "49" not in page.partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.parametrize("name", [JOINED, f"Sam {FAMILY}"])
def test_a_name_with_joiners_travels_whole_in_mail_and_calendar(
    client: Browser, world: World, name: str
) -> None:
    [letter] = sent(book(client, world, name=name), kind="confirmation")
    assert letter.get_all("To") == [EMAIL]
    assert not any(joiner in str(letter["Subject"]) for joiner in JOINERS)
    invite = calendar_of(letter).decode().replace("\r\n ", "")
    assert invite.count("BEGIN:VEVENT") == 1
    assert "\ufffd" not in invite


# What somebody may type where a phone number is asked for, and what is kept of it.
PHONES = {
    "\N{LEFT-TO-RIGHT EMBEDDING}07700 900123\N{POP DIRECTIONAL FORMATTING}": "07700 900123",
    "\N{LEFT-TO-RIGHT MARK}07700900123": "07700900123",
    "020\N{EN DASH}7946\N{EN DASH}0018": "020-7946-0018",
    "07700\N{NON-BREAKING HYPHEN}900\N{NON-BREAKING HYPHEN}123": "07700-900-123",
    "020 7946 0018 ext 12": "020 7946 0018 ext 12",
    "tel:07700900123": "07700900123",
    "+44 (0)7700 900123": "+44 (0)7700 900123",
    "٠٧٧٠٠٩٠٠١٢٣": "07700900123",
    "07700 900123\x00": "07700 900123",
    "=cmd|' /C calc'!A0": "=cmd|' /C calc'!A0",
    "999": "999",
    "1" * 31: "1" * 31,
    "call my sister": "call my sister",
}


@pytest.mark.parametrize(("typed", "kept"), PHONES.items(), ids=ascii)
def test_no_phone_number_stops_a_booking(
    client: Browser, world: World, typed: str, kept: str
) -> None:
    assert book(client, world, phone=typed).contact_phone == kept


def test_a_note_is_counted_as_it_is_kept(client: Browser, world: World) -> None:
    """A browser counts a new line as one character and sends two."""
    note = "x" * 499 + "\r\n" + "y" * 500
    assert book(client, world, note=note).note == "x" * 499 + "\n" + "y" * 500


def test_a_note_is_shown_escaped_on_the_last_look(client: Browser, world: World) -> None:
    path = check_address(client, world, note="<script>alert(1)</script>\n{{7*7}}")
    page = client.get(path).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>{{7*7}}" in page


def test_a_tampered_place_is_refused_beside_the_field(client: Browser, world: World) -> None:
    walk = world.place("walking")
    twin = type(walk).objects.create(
        therapist=world.therapist, format="walking", name="Barnes", address="Station Road"
    )
    where = address("details", world, how="walking", slot=SLOT)
    for place in ("", "x", "0", "\x00", str(world.place().pk)):
        response = followed(client, client.post(where, answers(place=place)))
        assert response.status_code == 422
        assert errors_beside(text_of(response), "place").startswith("Error: Choose ")
    path = client.post(where, answers(place=str(twin.pk)))["Location"]
    press(client, path)
    assert Booking.objects.get().place == twin


QUICK = "That was very quick. Please check it and press the button again."


@pytest.mark.parametrize(
    ("change", "seconds", "said"),
    [
        ({"website": "https://spam.example"}, 60, "Leave the hidden box empty, then press"),
        ({}, 0.2, QUICK),
        ({}, -3600, QUICK),
        ({"rendered": None}, 60, QUICK),
        ({"rendered": "1795424400"}, 60, QUICK),
        ({"rendered": "\x00"}, 60, "Null characters are not allowed."),
    ],
    ids=["honeypot", "after 0.2 seconds", "from the future", "none", "forged", "NUL"],
)
def test_what_a_script_sends_is_not_booked_and_a_person_can_press_again(
    client: Browser, world: World, change: dict[str, Any], seconds: float, said: str
) -> None:
    response = send_details(client, world, **{"rendered": stamp(seconds), **change})
    assert response.status_code == 422
    assert said in text_of(response)
    assert f'value="{NAME}"' in text_of(response)
    assert rows() == NOTHING


def test_a_form_that_was_open_for_19_hours_works(client: Browser, world: World) -> None:
    book(client, world, rendered=stamp(19 * 3600))
    assert rows() == ONE_BOOKING
