"""Whose diary a user may see and change, and whose notes they read: asked here and nowhere else."""

from collections.abc import Collection
from typing import TypeVar, assert_never

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model, QuerySet

from availability.models import Therapist
from staff.models import Role
from staff.roles import role_of

Row = TypeVar("Row", bound=Model)


def sees_all(user: User | AnonymousUser) -> bool:
    """Whether every diary is theirs: they own the practice, or manage it."""
    return role_of(user) in (Role.OWNER, Role.MANAGER)


def own(user: User | AnonymousUser) -> Therapist | None:
    """Return the therapist that the user is, with their practice."""
    return Therapist.objects.select_related("practice").filter(user_id=user.pk or 0).first()


def therapists_of(user: User | AnonymousUser) -> QuerySet[Therapist]:
    """Return the therapists whose diaries this user may see and change, by id.

    To the practice's owner and manager these are all, to a therapist it is their own, to an
    assistant those that they were given, to anybody else none.
    """
    therapists = Therapist.objects.order_by("pk")
    match role_of(user):
        case Role.OWNER | Role.MANAGER:
            return therapists
        case Role.THERAPIST:
            return therapists.filter(user_id=user.pk or 0)
        case Role.ASSISTANT:
            return therapists.filter(assistants=user.pk)
        case None:
            return therapists.none()
        case _ as never:
            assert_never(never)


def ids_of(user: User | AnonymousUser) -> list[int]:
    """Return the ids of those therapists."""
    return list(therapists_of(user).values_list("pk", flat=True))


def may_see(user: User | AnonymousUser, whose: Collection[int]) -> bool:
    """Whether the diaries of all these therapists, by id, are theirs."""
    if sees_all(user):
        return True
    return therapists_of(user).filter(pk__in=whose).count() == len(set(whose))


def narrowed(rows: QuerySet[Row], diary: str, user: User | AnonymousUser) -> QuerySet[Row]:
    """Return those rows that are in their diaries, each once.

    `diary` is the lookup from a row to its therapist, like "therapist" or "bookings__therapist". A
    row with several therapists is in the diary of each. Who sees all sees also what is in none.
    """
    if sees_all(user):
        return rows
    theirs = {f"{diary}__in": therapists_of(user)}
    if "__" not in diary:
        return rows.filter(**theirs)
    # Not joined: a row that is met by two paths stays one, and can be counted and deleted.
    return rows.filter(pk__in=rows.model._base_manager.filter(**theirs).values("pk"))  # noqa: SLF001


def notes_read_by(user: User | AnonymousUser) -> QuerySet[Therapist]:
    """Return the therapist that the user is, if what clients confide to them is theirs to read.

    However many diaries somebody sees, a note, a client's reason and the reason of a leave are
    read by the therapist whose diary it is. A manager and an assistant read none.
    """
    if role_of(user) not in (Role.OWNER, Role.THERAPIST):
        return Therapist.objects.none()
    return Therapist.objects.filter(user_id=user.pk or 0)


def reads_notes(user: User | AnonymousUser, therapist: Therapist) -> bool:
    """Whether what clients confide to this therapist is this user's to read."""
    return role_of(user) in (Role.OWNER, Role.THERAPIST) and therapist.user_id == user.pk
