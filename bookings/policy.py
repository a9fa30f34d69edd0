"""What changing or cancelling a booking costs and until when: the terms, and their words.

The terms are those of the day of booking, kept with it: a service that changes changes no booking,
and a term that came later binds no booking from before. They bind clients, never the therapist.
"""

from dataclasses import asdict, dataclass, fields
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

    `late_fee` is in pounds; `most_moves` None is as often as one likes. In the first
    `grace_minutes` after booking nothing is late. If it `keeps_fee`, what cancelling would have
    cost stays due for a later cancelling, wherever the client has moved it since.
    """

    move_hours: int = 0
    cancel_hours: int = 0
    most_moves: int | None = None
    late_fee: Decimal = Decimal(0)
    grace_minutes: int = 0
    keeps_fee: bool = False

    @property
    def costs_late(self) -> bool:
        """Whether there is a time from which cancelling costs something."""
        return bool(self.cancel_hours and self.late_fee)

    @property
    def grace(self) -> timedelta:
        """For how long after booking nothing is late."""
        return timedelta(minutes=self.grace_minutes)


NAMES = tuple(field.name for field in fields(Terms))
# The first release to judge by these reads them from a column of their own: the one before it
# stumbles over a name in `terms` that it doesn't know.
ADDED = ("grace_minutes", "keeps_fee")


def terms_columns(terms: Terms) -> dict[str, Any]:
    """Return the columns in which a booking keeps what was agreed: as data, and as it was shown."""
    known = {**asdict(terms), "late_fee": str(terms.late_fee)}
    added = {name: known.pop(name) for name in ADDED}
    return {"terms": known, "added_terms": added, "policy": words(terms)}


def terms_for(service: Service, price: Decimal | None = None) -> Terms:
    """Return what would be agreed with whoever books now, at the service's price or their own."""
    full = service.price if price is None else price
    fee = full * service.late_fee_percent / 100
    notice = service.move_notice_hours or service.cancel_notice_hours
    return Terms(
        move_hours=service.move_notice_hours,
        cancel_hours=service.cancel_notice_hours,
        most_moves=service.most_moves,
        late_fee=fee.quantize(Decimal("0.01")),
        grace_minutes=service.grace_minutes if notice else 0,
        keeps_fee=bool(fee and service.cancel_notice_hours),
    )


def terms_of(booking: Booking) -> Terms:
    """Return what was agreed; a booking from before there were terms has none."""
    kept = {**booking.terms, **booking.added_terms}
    known = {name: kept[name] for name in NAMES if name in kept}
    return Terms(**{**known, "late_fee": Decimal(known.get("late_fee", 0))})


def words(terms: Terms) -> str:
    """Write the terms as the client reads them before booking and ever after."""
    if terms == Terms():
        return ANY_TIME
    return " ".join(filter(None, (_moving(terms), _cancelling(terms), _grace(terms))))


def _moving(terms: Terms) -> str:
    often = {None: "", 1: " once", 2: " twice"}.get(terms.most_moves, f" {terms.most_moves} times")
    if terms.most_moves == 0:
        return "To change it, please write to me."
    until = f"You can change it{often} until {_before(terms.move_hours)}."
    return f"{until}{_moving_late(terms)}" if terms.move_hours else until


def _moving_late(terms: Terms) -> str:
    """Say what a late change costs: what cancelling at that moment would, if it costs anything."""
    fee = price_label(terms.late_fee)
    if not terms.costs_late:
        return " A later change counts as late."
    if terms.move_hours <= terms.cancel_hours:
        return f" A later change costs {fee}."
    return f" A later change counts as late, and costs {fee} once cancelling does."


def _cancelling(terms: Terms) -> str:
    if not terms.costs_late:
        return f"You can cancel it until {_before(0)}. There’s nothing to pay if you do."
    fee = price_label(terms.late_fee)
    free = f"You can cancel it free until {_before(terms.cancel_hours)}."
    can_move_first = terms.cancel_hours > terms.move_hours and terms.most_moves != 0
    costs = f"After that, or if you don’t come, it costs {fee}"
    if terms.keeps_fee and can_move_first:
        return f"{free} {costs}, even if you move it to another time first."
    return f"{free} {costs}."


