"""The card of one meeting: who it is, where and when, and what can be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.models import AnonymousUser, User
from django.http import QueryDict
from django.urls import reverse

from bookings.models import Booking
from desk import no_address
from desk.bookings.action_links import Act, acts
from desk.bookings.confirm import to_check
from desk.calendar.entries import LOOKS, end_moment, moment
from desk.calendar.week_diary import span_of
from desk.phone_calls import call_link
from desk.return_address import FROM, WEEK
from prose import phone_numbers
from prose.dates import UK, day_label

# What a button says, by what it does; the first are buttons, the others links below them.
BUTTONS = {"record": "Record", "move": "Move", "online": "Make it online"}
LINKS = {"details": "Send the details again", "cancel": "Cancel it", "take_back": "Take it back"}


@dataclass(frozen=True)
class Line:
    """One fact of the card."""

    label: str
    text: str


@dataclass(frozen=True)
class Press:
    """One thing that can be done, and where."""

    name: str
    label: str
    url: str

    @property
    def is_grave(self) -> bool:
        """Whether it ends something."""
        return self.name == "cancel"


@dataclass(frozen=True)
class Card:
    """What the card says."""

    booking: Booking
    name: str
    name_url: str
    format_class: str
    glyph: str
    lines: list[Line]
    buttons: list[Press]
    links: list[Press]


def card_of(booking: Any, now: datetime, user: User | AnonymousUser) -> Card:
    """Return the card of a meeting that was read with `is_met`."""
    may_open = booking.is_met and user.has_perm("clients.view_client")
    client = reverse("admin:clients_client_card", args=[booking.client_id])
    done = acts(booking, now, user)
    dial = call_link(booking, now) if _phone(booking) else ""
    format_class, glyph = LOOKS[booking.format]
    call = [Press("call", "Call", dial)] if dial else []
    return Card(
        booking=booking,
        name=_name(booking),
        name_url=client if may_open else "",
        format_class=format_class,
        glyph=glyph,
        lines=[line for line in _lines(booking, user) if line.text],
        buttons=[*_presses(done, BUTTONS), *call],
        links=[*_presses(done, LINKS), *_others(done), _whole(booking)],
    )


def _name(booking: Any) -> str:
    return booking.client.name if booking.is_met else booking.called


def _phone(booking: Any) -> str:
    """Return the number that is theirs to know: of another's client, what was typed alone."""
    return str(booking.reached) if booking.is_met or booking.contact_phone else ""


def _lines(booking: Any, user: User | AnonymousUser) -> Iterator[Line]:
    day = day_label(booking.start.astimezone(UK).date(), year=False)
    begin, end = span_of(booking)
    yield Line("When", f"{day}, {moment(begin)} to {end_moment(end)}")
    yield Line("How", booking.where.name)
    yield Line("What", f"{booking.seconds // 60}-minute {booking.noun}")
    if booking.is_cancelled:
        yield Line("Now", "Cancelled")
    elif booking.is_asked_to_move:
        yield Line("Now", "Asked to move: they haven’t answered yet")
    yield Line("Price", ", ".join(_price(booking, user)))
    if booking.went_label and user.has_perm("bookings.record_booking"):
        yield Line("Went", booking.went_label)
    if marks := to_check(booking):
        yield Line("To check", ". ".join(marks))
    email = booking.client.email if booking.is_met else booking.typed_email
    yield Line("Email", email or no_address.TELL_THEM)
    yield Line("Phone", phone_numbers.told(_phone(booking)))


def _price(booking: Booking, user: User | AnonymousUser) -> Iterator[str]:
    yield booking.price_label
    if booking.fee_label and user.has_perm("bookings.waive_booking"):
        yield f"{booking.fee_label} due for a late change"


def _presses(done: list[Act], names: dict[str, str]) -> Iterator[Press]:
    """Yield those of these names, in the order of the names."""
    by_name = {act.name: act for act in done}
    for name, label in names.items():
        if name in by_name:
            yield Press(name, label, _and_back(by_name[name].url))


def _others(done: list[Act]) -> Iterator[Press]:
    for act in done:
        if act.name not in BUTTONS and act.name not in LINKS:
            yield Press(act.name, act.words.rstrip("…"), _and_back(act.url))


def _and_back(url: str) -> str:
    """Return the address of a page that leads back to the week."""
    parts = urlsplit(url)
    query = QueryDict(parts.query, mutable=True)
    query[FROM] = WEEK
    return urlunsplit(parts._replace(query=query.urlencode()))


def _whole(booking: Booking) -> Press:
    url = reverse("admin:bookings_booking_change", args=[booking.pk])
    return Press("whole", "All about it", url)
