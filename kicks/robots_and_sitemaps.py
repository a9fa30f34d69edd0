"""What search engines may keep: some pages by name, and nothing else."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sites.requests import RequestSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from academy import sitemaps as academy
from availability.models import Service
from front.choice import Choice

NOINDEX = "noindex"
SHOWN = (200, 304)  # what a 304 says replaces what was said with the page
# The pages that anybody may find, by the names of their addresses. Every other answer tells robots
# to leave it out: what is added and forgotten here stays unfound rather than private and found.
STANDING = ("home", "book", "fees", "places", "privacy", "accessibility")
INDEXED = frozenset({*STANDING, "time", "academy", "topic", "article"})
# A time is held for whoever opens its details, and one page of times has many more behind it: all
# say the same to a robot.
NOT_FETCHED = (
    "/admin/",
    "/academy/preview/",
    "/book/check/",
    "/book/details/",
    "/book/zone/",
    "/book/*draft=",
    "/book/time/*day=",
    "/book/time/*from=",
    "/book/time/*zone=",
)


def may_be_indexed(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether robots may keep an answer."""
    if response.status_code not in SHOWN:
        return False
    if request.path_info.startswith(settings.STATIC_URL):
        return True  # a picture of ours beside a result, the icon above all
    match = request.resolver_match
    return match is not None and match.view_name in INDEXED


def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001, the same for everybody
    """Keep robots from what costs us something to answer (RFC 9309).

    What is merely private is not named: a robot that may not fetch such a page never learns that it
    must not keep its address, if somebody put that where robots look.
    """
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FETCHED), ""]
    return HttpResponse(
        "\n".join([*lines, f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]),
        content_type="text/plain; charset=utf-8",
    )


class Pages(Sitemap):  # type: ignore[type-arg]  # it cannot be subscripted when it runs
    """The pages that are always there."""

    def items(self) -> tuple[str, ...]:
        return STANDING

    def location(self, item: str) -> str:
        return reverse(item)


class Times(Sitemap):  # type: ignore[type-arg]  # the same
    """The free times of each first meeting, by the way of meeting."""

    def items(self) -> list[Choice]:
        first = Service.objects.offered().filter(audience=Service.Audience.NEW)
        able = [service for service in first if service.takes_bookings]
        return [Choice(service, fmt) for service in able for fmt in service.formats]

    def location(self, item: Choice) -> str:
        return item.link("time")


SITEMAPS: dict[str, type[Sitemap]] = {"pages": Pages, "times": Times, **academy.SITEMAPS}  # type: ignore[type-arg]


@require_safe
@conditional_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """List what should be found, under the site's own address whatever host was asked."""
    site = RequestSite(request)
    scheme, _, site.domain = settings.SITE_URL.partition("://")
    found = [
        url for kind in SITEMAPS.values() for url in kind().get_urls(site=site, protocol=scheme)
    ]
    return render(
        request,
        "sitemap.xml",
        {"urlset": found},
        content_type="application/xml; charset=utf-8",
    )