def _grace(terms: Terms) -> str:
    first = f"In the first {terms.grace_minutes} minutes after you book"
    if not terms.grace_minutes:
        return ""
    if not terms.costs_late:
        return f"{first}, nothing counts as late." if terms.move_hours else ""
    if terms.most_moves == 0:
        return f"{first}, cancelling is free."
    return f"{first}, changing and cancelling are free."


def _before(hours: int) -> str:
    return f"{hours} hours before it begins" if hours else "it begins"


def free_until(booking: Booking, start: datetime | None = None) -> datetime:
    """Return the last moment at which cancelling is not late; if it began at `start`, where given.

    That is when the notice begins, or when the grace ends if that is later.
    """
    terms = terms_of(booking)
    notice = (start or booking.start) - timedelta(hours=terms.cancel_hours)
    return _or_grace(booking, terms, notice)


def move_free_until(booking: Booking) -> datetime:
    """Return the last moment at which changing is not late: as for cancelling."""
    terms = terms_of(booking)
    return _or_grace(booking, terms, booking.start - timedelta(hours=terms.move_hours))


def _or_grace(booking: Booking, terms: Terms, notice: datetime) -> datetime:
    return max(notice, booking.created_at + terms.grace) if terms.grace_minutes else notice


def is_late(booking: Booking, now: datetime) -> bool:
    """Whether a client who cancels now is late: inside the notice, or moved inside it before.

    Never if I asked for it.
    """
    late = now > free_until(booking) or booking.fee_if_cancelled > 0
    return late and not booking.is_asked_to_move


def late_fee(booking: Booking, now: datetime) -> Decimal:
    """Return what it costs a client to cancel now, in pounds."""
    if booking.is_asked_to_move:
        return Decimal(0)
    due = terms_of(booking).late_fee if now > free_until(booking) else Decimal(0)
    return max(due, booking.fee_if_cancelled)


def no_show_fee(booking: Booking) -> Decimal:
    """Return what not coming costs: what cancelling at the last moment would have."""
    return late_fee(booking, booking.start)


def fee_told(fee: Decimal) -> str:
    """Return how a page says what it costs, and what its form then sends back: empty if nothing."""
    return price_label(fee) if fee else ""


def require_told(fee: Decimal, told: str) -> None:
    """Raise `NotBookableError` where it costs what its page did not say: it became late since."""
    if fee and fee_told(fee) != told:
        raise NotBookableError(FeeNotTold(fee))


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


def kept_fee(booking: Booking, start: datetime, now: datetime) -> Decimal:
    """Return what cancelling costs, whenever that is, once a client has moved it to `start` now.

    That is what cancelling would cost now, unless the move itself costs it: nobody escapes a fee by
    a move, and nobody pays it twice for one.
    """
    if start == booking.start or not terms_of(booking).keeps_fee:
        return booking.fee_if_cancelled
    return late_fee(booking, now) - late_move_fee(booking, start, now)


def fee_once_moved(booking: Booking, start: datetime, now: datetime) -> Decimal:
    """Return what cancelling costs from the moment a client has moved it to `start` now."""
    is_free = now <= free_until(booking, start)
    due = Decimal(0) if is_free else terms_of(booking).late_fee
    return max(due, kept_fee(booking, start, now))


@dataclass(frozen=True, slots=True)
class ToldOfMove:
    """What a page said that moving it costs, and what cancelling costs from then on; or nothing."""

    fee: str = ""
    then: str = ""


def told_of_move(booking: Booking, start: datetime, now: datetime) -> ToldOfMove:
    """Return what a page has to say before it is moved to `start`."""
    fee, then = late_move_fee(booking, start, now), fee_once_moved(booking, start, now)
    return ToldOfMove(fee_told(fee), fee_told(then))


def require_told_of_move(
    booking: Booking, start: datetime, told: ToldOfMove, now: datetime
) -> None:
    """Raise as `require_told` does, for what moving it costs and what cancelling costs after it."""
    require_told(late_move_fee(booking, start, now), told.fee)
    then = fee_once_moved(booking, start, now)
    if then and fee_told(then) != told.then:
        raise NotBookableError(FeeNotTold(then, once_moved=True))


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
