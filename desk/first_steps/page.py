"""The page that somebody who begins lands on: what there is to do, and what is done."""

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from desk.diary_admin import now_of
from desk.first_steps.steps import steps_of


def first_steps(request: HttpRequest) -> HttpResponse:
    """Show the first steps of whoever is signed in; who runs no diary has none."""
    steps = steps_of(request.user, timezone.localdate(now_of(request)))
    facts = {
        "title": "First steps",
        "steps": steps,
        "is_ready": all(step.is_done for step in steps if step.is_needed),
    }
    context = {**site.each_context(request), **facts}
    return TemplateResponse(request, "desk/first_steps/page.html", context)
