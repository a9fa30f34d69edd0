"""What a week has to show, each thing with its words and its place in the grid."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse

from availability.intervals import Interval
from availability.models import Format, Service
from availability.rules import Meeting, Wanted, pauses
from availability.snapshot import OffRow
from availability.walltime import utc
from bookings.models import Booking, Hold
from desk.calendar.week_clock import Placed, WeekClock
from desk.calendar.week_diary import WeekDiary, span_of
from desk.calendar.whose import Whose
from prose.dates import UK, time_label
from prose.names import initials

NOWHERE = Placed(0, 0, 0)
# How each format looks: its colour, and its glyph (templates/desk/frame/icons.svg).
LOOKS: dict[str, tuple[str, str]] = {
    Format.IN_PERSON: ("kd-f--room", "chair"),
    Format.ONLINE: ("kd-f--online", "laptop"),
    Format.WALKING: ("kd-f--walk", "walk"),
}
ALL_DAY = "All day"
SHORT = 25  # minutes that leave no room for a second line


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a day: when and what it is, in words, and where it leads.

    `kind` is how it looks: a meeting, `gone` for one that was cancelled, what is held, busy or off.
    """

    kind: str
    text: str
    how: str = ""
    format: str = ""
    url: str = ""
    pk: int = 0
    is_first: bool = False
    is_short: bool = False
    start: int = 0
    placed: Placed = NOWHERE
    time: str = ""
    # Side by side with others at its time: which one of how many.
    lane: int = 1
    lanes: int = 1

    @property
    def is_whole_day(self) -> bool:
        """Whether it leaves nothing of its day."""
        return self.time == ALL_DAY

    @property
    def glyph(self) -> str:
        """The drawing that stands for its format."""
        return LOOKS[self.format][1]

    @property
    def looks(self) -> str:
        """Its classes, wherever it is."""
        names = [
            f"kd-ev kd-ev--{self.kind}",
            LOOKS[self.format][0] if self.format and self.kind != "gone" else "",
            "kd-ev--first" if self.is_first else "",
            "kd-ev--short" if self.is_short else "",
            f"kd-lane-{self.lane}-{self.lanes}" if self.lanes > 1 else "",
        ]
        return " ".join(filter(None, names))


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies below the entries of a day."""

    kind: str
    placed: Placed
    text: str = ""


@dataclass(frozen=True, slots=True)
class Dark(Ground):
    """A part of a night: `text` is when it changes, and `words` say so in the list of its day."""

    words: str = ""
    start: int = 0


def moment(instant: int) -> str:
    """Write a time of the day like "2:30pm"; the second of an hour that comes twice says so."""
    again = " again" if utc(instant).astimezone(UK).fold else ""
    return f"{time_label(utc(instant))}{again}"


def end_moment(instant: int) -> str:
    """Write the end of something: one at midnight is no morning's."""
    return "midnight" if time_label(utc(instant)) == "12am" else moment(instant)


def discreet(name: str) -> str:
    """Write a name as "S.O.": the screen may be seen."""
    return "".join(f"{letter}." for letter in initials(name))


def meetings(clock: WeekClock, diary: WeekDiary, whose: Whose) -> Iterator[Entry]:
    """Yield the meetings of the week; one that goes on after midnight, once for each day."""
    knows_fees = whose.user.has_perm("bookings.waive_booking")
    for booking in diary.bookings:
        how = _how(booking, knows_fees=knows_fees)
        yield from _parts(clock, span_of(booking), _meeting(booking, how))


def meeting_url(booking: Booking) -> str:
    """Return the address of the week with this meeting opened."""
    return f"{reverse('calendar_meeting', args=[booking.pk])}#open"


def _meeting(booking: Booking, how: str) -> Entry:
    return Entry(
        kind="gone" if booking.is_cancelled else "meeting",
        text=discreet(booking.called),
        how=how,
        format=booking.format,
        url=meeting_url(booking),
        pk=booking.pk,
        is_first=booking.service.audience == Service.Audience.NEW,
        is_short=booking.seconds <= SHORT * 60,
    )


