"""How many questions each page asks of Postgres: one number, however much was written."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from academy.models import Article
from tests.factories import make_article, make_practice, make_topic

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(params=[1, 3])
def written(request: pytest.FixtureRequest) -> Article:
    """So many articles, each with so many topics and questions, and a practice."""
    count: int = request.param
    make_practice()
    topics = [make_topic(f"Topic {n}") for n in range(count)]
    questions = [(f"Question {n}?", "Yes.") for n in range(count)]
    written = [make_article(topics=topics, questions=questions) for _ in range(count)]
    return written[0]


PAGES: dict[str, tuple[int, Callable[[Article], str]]] = {
    # The practice, the count, the articles, the topics.
    "list": (4, lambda _: reverse("academy")),
    "topic": (5, lambda article: article.topics.all()[0].get_absolute_url()),
    # The practice, the article, its topics, its questions, what is related.
    "article": (5, lambda article: article.get_absolute_url()),
    "feed": (3, lambda _: reverse("academy_feed")),
}


@pytest.mark.parametrize(("number", "address"), PAGES.values(), ids=PAGES)
def test_a_page_asks_so_many_questions(
    client: Browser,
    written: Article,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
    address: Callable[[Article], str],
) -> None:
    path = address(written)
    with django_assert_num_queries(number):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("number", "name"),
    [(7, "admin:academy_article_changelist"), (6, "admin:academy_topic_changelist")],
)
@pytest.mark.usefixtures("written")
def test_a_list_of_admin_asks_so_many_questions(
    client: Browser, django_assert_num_queries: DjangoAssertNumQueries, number: int, name: str
) -> None:
    client.force_login(User.objects.create_superuser("owner"))
    with django_assert_num_queries(number):
        assert client.get(reverse(name)).status_code == 200
