"""What the therapist says of a meeting once it has begun: who came, and how a consultation ended.

It is the therapist's own record. It changes neither `sequence` nor `changed_at`, which calendars
read, and is on no page of the client's: they hear of an outcome by the follow-up, in kind words.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from availability.models import Service
from bookings import policy
from bookings.errors import Code, NotBookableError, RecordedMeanwhile
from bookings.models import Booking, BookingEvent, FollowUp, Outcome
from bookings.notices import keys, letters, private_links
from clients.models import Client
from outbox.models import OutgoingMail
from outbox.queue import queue_again, state_of, take_back
from prose.dates import moment_label

CAME = frozenset({Booking.Attendance.ATTENDED, Booking.Attendance.LATE})
GONE = frozenset({OutgoingMail.State.SENDING, OutgoingMail.State.SENT})
# Given up counts as waiting: it is sent again from the outbox, not by recording it once more.
WAITING = frozenset({OutgoingMail.State.PENDING, OutgoingMail.State.FAILED})


@dataclass(frozen=True, slots=True)
class Report:
    """What is recorded. `outcome` is empty for a session, or where it isn't decided yet.

    `seen` is `last_line` as the page knew it. Who didn't come owes what was agreed if it `charges`.
    """

    attendance: str
    outcome: str = ""
    with_mail: bool = True
    seen: int = 0
    charges: bool = True


def last_line(booking_id: int) -> int:
    """Return the id of the history's last line: who saw another did not see what stands now."""
    lines = BookingEvent.objects.filter(booking=booking_id)
    return lines.order_by("-pk").values_list("pk", flat=True).first() or 0


def is_open(booking: Booking, now: datetime) -> bool:
    """Whether there is something to record."""
    return not booking.is_cancelled and booking.start <= now


def ends_in_an_outcome(booking: Booking) -> bool:
    """Whether it is a first meeting: a session ends in none."""
    return booking.service.audience == Service.Audience.NEW


def require(booking: Booking, report: Report, now: datetime) -> None:
    """Raise `NotBookableError` for what cannot be said, or what an outdated page said."""
    if booking.is_cancelled:
        raise NotBookableError(Code.RECORDED_AS_CANCELLED)
    if booking.start > now:
        raise NotBookableError(Code.RECORDED_TOO_EARLY)
    if report.outcome and not ends_in_an_outcome(booking):
        raise NotBookableError(Code.OUTCOME_OF_SESSION)
    if report.outcome and report.attendance not in CAME:
        raise NotBookableError(Code.OUTCOME_OF_NO_SHOW)
    if report.seen != last_line(booking.pk):
        raise NotBookableError(RecordedMeanwhile(booking.went_label))


def stands(booking: Booking, report: Report) -> bool:
    """Whether all this is recorded already. Mail that has left cannot be unsaid."""
    if (report.attendance, report.outcome) != (booking.attendance, booking.outcome):
        return False
    if fee(booking, report) != booking.no_show_fee:
        return False
    state = state_of(keys.follow_up_key(booking.uid, booking.outcome))
    return state in GONE or (state in WAITING) == (_words(booking, report) is not None)


def fee(booking: Booking, report: Report) -> Decimal:
    """Return what is due for not coming, by the terms of the day of booking; 0 for who came."""
    is_due = report.attendance == Booking.Attendance.NO_SHOW and report.charges
    return policy.no_show_fee(booking) if is_due else Decimal(0)


def _words(booking: Booking, report: Report) -> FollowUp | None:
    """Return the mail that the report asks for, if there is one and it is switched on."""
    if not (report.outcome and report.with_mail and booking.client.mailed_at):
        return None
    found = FollowUp.objects.of([booking.therapist])
    return next((one for one in found if one.is_on and one.outcome == report.outcome), None)


def accept(booking: Booking, now: datetime) -> None:
    """Let the client book sessions if it goes on; take back what an earlier line let them do.

    Who was accepted otherwise stays so: that was said about them, not about this meeting.
    """
    client = Client.objects.filter(pk=booking.client_id)
    if booking.outcome == Outcome.CONTINUE:
        client.filter(accepted_at=None).update(accepted_at=now)
        return
    here = booking.events.filter(action=BookingEvent.Action.RECORDED)
    client.filter(accepted_at__in=here.values("at")).update(accepted_at=None)


def follow_up(booking: Booking, report: Report, now: datetime) -> str:
    """Take back the follow-up that waits, queue the one that is asked for; say what comes of it."""
    take_back(keys.about_booking(booking.uid), keys.FOLLOW_UP)
    words = _words(booking, report)
    if state_of(keys.follow_up_key(booking.uid, booking.outcome)) in GONE:
        return "its email has left before"
    if words is None:
        return "without an email"
    goes_on = booking.outcome == Outcome.CONTINUE
    practice = booking.therapist.practice
    token = private_links.to_pages(booking.client, practice, now) if goes_on else ""
    queue_again(letters.follow_up(booking, words, token, now))
    return "with an email"


@dataclass(frozen=True, slots=True)
class Mailed:
    """A follow-up of the booking: for which outcome, and when it left or is to leave."""

    outcome: str
    state: str
    at: datetime

    @property
    def has_gone(self) -> bool:
        """Whether it is too late to take it back."""
        return self.state in GONE

    @property
    def waits(self) -> bool:
        """Whether it is still to leave."""
        return self.state == OutgoingMail.State.PENDING

    @property
    def when(self) -> str:
        """Like "Tuesday 3 March 2026, 2:30pm"."""
        return moment_label(self.at)


def mailed(booking: Booking) -> list[Mailed]:
    """Return the follow-ups that wait or have left, the earliest first."""
    about = keys.about_booking(booking.uid)
    found = OutgoingMail.objects.filter(about=about, kind=keys.FOLLOW_UP)
    rows = found.filter(state__in=GONE | WAITING).order_by("due_at")
    return [
        Mailed(_outcome(mail), mail.state, mail.sent_at or mail.due_at)
        for mail in rows.only("key", "state", "sent_at", "due_at")
    ]


def _outcome(mail: OutgoingMail) -> str:
    return Outcome(keys.outcome_of(mail.key)).label
