"""Busy: what nothing may overlap. Bookings and holds are read here, for the diary to subtract."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper

from availability.catalogue import Version
from availability.diary import DAY_SECONDS, Diary, caps_of, standing, widened
from availability.intervals import Interval
from availability.models import Service, Therapist
from availability.rules import Meeting
from availability.snapshot import Entered, entered

# By hand: the queryset's own making took longer than the answer. The id's cast lets the exclusion
# constraint's index compare it (it knows bigint only), and the epochs spare the driver its ranges.
# A join with the ids, because the constraint's index cannot look for "any of" several. The columns
# are those of a Meeting.
SPANS = """
WITH asked AS (SELECT id, tstzrange(to_timestamp(%s), to_timestamp(%s)) AS span
    FROM unnest(%s::bigint[]) AS id)
SELECT extract(epoch FROM lower(b.during))::bigint, extract(epoch FROM upper(b.during))::bigint,
    b.format, b.place_id, s.gap_minutes, s.audience, '', 0, b.therapist_id
FROM asked JOIN bookings_booking b ON b.therapist_id = asked.id AND b.during && asked.span
    AND b.status <> 'cancelled'
JOIN availability_service s ON s.id = b.service_id
UNION ALL
SELECT extract(epoch FROM lower(h.during))::bigint, extract(epoch FROM upper(h.during))::bigint,
    h.format, NULL, s.gap_minutes, s.audience, h.visitor,
    floor(extract(epoch FROM h.expires_at))::bigint, h.therapist_id
FROM asked JOIN bookings_hold h ON h.therapist_id = asked.id AND h.during && asked.span
JOIN availability_service s ON s.id = h.service_id
"""


def meetings_of(
    cursor: CursorWrapper, therapist_ids: Sequence[int], span: Interval
) -> dict[int, list[Meeting]]:
    """Return what each therapist has in `span`, by id: bookings that stand, and holds, also past.

    One query, however many there are.
    """
    found: dict[int, list[Meeting]] = {pk: [] for pk in therapist_ids}
    cursor.execute(SPANS, [*span, list(therapist_ids)])
    for meeting in map(Meeting._make, cursor.fetchall()):
        found[meeting.therapist].append(meeting)
    return found


class Read(NamedTuple):
    """What was read of one therapist's time: what they entered, and what is booked and held."""

    entered: Entered
    meetings: list[Meeting]


def _read(therapist: Therapist, span: Interval) -> Read:
    return read_all([therapist], span)[therapist.pk]


def read_all(therapists: Sequence[Therapist], span: Interval) -> dict[int, Read]:
    """Read the diaries of all, by the therapist's id: two queries.

    Wider than the span: what is booked just outside needs its gap inside, a meeting that begins
    inside may run into leave that begins outside, and a cap may count a whole week.
    """
    days = 8 if any(map(caps_of, therapists)) else 1
    wide = widened(span, days * DAY_SECONDS)
    # One cursor: to open it takes longer than to read its rows.
    with connection.cursor() as cursor:
        known = entered(cursor, therapists, wide)
        meetings = meetings_of(cursor, [therapist.pk for therapist in therapists], wide)
    return {pk: Read(known[pk], meetings[pk]) for pk in known}


def read_diary(  # noqa: PLR0913, who asks for what, when
    service: Service,
    fmt: str,
    span: Interval,
    now: datetime,
    *,
    visitor: str = "",
    read: Read | None = None,
    moving: int | None = None,
    length: int | None = None,
) -> Diary:
    """Return the diary of the service's therapist over `span`: two queries, whatever the history.

    What the `visitor` holds is free to them; what others hold is not while it lasts. The booking
    that is `moving`, named by its start, is not in its own way, and is judged by its own `length`
    in seconds. Nothing is read again that the caller has `read`.
    """
    known, meetings = read or _read(service.therapist, span)
    live = standing(meetings, now, visitor)
    others = [one for one in live if one.visitor or one.start != moving]
    return Diary(service, fmt, span, known, others, own_length=length)


# By therapist's id, zone and span: under which versions it was read, and what.
_kept: dict[tuple[int, str, Interval], tuple[Version, Read]] = {}
MOST_KEPT = 1024


def read_once(therapist: Therapist, span: Interval, version: Version) -> Read:
    """Read once for each version of the diary: its services and formats have the rows in common."""
    return read_all_once([therapist], span, [version])[0]


def read_all_once(
    therapists: Sequence[Therapist], span: Interval, versions: Sequence[Version]
) -> list[Read]:
    """Return each diary, two queries for all that have changed since they were read before.

    Each therapist comes with the versions under which they were read, which are no newer.
    """
    keys = [(one.pk, one.zone_name, span) for one in therapists]
    # Other threads read and keep meanwhile: what was found is looked at once.
    before = [_kept.get(key, (None, None)) for key in keys]
    asked = list(zip(therapists, keys, versions, before, strict=True))
    stale = [one for one, _, version, (known, _) in asked if known != version]
    found = read_all(stale, span) if stale else {}
    if found and len(_kept) > MOST_KEPT:
        _kept.clear()
    _kept.update({key: (v, found[one.pk]) for one, key, v, _ in asked if one.pk in found})
    return [found.get(one.pk) or cast("Read", read) for one, _, _, (_, read) in asked]


@lru_cache(maxsize=2048)
def starts_once(
    service: Service,
    _zone: str,
    fmt: str,
    span: Interval,
    version: Version,
    held: tuple[Meeting, ...],
) -> list[int]:
    """Compute once for each version of the diary, and the holds that stand.

    A row is a key by its id alone: the version stands for its settings, the zone for itself.
    """
    known, meetings = read_once(service.therapist, span, version)
    booked = [one for one in meetings if not one.visitor]
    return Diary(service, fmt, span, known, [*booked, *held]).starts()
