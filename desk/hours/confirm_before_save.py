"""A save that asks first: page after page, and nothing is kept before the last answer.

A change is made, each question looks at what came of it, and as long as one is open all is taken
back and its page is shown. The page carries what was posted, earlier answers included, so that the
next post makes the same change again.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from bookings.errors import BusyError, NotBookableError
from bookings.lifecycle import refusing
from desk import refusals
from desk.diary_admin import DiaryAdmin, now_of
from desk.stepwise_admin import ChangeOutcome

# The buttons of these pages, as they are posted.
PREVIEW, BACK = "_preview", "_preview_back"
Change = Callable[[], ChangeOutcome]


@dataclass(frozen=True, slots=True)
class Question:
    """A page between a form and its saving: the name of its template, and what it shows.

    `answers` are what the names of its own fields begin with.
    """

    template: str
    title: str
    facts: dict[str, Any]
    answers: tuple[str, ...] = ()


# Looks at a change that was made; None if nothing is left to ask about it.
Ask = Callable[[ChangeOutcome], Question | None]


class AsksFirst(DiaryAdmin):
    """Keeps what was typed once every question about it is answered."""

    def answer(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().answer(request, object_id, form_url, extra_context)
        try:
            # Around all of its transactions: one that a timeout has broken is rolled back here.
            with refusing(BusyError()):
                return self.carry_out(
                    request, lambda: self._saved(request, object_id, form_url, extra_context)
                )
        except NotBookableError as refusal:
            typed = self.typed(request, self.row_of(request, object_id))
            typed.form.add_error(None, refusals.words(refusal, now_of(request)))
            return self.form_page(request, typed, form_url, extra_context)

    def _saved(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> ChangeOutcome:
        """Save what was typed; if it is wrong, or came back from a question, show it again."""
        row = self.row_of(request, object_id)
        if not self._may_save(request, object_id, row):
            raise PermissionDenied
        if object_id is not None and row is None:
            return self.missing(request, object_id)
        before, typed = copy(row), self.typed(request, row)
        if BACK not in request.POST and typed.is_right():
            return self.keep(request, typed, before)
        return ChangeOutcome(lambda: self.form_page(request, typed, form_url, extra_context))

    def _may_save(self, request: HttpRequest, object_id: str | None, row: Any) -> bool:
        if object_id is None:
            return bool(self.has_add_permission(request))
        return bool(self.has_change_permission(request, row))

    def carry_out(self, request: HttpRequest, change: Change) -> HttpResponse:
        """Make the change, or show what comes before it."""
        return self.keep_or_ask(request, change)

    def keep_or_ask(self, request: HttpRequest, change: Change, *asks: Ask) -> HttpResponse:
        """Make the change and keep it; or ask the first open question, and keep nothing."""
        with transaction.atomic():
            made = change()
            open_ones = (found for ask in asks if (found := ask(made)))
            question = next(open_ones, None) if made.is_change else None
            if question is None:
                return made.page()
            transaction.set_rollback(True)
        return self.question_page(request, question)

    def question_page(self, request: HttpRequest, question: Question) -> HttpResponse:
        """Return a page that carries what was posted, but for its own answers and its button."""
        ours = (PREVIEW, BACK, "csrfmiddlewaretoken")
        kept = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in ours and not name.startswith(question.answers)
            for value in values
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": question.title,
            "opts": self.opts,
            "kept": kept,
            **question.facts,
        }
        return TemplateResponse(request, f"desk/hours/{question.template}.html", context)
