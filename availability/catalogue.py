"""The service that a link names, in one statement written by hand.

Measured: building the same question as a queryset takes more of the processor than everything
else on the page. The results are those of `Service.objects.offered()`. What was read is kept for
as long as the catalogue's version stands: triggers write it (DiaryVersion) in the transaction that
changes a service, therapist, practice, place or picture.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import Prefetch, prefetch_related_objects

from availability.models import Place, Practice, Service, Therapist

M = TypeVar("M", bound=models.Model)
CATALOGUE = 0  # the row of DiaryVersion that is no therapist's


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001, Django's documented API


def _selected(model: type[models.Model], alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _columns(model))


_OFFERED = f"""
SELECT coalesce(c.version, 0), coalesce(v.version, 0),
    (SELECT max(horizon_days) FROM availability_service
        WHERE therapist_id = t.id AND is_active AND audience = 'met'),
    {_selected(Service, "s")}, {_selected(Therapist, "t")}, {_selected(Practice, "p")}
FROM availability_service s
JOIN availability_therapist t ON t.id = s.therapist_id
JOIN availability_practice p ON p.id = t.practice_id
LEFT JOIN availability_diaryversion v ON v.therapist_id = t.id
LEFT JOIN availability_diaryversion c ON c.therapist_id = {CATALOGUE}
WHERE {{}} AND s.is_active AND t.is_active
ORDER BY s.position, s.id
LIMIT 1
"""  # noqa: S608, names of our own columns
_BY_NAME = _OFFERED.format("s.slug = %(what)s AND %(who)s IN (t.slug, '')")
_BY_ID = _OFFERED.format("s.id = %(id)s")
_VERSIONS = """
SELECT therapist_id, version FROM availability_diaryversion WHERE therapist_id IN (%s, %s)
"""


class Version(NamedTuple):
    """The catalogue's version and the diary's: what was read under both holds while both stand."""

    catalogue: int
    diary: int


# Only what exists is kept, so nobody can fill it. The rows are shared: nobody changes them.
_known: dict[tuple[str, str], tuple[int, Service]] = {}
_known_by_id: dict[int, tuple[int, Service]] = {}
_of_therapist: dict[int, tuple[int, list[Service]]] = {}


class Offered(NamedTuple):
    """All that is offered, in order, and the versions of all diaries when it was read, by id."""

    services: list[Service]
    versions: dict[int, int]

    def version_of(self, service: Service) -> Version:
        """Return the versions under which a service and its therapist's diary were read."""
        return Version(self.versions.get(CATALOGUE, 0), self.versions.get(service.therapist_id, 0))

    @property
    def version(self) -> int:
        """The catalogue's version: what pages say stands while it does."""
        return self.versions.get(CATALOGUE, 0)


_offered: list[tuple[int, list[Service]]] = []


def offered() -> Offered:
    """Return what can be booked, with therapists, practice and places: one query while it stands.

    The pictures of places and therapists come along. Bookings come and go meanwhile: they touch
    the versions of the diaries, and nothing of this.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT therapist_id, version FROM availability_diaryversion")
        versions = dict(cursor.fetchall())
    version = versions.get(CATALOGUE, 0)
    known, services = _offered[0] if _offered else (None, [])
    if known != version:
        # Read after the version: it is as new as that, or newer, and then read again.
        services = _read_offered()
        _offered[:] = [(version, services)]
    return Offered(services, versions)


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

    The service comes with its therapist, their places and the practice. `who` is the therapist's
    slug; without it the first service of that name is meant.
    """
    kept = _standing(_known.get((what, who)))
    if kept is not None:
        return kept
    read = _read(_BY_NAME, {"what": what, "who": who})
    if read is not None:
        _known[what, who] = read[1].catalogue, read[0]
    return read


def service_with_id(pk: int) -> tuple[Service, Version] | None:
    """Return the service of that id as `service_named` does, if it can be booked now.

    Asked under the lock of its diary it is what that transaction may book: what was committed
    before is in it, for the version that says so was committed with it.
    """
    kept = _standing(_known_by_id.get(pk))
    if kept is not None:
        return kept
    read = _read(_BY_ID, {"id": pk})
    if read is not None:
        _known_by_id[pk] = read[1].catalogue, read[0]
    return read


def services_of(therapist_id: int) -> list[Service]:
    """Return all services of a therapist that can be booked: one query while they stand."""
    version = _versions(therapist_id).catalogue
    known, services = _of_therapist.get(therapist_id, (None, []))
    if known != version:
        active = Service.objects.filter(therapist=therapist_id, is_active=True)
        services = list(active.select_related("therapist"))
        _of_therapist[therapist_id] = version, services
    return services


def _standing(known: tuple[int, Service] | None) -> tuple[Service, Version] | None:
    """Return what was read before, if the catalogue has stood since."""
    if known is None:
        return None
    catalogue, service = known
    version = _versions(service.therapist_id)
    return (service, version) if version.catalogue == catalogue else None


def _versions(therapist_id: int) -> Version:
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [CATALOGUE, therapist_id])
        found = dict(cursor.fetchall())
    return Version(found.get(CATALOGUE, 0), found.get(therapist_id, 0))


def _read(statement: str, facts: dict[str, Any]) -> tuple[Service, Version] | None:
    """Read the service and, in the same statement, the versions: they cannot be newer than it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        row = cursor.fetchone()
    if row is None:
        return None
    catalogue, diary, sessions_horizon, *rest = row
    values = iter(rest)
    service, therapist = _made(Service, values), _made(Therapist, values)
    therapist.practice = _made(Practice, values)
    therapist.sessions_horizon = sessions_horizon  # which it would ask for otherwise
    service.therapist = therapist
    prefetch_related_objects([therapist], "places")
    return service, Version(catalogue, diary)


def _made(model: type[M], values: Iterator[Any]) -> M:
    """Return the model's row, taking as many values as it has columns."""
    columns = _columns(model)
    return model.from_db(DEFAULT_DB_ALIAS, columns, [next(values) for _ in columns])
