"""A client's data goes for good: the password is asked again, and that it went is written down.

A row takes others with it, so what counts is all that goes: a service takes who is asked to confirm
their address for it. Whose card it is that nobody finds any more, the rest of admin forgets too.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import NestedObjects
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest, HttpResponse

from clients.models import Client
from desk.diary_admin import DiaryAdmin, now_of
from desk.sign_in.password_again import password_asked_again
from encryption.fields import EncryptedTextField
from staff.models import SecurityEvent
from staff.security_events import write_down


class Erases(DiaryAdmin):
    """The pages of rows with which a client's data can go."""

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for the password before the press on this page counts."""
        view: Any = super().delete_view
        if request.method == "POST" and self._would_erase(request, object_id):
            view = password_asked_again(view)
        return view(request, object_id, extra_context)

    def _would_erase(self, request: HttpRequest, object_id: str) -> bool:
        row = self.row_of(request, object_id)
        may = row is not None and self.has_delete_permission(request, row)
        return may and bool(erased_with([row]))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for it as well before several rows go, whatever they are."""
        view: Any = super().changelist_view
        # All that is said, not the last word: which of two lists of actions counts is posted too.
        if "post" in request.POST and "delete_selected" in request.POST.getlist("action"):
            view = password_asked_again(view)
        return view(request, extra_context)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        with transaction.atomic():
            _write_down(request, [obj])
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            _write_down(request, list(queryset))
            super().delete_queryset(request, queryset)


def holds_data_of_a_client(model: type[Model]) -> bool:
    """Whether a row says something of a client: their card, what is theirs, what is sealed."""
    return model is Client or any(
        isinstance(field, EncryptedTextField) or _leads_to_client(field)
        for field in model._meta.concrete_fields  # noqa: SLF001, Django's documented name
    )


def _leads_to_client(field: Any) -> bool:
    return isinstance(field, ForeignKey) and field.related_model is Client


def erased_with(rows: Sequence[Model]) -> list[Model]:
    """Return all that holds data of a client and goes with these rows."""
    found = NestedObjects(using=DEFAULT_DB_ALIAS)
    found.collect(rows)
    return [
        row for model, going in found.data.items() if holds_data_of_a_client(model) for row in going
    ]


def about(row: Model) -> str:
    """Name a row by a word and an id: what is a client's by the client's."""
    if isinstance(row, Client):
        return f"client:{row.pk}"
    theirs = getattr(row, "client_id", None)
    return f"client:{theirs}" if theirs else f"{row._meta.verbose_name}:{row.pk}"  # noqa: SLF001


def _write_down(request: HttpRequest, rows: Sequence[Model]) -> None:
    """Keep what is erased by whom, by ids; where admin's own history has names, put ids too."""
    going, kind, now = erased_with(rows), SecurityEvent.Kind.ERASED, now_of(request)
    for name in sorted({about(row) for row in going}):
        write_down(kind, user_id=request.user.pk, now=now, about=name)
    for row in going:
        of_row = {"content_type": ContentType.objects.get_for_model(row), "object_id": str(row.pk)}
        LogEntry.objects.filter(**of_row).update(object_repr=about(row).replace(":", " "))
