"""The free times for another site's page: what they are, what they ask, and who may show them."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from availability.models import Format, Practice, Service, Therapist, WeeklyHours
from clients.models import PrivacyNotice
from prose.dates import parse_slot
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_hours,
    make_places,
    make_service,
    make_therapist,
)
from tests.meanwhile import meanwhile
from tests.pages import address, send_details, text_of

EMBED = "/embed/"


@pytest.fixture(autouse=True)
def _hosts(settings: Settings) -> None:
    settings.EMBED_HOSTS = ["www.example.org", "directory.example.com:8443"]


def page(browser: Browser, query: str = "") -> str:
    response = browser.get(f"{EMBED}{query}")
    assert response.status_code == 200
    return text_of(response)


@pytest.mark.parametrize("is_debug", [True, False])
def test_without_a_site_it_says_where_it_is_tried_out_which_setting_it_waits_for(
    client: Browser, world: World, settings: Settings, *, is_debug: bool
) -> None:
    settings.EMBED_HOSTS, settings.DEBUG = [], is_debug
    response = client.get(EMBED)
    if is_debug:
        assert response.status_code == 200
        assert "EMBED_HOSTS=www.example.com make run" in text_of(response)
    else:
        assert response.status_code == 404


def slots(html: str, how: str = "online") -> list[str]:
    return [
        found.replace("%3A", ":")
        for found in re.findall(rf'href="/book/details/\?[^"]*how={how}[^"]*slot=([^"&]+)"', html)
    ]


def test_it_shows_the_first_times_of_the_first_days_by_the_way_of_meeting(
    client: Browser, world: World
) -> None:
    html = page(client)
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", html) == ["In person", "Online", "Walking"]
    days = ["Tuesday 24 November", "Wednesday 25 November", "Thursday 26 November"]
    assert re.findall(r"<h3>(.*?)</h3>", html) == days * 3
    assert slots(html) == [
        f"2026-11-{day}T{hour}" for day in (24, 25, 26) for hour in ("09:00", "09:30", "10:00")
    ]
    assert "All times are UK time" in html
    assert "116 123" in html


def test_each_time_leads_to_its_details_and_each_day_to_its_times(
    client: Browser, world: World
) -> None:
    html = page(client)
    leads = [found.replace("&amp;", "&") for found in re.findall(r'<a [^>]*?href="(/[^"]+)"', html)]
    assert len(leads) == 3 * (9 + 3 + 1)
    for lead in leads:
        assert client.get(lead, follow=True).status_code == 200, lead


def test_each_link_leaves_the_frame(client: Browser, world: World) -> None:
    links = re.findall(r"<a [^>]*>", page(client))
    assert len(links) > 30
    assert all('target="_top"' in link for link in links)
    assert all('target="_top"' in a for a in re.findall(r"<a [^>]*>", page(client, "?who=x")))


def test_a_time_that_went_is_no_longer_shown(client: Browser, world: World) -> None:
    [first, *rest] = slots(page(client))
    start = parse_slot(first)
    assert start
    force_booking(world, start)
    assert slots(page(client))[:2] == rest[:2]
    held = rest[0]
    send_details(Browser(), world, held)
    assert held not in slots(page(client))
    assert held not in slots(page(Browser()))


def test_a_discreet_therapist_shows_some_times(client: Browser, world: World) -> None:
    Therapist.objects.update(is_discreet=True)
    assert slots(page(client))[:2] == ["2026-11-24T09:00", "2026-11-24T12:00"]


def test_it_says_so_where_a_way_has_no_time(client: Browser, world: World) -> None:
    WeeklyHours.objects.update(formats=[Format.ONLINE])
    html = page(client)
    assert html.count("No free times just now.") == 2
    assert slots(html)


@pytest.mark.parametrize("lack", ["service", "notice"])
def test_it_says_so_while_booking_is_not_open(client: Browser, world: World, lack: str) -> None:
    if lack == "service":
        Service.objects.filter(pk=world.consultation.pk).update(is_active=False)
    else:
        PrivacyNotice.objects.all().delete()
    html = page(client)
    assert "Booking isn’t open just now." in html
    assert not slots(html)
    assert '<a href="/" target="_top">' in html


def test_it_says_so_when_the_meeting_is_taken_off_the_list_as_it_is_read(
    client: Browser, world: World
) -> None:
    first = Service.objects.filter(pk=world.consultation.pk)
    with meanwhile("diaryversion", lambda: first.update(is_active=False)):
        html = page(client)
    assert "Booking isn’t open just now." in html


@pytest.mark.django_db
def test_before_there_is_a_practice_it_says_so_too(client: Browser) -> None:
    assert "Booking isn’t open just now." in page(client)


def test_it_shows_the_times_of_whom_the_address_names_or_else_of_the_first(
    client: Browser, world: World
) -> None:
    other = make_therapist(slug="kim", name="Kim Li", practice=Practice.objects.get())
    make_places(other)
    make_hours(other)
    make_service(other, length_minutes=20, position=1)
    assert '<h1 class="kt-embed__title">Free 20-minute' in page(client, "?who=kim")
    for query in ("", "?who=nobody", "?who=%00", f"?who={'9' * 5000}"):
        assert '<h1 class="kt-embed__title">Free 15-minute' in page(client, query)


@pytest.mark.parametrize(
    ("query", "look"),
    [("", None), ("?look=dark", "dark"), ("?look=light", "light"), ("?look=x", None)],
)
def test_it_is_light_or_dark_if_it_is_told(
    client: Browser, world: World, query: str, look: str | None
) -> None:
    found = re.search(r'data-bs-theme="(\w+)"', page(client, query))
    assert (found[1] if found else None) == look


@pytest.mark.parametrize("rows", [1, 3])
def test_it_asks_so_many_questions_whatever_is_booked_and_free(
    client: Browser, world: World, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for n in range(rows):
        force_booking(world, NOW + timedelta(days=1, hours=n))
    Service.objects.update(horizon_days=14 * rows)
    with django_assert_num_queries(6):
        client.get(EMBED)
    with django_assert_num_queries(3):
        client.get(EMBED)


def test_a_browser_that_has_it_is_told_that_nothing_changed(client: Browser, world: World) -> None:
    tag = client.get(EMBED).headers["ETag"]
    again = client.get(EMBED, headers={"if-none-match": tag})
    assert again.status_code == 304
    assert "frame-ancestors www.example.org" in again.headers["Content-Security-Policy"]


def test_the_sites_that_were_named_may_show_it_and_no_other(client: Browser, world: World) -> None:
    headers = client.get(EMBED).headers
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors www.example.org directory.example.com:8443;" in f"{policy};"
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not client.get(EMBED).cookies
    for path in ("/", address("time", world), f"{EMBED}nothing/"):
        other = client.get(path).headers
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
        assert other["X-Frame-Options"] == "DENY"


def test_while_no_site_is_named_there_is_no_such_page(
    client: Browser, world: World, settings: Settings
) -> None:
    settings.EMBED_HOSTS = []
    response = client.get(EMBED)
    assert response.status_code == 404
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"
