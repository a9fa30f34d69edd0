"""The page of one client, where one lands: how to reach them first, then all that there is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern

from availability.models import price_label
from bookings.models import Booking
from clients.models import Client, EmergencyContact, NewAddress
from desk.clients import client_facts
from desk.clients.client_facts import Reader
from desk.clients.client_pages import ClientPages
from desk.clients.emergency_page import PHONES, emergency_of, said_anything
from desk.clients.wishes import said_in, told_with
from desk.diary_admin import now_of
from desk.opened_notes import write_down_client_opened
from outbox.models import UNWANTED, OutgoingMail
from prose import phone_numbers
from prose.dates import UK, day_label, moment_label

State, Fate = OutgoingMail.State, OutgoingMail.Fate


@dataclass(frozen=True, slots=True)
class Way:
    """A way to reach somebody: how it is told whether it is safe, and what a press on it opens."""

    icon: str
    name: str
    detail: str
    is_safe: bool
    word: str
    link: str = ""
    act: str = ""


def ways(client: Any, now: datetime) -> Iterator[Way]:
    """Yield each way, the safe and the others; an address that mail comes back from says so."""
    phone, fate = client.phone, client.mail_fate
    mailto = f"mailto:{client.mailed_at}" if client.mailed_at else ""
    back = [f"email there: {Fate(fate).label.lower()}"] if fate else []
    email = ". ".join([client.email or "No address", *back])
    yield Way("mail", "Email", email, client.may_email, "", mailto, "Write")
    asked = [f"ask for {client.ask_for}"] if client.ask_for else []
    quiet = [f"not from {client.quiet_label}"] if client.has_quiet_hours else []
    number = ", ".join([phone_numbers.told(phone) or "No number", *asked, *quiet])
    yield Way("phone", "Call", number, client.may_phone, "", client.call_link(phone, now), "Call")
    yield Way("chat", "Text", "", client.may_text, "")
    message = "May be left" if client.may_leave_message else "Leave none"
    yield Way("voicemail", "Voicemail", "", client.may_leave_message, message)


@dataclass(frozen=True, slots=True)
class Mailed:
    """An email to them: what it was, what became of it, and when."""

    pk: int
    subject: str
    word: str
    kind: str
    when: str
    can_go_again: bool


def _mailed(mail: OutgoingMail) -> Mailed:
    """Say in a word what became of it; `kind` is "ok", "no" or nothing, as its chip is drawn."""
    came_back = mail.fate in UNWANTED
    is_trouble = came_back or mail.state == State.FAILED
    word = mail.get_fate_display() if mail.fate else mail.get_state_display()
    kind = "no" if is_trouble else "ok" if mail.state == State.SENT else ""
    at = mail.sent_at or mail.due_at
    can_go_again = mail.state == State.FAILED or mail.fate == Fate.BOUNCED
    return Mailed(mail.pk, mail.subject, word, kind, moment_label(at), can_go_again)


class ClientPage(ClientPages):
    """Adds the page."""

    def get_urls(self) -> list[URLPattern]:
        return [self.address_of("", self.client_view, "card"), *super().get_urls()]

    def client_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it; what is confided there is shown to their therapist alone, and written down."""
        if not request.user.has_perm("clients.view_client"):
            raise PermissionDenied
        now, reader = now_of(request), Reader(self.get_queryset(request), request.user)
        client: Any = get_object_or_404(client_facts.with_facts(reader, now), pk=pk)
        meetings = client_facts.meetings(client, reader, now)
        facts = {
            "initials": initials(client.name),
            "agreed": _agreed([*meetings["coming"], *meetings["past"]]),
            "since": day_label(client.since.astimezone(UK).date()) if client.since else "",
            "new_address": waiting_address(client, now),
            "ways": list(ways(client, now)),
            "consents": client_facts.consents(client),
            **meetings,
            **self._by_right(request, client),
            **(self._confided(request, client) if client.is_theirs else {}),
        }
        return self.page(request, "page", client, **facts)

    def _by_right(self, request: HttpRequest, client: Any) -> dict[str, Any]:
        """Return what not everybody who sees a card sees of it."""
        user = request.user
        sees_mail = user.has_perm("outbox.view_outgoingmail")
        return {
            "may_change": user.has_perm("clients.change_client"),
            "may_book": user.has_perm("bookings.change_booking"),
            "sees_went": user.has_perm("bookings.record_booking"),
            "sees_money": user.has_perm("bookings.waive_booking"),
            "owed": price_label(client.owed) if client.owed else "",
            "sees_mail": sees_mail,
            "mails": self._mails(request, client) if sees_mail else [],
        }

    def _mails(self, request: HttpRequest, client: Client) -> list[Mailed]:
        page = self.page_of(OutgoingMail)
        readable = OutgoingMail.objects.all()
        rows = page.of_diaries(readable, request) if page else readable.none()
        return [_mailed(mail) for mail in client_facts.last_mails(client, rows)]

    def _confided(self, request: HttpRequest, client: Client) -> dict[str, Any]:
        """Return what their therapist alone reads; that it was shown is kept."""
        emergency, wishes = emergency_of(client), said_in(told_with(request, client))
        if wishes or said_anything(emergency):
            write_down_client_opened(request, client)
        return {"emergency": emergency, "wishes": wishes, "calls": _calls(emergency)}


def waiting_address(client: Client, now: datetime) -> NewAddress | None:
    """Return the address that waits to be confirmed, as long as its link works."""
    asked: NewAddress | None = getattr(client, "new_address", None)
    return asked if asked and asked.ends_at > now else None


def initials(name: str) -> str:
    """Return the first letters of the first and the last name."""
    words = name.split()
    return "".join(word[0] for word in dict.fromkeys((words[0], words[-1]))).upper()


def _agreed(bookings: list[Booking]) -> Booking | None:
    """Return the meeting that says what they pay: the next one that costs anything, or the last."""
    return next((one for one in bookings if one.price), None)


def _calls(emergency: EmergencyContact) -> dict[str, str]:
    """Return what a press dials: whoever is called so is told nothing of the client by it."""
    return {name: phone_numbers.link(getattr(emergency, name)) for name in PHONES}
