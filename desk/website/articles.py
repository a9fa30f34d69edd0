"""Articles as the therapist writes them: Markdown, a preview once it is saved, a date to come."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from unfold.admin import StackedInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from academy.models import Article, Question, Topic
from desk.diary_admin import now_of
from desk.picture_page import PicturePage
from desk.two_tabs import TwoTabs


class Standing(admin.SimpleListFilter):
    title = "who sees it"
    parameter_name = "standing"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [("out", "Everybody"), ("scheduled", "Nobody before its date"), ("draft", "Drafts")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        out = Article.objects.published(_today(request)).values("pk")
        if self.value() == "out":
            return queryset.filter(pk__in=out)
        if self.value() == "scheduled":
            return queryset.filter(state=Article.State.PUBLISHED).exclude(pk__in=out)
        return queryset.filter(state=Article.State.DRAFT) if self.value() == "draft" else queryset


class QuestionInline(StackedInline):
    model = Question
    fields = ("question", "answer", "position")
    collapsible = True
    extra = 0


@admin.register(Article)
class ArticleAdmin(PicturePage, TwoTabs):
    when_empty = "What you write for the academy. An article is a draft until it gets a date."
    list_display = ("title", "standing", "published_on", "reading_time")
    list_filter = (Standing, "topics")
    search_fields = ("title", "summary", "body")
    prepopulated_fields = {"slug": ("title",)}
    formfield_overrides = {
        models.ManyToManyField: {"widget": UnfoldAdminCheckboxSelectMultipleWidget}
    }
    inlines = (QuestionInline,)
    actions_detail = ("preview",)
    readonly_fields = ("how_to_write", "shown_picture")
    picture_field, picture_title, picture_place = "picture", "Picture", "cover"
    picture_may_decorate = True
    picture_help = "Read aloud to people who can’t see it. Needed unless it’s decoration."
    warn_unsaved_form = True
    fieldsets = (
        (None, {"fields": ("title", "slug", "summary", "author", "topics")}),
        ("Who sees it", {"fields": ("state", ("published_on", "updated_on"))}),
        ("Text", {"fields": ("body", "how_to_write")}),
        ("Picture", {"fields": ("shown_picture",)}),
        (
            "Drawing",
            {
                "fields": ("cover", "cover_is_decorative", "cover_alt"),
                "description": "Shows where there is no picture.",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """Each row knows the day on which it is looked at."""
        articles: QuerySet[Any] = super().get_queryset(request)
        return articles.annotate(today=Value(_today(request)))

    @display(description="How to write it")
    def how_to_write(self, _: Article) -> str:
        return render_to_string("desk/website/how_to_write.html")

    @display(description="Who sees it")
    def standing(self, article: Any) -> str:
        return _standing(article, article.today)

    @display(description="Reading time", ordering="minutes")
    def reading_time(self, article: Article) -> str:
        return f"{article.minutes} min"

    @action(
        description="Preview what is saved",
        url_path="preview",
        icon="visibility",
        permissions=["view"],
        attrs={"target": "_blank"},
    )
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the article as it will look, outside the admin and under the public policy."""
        article = self.get_object(request, object_id)
        if article is None:
            raise Http404
        return redirect("article_preview", article.pk)

    def view_on_site(self, article: Any) -> str | None:
        """Lead to the article where everybody may read it, and nowhere else."""
        return article.get_absolute_url() if article.is_published(article.today) else None


def _today(request: HttpRequest) -> date:
    return timezone.localdate(now_of(request))


def _standing(article: Article, today: date) -> str:
    if article.is_published(today):
        return "Everybody"
    if article.state == Article.State.PUBLISHED:
        return f"Everybody from {article.date_label}"
    return "Only you: a draft"


@admin.register(Topic)
class TopicAdmin(TwoTabs):
    when_empty = "What articles are about: each topic has a page that lists its own."
    list_display = ("name", "summary", "count")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        topics: QuerySet[Any] = super().get_queryset(request)
        return topics.annotate(article_count=Count("articles"))

    @display(description="Articles", ordering="article_count")
    def count(self, topic: Any) -> int:
        return int(topic.article_count)
