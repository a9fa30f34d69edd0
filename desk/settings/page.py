"""Settings, and hours and time off: links in groups, of which each reader sees their own."""

from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from desk.page_links import open_to
from desk.settings.links import HOURS, SETTINGS, Groups


def settings(request: HttpRequest) -> HttpResponse:
    """Show what is set up once and then seldom."""
    return _page(request, "Settings", "What you set up once and then seldom.", SETTINGS)


def hours(request: HttpRequest) -> HttpResponse:
    """Show what decides when somebody can be met."""
    return _page(request, "Hours and time off", "When clients can book, and when not.", HOURS)


def _page(request: HttpRequest, title: str, lead: str, groups: Groups) -> HttpResponse:
    theirs = ((name, open_to(request.user, links)) for name, links in groups)
    shown = [(name, links) for name, links in theirs if links]
    if not shown:
        raise PermissionDenied
    context = {
        **site.each_context(request),
        "title": title,
        "lead": lead,
        "groups": shown,
    }
    return TemplateResponse(request, "desk/settings/page.html", context)
