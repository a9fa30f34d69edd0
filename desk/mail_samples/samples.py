"""Every mail of the practice, about a client and meetings that exist nowhere.

The letters come from the very functions that write the real ones, so that they cannot drift; they
are made of rows that are never stored, and nobody queues them.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from availability.models import Format, Place, Service, Therapist
from bookings import fee_words, policy
from bookings.by import By
from bookings.models import Booking, BookingEvent, FollowUp, PendingBooking
from bookings.notices import (
    confirm_address,
    dates_letter,
    joint_letter,
    letters,
    link_requests,
    new_address_link,
    questions,
    staff_invitation,
    staff_letters,
)
from bookings.notices.keys import about_booking, about_client
from bookings.notices.letter import absolute
from bookings.pending import KEPT
from clients.models import Client, NewAddress
from outbox.queue import Letter
from prose.dates import UK
from staff.models import StaffDevice

CLIENT, THERAPIST = By.client(), By.therapist()
TOKEN = "a-sample-that-opens-nothing"  # noqa: S105
REASON = "I’m not well today. I’m sorry to let you know so late."
PLACES = {
    Format.IN_PERSON: Place(
        name="The garden room",
        address="12 Example Mews, London SW6 0AA",
        directions="Ring the bell marked Kicks.\nThe waiting room is on the left.",
        steps="One step at the door, and none inside.",
        train="District line to Putney Bridge, then 7 minutes on foot.",
    ),
    Format.ONLINE: Place(name="Video room", video_url="https://meet.example.org/sample"),
    Format.WALKING: Place(
        name="Bishop’s Park, river gate",
        address="Bishop’s Avenue, London SW6 6EA",
        directions="I’ll be on the bench just inside the gate.",
        steps="No steps: level, paved paths.",
        latitude=51.4716,
        longitude=-0.2169,
    ),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail, and on what occasion it is sent."""

    occasion: str
    letter: Letter


def samples(therapist: Therapist, now: datetime) -> list[Sample]:
    """Return a mail of every kind as this therapist's practice would send it."""
    return [
        Sample(occasion, letter)
        for occasion, letters in _occasions(therapist, now)
        for letter in letters
    ]


def _occasions(therapist: Therapist, now: datetime) -> Iterator[tuple[str, list[Letter]]]:
    """What happens, and the letters that it sends."""
    start = _next_week(now)
    first = _booking(therapist, _consultation(), Format.IN_PERSON, start, note="Something.")
    walk = _booking(therapist, _session(), Format.WALKING, start)
    online = _booking(therapist, _session(), Format.ONLINE, start + timedelta(days=1))
    gone = _booking(therapist, _session(), Format.ONLINE, start, status="cancelled")
    late = _booking(
        therapist, _session(), Format.ONLINE, start, status="cancelled", late_fee=Decimal("37.50")
    )
    due = fee_words.why_due(late, start - timedelta(hours=1), late=True)
    later = start + timedelta(days=2)
    was, is_now = walk.where_and_when, online.where_and_when
    yield "Somebody books", letters.booked(first, CLIENT, TOKEN, now)
    yield "I book several dates for somebody", [_several(therapist, start, now)]
    yield from _of_strangers(therapist, start, now)
    yield "A client changes a booking", letters.moved(walk, CLIENT, is_now, REASON, TOKEN, now)
    yield "I change a booking", letters.moved(online, THERAPIST, was, REASON, TOKEN, now)
    new = ["Address: 12 Example Mews, London SW6 0AA (it was 8 Example Mews, London SW6 0AA)"]
    yield "I change a place and tell its clients", [letters.new_facts(first, new, TOKEN, now)]
    yield "A client cancels late", letters.cancelled(late, CLIENT, REASON, due, now)
    yield "I cancel", letters.cancelled(gone, THERAPIST, REASON, "", now)
    asked = _booking(
        therapist, _session(), Format.IN_PERSON, start, asked_at=now, proposed_start=later
    )
    yield from _questions(asked, online, now)
    yield "A leave meets several bookings of one client", [_together(gone, online, asked, now)]
    yield "A meeting comes near", [letters.reminder(first, 24, TOKEN, TOKEN, now=now)]
    yield "A meeting comes near, in neutral words", [_neutral(therapist, start, now)]
    yield "I waive a late fee", letters.fee_waived(late)
    yield from _follow_ups(therapist, first, now)
    bookings = [about_booking(one.uid) for one in (first, online)]
    tokens = dict.fromkeys([*bookings, about_client(online.client.pk)], TOKEN)
    yield from _of_addresses(therapist, first, now)
    link = link_requests.letter(online.client, therapist, [first, online], tokens, now)
    yield "A client asks for new links", [link]
    yield "Somebody is to work here", [_invitation(therapist, now)]
    yield from _sign_ins(therapist, now)


def _questions(asked: Booking, stays: Booking, now: datetime) -> Iterator[tuple[str, list[Letter]]]:
    """What a client gets whom I ask to choose another time, until they have."""
    yield "I ask a client to move a booking", [questions.asked(asked, REASON, TOKEN, 1, now)]
    yield "I ask them once more", [questions.asked_again(asked, REASON, TOKEN, 2, now)]
    still = questions.reminder(asked, 24, TOKEN, TOKEN, now=now)
    yield "The meeting that I asked them to move comes near", [still]
    yield "I can make it after all", [questions.stays(stays, REASON, TOKEN, 3, now)]


