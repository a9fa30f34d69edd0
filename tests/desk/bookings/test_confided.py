"""What a client confides is read by their therapist, and each time it was is written down."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from bookings import lifecycle
from bookings.by import By
from bookings.models import Booking
from staff.models import Role, SecurityEvent
from tests.clock import Clock
from tests.encryption.raw import put, spoil
from tests.factories import NOW, World, book, make_user
from tests.pages import browser_of, signed_in, text_of

if TYPE_CHECKING:
    from django.test import Client as Browser

START = NOW + timedelta(days=1, hours=1)
NOTE = "I sleep badly"
REASON = "It is all too much"
OPENED = SecurityEvent.Kind.NOTE_OPENED


@pytest.fixture
def told(world: World) -> Booking:
    """A booking whose client wrote what brings them here, and why they cancelled."""
    made = book(world, START, note=NOTE)
    return lifecycle.cancel(made.pk, by=By.client(), reason=REASON, now=NOW)


def page(booking: Booking) -> str:
    return reverse("admin:bookings_booking_change", args=[booking.pk])


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.OWNER])
def test_the_therapist_reads_it_and_that_is_kept_each_time(
    world: World, told: Booking, role: Role, clock: Clock
) -> None:
    browser = signed_in(world.therapist, role)
    for n in range(2):
        clock.move_to(NOW + timedelta(minutes=n))
        shown = text_of(browser.get(page(told)))
        assert NOTE in shown
        assert REASON in shown
    kept = SecurityEvent.objects.filter(kind=OPENED).values_list("at", "user_id", "about")
    who, what = world.therapist.user_id, f"booking:{told.pk}"
    assert sorted(kept) == [(NOW, who, what), (NOW + timedelta(minutes=1), who, what)]


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.ASSISTANT, "superuser"])
def test_whoever_else_keeps_the_diary_reads_that_it_is_not_for_them(
    world: World, told: Booking, role: str
) -> None:
    if role == "superuser":
        browser = browser_of(User.objects.create_superuser("owner"))
    else:
        browser = browser_of(make_user(Role(role), world.therapist))
    shown = text_of(browser.get(page(told)))
    assert "Only Robin Kicks reads this." in shown
    assert "Told to the therapist" in shown
    assert NOTE not in shown
    assert REASON not in shown
    assert not SecurityEvent.objects.exists()


def test_a_manager_and_an_assistant_read_none_of_their_own_either(
    world: World, told: Booking
) -> None:
    """The role decides: a therapist who also manages is an owner or a therapist."""
    world.therapist.assistants.add(world.therapist.user)
    for role in (Role.MANAGER, Role.ASSISTANT):
        assert NOTE not in text_of(signed_in(world.therapist, role).get(page(told)))


def test_what_the_practice_wrote_to_the_client_is_read_by_all_who_see_the_diary(
    world: World,
) -> None:
    made = book(world, START)
    lifecycle.cancel(made.pk, by=By.therapist(), reason="I am ill.", now=NOW)
    shown = text_of(browser_of(make_user(Role.MANAGER)).get(page(made)))
    assert "I am ill." in shown
    assert "Told to the therapist" not in shown


@pytest.mark.parametrize("stored", ["no key", "never sealed"])
def test_words_in_place_of_a_note_that_cant_be_read_open_nothing(world: World, stored: str) -> None:
    made = book(world, START, note=NOTE)
    if stored == "no key":
        spoil(made, "note")
    else:
        put(made, "note", "plain words")
    browser = signed_in(world.therapist)
    shown = text_of(browser.get(page(made)))
    assert "This note can’t be read" in shown
    assert ("was never sealed" in shown) == (stored == "never sealed")
    assert "plain words" not in shown
    assert not SecurityEvent.objects.exists()


def test_where_nothing_was_written_nothing_is_kept(world: World) -> None:
    made = book(world, START, note="")
    signed_in(world.therapist).get(page(made))
    assert not SecurityEvent.objects.exists()


LIST = reverse("admin:bookings_booking_changelist")


@pytest.mark.parametrize(
    "lookup", ["note", "note__isnull", "note__startswith", "outcome", "attendance", "events"]
)
def test_no_address_asks_for_what_the_list_does_not_show(
    world: World, told: Booking, lookup: str
) -> None:
    for browser in (signed_in(world.therapist), browser_of(make_user(Role.OWNER))):
        assert browser.get(LIST, {lookup: "x", "when": "all"}).status_code == 400


def test_what_it_shows_can_be_asked_for(world: World, told: Booking) -> None:
    browser: Browser = signed_in(world.therapist)
    found = browser.get(LIST, {"status__exact": "cancelled", "when": "all"}).context["cl"]
    assert list(found.result_list) == [told]
    assert browser.get(LIST, {"q": told.reference, "when": "all"}).status_code == 200


# --- who books and moves for a therapist


def test_an_assistant_sees_neither_what_was_recorded_nor_what_is_owed(world: World) -> None:
    made = book(world, START)
    Booking.objects.update(late_fee=30)
    for action in ("recorded", "waived", "moved"):
        made.events.create(
            at=NOW, actor="therapist", action=action, what=f"It was {action}", sequence=0
        )
    assistant = browser_of(make_user(Role.ASSISTANT, world.therapist))
    shown = text_of(assistant.get(page(made)))
    assert "It was moved" in shown
    for hidden in ("It was recorded", "It was waived", "After the meeting", "Late fee"):
        assert hidden not in shown
    assert "After the meeting" not in text_of(assistant.get(LIST))
    assert assistant.get(LIST, {"went": "0"}).status_code in {302, 400}
    everything = text_of(signed_in(world.therapist).get(page(made)))
    for shown_to_them in ("It was recorded", "It was waived", "After the meeting", "Late fee"):
        assert shown_to_them in everything


def test_an_assistant_is_offered_what_they_may_do(world: World) -> None:
    made, assistant = book(world, START), make_user(Role.ASSISTANT, world.therapist)
    browser = browser_of(assistant)
    Booking.objects.update(late_fee=30)
    offered = [words for _, words in browser.get(page(made)).context["action_links"]]
    assert offered == ["Move this meeting…", "Send the details again…", "Cancel this meeting…"]
    Booking.objects.update(during=(NOW - timedelta(hours=2), NOW - timedelta(hours=1)))
    assert browser.get(page(made)).context["action_links"] == []


def test_an_assistant_moves_and_takes_it_back_and_is_named(world: World) -> None:
    made, assistant = book(world, START), make_user(Role.ASSISTANT, world.therapist)
    browser = browser_of(assistant)
    sent = {"reason": "Robin is ill.", "seen": 0}
    path = reverse("admin:bookings_booking_cancel", args=[made.pk])
    assert "Cancelled." in text_of(browser.post(path, sent, follow=True))
    line = made.events.latest("pk")
    assert (line.actor, line.user) == ("assistant", assistant)
    [(back, _)] = browser.get(page(made)).context["action_links"]
    asked = text_of(browser.get(back))
    assert f'href="{page(made)}"' in asked  # to who reads no mail, the way out is the booking
    assert "See your time off" not in asked
    done = browser.post(back, follow=True)
    assert "Taken back" in text_of(done)
    assert done.redirect_chain[-1][0] == page(made)
