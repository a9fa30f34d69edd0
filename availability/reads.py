"""What every page of free times reads, in two statements written by hand.

Measured: building the same questions as querysets takes more of the processor than everything
else on the page, and three small statements cost Postgres twice what one does. The results are
those of `Service.objects.offered()` and of the models' own rows.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

from availability import rules
from availability.intervals import Interval
from availability.models import Practice, Service, Therapist

M = TypeVar("M", bound=models.Model)


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001, Django's documented API


def _selected(model: type[models.Model], alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _columns(model))


_NAMED = f"""
SELECT {_selected(Service, "s")}, {_selected(Therapist, "t")}, {_selected(Practice, "p")}
FROM availability_service s
JOIN availability_therapist t ON t.id = s.therapist_id
JOIN availability_practice p ON p.id = t.practice_id
WHERE s.slug = %(what)s AND s.is_active AND t.is_active AND %(who)s IN (t.slug, '')
ORDER BY s.position, s.id
LIMIT 1
"""  # noqa: S608, names of our own columns

# One row a rule: kind, day, from, to. A date that differs does so for every format: one that it
# does not name has no hours then.
WEEKLY, DIFFERENT, OFF = range(3)
_RULES = f"""
SELECT {WEEKLY}, weekday,
    extract(epoch FROM opens)::bigint / 60, extract(epoch FROM closes)::bigint / 60
FROM availability_weeklyhours
WHERE therapist_id = %(therapist)s AND %(format)s = ANY (formats)
UNION ALL
SELECT {DIFFERENT}, day - DATE '0001-01-01' + 1,
    CASE WHEN %(format)s = ANY (formats) THEN extract(epoch FROM opens)::bigint / 60 END,
    extract(epoch FROM closes)::bigint / 60
FROM availability_differenthours
WHERE therapist_id = %(therapist)s AND day BETWEEN %(first)s AND %(last)s
UNION ALL
SELECT {OFF}, 0,
    floor(extract(epoch FROM starts_at))::bigint, ceil(extract(epoch FROM ends_at))::bigint
FROM availability_timeoff
WHERE therapist_id = %(therapist)s
    AND starts_at < to_timestamp(%(end)s) AND ends_at > to_timestamp(%(begin)s)
ORDER BY 3
"""  # noqa: S608, numbers of our own


def service_named(what: str, who: str = "") -> Service | None:
    """Return the offered service that a link names, with its therapist and practice.

    `who` is the therapist's slug; without it the first service of that name is meant.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"what": what, "who": who})
        row = cursor.fetchone()
    if row is None:
        return None
    values = iter(row)
    service, therapist = _made(Service, values), _made(Therapist, values)
    therapist.practice = _made(Practice, values)
    service.therapist = therapist
    return service


def _made(model: type[M], values: Iterator[Any]) -> M:
    """Return the model's row, taking as many values as it has columns."""
    columns = _columns(model)
    return model.from_db(DEFAULT_DB_ALIAS, columns, [next(values) for _ in columns])


def rules_for(therapist: Therapist, fmt: str, span: Interval) -> rules.Rules:
    """Return what decides when `therapist` can be met in `fmt` during `span`."""
    zone = therapist.zone
    first, last = rules.local_dates(span, zone)
    asked: dict[str, int | str | date] = {
        "therapist": therapist.pk,
        "format": fmt,
        "first": first,
        "last": last,
        "begin": span[0],
        "end": span[1],
    }
    with connection.cursor() as cursor:
        cursor.execute(_RULES, asked)
        rows = cursor.fetchall()
    return rules.Rules(
        zone=zone,
        weekly=[rules.Hours(day, a, b) for kind, day, a, b in rows if kind == WEEKLY],
        different=_by_date((day, a, b) for kind, day, a, b in rows if kind == DIFFERENT),
        off=[(a, b) for kind, _, a, b in rows if kind == OFF],
    )


def _by_date(rows: Iterable[tuple[int, int | None, int]]) -> dict[date, list[Interval]]:
    days: dict[date, list[Interval]] = {}
    for ordinal, opens, closes in rows:
        walls = days.setdefault(date.fromordinal(ordinal), [])
        if opens is not None:
            walls.append((opens, closes))
    return days
