"""The service that a link names, in one statement written by hand.

Measured: building the same question as a queryset takes more of the processor than everything
else on the page. The results are those of `Service.objects.offered()`. What was read is kept for
as long as the versions that triggers write (DiaryVersion) stand.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import Prefetch

from availability.models import Place, Practice, Service, Therapist

M = TypeVar("M", bound=models.Model)
CATALOGUE = 0  # the row of DiaryVersion that is no therapist's


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001, Django's documented API


def _selected(model: type[models.Model], alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _columns(model))


_NAMED = f"""
SELECT coalesce(c.version, 0), coalesce(v.version, 0),
    (SELECT max(horizon_days) FROM availability_service
        WHERE therapist_id = t.id AND is_active AND audience = 'met'),
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


class Version(NamedTuple):
    """The catalogue's version and the diary's: what was read under both holds while both stand."""

    catalogue: int
    diary: int


# Only names that exist are kept, so nobody can fill it. The rows are shared: nobody changes them.
_known: dict[tuple[str, str], tuple[int, Service]] = {}


class Offered(NamedTuple):
    """All that is offered, in order, and the versions of all diaries when it was read, by id."""

    services: list[Service]
    versions: dict[int, int]

    def version_of(self, service: Service) -> Version:
        """Return the versions under which a service and its therapist's diary were read."""
        return Version(self.versions.get(CATALOGUE, 0), self.versions.get(service.therapist_id, 0))


_offered: list[Offered] = []


def offered() -> Offered:
    """Return what can be booked, with therapists, practice and places: one query while it stands.

    A place says what pages say, too, and touches its diary: so each diary's version counts. The
    pictures of places and therapists come along: whoever changes one writes its row as well.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT therapist_id, version FROM availability_diaryversion")
        versions = dict(cursor.fetchall())
    if not _offered or _offered[0].versions != versions:
        # Read after the versions: it is as new as they are, or newer, and then read again.
        _offered[:] = [Offered(_read_offered(), versions)]
    return _offered[0]


def _read_offered() -> list[Service]:
    places = Prefetch("therapist__places", Place.objects.select_related("picture"))
    whole = Service.objects.offered().select_related("therapist__portrait")
    services = list(whole.prefetch_related(places))
    for service in services:
        of_therapist = [one for one in services if one.therapist_id == service.therapist_id]
        sessions = [one.horizon_days for one in of_therapist if one.for_clients]
        service.therapist.sessions_horizon = max(sessions, default=None)  # else it would ask
    return services


def service_named(what: str, who: str = "") -> tuple[Service, Version] | None:
    """Return the offered service that a link names, and the versions under which it was read.

    The service comes with its therapist and practice. `who` is the therapist's slug; without it
    the first service of that name is meant.
    """
    catalogue, service = _known.get((what, who), (None, None))
    if service is not None:
        version = _versions(service.therapist_id)
        if version.catalogue == catalogue:
            return service, version
    return _read_named(what, who)


def _versions(therapist_id: int) -> Version:
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [CATALOGUE, therapist_id])
        found = dict(cursor.fetchall())
    return Version(found.get(CATALOGUE, 0), found.get(therapist_id, 0))


def _read_named(what: str, who: str) -> tuple[Service, Version] | None:
    """Read the service and, in the same statement, the versions: they cannot be newer than it."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"what": what, "who": who})
        row = cursor.fetchone()
    if row is None:
        return None
    catalogue, diary, sessions_horizon, *rest = row
    values = iter(rest)
    service, therapist = _made(Service, values), _made(Therapist, values)
    therapist.practice = _made(Practice, values)
    therapist.sessions_horizon = sessions_horizon  # which it would ask for otherwise
    service.therapist = therapist
    _known[what, who] = catalogue, service
    return service, Version(catalogue, diary)


def _made(model: type[M], values: Iterator[Any]) -> M:
    """Return the model's row, taking as many values as it has columns."""
    columns = _columns(model)
    return model.from_db(DEFAULT_DB_ALIAS, columns, [next(values) for _ in columns])
