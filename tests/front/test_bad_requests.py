"""Requests that are no honest form: too big, forged, misdirected, too many."""

import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from bookings.models import Hold
from clients.models import RateBucket
from tests.factories import NOW, World, lapse_holds, make_client, pages_link
from tests.pages import (
    NAME,
    NOTHING,
    ONE_BOOKING,
    SLOT,
    address,
    answers,
    book,
    carried,
    check_address,
    open_link,
    press,
    rows,
    send_details,
    stamp,
    text_of,
)

# Pages that are only read.
READ = ("home", "fees", "privacy", "accessibility", "book")


@pytest.mark.parametrize(
    "extra",
    [{"name": "x" * 10_000_000}, {f"field{n}": "" for n in range(1001)}],
    ids=["10 MB name", "1,001 fields"],
)
def test_a_form_beyond_all_measure_gets_the_friendly_400(
    client: Browser, world: World, extra: dict[str, str]
) -> None:
    response = send_details(client, world, **extra)
    assert response.status_code == 400
    assert "That didn’t come through" in text_of(response)
    assert reverse("book") in text_of(response)
    assert rows() == NOTHING


def strict() -> Browser:
    """A browser whose forms are checked for their CSRF token."""
    return Browser(enforce_csrf_checks=True)


def token_of(page: str) -> str:
    return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("stale" * 13, {}),
        ("own", {"origin": "null"}),
        ("own", {"origin": "https://evil.example"}),
    ],
    ids=["no token", "a stale token", "origin null", "a foreign origin"],
)
def test_a_forged_form_gets_a_friendly_403_with_a_way_back(
    world: World, token: str, headers: dict[str, str]
) -> None:
    browser = strict()
    form = address("details", world, slot=SLOT)
    own = token_of(text_of(browser.get(form)))
    sent = answers(csrfmiddlewaretoken=own if token == "own" else token)  # noqa: S105
    response = browser.post(form, sent, headers=headers)
    assert response.status_code == 403
    page = text_of(response)
    assert "This page was open for a while" in page
    assert f'href="{form.replace("&", "&amp;")}"' in page
    assert rows() == NOTHING


def test_the_real_forms_carry_their_token_all_the_way(world: World) -> None:
    browser = strict()
    form = address("details", world, slot=SLOT)
    sent = answers(csrfmiddlewaretoken=token_of(text_of(browser.get(form))))
    check = browser.post(form, sent)["Location"]
    token = token_of(text_of(browser.get(check)))
    assert browser.post(check).status_code == 403
    assert NAME in text_of(browser.get(check))
    sent = {"csrfmiddlewaretoken": token, **carried(browser, check)}
    assert browser.post(check, sent).status_code == 302
    assert rows() == ONE_BOOKING


def test_an_address_with_two_slashes_leads_back_to_our_own_site(db: None) -> None:
    page = text_of(strict().post("//evil.example/"))
    assert 'href="//evil' not in page


@pytest.mark.parametrize("host", ["evil.example", "testserver@evil.example", "a b", "\x00", ""])
def test_a_foreign_host_is_refused(client: Browser, world: World, host: str) -> None:
    response = client.get(address("book", world), headers={"host": host})
    assert response.status_code == 400
    assert "evil" not in response.content.decode()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused_everywhere(client: Browser, world: World, method: str) -> None:
    found = book(client, world)
    stored = rows()
    named = [reverse(name) for name in (*READ, "time", "details", "sessions")]
    own = [reverse(name, args=[found.uid]) for name in ("booking", "cancel", "ics")]
    for path in (*named, *own, reverse("check", args=["x"]), reverse("link", args=["x"])):
        assert getattr(client, method)(path).status_code == 405, path
    for path in (*named[: len(READ) + 1], own[0], own[2], reverse("link", args=["x"])):
        assert client.post(path).status_code == 405, path
    assert rows() == stored


def test_head_answers_like_get_without_a_body(client: Browser, world: World) -> None:
    for step in (*READ, "time", "details", "sessions"):
        where = address(step, world, slot=SLOT)
        asked, shown = client.head(where), client.get(where)
        assert (asked.status_code, asked.content) == (shown.status_code, b"")
    assert rows() == NOTHING


def test_asking_for_the_head_alone_holds_no_time_and_makes_no_session(
    client: Browser, world: World
) -> None:
    response = client.head(address("details", world, slot=SLOT))
    assert (response.status_code, response.content) == (200, b"")
    assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert (Hold.objects.count(), Session.objects.count()) == (0, 0)


