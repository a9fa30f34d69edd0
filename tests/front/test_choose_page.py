"""Step 1: one kind of meeting, and each way to have it as a line that leads to its times."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from availability.models import Format, Service
from bookings.notices import private_links
from clients.models import AccessLink
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_client,
    make_hours,
    make_places,
    make_service,
    make_session,
    make_therapist,
    pages_link,
)
from tests.pages import open_link, text_of

LINE = re.compile(r'<a href="(/book/time/[^"]*)"([^>]*)>\s*([^<]*?)\s*<span>([^<]*)</span>')


def page_of(browser: Browser, query: str = "") -> str:
    response = browser.get(f"/book/{query}")
    assert response.status_code == 200
    return NOT_BROKEN.sub(r"\1", text_of(response))


def lines(page: str) -> list[str]:
    """The ways to meet, as the page names them."""
    return [label for _, _, label, _ in LINE.findall(page)]


NOT_BROKEN = re.compile(r'<span class="kt-nowrap">([^<]*)</span>')
ALL_WAYS = ["In person", "Online", "Walking"]


@pytest.mark.parametrize(
    ("query", "meeting"),
    [
        ("", "Free 15-minute consultation."),
        ("?what=consultation", "Free 15-minute consultation."),
        ("?what=session", "50-minute session, £75."),
        ("?how=walking", "Free 15-minute consultation."),
        ("?what=massage", "Free 15-minute consultation."),
        ("?what=consultation&how=telepathy", "Free 15-minute consultation."),
    ],
)
def test_one_kind_of_meeting_is_asked_for_in_one_line_a_way(
    world: World, client: Browser, query: str, meeting: str
) -> None:
    page = page_of(client, query)
    assert lines(page) == ALL_WAYS
    assert f'<p class="kt-hint mb-3">{meeting}</p>' in page


def test_a_line_leads_to_its_times_with_all_that_the_address_says(
    world: World, client: Browser
) -> None:
    page = page_of(client, "?what=consultation&how=online&draft=abc&zone=America/New_York")
    found = {label: (url.replace("&amp;", "&"), mark) for url, mark, label, _ in LINE.findall(page)}
    asked = f"who={world.therapist.slug}&zone=America%2FNew_York&draft=abc"
    assert found["Online"] == (
        f"/book/time/?what=consultation&how=online&{asked}",
        ' aria-current="true"',
    )
    assert found["Walking"] == (f"/book/time/?what=consultation&how=walking&{asked}", "")
    assert "what=session&amp;how=online&amp;draft=abc&amp;zone=America%2FNew_York" in page
    assert client.get(found["Online"][0]).status_code == 200


def test_it_says_from_which_day_or_that_no_time_is_free(world: World, client: Browser) -> None:
    begins = [begins for _, _, _, begins in LINE.findall(page_of(client))]
    assert begins == ["from Tuesday 24 November"] * 3
    world.therapist.weekly_hours.all().delete()
    begins = [begins for _, _, _, begins in LINE.findall(page_of(client))]
    assert begins == ["no free times just now"] * 3


def test_the_other_kind_of_meeting_is_one_press_away(world: World, client: Browser) -> None:
    page = page_of(client)
    assert "We’ve met already?" in page
    assert '<a href="/book/?what=session">Book a 50' in page
    page = page_of(client, "?what=session")
    assert "We haven’t met yet?" in page
    assert '<a href="/book/?what=consultation">Book a free 15' in page
    # A stranger hears at once what a session takes.
    assert "I offer this to people I’ve met." in page


def test_a_practice_of_two_names_whom_one_would_meet(world: World, client: Browser) -> None:
    other = make_therapist(name="Mira Sand", slug="mira", practice=world.therapist.practice)
    make_places(other)
    make_service(other, formats=[Format.ONLINE])
    make_hours(other)
    page = page_of(client)
    assert f"With {world.therapist.name}" in page
    assert "With Mira Sand" in page
    assert lines(page) == [*ALL_WAYS, "Online"]
    assert page.count("no free times") == 0
    assert page.count("Free 15-minute consultation.") == 1


def test_what_a_meeting_costs_is_told_with_each_therapist_where_it_differs(
    world: World, client: Browser
) -> None:
    other = make_therapist(name="Mira Sand", slug="mira", practice=world.therapist.practice)
    make_places(other)
    make_session(other, formats=[Format.ONLINE], price=90)
    page = page_of(client, "?what=session")
    told = page.index("With Mira Sand")
    assert page.index("50-minute session, £75.") < told < page.index("50-minute session, £90.")
    assert page.count("£75.") == 1


def open_pages(browser: Browser, **facts: Any) -> Any:
    found = make_client(**{"name": "Vera Lind", "email": "vera@example.com", **facts})
    open_link(browser, pages_link(found))
    return found


def test_a_client_is_greeted_with_what_is_booked_and_sessions_come_first(
    world: World, client: Browser
) -> None:
    vera = open_pages(client)
    booking = force_booking(world, NOW + timedelta(days=3), client=vera, service=world.session)
    other = force_booking(world, NOW + timedelta(days=4))
    page = page_of(client)
    assert "Hello Vera Lind" in page
    assert "50-minute session, £75." in page
    assert f'href="/booking/{booking.uid}/"' in page
    assert str(other.uid) not in page
    assert client.get(f"/booking/{booking.uid}/").status_code == 200
    assert client.get(f"/booking/{other.uid}/").status_code == 404
    assert "Not you?" in page
    assert "I offer this to people I’ve met." not in page
    assert "Vera" not in page_of(Browser())


def test_the_greeting_and_the_bookings_close_with_the_link(world: World, client: Browser) -> None:
    vera = open_pages(client)
    booking = force_booking(world, NOW + timedelta(days=3), client=vera)
    AccessLink.objects.all().update(revoked_at=NOW)
    assert "Vera" not in page_of(client)
    assert client.get(f"/booking/{booking.uid}/").status_code == 404


def test_a_client_with_nothing_booked_is_told_so(world: World, client: Browser) -> None:
    open_pages(client)
    assert "Nothing is booked just now." in page_of(client)


def test_a_link_to_one_booking_greets_nobody_and_opens_no_other(
    world: World, client: Browser
) -> None:
    vera = make_client(name="Vera Lind", email="vera@example.com")
    one = force_booking(world, NOW + timedelta(days=3), client=vera)
    other = force_booking(world, NOW + timedelta(days=4), client=vera)
    open_link(client, private_links.to_booking(one, NOW))
    assert client.get(f"/booking/{one.uid}/").status_code == 200
    assert client.get(f"/booking/{other.uid}/").status_code == 404
    assert "Vera" not in page_of(client)


def test_the_page_asks_one_question_while_nothing_changes(
    world: World, client: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page_of(client)
    with django_assert_num_queries(1):  # the versions
        page_of(client)


CHANGES: dict[str, Callable[[World], object]] = {
    "the length": lambda w: Service.objects.filter(pk=w.consultation.pk).update(length_minutes=20),
    "a way less": lambda w: Service.objects.filter(pk=w.consultation.pk).update(formats=["online"]),
    "a service more": lambda w: make_session(w.therapist, slug="couple", length_minutes=80),
    "a booked day": lambda w: w.therapist.weekly_hours.filter(weekday=1).delete(),
    "the practice": lambda w: type(w.therapist.practice).objects.update(name="Other Rooms"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changes_shows_at_once(
    world: World, client: Browser, change: Callable[[World], object]
) -> None:
    before = page_of(client)
    change(world)
    assert page_of(client) != before
