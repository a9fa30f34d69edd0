"""What the pages of several families have in common: whose rows they show, who acts, and when."""

from collections import defaultdict
from datetime import datetime
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from django import forms
from django.contrib.admin.utils import NestedObjects
from django.contrib.auth.models import User
from django.db import DEFAULT_DB_ALIAS
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from django.utils import timezone

from availability import access
from availability.models import Place, Service, Therapist
from bookings.by import By
from desk import clock_fields
from desk.sealed_lists import SealedLists
from desk.two_tabs import TwoTabs
from staff.models import Role
from staff.roles import role_of

# Of each request that is being answered: it goes with the request.
_moments: WeakKeyDictionary[HttpRequest, datetime] = WeakKeyDictionary()


def user_of(request: HttpRequest) -> User | None:
    """Return who is signed in, for the history."""
    return request.user if request.user.is_authenticated else None


def by_of(request: HttpRequest) -> By:
    """Return whoever is signed in as acting for the practice."""
    user = user_of(request)
    is_assistant = user is not None and role_of(user) is Role.ASSISTANT
    return By.assistant(user) if user and is_assistant else By.therapist(user)


def now_of(request: HttpRequest) -> datetime:
    """Return when the request is answered: the clock is read once, whoever asks first.

    Django's hooks (filters, forms, what follows a save) hand on the request and no time.
    """
    return _moments.setdefault(request, timezone.now())


class ReadOnly:
    """Nothing is added, changed or deleted by hand: rows are written by what happens."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class OfDiaries:
    """Narrows the rows of a page, or of a part of it, and what can be chosen there."""

    # The lookup from a row to its therapist; empty for what the whole practice shares.
    diary: ClassVar[str]
    admin_site: Any

    def of_diaries(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """Return those rows that are in the reader's diaries."""
        return access.narrowed(rows, self.diary, request.user) if self.diary else rows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Whatever lists, opens, completes, changes or deletes rows begins with these."""
        above: Any = super()
        return self.of_diaries(above.get_queryset(request), request)

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **options: Any
    ) -> forms.Field | None:
        """Ask for times as people type them."""
        above: Any = super()
        asked = {**clock_fields.options_for(db_field), **options}
        field: forms.Field | None = above.formfield_for_dbfield(db_field, request, **asked)
        return field

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **options: Any
    ) -> forms.Field:
        above: Any = super()
        field: Any = above.formfield_for_foreignkey(db_field, request, **options)
        field.queryset = self._choices(field.queryset, request)
        if field.queryset.model in (Service, Place):
            _tell_apart(field)
        if field.queryset.model is Therapist:
            _preset(field, request)
        return field

    def _choices(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """Return those that can be chosen."""
        page = self.page_of(rows.model)
        return page.of_diaries(rows, request) if page else rows

    def page_of(self, model: type[Model]) -> "DiaryAdmin | None":
        """Return the pages of a model of diaries; of any other, None."""
        if not self.admin_site.is_registered(model):
            return None
        page = self.admin_site.get_model_admin(model)
        return page if isinstance(page, DiaryAdmin) else None


def _tell_apart(field: Any) -> None:
    """Name each service and place with its therapist, and ask for them once a page."""
    field.queryset = field.queryset.select_related("therapist")
    field.label_from_instance = _label
    # A formset copies its field for each row, and each copy would ask again.
    field.choices = list(field.choices)


def _label(row: Service | Place) -> str:
    what = f"{row}, {row.get_format_display().lower()}" if isinstance(row, Place) else str(row)
    return f"{what} ({row.therapist})"


def _preset(field: Any, request: HttpRequest) -> None:
    """Who has one diary is not asked which; who has one of their own among several begins there."""
    if request.method == "POST" and access.sees_all(request.user):
        return  # what is posted says it
    diaries = dict(field.queryset.values_list("pk", "user_id"))
    if len(diaries) == 1:
        field.initial, field.empty_label = *diaries, None
    else:
        field.initial = next((pk for pk, user in diaries.items() if user == request.user.pk), None)


class DiaryAdmin(OfDiaries, SealedLists, TwoTabs):
    """The pages of a model whose rows are each in somebody's diary."""

    # Unfold writes some 500 bytes of classes into each cell: a page of a hundred rows has 0.6 MB.
    list_per_page = 40

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002, Django's own
        **options: Any,
    ) -> Any:
        """Return the form of a row; whose diary it is in, is chosen once, when it is added.

        A row that moved from one diary to another would hand over what is in it.
        """
        form = super().get_form(request, obj, change, **options)
        if obj is not None and "therapist" in form.base_fields:
            form.base_fields["therapist"].disabled = True
        return form

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what would go, or is in the way; another's rows are in the way and not named."""
        hidden = self._hidden(objs, request)
        if hidden:
            words = f"{hidden} row{pluralize(hidden)} in the diary of another therapist"
            return [], {}, set(), [words]
        return super().get_deleted_objects(objs, request)

    def _hidden(self, objs: Any, request: HttpRequest) -> int:
        """Count what would go, or is in the way, and is in none of the reader's diaries."""
        if access.sees_all(request.user):
            return 0
        found = NestedObjects(using=DEFAULT_DB_ALIAS, origin=objs)
        found.collect(objs)
        by_model: dict[type[Model], set[Any]] = defaultdict(set)
        for row in (*found.protected, *(row for rows in found.data.values() for row in rows)):
            by_model[type(row)].add(row.pk)
        return sum(self._hidden_of(model, pks, request) for model, pks in by_model.items())

    def _hidden_of(self, model: type[Model], pks: set[Any], request: HttpRequest) -> int:
        page = self.page_of(model)
        if page is None:
            return 0
        rows = model._base_manager.filter(pk__in=pks)  # noqa: SLF001, Django's documented name
        return len(pks) - page.of_diaries(rows, request).count()
