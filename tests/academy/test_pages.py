"""The academy's pages: who sees what, what a page holds, and addresses that nobody linked."""

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from academy.models import Article
from academy.views import A_PAGE
from availability.models import Service, Therapist
from staff.models import Role
from tests.clock import Clock
from tests.factories import (
    World,
    make_article,
    make_practice,
    make_therapist,
    make_topic,
    make_user,
)
from tests.pages import text_of

pytestmark = pytest.mark.django_db

LIST = "/academy/"


def page(browser: Browser, path: str = LIST) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return text_of(response)


def titles(html: str) -> list[str]:
    return re.findall(r'<h2 class="kt-card__title"><a[^>]*>(.*?)</a>', html)


# --- the list


def test_the_list_shows_what_is_out_newest_first(client: Browser) -> None:
    make_article(title="Older", published_on=date(2026, 3, 1))
    make_article(title="Newer", published_on=date(2026, 11, 23))
    make_article(title="Draft", state=Article.State.DRAFT)
    make_article(title="Tomorrow", published_on=date(2026, 11, 24))
    html = page(client)
    assert titles(html) == ["Newer", "Older"]
    assert "Sunday 1 March 2026" in html
    assert "1 minute read" in html


def test_without_articles_the_list_says_so_and_leads_on(client: Browser) -> None:
    html = page(client)
    assert "I haven’t published anything here yet" in html
    assert f'href="{reverse("book")}"' in html


def test_the_list_leads_to_the_topics_in_use(client: Browser) -> None:
    make_article(topics=[make_topic("Ways to meet")])
    make_topic("Empty")
    html = page(client)
    assert '<a href="/academy/topic/ways-to-meet/">Ways to meet</a>' in html
    assert "Empty" not in html


def fill(pages: int) -> None:
    for _ in range(A_PAGE * (pages - 1) + 1):
        make_article()


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("page=1", 1),
        ("page=2", 2),
        ("page=3", 2),
        ("page=0", 1),
        ("page=-1", 1),
        ("page=", 1),
        ("page=two", 1),
        ("page=1.5", 1),
        ("page=%00", 1),
        ("page=%D9%A2", 1),
        ("page=1&page=2", 2),
        ("page=" + "9" * 5000, 2),
        ("page=1e9", 1),
        ("page[]=2", 1),
    ],
    ids=lambda value: str(value)[:16],
)
@pytest.mark.parametrize("where", [LIST, "/academy/topic/one/"])
def test_an_address_that_nobody_linked_shows_the_nearest_page(
    client: Browser, asked: str, shown: int, where: str
) -> None:
    topic = make_topic("One")
    fill(2)
    for article in Article.objects.all():
        article.topics.add(topic)
    html = page(client, f"{where}?{asked}")
    assert f"Page {shown} of 2" in html
    canonical = f"{where}?page=2" if shown == 2 else where
    assert f'{canonical}"><meta property="og:type"' in html


def test_pages_lead_to_each_other(client: Browser) -> None:
    fill(2)
    first, second = page(client), page(client, f"{LIST}?page=2")
    assert len(titles(first)) == A_PAGE
    assert 'href="?page=2" rel="next">Older articles' in first
    assert "kt-cards--lead" in first  # the newest article of all leads
    assert "kt-cards--lead" not in second
    assert 'rel="prev"' not in first
    assert len(titles(second)) == 1
    assert 'href="?page=1" rel="prev">Newer articles' in second
    assert 'rel="next"' not in second
    assert "<title>Academy: therapy in plain words, page 2</title>" in second
    about = r'<meta (?:name|property)="(?:og:)?description" content="(.*?)">'
    [said, shared], [other, also] = (re.findall(about, one) for one in (first, second))
    assert (shared, also) == (said, other)
    assert other == f"{said} Page 2."


def test_one_page_needs_no_way_to_another(client: Browser) -> None:
    make_article()
    assert "kt-pages" not in page(client)


# --- a topic


def test_a_topic_shows_its_articles_and_leads_to_the_others(client: Browser) -> None:
    one = make_topic("One", summary="What one is.")
    two = make_topic("Two")
    make_article(title="Of one", topics=[one])
    make_article(title="Of two", topics=[two])
    html = page(client, one.get_absolute_url())
    assert titles(html) == ["Of one"]
    assert "What one is." in html
    assert f'<a href="{two.get_absolute_url()}">Two</a>' in html
    assert "noindex" not in html


def test_a_topic_without_articles_says_so_and_is_not_for_search_engines(client: Browser) -> None:
    topic = make_topic("One")
    make_article(topics=[topic], state=Article.State.DRAFT)
    html = page(client, topic.get_absolute_url())
    assert "There’s nothing about this just now" in html
    assert '<meta name="robots" content="noindex">' in html


