"""Wherever somebody is on the site, or in a mail of ours, it says whom to call right now."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import strip_tags
from pytest_django.fixtures import Settings

import academy.urls
import front.urls
import portal.urls
from academy.models import Article
from availability.models import Service
from bookings.models import Booking
from clients.models import NewAddress
from desk.mail_samples.samples import samples
from outbox.models import OutgoingMail
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_article,
    make_client,
    make_topic,
    pages_link,
)
from tests.pages import SLOT, address, book, check_address, open_link, press, text_of

NUMBERS = ("999", "111", "116123")
SHOUT = 'href="sms:85258?body=SHOUT"'
# Addresses that answer with something else than a page: a file, a feed, a redirect.
NO_PAGE = {"ics", "academy_feed", "link", "confirm_link", "finish", "not_me", "new_address_link"}
# A page inside of another site's has the words and no frame.
INSIDE = {"embed"}

Visit = Callable[[Browser, World], str]


def own(name: str) -> Visit:
    """A page of a booking that this browser made."""

    def visit(browser: Browser, world: World) -> str:
        book(browser, world)
        return text_of(browser.get(reverse(name, args=[Booking.objects.get().uid])))

    return visit


def step(name: str, **query: str) -> Visit:
    return lambda browser, world: text_of(browser.get(address(name, world, slot=SLOT, **query)))


def plain(name: str) -> Visit:
    return lambda browser, _: text_of(browser.get(reverse(name)))


def moving(browser: Browser, world: World) -> str:
    uid = book(browser, world).uid
    path = f"{reverse('move', args=[uid])}?how=online&slot=2026-11-25T10:00"
    return text_of(browser.get(path))


def stopping(browser: Browser, world: World) -> str:
    book(browser, world)
    [token] = re.findall(r"/b/([^/]+)/", _confirmation())[:1]
    return text_of(browser.get(reverse("stop_reminders", args=[token]), follow=True))


def pending(browser: Browser, world: World) -> str:
    """The page of who has to open a mail first: more is booked than a day can mean."""
    practice = world.therapist.practice
    practice.unproven_most = 1
    practice.save()
    force_booking(world, NOW + timedelta(days=8))
    waiting = press(browser, check_address(browser, world))
    return text_of(browser.get(waiting["Location"]))


def confirming(browser: Browser, world: World) -> str:
    pending(browser, world)
    [path] = re.findall(r"/b/[\w-]+/confirm/", OutgoingMail.objects.latest("pk").text)
    return text_of(browser.get(path, follow=True))


def new_address(browser: Browser, world: World) -> str:
    asked, token = NewAddress.mint(make_client(), "new@example.com", NOW)
    asked.save()
    return text_of(browser.get(reverse("new_address_link", args=[token]), follow=True))


def to_press(browser: Browser, world: World) -> str:
    book(browser, world)
    [token] = re.findall(r"/b/([^/]+)/", _confirmation())[:1]
    return text_of(Browser().get(reverse("link", args=[token]), follow=True))


def _confirmation() -> str:
    return OutgoingMail.objects.get(kind="confirmation").text


def article(browser: Browser, _: World) -> str:
    return text_of(browser.get(make_article().get_absolute_url()))


def topic(browser: Browser, _: World) -> str:
    found = make_topic()
    make_article(topics=[found])
    return text_of(browser.get(found.get_absolute_url()))


def preview(browser: Browser, _: World) -> str:
    browser.force_login(User.objects.create_superuser("owner"))
    draft = make_article(state=Article.State.DRAFT)
    return text_of(browser.get(reverse("article_preview", args=[draft.pk])))


PAGES: dict[str, Visit] = {
    **{name: plain(name) for name in ("home", "fees", "privacy", "accessibility", "academy")},
    **{name: plain(name) for name in ("places", "video_check")},
    **{name: step(name) for name in ("book", "time", "zone", "details")},
    "sessions": plain("sessions"),
    "finished": plain("finished"),
    "check": lambda browser, world: text_of(browser.get(check_address(browser, world))),
    **{name: own(name) for name in ("booking", "change", "cancel", "reminders")},
    "move": moving,
    "pending": pending,
    "confirm": confirming,
    "new_address": new_address,
    "stop_reminders": stopping,
    "stopping": stopping,
    "open": to_press,
    "article": article,
    "topic": topic,
    "article_preview": preview,
}
FAILED: dict[str, Visit] = {
    "400": lambda browser, _: text_of(browser.get("/", headers={"host": "evil.example"})),
    "403": lambda *_: render_to_string("403.html"),
    "403, stale form": lambda *_: text_of(
        Browser(enforce_csrf_checks=True).post(reverse("sessions"))
    ),
    "404": lambda browser, _: text_of(browser.get("/no/such/page/")),
    "422": lambda browser, _: text_of(
        browser.get("/book/details/?what=consultation&how=online&slot=x&form=a")
    ),
    "500": lambda *_: render_to_string("500.html"),
    "503": lambda *_: render_to_string("503.html"),
}


def test_every_public_address_is_walked() -> None:
    named = {
        one.name for urls in (academy.urls, front.urls, portal.urls) for one in urls.urlpatterns
    }
    assert named == PAGES.keys() | NO_PAGE | INSIDE


def assert_it_helps(html: str) -> None:
    [help_now] = re.findall(r'<section class="kt-help" id="help-now".*?</section>', html, re.DOTALL)
    assert 'href="#help-now"' in html
    assert_it_names(help_now)


def assert_it_names(help_now: str) -> None:
    """The numbers to call, and why not to wait for an answer here."""
    assert [f"tel:{number}" in help_now for number in NUMBERS] == [True] * 3
    assert SHOUT in help_now
    words = unescape(strip_tags(help_now))
    assert "nobody watches my inbox day and night" in words
    assert "This isn’t an emergency service" in words
    assert "text SHOUT to 85258" in words.replace("Text", "text")
    for name in ("Samaritans", "NHS", "mergency services"):
        assert name in words


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_whom_to_call(client: Browser, world: World, name: str) -> None:
    assert_it_helps(PAGES[name](client, world))


@pytest.mark.parametrize("name", FAILED)
def test_every_page_for_what_went_wrong_says_it_too_and_what_to_do_next(
    client: Browser, world: World, name: str
) -> None:
    html = FAILED[name](client, world)
    assert_it_helps(html)
    assert re.search(r'class="(btn btn-primary|kt-slot)"', html)


@pytest.mark.parametrize("is_open", [True, False])
def test_so_do_the_times_on_other_peoples_sites(
    client: Browser,
    world: World,
    settings: Settings,
    is_open: bool,  # noqa: FBT001, a case
) -> None:
    settings.EMBED_HOSTS = ["www.example.org"]
    Service.objects.update(is_active=is_open)
    assert_it_names(text_of(client.get(reverse("embed"))).partition("kt-embed__help")[2])


def test_so_does_the_page_for_too_many_tries(
    client: Browser, world: World, settings: Settings
) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"link-address": (1, 60)}
    client.get("/b/x/")
    response = client.get("/b/x/")
    assert response.status_code == 429
    assert_it_helps(text_of(response))


def test_every_mail_says_it_in_both_parts(world: World) -> None:
    letters = [
        sample.letter
        for sample in samples(world.therapist, NOW)
        # Whoever reads at an address that was left, or mistyped, may be anybody, and somebody else
        # may read where words are neutral: these don't say what we are.
        if sample.letter.kind not in ("left_address", "new_address")
        and "neutral words" not in sample.occasion
    ]
    assert len(letters) > 10
    for letter in letters:
        words = unescape(strip_tags(letter.html))
        for part in (letter.text, words):
            said = " ".join(part.split()).replace("\N{NO-BREAK SPACE}", " ")
            assert "This inbox isn’t watched day and night" in said, letter.kind
            for name in (
                "Samaritans, free on 116 123",
                "text SHOUT to 85258",
                "NHS 111",
                "call 999",
            ):
                assert name in said, (letter.kind, name)
        for number in NUMBERS:
            assert f'href="tel:{number}"' in letter.html, letter.kind
        assert SHOUT in letter.html, letter.kind


@pytest.mark.parametrize("name", ["home", "fees", "academy", "places"])
def test_on_a_phone_help_stands_beside_the_menu_and_not_only_in_it(
    client: Browser, world: World, name: str
) -> None:
    html = text_of(client.get(reverse(name)))
    [small] = re.findall(r'<div class="kt-header__small">(.*?)</details>', html, re.DOTALL)
    before_the_menu = small.partition("<details")[0]
    assert 'href="#help-now" aria-label="Need help now?">Help now</a>' in before_the_menu


CHILDLINE = '<a href="tel:08001111">0800 1111</a>'
BOX = re.compile(r'<aside class="kt-policy" aria-labelledby="under-18-h">.*?</aside>', re.DOTALL)


@pytest.mark.parametrize("name", ["details", "confirm"])
def test_who_is_under_18_is_told_where_to_turn_beside_the_agreement(
    client: Browser, world: World, name: str
) -> None:
    html = PAGES[name](client, world)
    [box] = BOX.findall(html)
    assert CHILDLINE in box
    assert "I agree" not in box
    assert "<input" not in box
    agreement = html.index("I’m 18 or over" if name == "details" else "You’re 18 or over")
    assert html.index(box) + len(box) < agreement
    assert CHILDLINE not in html.replace(box, "")


def test_who_is_known_is_asked_no_agreement_and_told_nothing_of_their_age(
    client: Browser, world: World
) -> None:
    known = make_client(accepted_at=NOW)
    open_link(client, pages_link(known))
    assert not BOX.search(step("details")(client, world))
