"""The academy's pages: lists, articles, their preview for staff, and the feed.

No page says anything of its visitor, so each answers a browser that has it with a 304.
"""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_safe

from academy.models import Article, Topic

A_PAGE = 12  # articles
MOST_RELATED = 3
MOST_IN_FEED = 20
LONGEST_NUMBER = 6  # digits: more pages than there will ever be


@require_safe
@conditional_page
def academy(request: HttpRequest) -> HttpResponse:
    """All articles, newest first, and the topics that lead to some of them."""
    today = timezone.localdate()
    context = {
        "articles": _page(request, Article.objects.published(today)),
        "topics": Topic.objects.in_use(today),
    }
    return _list(request, "academy/academy.html", reverse("academy"), context)


@require_safe
@conditional_page
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """The articles of one topic."""
    today = timezone.localdate()
    found = get_object_or_404(Topic, slug=slug)
    context = {
        "topic": found,
        "articles": _page(request, Article.objects.published(today).filter(topics=found)),
        "topics": Topic.objects.in_use(today).exclude(pk=found.pk),
    }
    return _list(request, "academy/topic.html", found.get_absolute_url(), context)


def _list(
    request: HttpRequest, template: str, address: str, context: dict[str, Any]
) -> HttpResponse:
    """Render a list under the one address that its page has, whatever the visitor typed."""
    number = context["articles"].number
    query = f"?{urlencode({'page': number})}" if number > 1 else ""
    canonical = f"{settings.SITE_URL}{address}{query}"
    return render(request, template, {**context, "canonical": canonical, "page_number": number})


def _page(request: HttpRequest, articles: QuerySet[Article]) -> Page[Article]:
    """Return the page that the address asks for, or the nearest that there is."""
    asked = request.GET.get("page", "")
    number = int(asked[:LONGEST_NUMBER]) if asked.isascii() and asked.isdigit() else 1
    return Paginator(articles, A_PAGE).get_page(max(1, number))


@require_safe
@conditional_page
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article that is out; a draft, or one whose day has not come, is not found."""
    today = timezone.localdate()
    found = Article.objects.published(today).filter(slug=slug).first()
    if found is None:
        raise Http404
    return _article_page(request, found, today)


@require_safe
@never_cache
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """An article as it will look, for staff; nobody else learns that it exists."""
    if not (request.user.is_staff and request.user.has_perm("academy.view_article")):
        raise Http404
    found = get_object_or_404(Article.objects.select_related("picture"), pk=pk)
    return _article_page(request, found, timezone.localdate(), is_preview=True)


def _article_page(
    request: HttpRequest, article: Article, today: date, *, is_preview: bool = False
) -> HttpResponse:
    context = {
        "article": article,
        "topics": article.topics.all(),
        "questions": article.questions.all(),
        "related": Article.objects.published(today).related_to(article)[:MOST_RELATED],
        "canonical": settings.SITE_URL + article.get_absolute_url(),
        "is_preview": is_preview,
        "is_published": article.is_published(today),
    }
    return render(request, "academy/article.html", context)


@require_safe
@conditional_page
def feed(request: HttpRequest) -> HttpResponse:
    """The newest articles as an Atom feed (RFC 4287), each in full."""
    now = timezone.now()
    shown = Article.objects.published(timezone.localdate(now))
    articles = list(shown.prefetch_related("topics")[:MOST_IN_FEED])
    changed = [article.changed_at for article in articles]
    context = {
        "articles": articles,
        "changed_at": max(changed, default=now),
    }
    return render(
        request, "academy/feed.xml", context, content_type="application/atom+xml; charset=utf-8"
    )
