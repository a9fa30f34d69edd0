"""The articles that come with Kicks: whole, loaded once, and never over what somebody wrote."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client as Browser

from academy import shipped
from academy.models import Article, Question, Shipped, Topic
from tests.factories import NOW, make_article, make_topic

pytestmark = pytest.mark.django_db

FILES = sorted(shipped.ARTICLES.glob("*.md"))
FIRST = "why-the-relationship-matters"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a release that can be changed."""
    shutil.copytree(shipped.ARTICLES, tmp_path / "articles")
    monkeypatch.setattr(shipped, "ARTICLES", tmp_path / "articles")
    return tmp_path / "articles"


def rewrite(
    folder: Path, name: str = FIRST, old: str = "with three parts", new: str = "with 3 parts"
) -> None:
    file = folder / f"{name}.md"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def first() -> Article:
    return Article.objects.get(slug=FIRST)


def stored() -> list[object]:
    """Everything that was written, but for the numbers of its rows."""
    columns = [f.name for f in Article._meta.fields if f.name not in ("id", "uid")]
    return [
        list(Article.objects.order_by("slug").values_list(*columns)),
        list(
            Article.topics.through.objects.order_by("article__slug", "topic__slug").values_list(
                "article__slug", "topic__slug"
            )
        ),
        list(Question.objects.order_by("article__slug", "pk").values_list("question", "html")),
        list(Topic.objects.values_list("name", "slug", "summary")),
    ]


# --- what ships


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestEachFile:
    def test_is_of_a_length_that_is_read_to_the_end(self, path: Path) -> None:
        text = shipped.read(path).body.partition("\n## Reference")[0]
        most = 3400 if path.stem == FIRST else 1400  # the one that the practice is known by
        assert 700 <= len(text.split()) <= most

    def test_has_a_summary_questions_and_a_drawing_that_is_described(self, path: Path) -> None:
        source = shipped.read(path)
        assert 100 <= len(source.facts["summary"]) <= 200
        assert source.facts["cover"] in Article.Cover.values
        assert len(source.facts["alt"]) > 20
        assert len(source.questions) >= 3

    def test_is_out_by_now(self, path: Path) -> None:
        assert date.fromisoformat(shipped.read(path).facts["date"]) <= NOW.date()

    def test_is_set_as_the_site_is(self, path: Path) -> None:
        text = path.read_text()
        assert not re.search(r"['\"!—]", text.replace("![", ""))
        assert not re.search(r"\b(journey|cure[sd]?|guarantee\w*)\b", text, re.IGNORECASE)


def links() -> Iterator[str]:
    for article in Article.objects.all():
        yield from re.findall(r'href="(/[^"]*)"', article.html)
        yield from re.findall(r'href="(/[^"]*)"', " ".join(q.html for q in article.questions.all()))


def test_every_drawing_is_used_and_there() -> None:
    shipped.load()
    covers = Path(settings.BASE_DIR) / "templates/academy/covers"
    drawn = {path.stem for path in covers.glob("*.svg")}
    assert (
        drawn == set(Article.Cover.values) == set(Article.objects.values_list("cover", flat=True))
    )


def test_the_first_article_says_what_it_must(client: Browser) -> None:
    shipped.load()
    assert Article.objects.all()[0] == first()
    html = client.get(first().get_absolute_url()).content.decode()
    shares = re.findall(r'<th scope="row">(.*?) <small>.*?</th>\n<td>.*?</svg> (.*?)</td>', html)
    assert shares == [
        ("The relationship", "30 to 40%"),
        ("Client factors", "40%"),
        ("Expectancy", "15%"),
        ("Technique", "15%"),
    ]
    for part in MUST_SAY:
        assert part in html, part
    assert (
        len(re.findall(r'<div class="kt-signs">.*?</div>', html, re.DOTALL)[0].split("<li>")) == 9
    )
    assert html.count('class="kt-example"') == 3