def test_a_second_free_consultation_is_taken_like_a_first_and_marked(world: World) -> None:
    assert not book(Browser(), world).is_repeat
    spellings = ("sam@example.com", "Sam@Example.com", "sam+again@example.com")
    for n, email in enumerate(spellings):
        assert book(Browser(), world, f"2026-11-25T1{n}:00", email=email, name="Kim Li").is_repeat


def test_a_session_without_a_private_link_leads_to_asking_for_one(
    client: Browser, world: World
) -> None:
    where = address("details", world, service=world.session, slot=SLOT)
    for response in (client.get(where), client.post(where, answers())):
        assert response.status_code == 302
        assert response["Location"].startswith(f"{reverse('sessions')}?")
    assert rows() == NOTHING


def test_a_draft_cannot_be_moved_to_a_session_without_a_link(client: Browser, world: World) -> None:
    draft = check_address(client, world).split("/")[3]
    where = address("details", world, service=world.session, slot=SLOT, draft=draft)
    assert client.get(where)["Location"].startswith(f"{reverse('sessions')}?")
    assert NAME in text_of(client.get(reverse("check", args=[draft])))


# --- rate limits


@pytest.fixture
def strict_limits(settings: Settings) -> None:
    narrow = [name for name in settings.RATE_LIMITS if name.endswith(("-address", "-email"))]
    settings.RATE_LIMITS = dict.fromkeys(narrow, (3, 3600))


def status(browser: Browser, world: World, **request: Any) -> int:
    return browser.post(address("details", world, slot=SLOT), answers(), **request).status_code


@pytest.mark.usefixtures("strict_limits")
def test_too_many_forms_from_one_address_are_asked_to_wait(client: Browser, world: World) -> None:
    assert [status(client, world) for _ in range(5)] == [302, 302, 302, 429, 429]
    response = send_details(client, world)
    assert response["Retry-After"] == "1200"
    assert "I’ve paused for 20 minutes" in text_of(response)
    lapse_holds()
    assert status(Browser(REMOTE_ADDR="192.0.2.7"), world) == 302


@pytest.mark.usefixtures("strict_limits")
def test_who_has_chosen_too_often_is_shown_the_form_and_books_without_a_hold(world: World) -> None:
    chosen = [address("details", world, slot=f"2026-11-24T1{n}:00") for n in range(4)]
    said = [Browser().get(path).status_code for path in chosen]
    assert said == [200] * 4
    assert (Hold.objects.count(), Session.objects.count()) == (3, 3)
    browser = Browser()
    path = check_address(browser, world, "2026-11-24T13:00")
    assert Hold.objects.count() == 3
    assert press(browser, path).status_code == 302
    assert rows() == ONE_BOOKING


def test_bookings_are_limited_for_a_mailbox_and_nobody_reads_of_others_tries(
    world: World, settings: Settings
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "book-email": (3, 3600)}

    def booked(n: int, email: str, machine: int = 1) -> int:
        browser = Browser(REMOTE_ADDR=f"192.0.2.{machine}")
        path = check_address(browser, world, f"2026-11-24T1{n}:00", email=email)
        return press(browser, path).status_code

    said = [booked(n, e) for n, e in enumerate(("sam@example.com", "SAM+1@example.com") * 2)]
    assert said == [302, 302, 302, 429]
    assert booked(4, "kim@example.com") == 302
    assert booked(5, "sam@example.com", machine=2) == 302


def test_a_client_books_six_sessions_in_one_sitting_and_no_end_of_them(
    client: Browser, world: World, settings: Settings
) -> None:
    known = make_client(accepted_at=NOW)
    open_link(client, pages_link(known))

    def booked(n: int) -> int:
        at = f"2026-11-{24 + n // 5}T{10 + n % 5}:00"
        return press(client, check_address(client, world, at, service=world.session)).status_code

    assert [booked(n) for n in range(12)] == [302] * 12
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "book-client": (1, 3600)}
    assert [booked(n) for n in (15, 16)] == [302, 429]


@pytest.mark.parametrize("is_debug", [True, False])
@pytest.mark.parametrize("path", ["/", "/book/", "/admin/login/"])
def test_an_address_with_a_thousand_parameters_gets_a_400_at_once(
    client: Browser, world: World, settings: Settings, path: str, *, is_debug: bool
) -> None:
    settings.DEBUG = is_debug
    client.raise_request_exception = False
    began = time.monotonic()
    response = client.get(path + "?" + "&".join(f"x{n}={n}" for n in range(1001)))
    assert response.status_code == 400
    assert time.monotonic() - began < 5


# By an account and an address together; and what all may send together is limited as well.
NOT_BY_NETWORK = {"sign-in-own-address", "report-address"}


