"""What search engines should find: the list, each article that is out, each topic in use."""

from datetime import date

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from academy.models import Article, Topic


class AcademySitemap(Sitemap):  # type: ignore[type-arg]  # it cannot be subscripted when it runs
    """The list of articles."""

    def items(self) -> list[str]:
        return ["academy"]

    def location(self, item: str) -> str:
        return reverse(item)


class ArticleSitemap(Sitemap):  # type: ignore[type-arg]  # the same
    """The articles, with the day since which each says what it says."""

    def items(self) -> QuerySet[Article]:
        return Article.objects.published(timezone.localdate())

    def lastmod(self, item: Article) -> date:
        return item.changed_on


class TopicSitemap(Sitemap):  # type: ignore[type-arg]  # the same
    """The topics."""

    def items(self) -> QuerySet[Topic]:
        return Topic.objects.in_use(timezone.localdate())


SITEMAPS = {"academy": AcademySitemap, "articles": ArticleSitemap, "topics": TopicSitemap}
