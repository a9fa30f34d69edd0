"""What every page of free times reads, in two statements written by hand.

Measured: building the same questions as querysets takes more of the processor than everything
else on the page, and three small statements cost Postgres twice what one does. The results are
those of `Service.objects.offered()` and of the models' own rows. What was read is kept for as long
as the versions that triggers write (DiaryVersion) stand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

from availability import rules
from availability.intervals import Interval
from availability.models import Format, Practice, Service, Therapist

M = TypeVar("M", bound=models.Model)
# The catalogue's version and the diary's: what was read under both holds while both stand.
Version = tuple[int, int]
CATALOGUE = 0  # the row of DiaryVersion that is no therapist's


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001, Django's documented API


def _selected(model: type[models.Model], alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _columns(model))


_NAMED = f"""
SELECT coalesce(c.version, 0), coalesce(v.version, 0),
    {_selected(Service, "s")}, {_selected(Therapist, "t")}, {_selected(Practice, "p")}
FROM availability_service s
JOIN availability_therapist t ON t.id = s.therapist_id
JOIN availability_practice p ON p.id = t.practice_id
LEFT JOIN availability_diaryversion v ON v.therapist_id = t.id
LEFT JOIN availability_diaryversion c ON c.therapist_id = {CATALOGUE}
WHERE s.slug = %(what)s AND s.is_active AND t.is_active AND %(who)s IN (t.slug, '')
ORDER BY s.position, s.id
LIMIT 1
"""  # noqa: S608, names of our own columns
_VERSIONS = """
SELECT therapist_id, version FROM availability_diaryversion WHERE therapist_id IN (%s, %s)
"""

# One row a rule: kind, day, from, to, formats, first and last date (as Python's ordinals).
WEEKLY, DIFFERENT, OFF, WORKED = range(4)
_RULES = f"""
SELECT {WEEKLY}, weekday, extract(epoch FROM opens)::bigint / 60,
    extract(epoch FROM closes)::bigint / 60, formats::text[],
    coalesce(first_day, '0001-01-01') - DATE '0001-01-01' + 1,
    coalesce(last_day, '9999-12-31') - DATE '0001-01-01' + 1
FROM availability_weeklyhours
WHERE therapist_id = %(therapist)s
UNION ALL
SELECT {DIFFERENT}, day - DATE '0001-01-01' + 1, extract(epoch FROM opens)::bigint / 60,
    extract(epoch FROM closes)::bigint / 60, formats::text[], 0, 0
FROM availability_differenthours
WHERE therapist_id = %(therapist)s AND day BETWEEN %(first)s AND %(last)s
UNION ALL
SELECT {OFF}, 0, floor(extract(epoch FROM starts_at))::bigint,
    ceil(extract(epoch FROM ends_at))::bigint, NULL, 0, 0
FROM availability_timeoff
WHERE therapist_id = %(therapist)s
    AND starts_at < to_timestamp(%(end)s) AND ends_at > to_timestamp(%(begin)s)
UNION ALL
SELECT {WORKED}, day - DATE '0001-01-01' + 1, 0, 0, NULL, 0, 0
FROM availability_workedholiday
WHERE therapist_id = %(therapist)s AND day BETWEEN %(first)s AND %(last)s
ORDER BY 3
"""  # noqa: S608, numbers of our own
Row = tuple[int, int, int, int, list[str] | None, int, int]


# Only names that exist are kept, so nobody can fill it. The rows are shared: nobody changes them.
_known: dict[tuple[str, str], tuple[int, Service]] = {}


def service_named(what: str, who: str = "") -> tuple[Service, Version] | None:
    """Return the offered service that a link names, and the versions under which it was read.

    The service comes with its therapist and practice. `who` is the therapist's slug; without it
    the first service of that name is meant.
    """
    catalogue, service = _known.get((what, who), (None, None))
    if service is not None:
        version = _versions(service.therapist_id)
        if version[0] == catalogue:
            return service, version
    return _read_named(what, who)


def _versions(therapist_id: int) -> Version:
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [CATALOGUE, therapist_id])
        found = dict(cursor.fetchall())
    return found.get(CATALOGUE, 0), found.get(therapist_id, 0)


def _read_named(what: str, who: str) -> tuple[Service, Version] | None:
    """Read the service and, in the same statement, the versions: they cannot be newer than it."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"what": what, "who": who})
        row = cursor.fetchone()
    if row is None:
        return None
    catalogue, diary, *rest = row
    values = iter(rest)
    service, therapist = _made(Service, values), _made(Therapist, values)
    therapist.practice = _made(Practice, values)
    service.therapist = therapist
    _known[what, who] = catalogue, service
    return service, (catalogue, diary)


def _made(model: type[M], values: Iterator[Any]) -> M:
    """Return the model's row, taking as many values as it has columns."""
    columns = _columns(model)
    return model.from_db(DEFAULT_DB_ALIAS, columns, [next(values) for _ in columns])


def rules_for(therapist: Therapist, span: Interval) -> dict[str, rules.Rules]:
    """Return what decides when `therapist` can be met during `span`, by format: one query."""
    zone = therapist.zone
    first, last = rules.local_dates(span, zone)
    asked: dict[str, int | date] = {
        "therapist": therapist.pk,
        "first": first,
        "last": last,
        "begin": span[0],
        "end": span[1],
    }
    with connection.cursor() as cursor:
        cursor.execute(_RULES, asked)
        rows = cursor.fetchall()
    off = [(begin, end) for kind, _, begin, end, *_ in rows if kind == OFF]
    holidays = rules.bank_holidays(first, last) if therapist.bank_holidays_off else set()
    holidays -= {date.fromordinal(day) for kind, day, *_ in rows if kind == WORKED}
    every = rules.Rules(zone=zone, weekly=(), off=off, holidays=holidays)
    return {fmt: replace(every, **_hours(rows, fmt)) for fmt in Format.values}


def _hours(rows: Sequence[Row], fmt: str) -> dict[str, Any]:
    """A date that differs does so for every format: one it does not name has no hours then."""
    weekly = []
    different: dict[date, list[Interval]] = {}
    for kind, day, opens, closes, formats, first, last in rows:
        named = formats is not None and fmt in formats
        if kind == WEEKLY and named:
            weekly.append(rules.Hours(day, opens, closes, first, last))
        elif kind == DIFFERENT:
            walls = different.setdefault(date.fromordinal(day), [])
            walls.extend([(opens, closes)] if named else [])
    return {"weekly": weekly, "different": different}