MUST_SAY = (
    "Wampold and Imel (2015)</caption>",
    "<figcaption>Carl Rogers, psychologist",
    # what it is
    "<dt>It goes one way</dt>",
    "<dt>It has edges</dt>",
    "<dt>It doesn’t judge</dt>",
    "<dt>It’s on purpose</dt>",
    "<dt>It ends</dt>",
    # Bordin, Rogers
    ">Goals: what you’re here for</h3>",
    ">Tasks: how you go about it</h3>",
    ">Bond: whether you trust each other enough</h3>",
    ">Unconditional positive regard</h3>",
    ">Empathy</h3>",
    ">Congruence</h3>",
    "What it looks like in the room.",
    # what it gives
    ">A secure base</h3>",
    "<em>corrective emotional experience</em>",
    ">A mirror</h3>",
    ">Permission to be yourself</h3>",
    # what goes wrong
    "<em>rupture</em>",
    "<em>repair</em>",
    "<td>“Could you ask me before you guess?”</td>",
    ">When the two of you don’t fit</h2>",
    ">Red flags</h2>",
    "https://www.bacp.co.uk/",
    ">What you can do</h2>",
    ">Maya again</h2>",
    ">The bottom line</h2>",
    ">References</h2>",
    "<summary>Can it be too good? I’m afraid of becoming dependent</summary>",
    "<summary>What if I’m attracted to my therapist?</summary>",
)


def test_each_topic_has_a_page_that_says_something(client: Browser) -> None:
    shipped.load()
    assert first().topics.count() == 8
    for topic in Topic.objects.all():
        html = client.get(topic.get_absolute_url()).content.decode()
        assert topic.summary in html
        assert len(topic.introduction.split()) > 30, topic
        assert '<div class="kt-topic"><p>' in html


def test_an_introduction_of_the_therapists_own_stays() -> None:
    shipped.load()
    Topic.objects.filter(slug="ways-to-meet").update(introduction="Mine")
    Topic.objects.filter(slug="gestalt-therapy").update(summary="Mine.", introduction="")
    shipped.load()
    assert Topic.objects.get(slug="ways-to-meet").introduction == "Mine"
    assert not Topic.objects.get(slug="gestalt-therapy").introduction


def test_each_article_leads_to_another(client: Browser) -> None:
    shipped.load()
    for article in Article.objects.all():
        next_one = Article.objects.related_to(article)[0]
        assert set(next_one.topics.all()) & set(article.topics.all()), article
    for link in links():
        assert client.get(link).status_code == 200, link


# --- loading


def test_loading_twice_changes_nothing() -> None:
    assert {line.partition(": ")[2] for line in shipped.load()} == {"added"}
    before, uids = stored(), set(Article.objects.values_list("uid", flat=True))
    assert {line.partition(": ")[2] for line in shipped.load()} == {"up to date"}
    assert stored() == before
    assert set(Article.objects.values_list("uid", flat=True)) == uids
    assert Article.objects.count() == len(FILES)


def test_a_release_renews_what_nobody_touched(folder: Path) -> None:
    shipped.load()
    Article.objects.update(state=Article.State.DRAFT, published_on=date(2027, 1, 1))
    rewrite(folder)
    rewrite(folder, old="# Questions\n", new="# Questions\n\n## New?\n\nYes.\n")
    shipped.load()
    renewed = first()
    assert "3 parts" in renewed.html
    assert renewed.questions.all()[0].question == "New?"
    assert renewed.state == Article.State.DRAFT
    assert renewed.published_on == date(2027, 1, 1)
    rewrite(folder, old="with 3 parts", new="III parts")
    shipped.load()
    assert "III parts" in first().html


@pytest.mark.parametrize(
    "touch",
    [
        lambda article: Article.objects.filter(pk=article.pk).update(body="Mine"),
        lambda article: Article.objects.filter(pk=article.pk).update(title="Mine"),
        lambda article: Article.objects.filter(pk=article.pk).update(summary="Mine"),
        lambda article: Article.objects.filter(pk=article.pk).update(cover="door"),
        lambda article: article.topics.clear(),
        lambda article: article.questions.all()[1].delete(),
        lambda article: article.questions.update(answer="Mine"),
    ],
    ids=["text", "title", "summary", "drawing", "topics", "a question", "the answers"],
)
def test_what_the_therapist_changed_stays(folder: Path, touch: object) -> None:
    shipped.load()
    touch(first())  # type: ignore[operator]
    rewrite(folder)
    before = [first().body, list(first().questions.values_list("answer", flat=True))]
    assert f"{FIRST}: changed here, so left alone" in shipped.load()
    assert [first().body, list(first().questions.values_list("answer", flat=True))] == before


