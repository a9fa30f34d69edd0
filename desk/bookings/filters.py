"""What the list of bookings is narrowed by: when, and what was recorded afterwards."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from bookings.models import Booking, Outcome
from desk.diary_admin import now_of


class WhenFilter(admin.SimpleListFilter):
    """What is to come, unless asked otherwise: that is what a therapist looks for."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("past", "Past"), ("all", "All")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        default, *others = super().choices(changelist)
        yield {**default, "display": "Upcoming"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = now_of(request)
        if self.value() == "past":
            return queryset.filter(during__endswith__lte=now)
        if self.value() == "all":
            return queryset
        return queryset.filter(during__endswith__gt=now)


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
