"""Who works here: a line each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from desk.owners_only import owners_only
from desk.people.page import page, practice_of
from prose.dates import moment_label
from staff import people
from staff.models import Role


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the list."""

    pk: int
    name: str
    email: str
    role: str
    diaries: list[str]
    takes_bookings: bool | None  # None without a diary of their own
    last_sign_in: str
    state: str


@owners_only
@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    """List who works here, then who has left."""
    facts = {"people": list(lines()), "practice": practice_of(request)}
    return page(request, "list", "People", **facts)


def lines() -> Iterator[Person]:
    """Yield everybody, in two queries."""
    users = people.everybody().select_related("staff_member", "therapist")
    for user in users.prefetch_related("assisted_therapists"):
        own = getattr(user, "therapist", None)
        others = [f"{one.name} (assists)" for one in user.assisted_therapists.all()]
        yield Person(
            pk=user.pk,
            name=people.name_of(user),
            email=user.email,
            role=role_label(user),
            diaries=[*([own.name] if own else []), *others],
            takes_bookings=own.is_active if own else None,
            last_sign_in=_when(user.last_login),
            state=state_label(user),
        )


def role_label(user: User) -> str:
    """Return their role in a word; of who has left, the one that they had."""
    if user.is_superuser:
        return str(Role.OWNER.label)
    member = getattr(user, "staff_member", None)
    return str(member) if member else "No role"


def state_label(user: User) -> str:
    """Return whether they work here, in words."""
    if not user.is_active:
        return "Has left"
    if people.is_invited(user):
        return "Invited"
    return "Works here"


def _when(moment: datetime | None) -> str:
    return moment_label(moment) if moment else "Never"
