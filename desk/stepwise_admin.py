"""Django's form of a row in steps: read what was typed, judge it, keep it, or show it again.

`ModelAdmin` takes these steps inside one function each (`_changeform_view`, `_delete_view`), which
leaves no room for a question between them. Here each returns a value.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import helpers
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms.formsets import all_valid
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

Page = Callable[[], HttpResponse]


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """What came of a change: the row as it was and as it is, and the page that follows.

    Where nothing was changed there is no row, and the page says why. It is made only once it
    counts: making it leaves a message for the next page.
    """

    page: Page
    before: Model | None = None
    after: Model | None = None

    @property
    def is_change(self) -> bool:
        """Whether anything was changed."""
        return self.before is not None or self.after is not None


@dataclass(frozen=True, slots=True)
class TypedForm:
    """A form as it was posted, with the rows below it; `row` is what it changes, if it is there."""

    row: Model | None
    form: Any
    formsets: list[Any]
    inlines: list[Any]

    def is_right(self) -> bool:
        """Whether it can be kept. Form and rows are all asked: each says what is wrong with it."""
        right = self.form.is_valid()
        return all_valid(self.formsets) and right


class StepwiseAdmin(ModelAdmin):
    """Saves and deletes a row in steps that somebody else puts in order."""

    def row_of(self, request: HttpRequest, object_id: str | None) -> Any:
        """Return the row that an address names; None for no address, or if there is none."""
        field = _to_field(request)
        if field and not self.to_field_allowed(request, field):
            raise DisallowedModelAdminToField(f"The field {field} cannot be referenced.")
        return self.get_object(request, unquote(object_id), field) if object_id else None

    def missing(self, request: HttpRequest, object_id: str) -> ChangeOutcome:
        """Say that there is no such row."""
        return ChangeOutcome(
            lambda: self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        )

    def typed(self, request: HttpRequest, row: Any) -> TypedForm:
        """Return what was posted; the row itself is changed as soon as somebody judges it."""
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        kind = self.get_form(request, row, change=row is not None, fields=fields)
        form = kind(request.POST, request.FILES, instance=row)
        formsets, inlines = self._create_formsets(request, form.instance, change=row is not None)
        return TypedForm(row, form, formsets, inlines)

    def keep(self, request: HttpRequest, typed: TypedForm, before: Model | None) -> ChangeOutcome:
        """Store what was typed, and that it was; call it with a form that is right."""
        form, is_new = typed.form, typed.row is None
        row = self.save_form(request, form, change=not is_new)
        self.save_model(request, row, form, not is_new)
        self.save_related(request, form, typed.formsets, not is_new)
        said = self.construct_change_message(request, form, typed.formsets, is_new)
        if is_new:
            self.log_addition(request, row, said)
            return ChangeOutcome(lambda: self.response_add(request, row), before, row)
        self.log_change(request, row, said)
        return ChangeOutcome(lambda: self.response_change(request, row), before, row)

    def remove(self, request: HttpRequest, object_id: str) -> ChangeOutcome:
        """Delete a row as Django's page does.

        What protects it, and what they may not delete with it, is said by the page that asks.
        """
        row = self.row_of(request, object_id)
        if not self.has_delete_permission(request, row):
            raise PermissionDenied
        if row is None:
            return self.missing(request, object_id)
        _, _, lacking, protected = self.get_deleted_objects([row], request)
        if protected or lacking:
            return ChangeOutcome(lambda: redirect(request.get_full_path()))
        name, key = str(row), row.serializable_value(_to_field(request) or self.opts.pk.attname)
        before = copy(row)  # deleting empties the key
        self.log_deletions(request, [row])
        self.delete_model(request, row)
        return ChangeOutcome(lambda: self.response_delete(request, name, key), before)

    def form_page(
        self,
        request: HttpRequest,
        typed: TypedForm,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        """Show a form as it was typed, with what is wrong in it."""
        row = typed.row
        context = {**self._form_facts(request, typed), **(extra_context or {})}
        return self.render_change_form(
            request, context, add=row is None, change=row is not None, obj=row, form_url=form_url
        )

    def _form_facts(self, request: HttpRequest, typed: TypedForm) -> dict[str, Any]:
        """What Django's template of a form knows, as `_changeform_view` tells it."""
        row = typed.row
        form = helpers.AdminForm(
            typed.form,
            list(self.get_fieldsets(request, row)),
            self.get_prepopulated_fields(request, row),
            self.get_readonly_fields(request, row),
            model_admin=self,
        )
        inlines = self.get_inline_formsets(request, typed.formsets, typed.inlines, row)
        return {
            **self.admin_site.each_context(request),
            "title": f"{'Change' if row else 'Add'} {self.opts.verbose_name}",
            "subtitle": str(row) if row else None,
            "adminform": form,
            "object_id": str(row.pk) if row else None,
            "original": row,
            "is_popup": IS_POPUP_VAR in request.POST or IS_POPUP_VAR in request.GET,
            "to_field": _to_field(request),
            "media": sum((inline.media for inline in inlines), self.media + form.media),
            "inline_admin_formsets": inlines,
            "errors": helpers.AdminErrorList(typed.form, typed.formsets),
            "preserved_filters": self.get_preserved_filters(request),
        }


def _to_field(request: HttpRequest) -> str | None:
    """Return the column by which a page that opened this one knows the row."""
    return request.POST.get(TO_FIELD_VAR, request.GET.get(TO_FIELD_VAR))
