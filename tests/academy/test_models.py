"""An article is rendered when it is checked, and what it says together has to fit."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from academy.models import Article, Question, Topic
from academy.save_article import store
from tests.clock import Clock
from tests.factories import make_article, make_topic

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


def faults(**facts: Any) -> dict[str, list[str]]:
    """What is wrong with an article that differs from a right one in these facts alone."""
    with pytest.raises(ValidationError) as caught:
        make_article(**facts)
    assert not Article.objects.exists()
    return caught.value.message_dict


def test_the_page_is_made_of_the_text_when_it_is_stored() -> None:
    article = make_article(body="## A *part*\n\nWords.")
    article.refresh_from_db()
    assert article.html == '<h2 id="h-a-part">A <em>part</em></h2>\n<p>Words.</p>\n'
    assert article.contents == [{"id": "h-a-part", "title": "A part"}]


@pytest.mark.parametrize(
    ("words", "minutes"), [(1, 1), (299, 1), (301, 2), (1000, 5), (1090, 5), (1110, 6)]
)
def test_the_reading_time_is_a_minute_for_200_words_and_at_least_one(
    words: int, minutes: int
) -> None:
    assert make_article(body="word " * words).minutes == minutes


def test_an_answer_is_rendered_too() -> None:
    article = make_article(questions=[("Why?", "*Because*"), ("How?", "So.")])
    stored = list(article.questions.values_list("question", "html"))
    assert stored == [("Why?", "<p><em>Because</em></p>"), ("How?", "<p>So.</p>")]


def test_the_database_refuses_what_was_not_rendered() -> None:
    article = make_article()
    for row in (
        Article(title="T", slug="t", summary="S", body="Words"),
        Question(article=article, question="Why?", answer="Because"),
    ):
        with pytest.raises(IntegrityError, match="_rendered"), transaction.atomic():
            row.save()


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        ({"summary": "Too short."}, "summary", "at least 50"),
        ({"summary": "long " * 41}, "summary", "at most 200"),
        ({"title": "long " * 21}, "title", "at most 100"),
        ({"title": "Two\nlines", "slug": "x"}, "title", "hidden characters"),
        ({"title": "A\x0bb", "slug": "x"}, "title", "hidden characters"),
        ({"body": "A page\x0cbreak"}, "body", "hidden characters"),
        ({"body": "\ufffe"}, "body", "hidden characters"),
        ({"body": ""}, "body", "blank"),
        ({"body": "[only]: /a-reference"}, "body", "Nothing is left"),
        ({"body": "```shares What\na | b\n```"}, "body", "write “a | b” as"),
        ({"slug": "two words"}, "slug", "valid"),
        ({"published_on": date(1999, 12, 31)}, "published_on", "between 2000 and 2199"),
        ({"published_on": date(2200, 1, 1)}, "published_on", "between 2000 and 2199"),
        ({"updated_on": date(2026, 11, 15)}, "updated_on", "before its own date"),
        ({"cover": "cat"}, "cover", "valid choice"),
        ({"cover_is_decorative": False}, "cover_alt", "Say what the drawing shows"),
        ({"cover_alt": "A lamp."}, "cover_alt", "Leave this empty"),
        ({"questions": [("Why?", "[only]: /x")]}, "answer", "Nothing is left"),
        ({"questions": [("Why\x00?", "So.")]}, "question", "hidden characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    facts: dict[str, Any], field: str, said: str
) -> None:
    found = faults(**facts)
    assert said in " ".join(found[field])


def test_a_tab_and_a_line_end_may_stand_in_a_text() -> None:
    assert make_article(body="One\r\n\r\nTwo\tthree").html == "<p>One</p>\n<p>Two\tthree</p>\n"


def test_letters_of_any_language_and_pictures_may_stand_in_a_title() -> None:
    title = "Naïve café\N{NO-BREAK SPACE}👩‍👧 \N{SOFT HYPHEN}療法"
    assert make_article(title=title, slug="x").title == title


def test_pictures_that_are_joined_may_stand_in_a_text() -> None:
    assert make_article(body="👩‍👧").html == "<p>👩‍👧</p>\n"


def test_two_articles_cannot_have_one_address() -> None:
    make_article(slug="same")
    with pytest.raises(ValidationError, match="Another article has this address"):
        make_article(slug="same")


def test_storing_again_replaces_topics_and_questions() -> None:
    old = make_topic("Old")
    article = make_article(topics=[old], questions=[("Old?", "Yes.")])
    again = Article.objects.get(pk=article.pk)
    again.title = "New"
    store(again, topics=[make_topic("New")], questions=[("New?", "Yes.")])
    assert [topic.name for topic in article.topics.all()] == ["New"]
    assert [question.question for question in article.questions.all()] == ["New?"]


@pytest.mark.parametrize(
    ("state", "day", "seen"),
    [
        (Article.State.PUBLISHED, date(2026, 11, 23), True),
        (Article.State.PUBLISHED, date(2026, 11, 24), False),
        (Article.State.DRAFT, date(2026, 11, 22), False),
    ],
)
def test_an_article_is_out_from_its_day_on_if_it_is_published(
    state: Article.State, day: date, *, seen: bool
) -> None:
    article = make_article(state=state, published_on=day)
    assert Article.objects.published(TODAY).exists() is seen
    assert article.is_published(TODAY) is seen


def test_what_to_read_next_shares_most_topics_first_and_then_is_newest() -> None:
    one, two, other = (make_topic(name) for name in ("One", "Two", "Other"))
    article = make_article(topics=[one, two])
    make_article(title="Old", topics=[one], published_on=date(2026, 1, 1))
    make_article(title="New", topics=[two], published_on=date(2026, 2, 1))
    make_article(title="Both", topics=[one, two, other], published_on=date(2025, 1, 1))
    make_article(title="Neither", topics=[other])
    related = Article.objects.published(TODAY).related_to(article)
    assert [str(found) for found in related] == ["Both", "New", "Old", "Neither"]


def test_a_topic_is_in_use_once_an_article_of_it_is_out() -> None:
    used, empty, waiting = (make_topic(name) for name in ("Used", "Empty", "Waiting"))
    make_article(topics=[used])
    make_article(topics=[used])
    make_article(topics=[waiting], published_on=date(2026, 12, 1))
    assert list(Topic.objects.in_use(TODAY)) == [used]
    assert str(empty) == "Empty"


def test_dates_are_written_as_on_the_rest_of_the_site() -> None:
    article = make_article(published_on=date(2026, 3, 3), updated_on=date(2026, 3, 10))
    assert article.date_label == "Tuesday 3\N{NO-BREAK SPACE}March 2026"
    assert article.updated_label == "Tuesday 10\N{NO-BREAK SPACE}March 2026"
    assert make_article().updated_label == ""


def test_the_address_of_what_people_could_read_stays(client: Browser) -> None:
    article = make_article(slug="walks")
    path = article.get_absolute_url()
    article.slug = "on-walks"
    with pytest.raises(ValidationError) as caught:
        store(article)
    said = "It stays “walks”: people keep links, and these lead there."
    assert caught.value.message_dict == {"slug": [said]}
    assert client.get(path).status_code == 200
    # Nor by way of a draft.
    article.slug, article.state = "walks", Article.State.DRAFT
    store(article)
    article.slug = "on-walks"
    with pytest.raises(ValidationError, match="It stays"):
        store(article)


@pytest.mark.parametrize(
    "facts", [{"state": Article.State.DRAFT}, {"published_on": date(2026, 11, 24)}]
)
def test_the_address_of_what_nobody_could_read_may_change(facts: dict[str, Any]) -> None:
    article = make_article(slug="walks", **facts)
    article.slug = "on-walks"
    assert store(article).get_absolute_url() == "/academy/on-walks/"


def test_an_article_whose_day_came_since_it_was_stored_keeps_its_address(
    clock: Clock,
) -> None:
    article = make_article(slug="walks", published_on=date(2026, 11, 24))
    clock.shift(timedelta(days=2))
    article.slug = "on-walks"
    with pytest.raises(ValidationError, match="It stays"):
        store(article)


def test_the_address_of_a_topic_stays_once_an_article_led_there() -> None:
    topic = make_topic("Walks")
    make_article(topics=[topic], state=Article.State.DRAFT)
    topic.slug = "walking"
    topic.full_clean()
    topic.save()
    make_article(topics=[topic])
    topic.slug = "walks"
    with pytest.raises(ValidationError, match="It stays “walking”"):
        topic.full_clean()


def test_an_article_without_a_date_is_refused_for_that_alone() -> None:
    assert faults(published_on=None) == {"published_on": ["This field cannot be null."]}