def _of_addresses(
    therapist: Therapist, first: Booking, now: datetime
) -> Iterator[tuple[str, list[Letter]]]:
    """What is sent where a client's address is corrected, or is to be another."""
    gone_from = first.client.email
    yield "I correct a client’s address", [letters.left_address(first, gone_from, now)]
    asked_address, _ = NewAddress.mint(first.client, first.client.email, now)
    to_new = new_address_link.letter(asked_address, therapist, TOKEN)
    yield "A client gets another address and is to confirm it", [to_new]


def _invitation(therapist: Therapist, now: datetime) -> Letter:
    url = absolute(reverse("choose_password", args=["sample", TOKEN]))
    until, to = now + timedelta(days=3), "ash@example.com"
    return staff_invitation.letter(therapist.practice, to, "user:0", url=url, until=until)


def _sign_ins(therapist: Therapist, now: datetime) -> Iterator[tuple[str, list[Letter]]]:
    """What somebody who works here is told of their own sign-in."""
    user = User(pk=0, username="robin", password=TOKEN)
    device = StaffDevice(pk=0, name="Firefox on Windows", address="192.0.2.7")
    told = therapist.practice, therapist.email, now
    yield "Somebody signs in in a new browser", [staff_letters.new_device(user, device, *told)]
    yield "Somebody can’t sign in and asks for a link", [staff_letters.reset_password(user, *told)]
    yield "Somebody’s password is changed", [staff_letters.new_password(user, *told)]
    practice, to, _ = told
    lost = staff_letters.lost_factors(user, practice, to, by="Robin", now=now)
    yield "An owner takes somebody’s second factors away", [lost]


def _of_strangers(
    therapist: Therapist, start: datetime, now: datetime
) -> Iterator[tuple[str, list[Letter]]]:
    """What becomes of an address that anybody may have typed."""
    until = start + timedelta(days=2)
    twice = _booking(
        therapist, _consultation(), Format.ONLINE, start, is_repeat=True, release_at=until
    )
    yield "Somebody books who has met me before", letters.booked(twice, CLIENT, TOKEN, now)
    yield "Their second consultation is let go", letters.let_go(twice, By.system(), "", "", now)
    yield "More come than usual, and somebody new books", [_to_confirm(therapist, start, now)]


def _to_confirm(therapist: Therapist, start: datetime, now: datetime) -> Letter:
    pending = PendingBooking(
        therapist=therapist,
        service=_consultation(),
        format=Format.ONLINE,
        start=start,
        length_minutes=15,
        name="Sam Okafor",
        email="sam@example.com",
        key=uuid.uuid4(),
        kept_until=now + KEPT,
    )
    return confirm_address.letter(pending, TOKEN)


def _several(therapist: Therapist, start: datetime, now: datetime) -> Letter:
    starts = [start + timedelta(weeks=n) for n in range(3)]
    weeks = [_booking(therapist, _session(), Format.ONLINE, one) for one in starts]
    return dates_letter.booked_together(weeks, [TOKEN] * len(weeks), now)


def _neutral(therapist: Therapist, start: datetime, now: datetime) -> Letter:
    """What somebody gets whose mailbox others read."""
    booking = _booking(therapist, _session(), Format.ONLINE, start)
    booking.client.neutral_words = True
    return letters.reminder(booking, 24, TOKEN, TOKEN, now=now)


def _together(gone: Booking, online: Booking, asked: Booking, now: datetime) -> Letter:
    decided = [
        joint_letter.Decided(gone, BookingEvent.Action.CANCELLED),
        joint_letter.Decided(online, BookingEvent.Action.MOVED, TOKEN),
        joint_letter.Decided(asked, BookingEvent.Action.ASKED, TOKEN),
    ]
    return joint_letter.rearranged(decided, REASON, now)


def _follow_ups(
    therapist: Therapist, held: Booking, now: datetime
) -> Iterator[tuple[str, list[Letter]]]:
    """What follows a consultation, in the therapist's own words."""
    for words in FollowUp.objects.of([therapist]):
        held.outcome = words.outcome
        occasion = f"A consultation ends: {words.get_outcome_display().lower()}"
        yield occasion, [letters.follow_up(held, words, TOKEN, now)]


def _next_week(now: datetime) -> datetime:
    day = (now + timedelta(days=7)).astimezone(UK).date()
    return datetime.combine(day, time(10, 30), UK).astimezone(UTC)


def _consultation() -> Service:
    return Service(
        pk=0,
        name="Consultation",
        audience=Service.Audience.NEW,
        length_minutes=15,
        price=Decimal(0),
    )


def _session() -> Service:
    return Service(
        pk=0,
        name="Session",
        audience=Service.Audience.MET,
        length_minutes=50,
        price=Decimal(75),
        cancel_notice_hours=48,
        late_fee_percent=50,
    )


def _booking(
    therapist: Therapist, service: Service, fmt: Format, start: datetime, **facts: Any
) -> Booking:
    """A booking as the lifecycle would make it, but for the writing."""
    terms, made = policy.terms_for(service), start - timedelta(days=7)
    return Booking(
        pk=0,
        reference="KT-7Q4M92",
        therapist=therapist,
        client=Client(pk=0, name="Sam Okafor", email="sam@example.com", phone="07700 900123"),
        service=service,
        format=fmt,
        place=PLACES[fmt],
        during=DateTimeTZRange(start, start + timedelta(minutes=service.length_minutes)),
        price=service.price,
        **policy.terms_columns(terms),
        created_at=made,
        changed_at=made,
        **{"late_fee": Decimal(0), "fee_waived": False, "fee_if_cancelled": Decimal(0), **facts},
    )
