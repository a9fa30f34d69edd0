"""The page that shows each mail: all kinds, as they would be sent, and nothing kept or sent."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from availability.models import Therapist
from desk.mail_samples.samples import Sample, samples
from outbox.models import OutgoingMail
from staff.models import Role
from tests import pages
from tests.crawling import odd_times
from tests.factories import NOW, World, make_therapist
from tests.pages import rows

PAGE = reverse("mail_samples")
KINDS = {
    path.stem
    for path in (Path(settings.BASE_DIR) / "templates" / "mail").glob("[a-z]*.html")
    if path.stem != "base"
}


def found(world: World) -> list[Sample]:
    return samples(world.therapist, NOW)


def test_every_kind_of_mail_has_a_sample(world: World) -> None:
    assert {sample.letter.kind for sample in found(world)} == KINDS
    assert len(KINDS) > 8


def test_every_time_in_a_mail_is_told_in_full(world: World) -> None:
    for sample in found(world):
        letter = sample.letter
        # A line may end inside a moment.
        for words in (letter.subject, " ".join(letter.text.split()), strip_tags(letter.html)):
            assert odd_times(words) == [], letter.kind
        assert letter.subject.isascii() or "’" in letter.subject, letter.subject


# --- both parts say the same


class Words(HTMLParser):
    """What a reader of the HTML part reads, with where each link leads."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self._hidden: list[str] = []
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "head" or facts.get("class") == "preheader":
            self._hidden.append(tag)
        if tag == "a":
            self._link = facts["href"]

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag == self._hidden[-1]:
            self._hidden.pop()
        if tag == "a" and self._link.startswith("http"):
            self.read.append(self._link)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.read.append(data)


def words(text: str) -> list[str]:
    """Words and addresses, without the spaces and stops that the two parts set differently."""
    return re.findall(r"https?://\S+|[\w’]+", text)


def words_of_page(html: str) -> list[str]:
    reader = Words()
    reader.feed(html)
    return words(" ".join(reader.read))


def test_both_parts_of_every_mail_say_the_same_words_in_the_same_order(world: World) -> None:
    for sample in found(world):
        text, page = words(sample.letter.text), words_of_page(sample.letter.html)
        assert text == page, (sample.occasion, sample.letter.kind)
        assert len(text) > 20


@pytest.mark.parametrize("part", ["text", "html"])
def test_a_sentence_that_stands_in_one_part_only_is_found(world: World, part: str) -> None:
    letter = found(world)[0].letter
    more = {"text": letter.text, "html": letter.html}
    more[part] = more[part].replace("Hello Sam Okafor.", "Hello Sam Okafor. I look forward to it.")
    assert words(more["text"]) != words_of_page(more["html"])


def test_a_link_that_leads_elsewhere_in_one_part_is_found(world: World) -> None:
    letter = found(world)[0].letter
    assert words(letter.text.replace("/b/", "/c/")) != words_of_page(letter.html)


def test_every_mail_is_small(world: World) -> None:
    for sample in found(world):
        assert len(sample.letter.html.encode()) < 10_000
        assert len(sample.letter.text.encode()) < 3_000


# --- the page


def signed_in(role: Role = Role.THERAPIST) -> Browser:
    """The first therapist's browser, or that of who is one in this role."""
    return pages.signed_in(Therapist.objects.earliest("pk"), role)


def shown(browser: Browser, **query: str) -> str:
    response = browser.get(PAGE, query)
    assert response.status_code == 200
    return response.content.decode()


def test_each_mail_is_shown_in_both_parts_in_a_frame_that_may_do_nothing(world: World) -> None:
    browser = signed_in()
    for number, sample in enumerate(found(world)):
        page = shown(browser, mail=str(number))
        [*frames] = re.findall(r'<iframe sandbox srcdoc="([^"]*)"', page)
        assert len(frames) == 2
        assert sample.letter.subject in unescape(page)
        heading = re.findall(r"<h1[^>]*>(.*?)</h1>", sample.letter.html)[0]
        assert {heading in unescape(frame) for frame in frames} == {True}
        assert heading in page.split("<pre>")[1]


def test_it_is_the_readers_own_practice(world: World) -> None:
    other = make_therapist(email="kim@other.example")
    browser = pages.signed_in(other, Role.OWNER)
    assert "kim@other.example" in shown(browser)
    assert "robin@kicks.example" in shown(signed_in())


def test_by_night_the_frame_is_dark_whatever_the_readers_machine_says(world: World) -> None:
    browser = signed_in()
    by_day, by_night = unescape(shown(browser)), unescape(shown(browser, look="dark"))
    assert "@media not all" in by_day
    assert "@media all" in by_night
    assert 'content="dark"' in by_night
    assert "prefers-color-scheme" not in by_day + by_night


@pytest.mark.parametrize(
    "query",
    [{"mail": "99"}, {"mail": "-1"}, {"mail": "9" * 5000}, {"look": "<b>"}],
    ids=ascii,
)
def test_a_mail_or_a_look_that_is_not_there_is_the_first(
    world: World, query: dict[str, str]
) -> None:
    assert "Your appointment is booked" in shown(signed_in(), **query)


def test_looking_stores_nothing_and_sends_nothing(world: World) -> None:
    browser = signed_in()
    before = rows()
    with CaptureQueriesContext(connection) as asked:
        for number in range(len(found(world))):
            shown(browser, mail=str(number))
    assert {query["sql"].split()[0] for query in asked.captured_queries} == {"SELECT"}
    assert rows() == before
    assert not OutgoingMail.objects.exists()
    assert mail.outbox == []
    assert browser.post(PAGE, {"mail": "1"}).status_code == 405


def test_only_who_may_read_mail_sees_them(world: World) -> None:
    stranger = signed_in(Role.ASSISTANT)
    assert stranger.get(PAGE).status_code == 403
    assert Browser().get(PAGE)["Location"] == f"{reverse('admin:login')}?next={PAGE}"
    assert PAGE not in stranger.get(reverse("settings")).content.decode()
    assert PAGE in signed_in().get(reverse("settings")).content.decode()


@pytest.mark.django_db
def test_without_a_therapist_it_says_what_to_do(admin_client: Browser) -> None:
    assert "Add a therapist" in shown(admin_client)
