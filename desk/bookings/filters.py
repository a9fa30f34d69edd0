"""What the list of bookings is narrowed by: when, and what was recorded afterwards."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from bookings.models import Booking, Outcome
from desk.diary_admin import now_of


class WhenFilter(admin.SimpleListFilter):
    """What is to come; or all of it as soon as something is looked for, whenever it was.

    What is cancelled doesn't come: it is under "All", and wherever cancelled ones are asked for.
    """

    title = "when"
    parameter_name = "when"
    UPCOMING, ASKED, PAST, ALL = "upcoming", "asked", "past", "all"
    LABELS: ClassVar = {
        UPCOMING: "Upcoming",
        ASKED: "Waiting for an answer",
        PAST: "Past",
        ALL: "All",
    }

    def __init__(self, request: HttpRequest, *rest: Any) -> None:
        self.is_search = is_search(request)
        super().__init__(request, *rest)

    def value(self) -> str:
        """Return what the list shows; of an answer that there isn't, what it shows without one."""
        asked = super().value() or ""
        return asked if asked in self.LABELS else self.ALL if self.is_search else self.UPCOMING

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return list(self.LABELS.items())

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Return them without Django's own "All", which would be no different from a default."""
        _, *ours = super().choices(changelist)
        yield from ours

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now, asked = now_of(request), self.value()
        if asked == self.ALL:
            return queryset
        if asked == self.PAST:
            return queryset.filter(during__endswith__lte=now)
        if asked == self.ASKED:
            return queryset.asked_to_move(now)  # type: ignore[attr-defined]
        return queryset.holding().filter(during__endswith__gt=now)  # type: ignore[attr-defined]


def is_search(request: HttpRequest) -> bool:
    """Whether particular bookings are looked for, which may be of any time, or be cancelled."""
    looked_for = (SEARCH_VAR, "status__exact")
    return any(request.GET.get(name, "").strip() for name in looked_for)


class ToCheckFilter(admin.SimpleListFilter):
    """What somebody typed who may be anybody, and who has met before."""

    title = "to check"
    parameter_name = "check"
    KINDS: ClassVar = {
        "address": ("Address not confirmed yet", Q(proven_at=None)),
        "met": ("Has met before", Q(is_repeat=True)),
    }

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in self.KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        kind = self.KINDS.get(self.value() or "")
        return queryset.filter(kind[1]) if kind else queryset


class WentFilter(admin.SimpleListFilter):
    """What was recorded, or is still to be. Numbers, because addresses are kept in logs."""

    title = "after the meeting"
    parameter_name = "went"
    KINDS = (
        ("Still to record", Q(attendance="", status=Booking.Status.CONFIRMED)),
        *((kind.label, Q(attendance=kind)) for kind in Booking.Attendance),
        *((outcome.label, Q(outcome=outcome)) for outcome in Outcome),
    )

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [(str(number), label) for number, (label, _) in enumerate(self.KINDS)]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Return links that ask for all times: of what is to come nothing is recorded."""
        everything, *kinds = super().choices(changelist)
        yield everything
        for (number, _), kind in zip(self.lookup_choices, kinds, strict=True):
            query = changelist.get_query_string({"when": "all", self.parameter_name: number})
            yield {**kind, "query_string": query}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = {str(number): kind for number, (_, kind) in enumerate(self.KINDS)}
        kind = asked.get(self.value() or "")
        if kind is None:
            return queryset
        return queryset.filter(kind, during__startswith__lte=now_of(request))
