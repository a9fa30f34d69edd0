"""The card of one meeting: who it is, what is known, what can be done, and the way back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format
from bookings.models import Booking
from outbox.models import OutgoingMail
from staff.models import Role
from tests.desk.calendar.looking import rows, uk
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_therapist,
    make_user,
)
from tests.pages import browser_of, signed_in, text_of

WEDNESDAY = date(2026, 11, 25)
DAY = timedelta(days=1)


def card_of(browser: Browser, booking: Booking) -> Any:
    response = browser.get(reverse("calendar_meeting", args=[booking.pk]))
    assert response.status_code == 200
    return response.context["card"]


def lines(card: Any) -> dict[str, str]:
    return {line.label: line.text.replace("\N{NO-BREAK SPACE}", " ") for line in card.lines}


def labels(presses: Any) -> list[str]:
    return [press.label for press in presses]


@pytest.fixture
def meeting(world: World) -> Booking:
    sam = make_client(name="Sam Okafor", phone="07700 900123", email="sam@example.com")
    facts = {"format": Format.IN_PERSON, "place": world.place(Format.IN_PERSON)}
    start = uk(WEDNESDAY, "10:00")
    return force_booking(world, start, client=sam, service=world.session, note="Secret", **facts)


def test_the_card_names_the_client_and_says_when_where_and_for_how_much(
    browser: Browser, meeting: Booking
) -> None:
    page = browser.get(reverse("calendar_meeting", args=[meeting.pk]))
    card = page.context["card"]
    assert (card.name, card.name_url) == (
        "Sam Okafor",
        reverse("admin:clients_client_card", args=[meeting.client_id]),
    )
    assert lines(card) == {
        "When": "Wednesday 25 November, 10am to 10:50am",
        "How": "The Fulham room",
        "What": "50-minute session",
        "Price": "£75",
        "To check": "Address not confirmed yet",
        "Email": "sam@example.com",
        "Phone": "07700 900123",
    }
    assert labels(card.buttons) == ["Move", "Make it online", "Call"]
    assert card.buttons[-1].url == "tel:+447700900123"
    assert labels(card.links) == ["Send the details again", "Cancel it", "All about it"]
    assert "Secret" not in text_of(page)
    # It stands in its week, beside its day, and leads back there.
    assert page.context["week"].clock.monday == date(2026, 11, 23)
    assert page.context["closed"] == f"{reverse('calendar')}?day=2026-11-25#d3"


def test_an_online_meeting_is_not_made_online(world: World, browser: Browser) -> None:
    card = card_of(browser, force_booking(world, uk(WEDNESDAY, "10:00"), proven_at=NOW))
    assert labels(card.buttons) == ["Move"]  # nor is anybody called who left no number
    assert {"Phone", "To check"} & lines(card).keys() == set()


def test_what_has_begun_is_recorded(world: World, browser: Browser) -> None:
    past = force_booking(world, NOW - DAY, attendance=Booking.Attendance.LATE, late_fee=30)
    card = card_of(browser, past)
    assert labels(card.buttons) == ["Record"]
    assert labels(card.links) == ["Waive the late fee of £30", "All about it"]
    assert (lines(card)["Went"], lines(card)["Price"]) == (
        "Came late",
        "Free, £30 due for a late change",
    )
    helping = card_of(browser_of(make_user(Role.ASSISTANT, world.therapist)), past)
    assert (labels(helping.buttons), labels(helping.links)) == ([], ["All about it"])
    assert lines(helping)["Price"] == "Free"
    assert "Went" not in lines(helping)


def test_what_was_cancelled_or_asked_about_says_so(world: World, browser: Browser) -> None:
    gone = force_booking(world, uk(WEDNESDAY, "10:00"), status=Booking.Status.CANCELLED)
    page = browser.get(reverse("calendar_meeting", args=[gone.pk]))
    assert lines(page.context["card"])["Now"] == "Cancelled"
    assert rows(page, 3, "gone") == [("10am", "S.O.", "Cancelled")]
    asked = force_booking(world, uk(WEDNESDAY, "12:00"), asked_at=NOW)
    assert lines(card_of(browser, asked))["Now"] == "Asked to move: they haven’t answered yet"


def test_whoever_is_not_met_is_named_as_they_typed_and_their_card_stays_closed(
    world: World, browser: Browser
) -> None:
    """Anybody can type another therapist's client's address: that opens no card of theirs."""
    other = make_therapist(practice=world.therapist.practice)
    client = make_client(name="Kim Li", phone="07700 900999")
    force_booking(
        World(other, world.consultation, world.session, world.notice),
        uk(WEDNESDAY, "10:00"),
        client=client,
        place=world.place(),
    )
    typed = {"contact_name": "Ann Bee", "contact_email": "K@example.com", "contact_phone": "12"}
    mine = force_booking(world, uk(WEDNESDAY, "12:00"), client=client, **typed)
    page = browser.get(reverse("calendar_meeting", args=[mine.pk]))
    card = page.context["card"]
    assert (card.name, card.name_url) == ("Ann Bee", "")
    assert lines(card)["Email"] == "K@example.com"
    assert "it doesn’t read as a phone number" in lines(card)["Phone"]
    assert "Call" not in labels(card.buttons)
    assert "Kim Li" not in text_of(page)
    Booking.objects.filter(pk=mine.pk).update(contact_phone="")
    card = card_of(browser, mine)
    assert "Phone" not in lines(card)
    assert "Call" not in labels(card.buttons)


def test_a_manager_sees_the_contact_and_no_notes(meeting: Booking) -> None:
    page = browser_of(make_user(Role.MANAGER)).get(reverse("calendar_meeting", args=[meeting.pk]))
    shown = text_of(page)
    assert "07700 900123" in shown
    assert "Secret" not in shown


def test_another_therapists_meeting_is_no_page_of_theirs(world: World, meeting: Booking) -> None:
    other = make_therapist(practice=world.therapist.practice)
    for pk in (meeting.pk, 999_999):
        asked = signed_in(other).get(reverse("calendar_meeting", args=[pk]))
        assert asked.status_code == 404
    assert browser_of(make_user(None)).get(reverse("calendar")).status_code == 403


# --- what is done, and back to the week


def test_moving_from_the_card_leads_back_to_the_week_it_is_in_by_now(
    world: World, browser: Browser
) -> None:
    meeting = book(world, uk(WEDNESDAY, "10:00"))
    path = next(press.url for press in card_of(browser, meeting).buttons if press.name == "move")
    shown = browser.get(path)
    assert shown.context["here"] == (
        f"{reverse('calendar')}?day=2026-11-25&whose={world.therapist.pk}"
    )
    moved = browser.post(
        path, {"start": "2026-12-02T14:00", "place": meeting.place_id, "reason": "", "seen": 0}
    )
    assert moved["Location"] == f"{reverse('calendar')}?day=2026-12-02&whose={world.therapist.pk}"
    page = browser.get(moved["Location"])
    assert "Moved. Sam Okafor is told by email." in text_of(page)
    assert rows(page, 3, "meeting") == [("2pm", "S.O.", "Consultation, online")]


def test_making_it_online_and_cancelling_lead_back_too(world: World, browser: Browser) -> None:
    meeting = book(world, uk(WEDNESDAY, "10:00"), NOW, format=Format.WALKING)
    card = card_of(browser, meeting)
    online = next(press.url for press in card.buttons if press.name == "online")
    form = browser.get(online).context["form"]
    assert form["place"].value() == world.place(Format.ONLINE).pk
    sent = {"start": "2026-11-25T10:00", "place": form["place"].value(), "reason": "", "seen": 0}
    back = f"{reverse('calendar')}?day=2026-11-25&whose={world.therapist.pk}"
    assert browser.post(online, sent)["Location"] == back
    meeting.refresh_from_db()
    assert meeting.format == Format.ONLINE
    cancel = next(press.url for press in card.links if press.name == "cancel")
    cancelled = browser.post(cancel, {"reason": "I am ill.", "seen": meeting.sequence})
    assert cancelled["Location"] == back
    assert OutgoingMail.objects.filter(kind="cancellation").exists()
    # It can be taken back from its card.
    assert "Take it back" in labels(card_of(browser, meeting).links)


@pytest.mark.parametrize("word", ["", "elsewhere", "https://evil.example"])
def test_a_page_that_was_opened_elsewhere_leads_to_the_booking_as_before(
    world: World, browser: Browser, word: str
) -> None:
    meeting = book(world, uk(WEDNESDAY, "10:00"))
    path = reverse("admin:bookings_booking_details", args=[meeting.pk], query={"from": word})
    sent = browser.post(path)
    assert sent["Location"] == reverse("admin:bookings_booking_change", args=[meeting.pk])


# --- where it opens


@pytest.mark.parametrize(
    ("weekday", "start", "at"),
    [
        (0, "10:00", "d1 h1 m50 kd-pop--right kd-pop--beside"),
        (3, "10:00", "d4 h1 m50 kd-pop--right kd-pop--beside"),
        (4, "10:00", "d5 h1 m50 kd-pop--left kd-pop--beside"),
        # What is late opens higher, so that all of it is inside the grid.
        (1, "18:00", "d2 h5 m20 kd-pop--right"),
        (1, "08:00", "d2 h0 m0 kd-pop--right"),
    ],
)
def test_it_opens_beside_its_meeting(
    world: World, browser: Browser, weekday: int, start: str, at: str
) -> None:
    meeting = force_booking(world, uk(date(2026, 11, 23) + weekday * DAY, start))
    page = browser.get(reverse("calendar_meeting", args=[meeting.pk]))
    assert page.context["opened"].at == at


def test_it_opens_over_the_emptier_side(world: World, browser: Browser) -> None:
    meeting = force_booking(world, uk(WEDNESDAY, "10:00"))
    force_booking(world, uk(WEDNESDAY + DAY, "10:00"))
    page = browser.get(reverse("calendar_meeting", args=[meeting.pk]))
    assert "kd-pop--left" in page.context["opened"].at