# --- an article


def test_an_article_holds_all_that_its_reader_may_want(client: Browser, world: World) -> None:
    topic = make_topic("Ways to meet")
    article = make_article(
        title="On walks",
        topics=[topic],
        updated_on=date(2026, 11, 20),
        questions=[("What if it *rains*?", "We **wait**.")],
        cover="walk",
        cover_is_decorative=False,
        cover_alt="A path.",
    )
    make_article(title="Read me too", topics=[topic])
    html = page(client, article.get_absolute_url())
    assert "<h1>On walks</h1>" in html
    assert "Monday 16 November 2026" in html
    assert "Updated" in html
    assert "Friday 20 November 2026" in html
    assert '<li><a href="#h-a-part">A part</a></li>' in html
    assert '<h2 id="h-a-part">A part</h2>' in html
    assert '<a href="#questions-h">Questions and answers</a>' in html
    assert "<summary>What if it *rains*?</summary><div><p>We <strong>wait</strong>.</p>" in html
    assert 'role="img" aria-label="A path."' in html
    assert f'<a href="{topic.get_absolute_url()}">Ways to meet</a>' in html
    assert "Read me too" in html
    assert "no substitute for talking with a registered therapist" in html
    assert f'<a class="btn btn-primary" href="{reverse("book")}?what=consultation">' in html
    assert "116 123" in html


def test_a_plain_article_has_no_empty_parts(client: Browser) -> None:
    html = page(client, make_article(body="Words.").get_absolute_url())
    for part in ("In this article", "Questions and answers", "Related topics", "Read next"):
        assert part not in html
    assert "Updated" not in html


def test_at_most_three_articles_are_read_next(client: Browser) -> None:
    topic = make_topic()
    articles = [make_article(topics=[topic]) for _ in range(6)]
    html = page(client, articles[0].get_absolute_url())
    [listed] = re.findall(r'<ul class="kt-cards kt-cards--brief">(.*?)</ul>', html)
    assert listed.count("<li ") == 3


@pytest.mark.parametrize(
    "facts",
    [{"state": Article.State.DRAFT}, {"published_on": date(2026, 11, 24)}],
    ids=["draft", "tomorrow"],
)
def test_what_is_not_out_is_not_found_even_by_staff(client: Browser, facts: dict[str, Any]) -> None:
    article = make_article(**facts)
    client.force_login(User.objects.create_superuser("owner"))
    assert client.get(article.get_absolute_url()).status_code == 404


def test_an_article_comes_out_at_midnight_in_the_uk(client: Browser, clock: Clock) -> None:
    article = make_article(published_on=date(2026, 7, 1))
    clock.move_to(datetime(2026, 6, 30, 22, 59, tzinfo=UTC))
    assert client.get(article.get_absolute_url()).status_code == 404
    clock.move_to(datetime(2026, 6, 30, 23, 0, tzinfo=UTC))
    assert client.get(article.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/academy/nowhere/",
        "/academy/topic/nowhere/",
        "/academy/topic/",
        "/academy/feed.xml/",
        "/academy/preview/1/",
        "/academy/preview/99999999999999999999999/",
        "/academy/" + "a" * 5000 + "/",
        "/academy/%00/",
        "/academy/../etc/passwd",
        "/academy/caf%C3%A9/",
    ],
)
def test_what_is_not_there_is_not_found(client: Browser, path: str) -> None:
    assert client.get(path).status_code == 404


# --- the preview


def staff(role: Role = Role.MANAGER, *, is_staff: bool = True) -> User:
    user = make_user(role)
    user.is_staff = is_staff
    user.save()
    return user


def test_staff_sees_a_draft_as_it_will_look(client: Browser) -> None:
    article = make_article(title="Soon", state=Article.State.DRAFT)
    client.force_login(staff())
    response = client.get(reverse("article_preview", args=[article.pk]))
    html = text_of(response)
    assert "<h1>Soon</h1>" in html
    assert "It’s a draft, so nobody else can read it." in html
    assert '<meta name="robots" content="noindex">' in html
    assert "no-store" in response["Cache-Control"]
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 12, 1), "Nobody else can read it before Tuesday 1 December 2026."),
        (date(2026, 11, 1), "Everybody can read this article."),
    ],
)
def test_the_preview_says_who_can_read_it(client: Browser, day: date, said: str) -> None:
    article = make_article(published_on=day)
    client.force_login(staff())
    assert said in page(client, reverse("article_preview", args=[article.pk]))


@pytest.mark.parametrize(
    "user",
    [
        lambda: None,
        lambda: staff(is_staff=False),
        lambda: staff(Role.THERAPIST),
    ],
    ids=["nobody", "no staff", "no permission"],
)
def test_nobody_else_learns_that_a_draft_exists(client: Browser, user: object) -> None:
    article = make_article(state=Article.State.DRAFT)
    found = user()  # type: ignore[operator]
    if found:
        client.force_login(found)
    assert client.get(reverse("article_preview", args=[article.pk])).status_code == 404


