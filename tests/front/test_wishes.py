"""What would make it easier for somebody: asked of all, needed of none, read by one."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Booking, PendingBooking
from bookings.typed_words import WISHES, Wishes
from outbox.models import OutgoingMail
from staff.models import Role, SecurityEvent
from tests.bookings.notices.letters import sent
from tests.encryption.raw import raw, spoil
from tests.factories import NOW, World, force_booking, make_client, make_user, pages_link
from tests.pages import (
    address,
    book,
    browser_of,
    check_address,
    open_link,
    press,
    send_details,
    signed_in,
    text_of,
)

SAID = {
    "pronouns": "they/them",
    "languages": "Polish, and some English",
    "needs": "A step-free way in.\nCaptions.",
}
FOLD = '<details class="kt-fold"'
CARD = "admin:clients_client_change"
PAGE = "admin:bookings_booking_change"


def opened(browser: Browser, name: str, pk: int) -> str:
    return text_of(browser.get(reverse(name, args=[pk])))


def events() -> list[str]:
    kind = SecurityEvent.Kind.NOTE_OPENED
    return list(SecurityEvent.objects.filter(kind=kind).values_list("about", flat=True))


def test_they_are_folded_away_until_somebody_says_something(client: Browser, world: World) -> None:
    page = text_of(client.get(address("details", world, slot="2026-11-24T10:00"), follow=True))
    assert f"{FOLD}>" in page
    assert "Anything that would make this easier" in page
    refused = text_of(send_details(client, world, name="", **SAID))
    assert f"{FOLD} open>" in refused
    for words in SAID.values():
        assert words in refused.replace("\r\n", "\n")


def test_what_is_wrong_with_one_unfolds_them_and_keeps_all_of_it(
    client: Browser, world: World
) -> None:
    needs = "x" * 501
    page = text_of(send_details(client, world, needs=needs))
    assert f"{FOLD} open>" in page
    said = "Keep this to 500 characters or fewer. It’s all still here, and has 501."
    assert page.count(said) == 2
    assert f"{needs}</textarea>" in page
    long = text_of(send_details(client, world, pronouns="x" * 61))
    assert "Keep your pronouns to 60 characters or fewer." in long


def test_nobody_needs_to_say_any_of_it(client: Browser, world: World) -> None:
    found = book(client, world)
    assert [getattr(found, name) for name in WISHES] == ["", "", ""]
    page = opened(signed_in(world.therapist), PAGE, found.pk)
    assert "Their pronouns" not in page
    assert "What would make it easier" not in page


def test_they_are_shown_once_more_and_sealed_with_the_booking(
    client: Browser, world: World
) -> None:
    path = check_address(client, world, **SAID)
    page = text_of(client.get(path))
    for label in ("Your pronouns", "Languages you speak", "What would make it easier"):
        assert label in page
    assert "A step-free way in.<br>Captions." in page
    press(client, path)
    found = Booking.objects.get()
    assert {name: getattr(found, name) for name in WISHES} == SAID
    for name, words in SAID.items():
        assert raw(found, name)
        assert words not in raw(found, name)


def test_they_reach_no_mail_no_calendar_and_no_page_of_the_clients(
    client: Browser, world: World
) -> None:
    words = dict.fromkeys(WISHES, "zanzibar")
    found = book(client, world, **words)
    letters = sent(found)
    assert len(letters) == 2
    assert not [one for one in letters if "zanzibar" in one.as_string()]
    bodies = OutgoingMail.objects.all()
    assert not [mail for mail in bodies if "zanzibar" in f"{mail.text}{mail.html}{mail.invite}"]
    for name in ("booking", "change", "ics"):
        assert "zanzibar" not in client.get(reverse(name, args=[found.uid])).content.decode()


def test_the_therapist_reads_them_with_the_booking_and_that_is_kept(
    client: Browser, world: World
) -> None:
    found = book(client, world, note=None, **SAID)
    page = opened(signed_in(world.therapist), PAGE, found.pk)
    for words in ("they/them", "Polish, and some English", "A step-free way in.<br>Captions."):
        assert words in page
    assert events() == [f"booking:{found.pk}"]


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.ASSISTANT])
def test_nobody_else_does(client: Browser, world: World, role: Role) -> None:
    found = book(client, world, **SAID)
    Booking.objects.update(proven_at=NOW)
    browser = browser_of(make_user(role, world.therapist))
    shown = opened(browser, PAGE, found.pk)
    card = reverse(CARD, args=[found.client_id])
    shown += text_of(browser.get(card))
    for words in ("they/them", "Polish", "Captions"):
        assert words not in shown
    assert events() == []


def test_the_card_says_what_came_with_the_last_booking_that_its_client_confirmed(
    client: Browser, world: World
) -> None:
    browser, known = signed_in(world.therapist), make_client(proven_at=NOW)
    first = force_booking(world, NOW, client=known, proven_at=NOW, **SAID)
    force_booking(world, NOW.replace(hour=11), client=known, needs="Typed by anybody")
    force_booking(world, NOW.replace(hour=12), client=known, proven_at=NOW)
    page = opened(browser, CARD, known.pk)
    assert "Pronouns: they/them. Languages: Polish, and some English. What would help:" in page
    assert "Typed by anybody" not in page
    assert events() == [f"booking:{first.pk}"]


def test_a_client_who_came_by_their_link_may_say_so_too(client: Browser, world: World) -> None:
    known = make_client(accepted_at=NOW)
    open_link(client, pages_link(known))
    path = check_address(client, world, service=world.session, **SAID)
    press(client, path)
    assert Booking.objects.get().needs == SAID["needs"]


def test_they_wait_sealed_where_the_booking_waits_for_a_mailed_link(
    client: Browser, world: World
) -> None:
    world.therapist.practice.unproven_most = 1
    world.therapist.practice.save()
    force_booking(world, NOW)
    waits = press(client, check_address(client, world, **SAID))
    assert waits["Location"].startswith("/book/pending/")
    waiting = PendingBooking.objects.get()
    assert {name: getattr(waiting, name) for name in WISHES} == SAID
    token = _token(waiting)
    browser = Browser()
    browser.get(reverse("confirm_link", args=[token]))
    spoil(waiting, "needs")  # what no key opens costs nobody their booking
    page = browser.get(reverse("confirm")).content.decode()
    shown = page.partition('name="shown" value="')[2].partition('"')[0]
    assert browser.post(reverse("confirm"), {"shown": shown}).status_code == 302
    made = Booking.objects.latest("pk")
    assert (made.pronouns, made.languages, made.needs) == (*list(SAID.values())[:2], "")


def _token(waiting: PendingBooking) -> str:
    letter = OutgoingMail.objects.get(kind="confirm_address", to=waiting.email)
    return letter.text.partition("/b/")[2].partition("/")[0]


def test_none_is_three_empty_columns() -> None:
    assert Wishes().columns == dict.fromkeys(WISHES, "")
