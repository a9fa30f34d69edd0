"""What happened that bears on security: a list that the owner reads and nobody edits."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.views import ChangeList

from availability.models import Therapist
from bookings.models import Booking
from clients.models import Client
from desk.diary_admin import ReadOnly, now_of
from desk.owners_only import is_owner
from staff import people
from staff.models import Role, SecurityEvent

# How what an event is about is found by its id, and called.
Named = dict[int, str]
KINDS: dict[str, Callable[[Iterable[int]], Named]] = {
    "user": lambda pks: {pk: people.name_of(one) for pk, one in User.objects.in_bulk(pks).items()},
    "client": lambda pks: {pk: one.name for pk, one in Client.objects.in_bulk(pks).items()},
    "booking": lambda pks: dict(
        Booking.objects.filter(pk__in=pks).values_list("pk", "reference").order_by()
    ),
    "therapist": lambda pks: {
        pk: f"the diary of {one}" for pk, one in Therapist.objects.in_bulk(pks).items()
    },
}
DAYS = (1, 7, 30, 90)


class WhoFilter(admin.SimpleListFilter):
    """Who did it."""

    title = "who"
    parameter_name = "who"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [(str(one.pk), people.name_of(one)) for one in people.everybody()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        asked = {number for number, _ in self.lookup_choices}
        return queryset.filter(user_id=self.value()) if self.value() in asked else queryset


class WhenFilter(admin.SimpleListFilter):
    """How lately it happened."""

    title = "when"
    parameter_name = "when"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [(str(days), f"The last {days} day{pluralize(days)}") for days in DAYS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        days = next((days for days in DAYS if str(days) == self.value()), None)
        if days is None:
            return queryset
        return queryset.filter(at__gt=now_of(request) - timedelta(days=days))


class EventList(ChangeList):
    """A page of the list that knows what its rows are about by name: it asks once for each kind."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        by_kind: dict[str, set[int]] = defaultdict(set)
        for event in self.result_list:
            kind, _, number = event.about.partition(":")
            if number.split(":")[0].isdecimal():
                by_kind[kind].add(int(number.split(":")[0]))
            by_kind["user"].add(event.user_id or 0)
        named = {kind: find(by_kind[kind]) for kind, find in KINDS.items() if by_kind[kind]}
        for event in self.result_list:
            event.named = named


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnly, ModelAdmin):
    when_empty = (
        "Sign-ins, changed roles, notes that were opened, data that was erased: each is "
        "listed here by itself, and nobody can edit it."
    )
    list_display = ("at", "what", "who", "about_whom", "address", "device")
    list_display_links = None
    list_filter = ("kind", WhoFilter, WhenFilter)
    list_per_page = 100
    ordering = ("-at", "-pk")
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return is_owner(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Look who it is only where the menu would name it at all."""
        return request.user.has_perm("staff.view_securityevent") and is_owner(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # noqa: ARG002
        """Take what the filters ask and nothing else."""
        return lookup in {"kind__exact", "who", "when"}

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:  # noqa: ARG002
        return EventList

    @display(description="What", ordering="kind")
    def what(self, event: SecurityEvent) -> str:
        return event.get_kind_display()

    @display(description="Who")
    def who(self, event: Any) -> str:
        if not event.user_id:
            return "Nobody who is signed in"
        known: str | None = event.named["user"].get(event.user_id)
        return known or f"A former user, {event.user_id}"

    @display(description="About")
    def about_whom(self, event: Any) -> str:
        """Name what it is about; what is gone by now keeps its number."""
        kind, _, rest = event.about.partition(":")
        number, _, more = rest.partition(":")
        found = event.named.get(kind, {}).get(int(number)) if number.isdecimal() else None
        name = found or event.about.replace(":", " ") or "–"
        return f"{name}: {Role(more).label.lower()}" if found and more in Role else name