def test_each_limit_of_an_address_has_one_of_its_network(settings: Settings) -> None:
    limits = settings.RATE_LIMITS
    narrow = {name for name in limits if name.endswith("-address")} - NOT_BY_NETWORK
    assert len(narrow) == 8
    for name in narrow:
        what = name.removesuffix("-address")
        (capacity, seconds), wide = limits[name], limits[f"{what}-network"]
        assert wide == (2 * capacity, seconds), name
        assert wide[0] < limits.get(f"{what}-practice", (10**6, 1))[0]


@pytest.mark.parametrize(
    ("limit", "path"),
    [("link-asker", "/book/link/"), ("reset", "/admin/sign-in/forgotten/")],
)
def test_rotating_the_blocks_of_one_network_gains_little(
    world: World, settings: Settings, limit: str, path: str
) -> None:
    few = {f"{limit}-address": (1, 86400), f"{limit}-network": (2, 86400)}
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, **few}

    def asked(site: int, block: int) -> int:
        browser = Browser(REMOTE_ADDR=f"2001:db8:{site}:{block}::1")
        given = {"email": f"a{site}{block}@example.com", "website": "", "rendered": stamp()}
        return browser.post(path, given).status_code

    assert [asked(1, block) for block in range(4)] == [302, 302, 429, 429]
    assert asked(2, 1) == 302


def test_a_storm_from_everywhere_is_slowed_and_a_client_who_came_by_their_link_is_not(
    world: World, settings: Settings
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "book-practice": (2, 3600)}

    def pressed(n: int) -> int:
        browser = Browser(REMOTE_ADDR=f"2001:db8:{n}::1")
        path = check_address(browser, world, f"2026-11-24T1{n}:00", email=f"a{n}@example.com")
        return press(browser, path).status_code

    assert [pressed(n) for n in range(4)] == [302, 302, 429, 429]
    sam, browser = make_client(accepted_at=NOW), Browser(REMOTE_ADDR="2001:db8:9::1")
    open_link(browser, pages_link(sam))
    path = check_address(browser, world, "2026-11-25T10:00", service=world.session)
    assert press(browser, path).status_code == 302


FORGED = [f"203.0.113.{n}" for n in range(4)]


@pytest.mark.usefixtures("strict_limits")
@pytest.mark.parametrize(
    ("proxies", "suffix", "last"),
    [
        (0, "", 429),
        (1, ", 192.0.2.1", 429),
        (2, ", 192.0.2.1, 10.0.0.1", 429),
        (1, "", 302),
        (2, ", 10.0.0.1", 302),
    ],
    ids=[
        "no proxy of ours",
        "one of ours behind a forged entry",
        "two of ours behind a forged entry",
        "one of ours, four visitors",
        "two of ours, four visitors",
    ],
)
def test_a_forwarded_address_counts_only_as_our_proxies_wrote_it(  # noqa: PLR0913, a table
    client: Browser, world: World, settings: Settings, proxies: int, suffix: str, last: int
) -> None:
    settings.TRUSTED_PROXIES = proxies
    said = [status(client, world, headers={"x-forwarded-for": ip + suffix}) for ip in FORGED]
    assert said == [302, 302, 302, last]


@pytest.mark.usefixtures("strict_limits")
def test_an_ipv6_visitor_is_their_network(world: World) -> None:
    def comes(address: str) -> int:
        lapse_holds()
        return status(Browser(REMOTE_ADDR=address), world)

    said = [comes(f"2001:db8:1:2::{n}") for n in range(1, 5)]
    assert said == [302, 302, 302, 429]
    assert comes("2001:db8:1:3::1") == 302


def test_an_ipv6_visitor_is_their_site_as_well(world: World, settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "form-network": (4, 3600)}

    def comes(address: str) -> int:
        lapse_holds()
        return status(Browser(REMOTE_ADDR=address), world)

    said = [comes(f"2001:db8:1:{n}::1") for n in range(6)]
    assert said == [302, 302, 302, 302, 429, 429]
    assert comes("2001:db8:2:1::1") == 302


@pytest.mark.usefixtures("strict_limits")
def test_guessing_links_is_limited(client: Browser, world: World) -> None:
    said = [open_link(client, f"guess{n}").status_code for n in range(5)]
    assert said == [404, 404, 404, 429, 429]


def test_no_network_address_is_kept(client: Browser, world: World) -> None:
    book(Browser(REMOTE_ADDR="192.0.2.77"), world)
    kept = list(RateBucket.objects.values_list("key", flat=True))
    # Of forms, holds, bookings; of everybody's bookings; and one of the mailbox.
    assert len(kept) == 5
    assert not any("192.0.2.77" in key or "sam" in key for key in kept)
