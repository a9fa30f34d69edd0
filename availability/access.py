"""Whose diary a user may see and change: asked here and nowhere else."""

from collections.abc import Collection
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model, QuerySet

from availability.models import Therapist

Row = TypeVar("Row", bound=Model)


def sees_all(user: User | AnonymousUser) -> bool:
    """Whether every diary is theirs: they own the practice."""
    return user.is_active and user.is_superuser


def own(user: User | AnonymousUser) -> Therapist | None:
    """Return the therapist that the user is, with their practice."""
    return Therapist.objects.select_related("practice").filter(user_id=user.pk or 0).first()


def therapists_of(user: User | AnonymousUser) -> QuerySet[Therapist]:
    """Return the therapists whose diaries this user may see and change, by id.

    To the practice's owner these are all, to a therapist it is their own, to anybody else none.
    """
    therapists = Therapist.objects.order_by("pk")
    return therapists if sees_all(user) else therapists.filter(user_id=user.pk or 0)


def may_see(user: User | AnonymousUser, whose: Collection[int]) -> bool:
    """Whether the diaries of all these therapists, by id, are theirs."""
    if sees_all(user):
        return True
    return therapists_of(user).filter(pk__in=whose).count() == len(set(whose))


def narrowed(rows: QuerySet[Row], diary: str, user: User | AnonymousUser) -> QuerySet[Row]:
    """Return those rows that are in their diaries, each once.

    `diary` is the lookup from a row to its therapist, like "therapist" or "bookings__therapist". A
    row with several therapists is in the diary of each. The owner sees also what is in none.
    """
    if sees_all(user):
        return rows
    theirs = {f"{diary}__in": therapists_of(user)}
    if "__" not in diary:
        return rows.filter(**theirs)
    # Not joined: a row that is met by two paths stays one, and can be counted and deleted.
    return rows.filter(pk__in=rows.model._base_manager.filter(**theirs).values("pk"))  # noqa: SLF001