def test_an_article_with_another_address_does_not_come_back(folder: Path) -> None:
    shipped.load()
    Article.objects.filter(slug=FIRST).update(slug="mine")
    rewrite(folder)
    assert f"{FIRST}: changed here, so left alone" in shipped.load()
    assert Article.objects.count() == len(FILES)


def test_an_article_that_was_deleted_stays_deleted() -> None:
    shipped.load()
    first().delete()
    assert f"{FIRST}: deleted here, so left out" in shipped.load()
    assert not Article.objects.filter(slug=FIRST).exists()


def test_an_article_of_the_therapists_own_keeps_its_address() -> None:
    make_article(title="Mine", slug=FIRST)
    assert f"{FIRST}: left out, for another article has its address" in shipped.load()
    assert first().title == "Mine"


def test_a_topic_that_was_renamed_keeps_its_name(folder: Path) -> None:
    shipped.load()
    Topic.objects.filter(slug="ways-to-meet").update(name="Where we meet")
    shipped.load()
    assert Topic.objects.count() == 10
    assert Topic.objects.filter(name="Where we meet").exists()


def test_a_topic_of_the_therapists_own_is_used() -> None:
    mine = make_topic("Ways to meet", slug="meeting")
    shipped.load()
    assert mine.articles.count() == 2
    assert not Topic.objects.filter(slug="ways-to-meet").exists()


def test_every_article_is_rendered_anew_as_this_release_renders() -> None:
    article = make_article(questions=[("Why?", "So.")])
    broken = make_article(title="Kept as it was drawn")
    Article.objects.update(html="old", contents=[], minutes=99)
    Article.objects.filter(pk=broken.pk).update(body="```shares What\na | b\n```")
    Question.objects.update(html="old")
    shipped.load()
    article.refresh_from_db()
    assert article.html.startswith("<p>Some words.</p>")
    assert len(article.contents) == 2
    assert article.minutes == 1
    assert article.questions.all()[0].html == "<p>So.</p>"
    broken.refresh_from_db()
    assert broken.html == "old"


def test_nothing_is_loaded_where_one_file_is_wrong(folder: Path) -> None:
    (folder / "zzz.md").write_text("No facts here.")
    with pytest.raises(ValueError, match=r"zzz\.md does not begin with facts"):
        shipped.load()
    assert not Article.objects.exists()


# --- the commands


def test_the_command_says_what_became_of_each(
    client: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_articles")
    assert f"{FIRST}: added" in capsys.readouterr().out
    assert client.get(f"/academy/{FIRST}/").status_code == 200


def test_the_therapist_may_read_them_before_anybody_else(client: Browser) -> None:
    call_command("load_articles", "--as-drafts")
    assert set(Article.objects.values_list("state", flat=True)) == {Article.State.DRAFT}
    assert client.get(f"/academy/{FIRST}/").status_code == 404
    Article.objects.update(state=Article.State.PUBLISHED)
    call_command("load_articles", "--as-drafts")
    assert client.get(f"/academy/{FIRST}/").status_code == 200


def test_the_demo_has_them(client: Browser, settings: object, tmp_path: Path) -> None:
    settings.LOCAL_DIR = tmp_path  # type: ignore[attr-defined]
    call_command("seed_demo")
    assert client.get("/academy/").content.decode().count('class="kt-card"') == len(FILES)


@pytest.mark.django_db
def test_an_article_that_came_with_kicks_goes_by_the_name_of_its_file() -> None:
    assert str(Shipped(name="first-session", digest="0" * 64)) == "first-session"
