"""The privacy notice and the accessibility statement."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from availability.models import Practice
from clients.models import PrivacyNotice
from prose.markdown import render_page
from welcome.models import AccessibilityStatement


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The notice that people agree to when they book."""
    context = {
        "practice": Practice.objects.first(),
        "notice": PrivacyNotice.objects.current(),
    }
    return render(request, "front/privacy.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done so that everybody can use the site, and what was not."""
    statement = AccessibilityStatement.current()
    context = {
        "practice": Practice.objects.first(),
        "statement": statement,
        "html": mark_safe(render_page(statement.text)),  # noqa: S308, it sanitises
    }
    return render(request, "front/accessibility.html", context)
