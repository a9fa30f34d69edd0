"""The meetings of today and tomorrow as Today shows them, and whichever is next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from availability import walltime
from availability.models import Format, Service
from bookings.models import Booking, BookingEvent
from bookings.notices.map_links import map_url
from desk.phone_calls import call_link
from desk.today.shown import Shown
from prose.dates import UK, day_label, time_label

# The colour and the glyph of each format, beside its word.
LOOKS = {
    Format.IN_PERSON.value: ("room", "chair"),
    Format.ONLINE.value: ("online", "laptop"),
    Format.WALKING.value: ("walk", "walk"),
}
HOUR = timedelta(hours=1)
SECOND_CONSULTATION = "Second consultation"


@dataclass(frozen=True, slots=True)
class Way:
    """How one gets to a meeting in one tap: a word, its glyph, an address."""

    word: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as one reader sees it at `now`."""

    booking: Any  # with what `read` adds to it
    now: datetime
    shown: Shown
    may_record: bool
    is_next: bool = False

    @property
    def who(self) -> str:
        return self.shown.named(self.booking.called)

    @property
    def whose(self) -> str:
        """Whose meeting it is, where the page shows several diaries."""
        return self.booking.therapist.name if self.shown.has_several else ""

    @property
    def url(self) -> str:
        return reverse("admin:bookings_booking_change", args=[self.booking.pk])

    @property
    def begins(self) -> str:
        return time_label(self.booking.start)

    @property
    def day(self) -> str:
        return _day(self.booking.start, self.now)

    @property
    def span(self) -> str:
        return f"{self.begins} to {time_label(self.booking.end)}"

    @property
    def minutes(self) -> int:
        return int(self.booking.seconds // 60)

    @property
    def look(self) -> str:
        return LOOKS[self.booking.format][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.booking.format][1]

    @property
    def is_session(self) -> bool:
        return bool(self.booking.service.audience == Service.Audience.MET)

    @property
    def noun(self) -> str:
        """Like "Session 9", "Consultation"."""
        if self.is_session:
            return f"{self.booking.noun.capitalize()} {self.booking.earlier + 1}"
        return SECOND_CONSULTATION if self.booking.is_repeat else self.booking.noun.capitalize()

    @property
    def facts(self) -> list[str]:
        """What is to be known of it at a glance."""
        where = "" if self.booking.format == Format.ONLINE else self.booking.where.name
        asked = "Asked to move" if self.booking.is_asked_to_move else ""
        return [fact for fact in (where, self.noun, asked, self.whose) if fact]

    @property
    def has_begun(self) -> bool:
        return bool(self.booking.start <= self.now)

    @property
    def is_to_record(self) -> bool:
        return self.may_record and self.has_begun and not self.booking.attendance

    @property
    def went(self) -> str:
        """What is recorded of it, to whom that is theirs to see."""
        return str(self.booking.went_label) if self.may_record else ""

    @property
    def came(self) -> bool:
        return bool(self.booking.attendance != Booking.Attendance.NO_SHOW)

    @property
    def can_undo(self) -> bool:
        """Whether it was recorded today: until midnight that is taken back in one tap."""
        return bool(self.went and self.booking.is_recorded_today)

    @property
    def way(self) -> Way | None:
        """How one gets there: the video room, or the place on a map; None if nobody knows it."""
        where = self.booking.where
        if self.booking.format == Format.ONLINE:
            return Way("Join", "video", where.video_url) if where.video_url else None
        place = self.booking.place_as_told
        url = map_url(place.point if place else None, where.address)
        return Way("Map", "pin", url) if url else None

    @property
    def call(self) -> str:
        return call_link(self.booking, self.now)

    @property
    def last_time(self) -> str:
        """Like "Last time: Tuesday 24 February."; empty where they have not met."""
        met = self.booking.last_met
        return f"Last time: {_day(met, self.now)}." if met else ""

    @property
    def until(self) -> str:
        """When it is, as one says it at `now`: "in 20 minutes", "now, until 12:50pm"."""
        start, left = self.booking.start, self.booking.start - self.now
        if left <= timedelta(0):
            return f"now, until {time_label(self.booking.end)}"
        if left < HOUR:
            minutes = -(-left // timedelta(minutes=1))
            return f"in {minutes} minute{'' if minutes == 1 else 's'}"
        days = (start.astimezone(UK).date() - self.now.astimezone(UK).date()).days
        named = {0: "today", 1: "tomorrow"}.get(days)
        return f"{named or f'on {_day(start, self.now)}'} at {self.begins}"


@dataclass(frozen=True, slots=True)
class Days:
    """Today's and tomorrow's meetings, and the next of all there are."""

    today: list[Meeting]
    tomorrow: list[Meeting]
    next: Meeting | None
    now: datetime

    @property
    def summary(self) -> str:
        """Like "5 meetings today, 3 still to come. The last ends at 6:50pm."."""
        if not self.today:
            return "No meetings today."
        count = len(self.today)
        left = sum(not meeting.has_begun for meeting in self.today)
        said = f"{count} meeting{'' if count == 1 else 's'} today"
        if count == 1 and left:
            said = f"{said}, still to come"
        elif left:
            said = f"{said}, {left} still to come"
        ends = max(meeting.booking.end for meeting in self.today)
        verb = "ends" if ends > self.now else "ended"
        return f"{said}. {'It' if count == 1 else 'The last'} {verb} at {time_label(ends)}."


def _day(instant: datetime, now: datetime) -> str:
    """Write the day, with its year where that is another."""
    day = instant.astimezone(UK).date()
    return day_label(day, year=day.year != now.astimezone(UK).year)


def midnight(now: datetime) -> datetime:
    """Return the instant at which the UK's day of `now` began."""
    return _bounds(now.astimezone(UK).date())[0]


def _bounds(day: date) -> tuple[datetime, datetime]:
    begins, ends = walltime.whole_days(day, day, UK)
    return walltime.utc(begins), walltime.utc(ends)


def read(shown: Shown, now: datetime) -> QuerySet[Booking]:
    """Return the bookings of these diaries that stand, with all that a line of Today says."""
    lines = BookingEvent.objects.filter(booking=OuterRef("pk"))
    recorded = lines.filter(action=BookingEvent.Action.RECORDED, at__gte=midnight(now))
    theirs = Booking.objects.filter(
        client=OuterRef("client"),
        therapist=OuterRef("therapist"),
        during__startswith__lt=OuterRef("during__startswith"),
    ).order_by()
    sessions = theirs.not_missed().filter(service__audience=Service.Audience.MET)
    counted = sessions.values("client").annotate(count=Count("pk")).values("count")
    met = theirs.not_missed().order_by("-during").values("during__startswith")
    return (
        Booking.objects.holding()
        .filter(therapist__in=shown.ids)
        .whole()
        .annotate(
            seen=Coalesce(Subquery(lines.order_by("-pk").values("pk")[:1]), 0),
            is_recorded_today=Exists(recorded),
            earlier=Coalesce(Subquery(counted), 0),
            last_met=Subquery(met[:1]),
        )
        .order_by("during", "pk")
    )


def days(shown: Shown, now: datetime, *, may_record: bool) -> Days:
    """Read both days; if nothing is left of them, the next meeting whenever it is."""
    day = now.astimezone(UK).date()
    begins, _ = _bounds(day)
    turns, ends = _bounds(day + timedelta(days=1))
    rows = read(shown, now)
    found = list(rows.filter(during__overlap=DateTimeTZRange(begins, ends)))
    upcoming = next((row for row in found if row.end > now), None)
    if upcoming is None:
        upcoming = rows.filter(during__startswith__gte=ends).first()

    def meeting(row: Booking) -> Meeting:
        return Meeting(row, now, shown, may_record, is_next=row is upcoming)

    def part(first: datetime, last: datetime) -> Iterator[Meeting]:
        return (meeting(row) for row in found if first <= row.start < last)

    earlier = (meeting(row) for row in found if row.start < begins)
    return Days(
        today=[*earlier, *part(begins, turns)],
        tomorrow=list(part(turns, ends)),
        next=meeting(upcoming) if upcoming else None,
        now=now,
    )
