"""What changing or cancelling a booking costs and until when: the terms, and their words.

The terms are those of the day of booking, kept with it: a service that changes changes no booking.
They bind clients, never the therapist.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from availability.models import Service, price_label
from bookings.errors import Code, FeeNotTold, NotBookableError
from bookings.models import Booking, BookingEvent

ANY_TIME = (
    "You can change or cancel it at any time before it begins. There’s nothing to pay if you do."
)


@dataclass(frozen=True, slots=True)
class Terms:
    """Hours before it begins until which one may change and cancel, and what comes after.

    `late_fee` is in pounds; `most_moves` None is as often as one likes.
    """

    move_hours: int = 0
    cancel_hours: int = 0
    most_moves: int | None = None
    late_fee: Decimal = Decimal(0)

    def stored(self) -> dict[str, Any]:
        """Return them as JSON keeps them."""
        return {**asdict(self), "late_fee": str(self.late_fee)}


def terms_for(service: Service) -> Terms:
    """Return what would be agreed with whoever books now."""
    fee = service.price * service.late_fee_percent / 100
    return Terms(
        move_hours=service.move_notice_hours,
        cancel_hours=service.cancel_notice_hours,
        most_moves=service.most_moves,
        late_fee=fee.quantize(Decimal("0.01")),
    )


def terms_of(booking: Booking) -> Terms:
    """Return what was agreed; a booking from before there were terms has none."""
    known = dict(booking.terms)
    return Terms(**{**known, "late_fee": Decimal(known.get("late_fee", 0))})


def words(terms: Terms) -> str:
    """Write the terms as the client reads them before booking and ever after."""
    if terms == Terms():
        return ANY_TIME
    return f"{_moving(terms)} {_cancelling(terms)}"


def _moving(terms: Terms) -> str:
    often = {None: "", 1: " once", 2: " twice"}.get(terms.most_moves, f" {terms.most_moves} times")
    if terms.most_moves == 0:
        return "To change it, please write to me."
    until = f"You can change it{often} until {_before(terms.move_hours)}."
    if not terms.move_hours:
        return until
    costs = " and costs what cancelling then costs" if terms.cancel_hours and terms.late_fee else ""
    return f"{until} A later change counts as late{costs}."


def _cancelling(terms: Terms) -> str:
    if not terms.cancel_hours or not terms.late_fee:
        return f"You can cancel it until {_before(0)}. There’s nothing to pay if you do."
    fee = price_label(terms.late_fee)
    return f"You can cancel it free until {_before(terms.cancel_hours)}. After that it costs {fee}."


def _before(hours: int) -> str:
    return f"{hours} hours before it begins" if hours else "it begins"


def free_until(booking: Booking) -> datetime:
    """Return the last moment at which cancelling is not late."""
    return booking.start - timedelta(hours=terms_of(booking).cancel_hours)


def is_late(booking: Booking, now: datetime) -> bool:
    """Whether a client who cancels now does so inside the notice: never if I asked for it."""
    return now > free_until(booking) and not booking.is_asked_to_move


def late_fee(booking: Booking, now: datetime) -> Decimal:
    """Return what it costs a client to cancel now, in pounds."""
    return terms_of(booking).late_fee if is_late(booking, now) else Decimal(0)


def fee_told(fee: Decimal) -> str:
    """Return how a page says what it costs, and what its form then sends back: empty if nothing."""
    return price_label(fee) if fee else ""


def require_told(fee: Decimal, told: str) -> None:
    """Raise `NotBookableError` where it costs what its page did not say: it became late since."""
    if fee and fee_told(fee) != told:
        raise NotBookableError(FeeNotTold(fee))


def move_free_until(booking: Booking) -> datetime:
    """Return the last moment at which changing is not late."""
    return booking.start - timedelta(hours=terms_of(booking).move_hours)


def is_late_move(booking: Booking, now: datetime) -> bool:
    """Whether a client who changes it now does so inside the notice: never if I asked for it."""
    return now > move_free_until(booking) and not booking.is_asked_to_move


def late_move_fee(booking: Booking, start: datetime, now: datetime) -> Decimal:
    """Return what it costs a client to move it to `start` now: never more than cancelling would.

    How we meet can change at the same time for nothing.
    """
    if start == booking.start or not is_late_move(booking, now):
        return Decimal(0)
    return late_fee(booking, now)


def require_move(booking: Booking) -> None:
    """Raise `NotBookableError` where the client has used up their changes, unless I asked for it.

    A change inside the notice is not refused: it is late, and told so.
    """
    if booking.is_asked_to_move:
        return
    terms = terms_of(booking)
    if terms.most_moves is not None and _moves(booking) >= terms.most_moves:
        raise NotBookableError(Code.MOVES_USED_UP)


def _moves(booking: Booking) -> int:
    """Count the client's own changes: the therapist's are not theirs."""
    mine = booking.events.filter(action=BookingEvent.Action.MOVED, actor=BookingEvent.Actor.CLIENT)
    return mine.count()
