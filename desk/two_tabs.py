"""Two tabs with one form: the second save is told what changed meanwhile, and saves nothing.

Whoever changed it: another tab, a colleague, the client on a page of theirs, the lifecycle. A page
carries what it showed (`page_state`); when it is posted the row is locked, read, and compared. The
form then shows again with what was typed, and with what others made of the rest; saving it once
more counts, unless something changed again. What is posted without it is held against what stands.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any, ClassVar

from django.contrib.admin.utils import flatten_fieldsets
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from bookings.errors import BusyError
from bookings.lifecycle import refusing
from desk import inline_rows, page_state
from desk.page_state import STATE, Shown, Told
from desk.stepwise_admin import StepwiseAdmin


class TwoTabs(StepwiseAdmin):
    """The form of a row, which nobody saves over what they haven't seen."""

    # What a list says that has no row: what would be there, and where it comes from.
    when_empty: ClassVar[str]
    # Where a list that a filter leaves empty shows all of it.
    everything: ClassVar[str] = "?"

    def _changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        told = self._told(request, object_id) if object_id and request.method == "POST" else None
        if told is None:
            return self.answer(request, object_id, form_url, extra_context)
        typed = self.typed(request, self.row_of(request, object_id))
        return self.form_page(request, typed, form_url, {**(extra_context or {}), "told": told})

    def answer(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        """Show the form, or keep what was typed into one that is up to date."""
        return super()._changeform_view(request, object_id, form_url, extra_context)

    def _told(self, request: HttpRequest, object_id: str) -> Told | None:
        """Hold the row until all is kept; return what changed since its page was made, if anything.

        What is posted then goes on with what others made of the fields that nobody touched.
        """
        try:
            with refusing(BusyError()), transaction.atomic():
                row = self._held(request, object_id)
        except BusyError:
            return Told(request.POST.get(STATE, ""), is_busy=True)
        if row is None or not self.has_change_permission(request, row):
            return None  # whoever answers says so
        form, formsets = self._as_stored(request, row)
        data = request.POST.copy()
        was = page_state.opened(data, _name(row))
        gone = [one for formset in formsets for one in inline_rows.align(was, formset, data)]
        told = page_state.told(_parts(form, formsets), data, _name(row), gone)
        request.POST = data  # type: ignore[assignment]
        return told

    def _held(self, request: HttpRequest, object_id: str) -> Any:
        """Return the row as it stands, once nobody else writes it; None if there is none."""
        row = self.row_of(request, object_id)
        if row is None:
            return None
        # Bookings may go on naming it meanwhile: its key stays.
        rows = type(row)._base_manager.select_for_update(no_key=True)  # noqa: SLF001, documented
        # In no order: some models' joins tables that may have no row, which can't be locked.
        list(rows.filter(pk=row.pk).order_by().values("pk"))
        return self.row_of(request, object_id)

    def _as_stored(self, request: HttpRequest, row: Any) -> tuple[Any, list[Any]]:
        """Return the form and the rows below it as a page that is made now would show them."""
        look = copy(request)
        look.method = "GET"
        fields = flatten_fieldsets(self.get_fieldsets(look, row))
        form = self.get_form(look, row, change=True, fields=fields)(instance=row)
        pairs = zip(*self._create_formsets(look, row, change=True), strict=True)
        return form, [each for each, inline in pairs if inline.has_change_permission(look, row)]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **options: Any
    ) -> HttpResponse:
        row = context["original"]
        if row is not None and "told" not in context:
            shown = request.POST.get(STATE) or self._shown(context, row)
            context["told"] = Told(shown)
        return super().render_change_form(request, context, *rest, **options)

    def _shown(self, context: dict[str, Any], row: Any) -> str:
        inlines = context["inline_admin_formsets"]
        formsets = [each.formset for each in inlines if each.has_change_permission]
        parts = _parts(context["adminform"].form, formsets)
        return page_state.signed(parts, _name(row))


def _parts(form: Any, formsets: Sequence[Any]) -> list[Shown]:
    below = (part for formset in formsets for part in inline_rows.parts_of(formset))
    return [Shown("", form), *below]


def _name(row: Any) -> str:
    return f"{row._meta.label_lower}:{row.pk}"  # noqa: SLF001, Django's documented name