def _how(booking: Booking, *, knows_fees: bool) -> str:
    """Like "Asked to move, online"; a consultation says that it is one."""
    if booking.is_cancelled:
        return "Cancelled late" if booking.fee_label and knows_fees else "Cancelled"
    label, first = booking.format_label, booking.service.audience == Service.Audience.NEW
    said = ["Consultation"] if first else []
    if booking.is_asked_to_move:
        said.insert(0, "Asked to move")
    return ", ".join([*said, label]).capitalize()


def _parts(clock: WeekClock, span: Interval, whole: Entry) -> Iterator[Entry]:
    """Yield the part of each day, with the time at which it begins or, gone on, ends."""
    for placed in clock.parts(span):
        midnight, next_midnight = clock.day_span(placed.day)
        began = max(span[0], midnight)
        goes_on = span[0] < midnight
        time = f"Until {end_moment(min(span[1], next_midnight))}" if goes_on else moment(span[0])
        yield replace(whole, start=began, placed=placed, time=time)


def held(clock: WeekClock, diary: WeekDiary) -> Iterator[Entry]:
    """Yield the times that are kept for somebody a while."""
    for hold in diary.holds:
        yield from _parts(clock, span_of(hold), _held(hold, diary.asked.get(hold.visitor)))


def _held(hold: Hold, asked: Booking | None) -> Entry:
    text, how, url = "Held", "Someone is booking", ""
    if asked:
        text, how = discreet(asked.called), "Kept, if they say yes"
        url = meeting_url(asked)
    elif hold.is_promised:
        how = "Until they open their email"
    return Entry("held", text, how, url=url)


def off(clock: WeekClock, diary: WeekDiary, whose: Whose) -> Iterator[Entry]:
    """Yield leave and appointments elsewhere; why, where the reader may know it."""
    for row in diary.entered.off:
        whole = _off(row, diary.reasons.get(row.pk, ""), whose.user)
        for entry in _parts(clock, (row.begin, row.end), whole):
            midnight, next_midnight = clock.day_span(entry.placed.day)
            is_whole = row.begin <= midnight and next_midnight <= row.end
            yield replace(entry, time=ALL_DAY) if is_whole else entry


def _off(row: OffRow, reason: str, user: User | AnonymousUser) -> Entry:
    may = user.has_perm("availability.change_timeoff")
    url = reverse("admin:availability_timeoff_change", args=[row.pk]) if may else ""
    if row.like[0]:
        label = str(Format(row.like[0]).label).lower()
        how = reason or f"An appointment elsewhere, {label}"
        return Entry("busy", "Busy", how, url=url)
    return Entry("off", "Leave", reason, url=url)


def ground(clock: WeekClock, diary: WeekDiary) -> Iterator[Ground]:
    """Yield what lies below: hours, gaps, the dark, and hours that are none."""
    for kind, spans in (("hours", diary.hours), ("gap", gaps(diary))):
        yield from (Ground(kind, placed) for span in spans for placed in clock.parts(span))
    yield from (Ground("none", placed, text) for placed, text in clock.unreal())


def gaps(diary: WeekDiary) -> Iterator[Interval]:
    """Yield the time that is kept free after each meeting, as far as the next."""
    for meeting, following in zip_longest(diary.meetings, diary.meetings[1:]):
        end = meeting.end + _gap(meeting, following, diary)
        yield meeting.end, min(end, following.start) if following else end


def _gap(meeting: Meeting, following: Meeting | None, diary: WeekDiary) -> int:
    if following is None:
        return meeting.gap * 60
    wanted = Wanted(0, following.gap, following.format, "", following.place or 0, None)
    return pauses(meeting, wanted, diary.entered.gaps)[1]


def dark(clock: WeekClock, diary: WeekDiary, day: int) -> Iterator[Dark]:
    """Yield when it is too dark for a walk on a day: before a time, and after another."""
    begin, end = clock.day_span(day)
    for dusk, dawn in diary.dark:
        after = dusk > begin
        at = moment(dusk if after else dawn)
        words = f"No walks {'after' if after else 'before'} {at}"
        for placed in clock.parts((max(dusk, begin), min(dawn, end))):
            yield Dark("dusk" if after else "dawn", placed, at, words, max(dusk, begin))