# --- all of them


def everywhere() -> list[str]:
    topic = make_topic("One")
    article = make_article(topics=[topic])
    return [LIST, article.get_absolute_url(), topic.get_absolute_url(), reverse("academy_feed")]


def test_a_browser_that_has_a_page_does_not_fetch_it_again(client: Browser) -> None:
    paths = everywhere()
    for path in paths:
        tag = client.get(path)["ETag"]
        again = client.get(path, headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
    make_practice(name="Another name")
    for path in paths:
        fresh = client.get(path, headers={"if-none-match": tag})
        assert fresh.status_code == 200
        assert "Another name" in text_of(fresh)


def test_no_page_keeps_a_cookie_or_differs_by_one(client: Browser) -> None:
    for path in everywhere():
        response = client.get(path)
        assert not response.cookies
        somebody = Browser()
        somebody.cookies["sessionid"] = "anything"
        assert somebody.get(path).content == response.content


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_changed_by_visiting(client: Browser, method: str) -> None:
    for path in everywhere():
        assert getattr(client, method)(path).status_code == 405


def test_the_head_alone_can_be_asked_for(client: Browser) -> None:
    for path in everywhere():
        response = client.head(path)
        assert (response.status_code, response.content) == (200, b"")


def test_the_practice_stands_in_the_frame(client: Browser) -> None:
    make_practice(name="Riverside Therapy", email="hello@riverside.example")
    for path in everywhere()[:3]:
        html = page(client, path)
        assert ". Riverside Therapy</title>" in html
        assert "mailto:hello@riverside.example" in html


def test_words_are_words_wherever_they_stand(client: Browser) -> None:
    sly = "</title></script><script>alert(1)</script>\"'&"
    topic = make_topic(sly, slug="sly", summary=sly)
    article = make_article(
        title=sly,
        slug="sly",
        summary=sly * 2,
        topics=[topic],
        questions=[(sly, sly)],
        cover_is_decorative=False,
        cover_alt=sly,
    )
    make_article(title=f"Other {sly}", slug="other", topics=[topic])
    for path in (LIST, article.get_absolute_url(), topic.get_absolute_url()):
        html = page(client, path)
        assert "<script>" not in html
        assert "alert(1)" in html


# --- who wrote it, and the way on


def test_an_article_says_who_wrote_it_and_their_registration(client: Browser) -> None:
    make_article(slug="mine", author="Ash Lane, UKCP 0001")
    assert '<p class="kt-author">By Ash Lane, UKCP 0001</p>' in page(client, "/academy/mine/")


def test_without_a_name_it_is_the_only_therapists(client: Browser, world: World) -> None:
    make_article(slug="theirs")
    Therapist.objects.update(registration="BACP 0002")
    html = page(client, "/academy/theirs/")
    assert f"By <strong>{world.therapist.name}</strong>," in html
    assert "BACP 0002" in html
    Therapist.objects.update(registration="")
    assert f"By <strong>{world.therapist.name}</strong></p>" in page(client, "/academy/theirs/")


def test_of_several_therapists_none_is_named_for_what_another_may_have_written(
    client: Browser, world: World
) -> None:
    make_therapist(practice=world.therapist.practice, name="Ash Lane")
    make_article(slug="theirs")
    assert "kt-author" not in page(client, "/academy/theirs/")


def test_an_article_ends_with_the_way_to_meet_and_what_to_read_next(
    client: Browser, world: World
) -> None:
    topic = make_topic()
    make_article(slug="one", topics=[topic])
    make_article(title="Another", topics=[topic])
    html = page(client, "/academy/one/")
    invitation = html.index('class="kt-invite"')
    assert html.index("</article>") < invitation < html.index('class="kt-read"')
    assert html.index('class="kt-read"') < html.index(">Another</a>")
    ways = re.findall(r'<a href="(/book/time/[^"]*)"><span[^>]*>See free times: </span>', html)
    assert [client.get(unescape(url)).status_code for url in ways] == [200] * 3
    assert "15-minute" in html[invitation:]


def test_where_nobody_new_is_met_the_invitation_says_so(client: Browser, world: World) -> None:
    Service.objects.filter(pk=world.consultation.pk).update(is_active=False)
    make_article(slug="one")
    html = page(client, "/academy/one/")
    assert "bring it along when we meet" in html[html.index('class="kt-invite"') :]


def test_where_nothing_can_be_booked_there_is_no_invitation(client: Browser) -> None:
    make_article(slug="one")
    assert "kt-invite" not in page(client, "/academy/one/")
