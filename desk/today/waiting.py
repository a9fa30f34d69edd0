"""What waits for an answer: one card each, the oldest first. A card goes when it is answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.text import capfirst

from availability.models import Service
from bookings import outcomes
from bookings.models import Booking, BookingEvent, Outcome
from desk.today import meetings
from desk.today.meetings import Meeting
from desk.today.shown import Shown
from prose.dates import UK, day_label, time_label

# What is older is found under Bookings, "Still to record": nobody is nagged for ever.
LOOKED_BACK = timedelta(days=28)
# How long a late cancellation is put before somebody who neither waives it nor says anything.
LATE_SHOWN = timedelta(days=14)
MOST = 20


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a card: what it posts as `say`, and its word."""

    say: str
    word: str


@dataclass(frozen=True, slots=True)
class Link:
    """A way from a card to the page where it is answered."""

    url: str
    word: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Something that waits: a sentence, a reason, and the answers.

    `since` puts the cards in order. `who` is read out after each answer, so that it says of whom.
    Presses are posted to `url` with `seen`, the booking's last line of history.
    """

    icon: str
    title: str
    words: str
    who: str
    since: datetime
    url: str = ""
    presses: tuple[Press, ...] = ()
    links: tuple[Link, ...] = ()
    seen: int = 0
    is_loud: bool = False


ATTENDANCE = (
    Press(Booking.Attendance.ATTENDED, "Came"),
    Press(Booking.Attendance.LATE, "Late"),
    Press(Booking.Attendance.NO_SHOW, "No-show"),
)
OUTCOMES = (
    Press(Outcome.CONTINUE, "Continue"),
    Press(Outcome.THINK, "Think about it"),
    Press(Outcome.NOT_THE_FIT, "Not the right fit"),
)


def past(shown: Shown, now: datetime) -> list[Meeting]:
    """Return what was and is still to be recorded or closed, or was recorded today.

    Of today's, only first meetings: who came is recorded where the day is listed.
    """
    begins = meetings.midnight(now)
    since = begins - LOOKED_BACK
    rows = meetings.read(shown, now).filter(
        during__startswith__gte=since, during__startswith__lte=now
    )
    first = Q(service__audience=Service.Audience.NEW)
    unsaid, ended = Q(attendance=""), Q(during__endswith__lte=now)
    came = Q(attendance__in=outcomes.CAME)
    open_end = first & Q(outcome="") & (came | (unsaid & ended))
    # One that went on after midnight is listed with today's.
    before_today = Q(during__endswith__lte=begins)
    found = rows.filter(open_end | (before_today & (unsaid | Q(is_recorded_today=True))))
    return [Meeting(row, now, shown, may_record=True) for row in found]


def record_cards(found: list[Meeting]) -> Iterator[Card]:
    """Yield what is to be recorded, and how a first meeting ended."""
    for meeting in found:
        booking = meeting.booking
        is_first = outcomes.ends_in_an_outcome(booking)
        if booking.attendance and not (is_first and not booking.outcome and meeting.came):
            continue
        is_today = booking.start >= meetings.midnight(meeting.now)
        asked = (*OUTCOMES, ATTENDANCE[2]) if is_first and not booking.attendance else OUTCOMES
        yield Card(
            icon="check",
            title=f"How did it end with {meeting.who}?" if is_first else f"Did {meeting.who} come?",
            words=_what_was(meeting, is_today=is_today, is_first=is_first),
            who=f"{meeting.who}, {_day(booking.start)}, {meeting.begins}",
            since=booking.end,
            url=reverse("today_record", args=[booking.pk]),
            presses=asked if is_first else ATTENDANCE,
            seen=booking.seen,
        )


def _what_was(meeting: Meeting, *, is_today: bool, is_first: bool) -> str:
    when = "today" if is_today else _day(meeting.booking.start)
    said = [f"{meeting.noun}, {when}, {meeting.begins}."]
    if meeting.whose:
        said.append(f"With {meeting.whose}.")
    if is_first:
        said.append("The email you choose leaves 2 minutes later.")
    return " ".join(said)


def open_cards(shown: Shown, now: datetime) -> Iterator[Card]:
    """Yield who was asked to move and has not answered, and who booked a second first meeting."""
    kept = BookingEvent.objects.filter(booking=OuterRef("pk"), action=BookingEvent.Action.KEPT)
    others = Booking.objects.not_missed().consultations().filter(client=OuterRef("client"))
    first = others.exclude(pk=OuterRef("pk")).order_by().values("client")
    rows = (
        meetings.read(shown, now)
        .filter(Q(asked_at__isnull=False) | (Q(is_repeat=True) & ~Exists(kept)))
        .filter(during__startswith__gt=now)
        .annotate(first_met=Subquery(first.annotate(at=Min("during__startswith")).values("at")))
    )
    for row in rows:
        meeting = Meeting(row, now, shown, may_record=False)
        yield _asked(meeting) if row.asked_at else _second(meeting)


def _asked(meeting: Meeting) -> Card:
    booking, now = meeting.booking, meeting.now
    kept = booking.kept_until
    to = f" to {_moment(booking.proposed_start, now)}" if kept else ""
    stands = "both times are kept" if kept and kept > now else "it stays where it is"
    return Card(
        icon="move",
        title=f"{meeting.who} hasn’t answered",
        words=(
            f"You asked to move {_moment(booking.start, now)}{to}. "
            f"Sent {_moment(booking.asked_at, now)}. Until they answer, {stands}."
        ),
        who=meeting.who,
        since=booking.asked_at,
        links=(
            Link(reverse("admin:bookings_booking_ask_again", args=[booking.pk]), "Ask again"),
            Link(reverse("admin:bookings_booking_withdraw", args=[booking.pk]), "Let it stay"),
            _page(booking, "Open it"),
        ),
    )


def _second(meeting: Meeting) -> Card:
    booking, now = meeting.booking, meeting.now
    first, until = booking.first_met, booking.release_at
    met = f"The first was on {_day(first)}." if first else "They may have met you before."
    let_go = f" It’s let go {_moment(until, now)}." if until else ""
    return Card(
        icon="repeat",
        title=f"{meeting.who} booked a second consultation",
        words=f"{capfirst(_moment(booking.start, now))}. {met}{let_go}",
        who=meeting.who,
        since=booking.created_at,
        url=reverse("today_keep", args=[booking.pk]),
        presses=(Press("keep", "That’s fine"),),
        links=(_page(booking, "Open it"),),
        seen=booking.seen,
    )


def late_cards(shown: Shown, now: datetime) -> Iterator[Card]:
    """Yield who cancelled late, owes for it, and has not been let off."""
    rows = (
        Booking.objects.owing_for_late()
        .filter(therapist__in=shown.ids, changed_at__gt=now - LATE_SHOWN)
        .whole()
        .order_by("changed_at")
    )
    for row in rows:
        who = shown.named(row.called)
        yield Card(
            icon="pound",
            title=f"{who} cancelled late",
            words=(
                f"{capfirst(_moment(row.start, now))}, cancelled {_moment(row.changed_at, now)}. "
                f"By what was agreed, {row.fee_label} is due."
            ),
            who=who,
            since=row.changed_at,
            links=(
                Link(reverse("admin:bookings_booking_waive", args=[row.pk]), "Waive it…"),
                _page(row, "Open it"),
            ),
        )


def _page(booking: Any, word: str) -> Link:
    return Link(reverse("admin:bookings_booking_change", args=[booking.pk]), word)


def _day(instant: datetime) -> str:
    return day_label(instant.astimezone(UK).date(), year=False)


def _moment(instant: datetime, now: datetime) -> str:
    """Write "tomorrow, 11am", or "Friday 4 March, 11am" where it is further off."""
    days = (instant.astimezone(UK).date() - now.astimezone(UK).date()).days
    day = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days) or _day(instant)
    return f"{day}, {time_label(instant)}"
