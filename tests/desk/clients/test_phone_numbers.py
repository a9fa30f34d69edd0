"""How a client is reached: as it was typed, dialled by a press, and odd words said to be odd."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Booking
from clients.models import Client
from tests.bookings.notices.letters import sent
from tests.bookings.notices.letters import text_of as words_of
from tests.desk.tab import as_opened
from tests.factories import NOW, World, force_booking, make_client
from tests.pages import book, signed_in, text_of

ODD = "ring my sister"
SAID = f"{ODD} (as they typed it: it doesn’t read as a phone number)"
PAGE, CARD = "admin:bookings_booking_change", "admin:clients_client_change"
LIST = reverse("admin:bookings_booking_changelist")


def page(world: World, name: str, pk: int) -> str:
    return text_of(signed_in(world.therapist).get(reverse(name, args=[pk])))


def test_a_press_dials_it_with_its_country(world: World) -> None:
    found = force_booking(world, NOW, client=make_client(phone="020 7946 0018 ext 12"))
    link = '<a href="tel:+442079460018;ext=12">020 7946 0018 ext 12</a>'
    assert link in page(world, PAGE, found.pk)
    assert link in text_of(signed_in(world.therapist).get(LIST, {"when": "all"}))


def test_what_cannot_be_dialled_is_shown_as_typed_and_said_to_be_so(world: World) -> None:
    known = make_client(phone="07700 900123", proven_at=NOW)
    found = force_booking(world, NOW, client=known, contact_phone=ODD)
    assert SAID in page(world, PAGE, found.pk)
    Booking.objects.update(client=make_client(phone=ODD))
    assert SAID in page(world, PAGE, found.pk)


def test_without_one_there_is_the_address_alone(world: World) -> None:
    found = force_booking(world, NOW, client=make_client(phone="", email="kim@example.com"))
    assert "kim@example.com<" in page(world, PAGE, found.pk)


@pytest.mark.parametrize(
    ("typed", "told", "link"),
    [
        ("07700 900 123", "07700 900 123", 'href="tel:+447700900123"'),
        (ODD, "What they gave as a phone number is in the diary.", ""),
        ("07700 900123 at https://evil.example", "What they gave as a phone number", ""),
    ],
)
def test_no_odd_words_travel_to_the_therapist(
    client: Browser, world: World, typed: str, told: str, link: str
) -> None:
    found = book(client, world, phone=typed)
    [letter] = sent(found, kind="therapist_new")
    text, html = words_of(letter), words_of(letter, "text/html")
    assert told in " ".join(text.split())
    assert told in " ".join(html.split())
    assert (typed in text) == bool(link)
    assert link in html
    assert "evil" not in text + html


def test_what_the_therapist_pastes_on_a_card_is_understood(world: World) -> None:
    known = make_client()
    force_booking(world, NOW, client=known, proven_at=NOW)
    browser, path = signed_in(world.therapist), reverse(CARD, args=[known.pk])
    form = browser.get(path).context["adminform"].form
    posted = {
        **as_opened(browser, path),
        **{name: value for name, value in form.initial.items() if value is not None},
        "accepted_at_0": "",
        "accepted_at_1": "",
        "email": " mailto:new@example.com. ",
        "phone": "tel:020\N{EN DASH}7946\N{EN DASH}0018",
        "consents-TOTAL_FORMS": "0",
        "consents-INITIAL_FORMS": "0",
        **as_opened(browser, path),
    }
    assert browser.post(path, posted).status_code == 302
    known.refresh_from_db()
    assert (known.email, known.phone) == ("new@example.com", "020-7946-0018")
    assert known.mailbox == "new@example.com"


def test_no_page_of_the_desk_dials_whom_nobody_may_call(world: World) -> None:
    sam = make_client(name="Sam", phone="07700 900123", proven_at=NOW)
    met = force_booking(world, NOW + timedelta(hours=1), client=sam, proven_at=NOW)
    desk = signed_in(world.therapist)
    pages = [
        reverse("today"),
        reverse("calendar_meeting", args=[met.pk]),
        reverse(PAGE, args=[met.pk]),
        reverse("admin:clients_client_card", args=[sam.pk]),
    ]
    assert ["tel:+447700900123" in text_of(desk.get(path)) for path in pages] == [True] * 4
    Client.objects.update(may_phone=False)
    assert ["tel:+447700900123" in text_of(desk.get(path)) for path in pages] == [False] * 4
