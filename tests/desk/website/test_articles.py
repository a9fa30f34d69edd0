"""Writing in admin: what is checked, what is rendered, and where one looks at it."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.forms.models import model_to_dict
from django.test import Client as Browser
from django.urls import reverse

from academy.models import Article, Topic
from staff.models import Role
from tests.desk.tab import as_opened
from tests.factories import make_article, make_topic, make_user
from tests.pages import browser_of, text_of

pytestmark = pytest.mark.django_db

ADD = "/admin/academy/article/add/"
WORDS = {
    "title": "On walks",
    "slug": "on-walks",
    "summary": "Some things are easier to say when nobody is looking at you.",
    "state": "published",
    "published_on": "2026-11-20",
    "updated_on": "",
    "cover": "walk",
    "cover_alt": "Two people on a path.",
    "body": "## Rain\n\nIt *rains*.",
}


@pytest.fixture
def browser(client: Browser) -> Browser:
    """A browser in which the owner of the practice is logged in."""
    client.force_login(User.objects.create_superuser("owner"))
    return client


def form(*questions: dict[str, Any], initial: int = 0, **changes: Any) -> dict[str, Any]:
    """What the form posts."""
    posted: dict[str, Any] = {
        **WORDS,
        "questions-TOTAL_FORMS": len(questions),
        "questions-INITIAL_FORMS": initial,
        **changes,
    }
    for number, question in enumerate(questions):
        posted |= {f"questions-{number}-{name}": value for name, value in question.items()}
    return posted


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["adminform"].form.errors
    return found


def test_an_article_is_written_with_its_topics_and_questions(browser: Browser) -> None:
    topic = make_topic()
    question = {"question": "What if it rains?", "answer": "We *wait*.", "position": "0"}
    response = browser.post(ADD, form(question, topics=[topic.pk]))
    assert response.status_code == 302
    html = text_of(browser.get("/academy/on-walks/"))
    assert '<h2 id="h-rain">Rain</h2>' in html
    assert "<p>We <em>wait</em>.</p>" in html
    assert topic.name in html


def test_a_change_is_rendered_when_it_is_saved(browser: Browser) -> None:
    article = make_article(questions=[("Why?", "So.")])
    [row] = article.questions.all()
    question: dict[str, Any] = {"id": row.pk, "article": article.pk, "question": "Why?"}
    answer = {"answer": "**Now**", "position": "0"}
    posted = form({**question, **answer}, initial=1, body="New words.", slug=article.slug)
    path = reverse("admin:academy_article_change", args=[article.pk])
    assert browser.post(path, {**as_opened(browser, path), **posted}).status_code == 302
    article.refresh_from_db()
    row.refresh_from_db()
    assert article.html == "<p>New words.</p>\n"
    assert row.html == "<p><strong>Now</strong></p>"


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"title": ""}, "title", "required"),
        ({"slug": "taken"}, "slug", "Another article has this address"),
        ({"slug": "a b"}, "slug", "valid"),
        ({"summary": "Short."}, "summary", "at least 50"),
        ({"summary": "x" * 201}, "summary", "at most 200"),
        ({"published_on": "31/02/2026"}, "published_on", "valid date"),
        ({"published_on": "0001-01-01"}, "published_on", "between 2000 and 2199"),
        ({"updated_on": "2026-11-01"}, "updated_on", "before its own date"),
        ({"body": ""}, "body", "required"),
        ({"body": "\x00"}, "body", "Null characters"),
        ({"body": "A\x0bb"}, "body", "hidden characters"),
        ({"body": "```shares\na | 1\n```"}, "body", "Give the chart a title"),
        ({"cover": "../../settings"}, "cover", "valid choice"),
        ({"cover_alt": ""}, "cover_alt", "Say what the drawing shows"),
        ({"cover_is_decorative": "on"}, "cover_alt", "Leave this empty"),
        ({"topics": ["99"]}, "topics", "valid choice"),
        ({"state": "secret"}, "state", "valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    browser: Browser, changes: dict[str, Any], field: str, said: str
) -> None:
    make_article(slug="taken")
    response = browser.post(ADD, form(**changes))
    assert said in " ".join(errors(response)[field])
    assert "easier to say" in text_of(response) or field == "summary"
    assert Article.objects.count() == 1


def test_a_wrong_answer_is_said_at_the_answer(browser: Browser) -> None:
    question = {"question": "Why?", "answer": "[only]: /x", "position": "0"}
    response = browser.post(ADD, form(question))
    assert "Nothing is left of this when it is shown" in text_of(response)
    assert not Article.objects.exists()


def test_a_new_article_is_a_draft_of_today_until_somebody_says_otherwise(browser: Browser) -> None:
    initial = browser.get(ADD).context["adminform"].form
    assert initial["state"].value() == Article.State.DRAFT
    assert initial["published_on"].value() == date(2026, 11, 23)


def test_the_form_shows_how_to_write_and_leads_to_the_preview(browser: Browser) -> None:
    article = make_article(state=Article.State.DRAFT)
    path = reverse("admin:academy_article_change", args=[article.pk])
    html = text_of(browser.get(path))
    assert "What you type, and what it becomes" in html
    assert f"/admin/academy/article/{article.pk}/preview/" in html
    assert "View on site" not in html
    preview = browser.get(f"/admin/academy/article/{article.pk}/preview", follow=True)
    assert f"<h1>{article.title}</h1>" in text_of(preview)


@pytest.mark.parametrize("pk", ["0", "x", "9" * 30, "_add"])
def test_a_preview_of_nothing_is_not_found(browser: Browser, pk: str) -> None:
    assert browser.get(f"/admin/academy/article/{pk}/preview/").status_code == 404


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ASSISTANT, None])
def test_articles_are_written_by_who_runs_the_practice(role: Role | None) -> None:
    reader, article = browser_of(make_user(role)), make_article()
    assert reader.get(f"/admin/academy/article/{article.pk}/preview/").status_code == 403
    assert reader.post(ADD, form()).status_code == 403
    assert browser_of(make_user(Role.MANAGER)).post(ADD, form()).status_code == 302


def test_what_is_out_can_be_visited_from_its_form(browser: Browser) -> None:
    article = make_article()
    html = text_of(browser.get(reverse("admin:academy_article_change", args=[article.pk])))
    assert f'href="{article.get_absolute_url()}"' in html


def test_the_list_says_who_sees_what(browser: Browser) -> None:
    make_article(title="Out")
    make_article(title="Waiting", published_on=date(2026, 12, 1))
    make_article(title="Draft", state=Article.State.DRAFT)
    html = text_of(browser.get("/admin/academy/article/"))
    for said in ("Everybody", "Everybody from Tuesday 1 December 2026", "Only you: a draft"):
        assert said in html


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Out", "Waiting", "Draft"}),
        ("standing=out", {"Out"}),
        ("standing=scheduled", {"Waiting"}),
        ("standing=draft", {"Draft"}),
        ("standing=later", {"Out", "Waiting", "Draft"}),
        ("q=rain", {"Out"}),
    ],
)
def test_the_list_can_be_narrowed(browser: Browser, query: str, shown: set[str]) -> None:
    make_article(title="Out", body="It rains.")
    make_article(title="Waiting", published_on=date(2026, 12, 1))
    make_article(title="Draft", state=Article.State.DRAFT)
    found = browser.get(f"/admin/academy/article/?{query}").context["cl"].result_list
    assert {article.title for article in found} == shown


def test_topics_say_how_many_articles_they_have(browser: Browser) -> None:
    used = make_topic("Used")
    make_topic("Empty")
    make_article(topics=[used])
    make_article(topics=[used])
    found = browser.get("/admin/academy/topic/").context["cl"].result_list
    assert {topic.name: topic.article_count for topic in found} == {"Used": 2, "Empty": 0}


def test_a_topic_is_written(browser: Browser) -> None:
    posted = {"name": "Ways to meet", "slug": "ways-to-meet", "summary": ""}
    assert browser.post("/admin/academy/topic/add/", posted).status_code == 302
    topic = Topic.objects.get()
    assert model_to_dict(topic, fields=posted) == posted
    assert browser.post("/admin/academy/topic/add/", posted).status_code == 200
