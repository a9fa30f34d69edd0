"""One press on a booking's page: it's them, what they typed is right, or it stands all the same."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, reverse
from django.utils.crypto import salted_hmac

from bookings import lifecycle
from bookings.errors import BusyError, NotBookableError
from bookings.models import Booking
from clients.models import Client
from desk import refusals
from desk.bookings.pages import BookingPages
from desk.diary_admin import by_of, now_of
from prose.dates import moment_label
from prose.phone_numbers import told

NOT_CONFIRMED = "Address not confirmed yet"
MET_BEFORE = "Has met before"
CHANGED = (
    "Nothing was changed: the card isn’t as this page showed it. Look again, then press once more."
)


def to_check(booking: Booking) -> list[str]:
    """Return what a booking is marked with: what nobody has confirmed, and who has met."""
    found = [] if booking.is_proven else [NOT_CONFIRMED]
    return [*found, *([MET_BEFORE] if booking.is_repeat else [])]


def typed_words(booking: Booking) -> str:
    """Return the name and phone that came with it."""
    return ", ".join(filter(None, (booking.typed_name, told(booking.contact_phone))))


def to_confirm(request: HttpRequest, booking: Any) -> dict[str, Any]:
    """Return what the page says above the booking, and its buttons; nothing if all is known."""
    may = request.user.has_perm("bookings.change_booking")
    buttons = list(_buttons(booking)) if may else []
    until = booking.release_at
    return {
        "marks": to_check(booking),
        "typed": typed_words(booking) if booking.differs_from_card else "",
        "card": booking.client.name if booking.is_met else "",
        "let_go": moment_label(until) if until and not booking.is_cancelled else "",
        "url": reverse("admin:bookings_booking_confirm", args=[booking.pk]),
        "seen": _state(booking),
        "buttons": buttons,
    }


def _buttons(booking: Booking) -> Iterator[tuple[str, str]]:
    """Yield what can be said of it in one press, and in words."""
    differs = booking.differs_from_card
    if differs:
        yield "typed", "It’s them: put what they typed on the card"
    if not booking.is_proven:
        yield "card", "It’s them: keep the card" if differs else "It’s them: confirm the address"
    if booking.release_at and not booking.is_cancelled:
        yield "keep", "Keep this booking"


def _state(booking: Booking) -> str:
    """Return what the page shows of card and booking in a word, to tell whether it has changed."""
    card = booking.client
    facts = (card.name, card.phone, booking.contact_name, booking.contact_phone)
    return salted_hmac("desk.bookings.confirm", repr(facts)).hexdigest()


class ConfirmPage(BookingPages):
    """Adds the address that the buttons post to."""

    def get_urls(self) -> list[URLPattern]:
        return [self.address_of("confirm", self.confirm_view), *super().get_urls()]

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what the button says; opened, it changes nothing."""
        booking = self.to_change(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        say = SAID.get(request.POST.get("say", ""))
        if say is None:
            messages.error(request, "Nothing was changed. Press one of the buttons.")
        else:
            _say(request, booking, say)
        return self.back(request, pk)


def _say(
    request: HttpRequest, booking: Booking, say: Callable[[HttpRequest, Booking], str]
) -> None:
    """Do it if card and booking are as the page showed them; hold the card until it is done."""
    try:
        with lifecycle.refusing(BusyError()), transaction.atomic():
            # Bookings may go on naming it meanwhile: its key stays.
            card = Client.objects.select_for_update(no_key=True)
            booking.client = card.get(pk=booking.client_id)
            if request.POST.get("seen") == _state(booking):
                messages.success(request, say(request, booking))
            else:
                messages.error(request, CHANGED)
    except NotBookableError as refusal:
        messages.error(request, refusals.words(refusal, now_of(request)))


def _as_typed(request: HttpRequest, booking: Booking) -> str:
    lifecycle.vouch(booking.pk, by=by_of(request), now=now_of(request), as_typed=True)
    return "Confirmed. The card says now what they typed."


def _as_on_card(request: HttpRequest, booking: Booking) -> str:
    lifecycle.vouch(booking.pk, by=by_of(request), now=now_of(request), as_typed=False)
    return "Confirmed. The card stays as it is."


def _keep(request: HttpRequest, booking: Booking) -> str:
    lifecycle.keep_repeat(booking.pk, by=by_of(request), now=now_of(request))
    return "It stands. It won’t be let go by itself."


SAID: dict[str, Callable[[HttpRequest, Booking], str]] = {
    "typed": _as_typed,
    "card": _as_on_card,
    "keep": _keep,
}
