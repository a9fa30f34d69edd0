"""A booking as pages and mails tell it: words only, nothing that a client confided."""

from dataclasses import dataclass
from datetime import datetime

from availability.models import Fact
from bookings.models import Booking, BookingEvent
from bookings.notices.map_links import map_url
from prose.dates import moment_label


@dataclass(frozen=True, slots=True)
class Card:
    """What a template may know of a booking. `state` is upcoming, past or cancelled."""

    state: str
    noun: str
    title: str
    format: str
    format_label: str
    date_label: str
    time_label: str
    place_name: str
    place_lines: list[str]
    directions: str
    video_url: str
    price_label: str
    reference: str
    greeting: str
    # Whom they meet, and how to reach them on the day.
    with_name: str
    phone: str
    # The way there as it is today, which changes no agreement.
    access: list[Fact]
    travel: list[Fact]
    bring: str
    map_url: str
    if_late: str
    how_to_pay: str


def card(booking: Booking, now: datetime, greeting: str | None = None) -> Card:
    """Return the booking in words, as it stands at `now`; a `greeting` stands for its own."""
    where, place = booking.where, booking.place_as_told
    therapist = booking.therapist
    return Card(
        state=_state(booking, now),
        noun=booking.noun,
        title=booking.title,
        format=booking.format,
        format_label=booking.format_label,
        date_label=booking.date_label,
        time_label=booking.time_label,
        place_name=where.name,
        place_lines=[where.address] if where.address else [],
        directions=where.directions,
        video_url=where.video_url,
        price_label=booking.price_label,
        reference=booking.reference,
        greeting=booking.greeting if greeting is None else greeting,
        with_name=therapist.name,
        phone=therapist.phone or therapist.practice.phone,
        access=place.access if place else [],
        travel=place.travel if place else [],
        bring=place.bring if place else "",
        map_url=map_url(place.point if place else None, where.address),
        if_late=therapist.practice.if_late,
        how_to_pay=therapist.practice.how_to_pay if booking.price else "",
    )


def history(booking: Booking) -> list[dict[str, str]]:
    """Return what has become of a booking since it was made, latest last; never a reason.

    What the therapist recorded afterwards is theirs, like a note: a page that anybody with the link
    may read says neither who failed to come nor how a consultation ended.
    """
    return [
        {
            "when": moment_label(event.at),
            "what": f"{event.get_action_display()} by {_WHO[BookingEvent.Actor(event.actor)]}",
            "detail": event.what,
        }
        for event in booking.events.all()
        if event.action in _TOLD and not event.is_undone and not _is_unheard(event)
    ]


def _is_unheard(event: BookingEvent) -> bool:
    """Whether it ended what they never heard of: a question, or what not coming costs."""
    if event.action == BookingEvent.Action.WAIVED:
        return not event.booking.late_fee
    return event.action == BookingEvent.Action.WITHDRAWN and not event.told_by


_TOLD = frozenset(
    {
        BookingEvent.Action.MOVED,
        BookingEvent.Action.CANCELLED,
        BookingEvent.Action.WAIVED,
        BookingEvent.Action.ASKED,
        BookingEvent.Action.WITHDRAWN,
    }
)
_WHO = {
    BookingEvent.Actor.CLIENT: "you",
    BookingEvent.Actor.THERAPIST: "me",
    BookingEvent.Actor.ASSISTANT: "my assistant",
    BookingEvent.Actor.SYSTEM: "this site",
}


def _state(booking: Booking, now: datetime) -> str:
    if booking.is_cancelled:
        return "cancelled"
    return "upcoming" if booking.end > now else "past"
