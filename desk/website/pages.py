"""The home page and the accessibility statement, each on a page of its own: there is no list."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import StackedInline
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget

from desk.two_tabs import TwoTabs
from welcome.models import AccessibilityStatement, FrontPage, OnlyRow, Passage


class PassageFormSet(PaginationInlineFormSet):
    """The passages of one part: what is added here belongs to it."""

    part = ""

    def _construct_form(self, i: int, **options: Any) -> Any:
        form = super()._construct_form(i, **options)
        form.instance.part = self.part
        return form


class StepFormSet(PassageFormSet):
    part = Passage.Part.STEP


class ApproachFormSet(PassageFormSet):
    part = Passage.Part.APPROACH


class QuestionFormSet(PassageFormSet):
    part = Passage.Part.QUESTION


class PassageInline(StackedInline):
    """One part of the home page: that of its formset."""

    model = Passage
    formset: type[PassageFormSet]
    words: ClassVar[dict[str, dict[str, str]]] = {}  # as a model form's Meta has them
    fields = ("title", "text", "position")
    collapsible = True
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Passage]:
        passages: QuerySet[Passage] = super().get_queryset(request)
        return passages.filter(part=self.formset.part)

    def get_formset(self, *rest: Any, **options: Any) -> Any:
        return super().get_formset(*rest, **{**self.words, **options})


class StepInline(PassageInline):
    formset = StepFormSet
    verbose_name = "step"
    verbose_name_plural = "how it starts"


class ApproachInline(PassageInline):
    formset = ApproachFormSet
    words = {"labels": {"title": "Approach", "text": "In plain words"}}
    verbose_name = "approach"
    verbose_name_plural = "approaches"


class QuestionInline(PassageInline):
    formset = QuestionFormSet
    words = {
        "labels": {"title": "Question", "text": "Answer"},
        "help_texts": {"text": "Markdown: a link is written [fees](/fees/)."},
    }
    verbose_name = "question"
    verbose_name_plural = "questions"


class OnlyRowAdmin(TwoTabs):
    """Edits what there is one of; its list leads straight there."""

    when_empty = "The page has the words that came with Kicks, until somebody writes others."
    warn_unsaved_form = True

    def has_delete_permission(self, request: HttpRequest, obj: OnlyRow | None = None) -> bool:  # noqa: ARG002
        """The page stands whether there are words for it or not."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the one row, or to the form that adds it; who may do neither sees the list."""
        if self.has_view_permission(request) and self.model.stored():
            return redirect(self._address("change"), 1)
        if self.has_add_permission(request):
            return redirect(self._address("add"))
        return super().changelist_view(request, extra_context)

    # Permission to add is asked for on every page of admin, where a look at the table would be too
    # much: so it is the form that refuses a second row.
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.model.stored():
            return redirect(self._address("change"), 1)
        return super().add_view(request, form_url, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        shown = {**(extra_context or {}), "show_save_and_add_another": False}
        return super().changeform_view(request, object_id, form_url, shown)

    def _address(self, page: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"


@admin.register(FrontPage)
class FrontPageAdmin(OnlyRowAdmin):
    formfield_overrides = {
        models.TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 4})}
    }
    inlines = (StepInline, ApproachInline, QuestionInline)
    fieldsets = (
        (
            "The first words",
            {
                "fields": ("headline", "reassurance", "picture"),
                "description": "The paragraph above the button is the introduction, which "
                "stands under Practice.",
            },
        ),
        ("Who it’s for", {"fields": ("for_whom", "reasons")}),
        (
            "Ways to meet",
            {
                "fields": ("in_person", "online", "walking"),
                "description": "A way shows where a service offers it.",
            },
        ),
        ("How I work", {"fields": ("approach",)}),
        ("Fees and the last words", {"fields": ("fees_note", "invitation")}),
    )


@admin.register(AccessibilityStatement)
class AccessibilityStatementAdmin(OnlyRowAdmin):
    fields = ("text", "reviewed_on")
