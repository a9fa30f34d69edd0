"""How many questions each page asks of Postgres: one number, whatever the history."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from availability.models import Format
from tests.bookings.pages import SLOT, address, answers, book, check_address
from tests.factories import NOW, World, force_booking

pytestmark = pytest.mark.usefixtures("clock")

Ask = Callable[[Browser, World], object]


@pytest.fixture(params=[1, 3])
def history(request: pytest.FixtureRequest, world: World) -> int:
    """So many bookings of each kind: past, to come, on the day that is shown."""
    count: int = request.param
    for n in range(count):
        for day in (-7, 1, 2):
            start = NOW + timedelta(days=day, hours=3 + n)
            force_booking(world, start, format=Format.ONLINE)
    return count


PAGES: dict[str, tuple[int, Ask]] = {
    "home": (2, lambda browser, world: browser.get(reverse("home"))),
    "book": (3, lambda browser, world: browser.get(reverse("book"))),
    "times": (3, lambda browser, world: browser.get(address("time", world))),
    "details": (4, lambda browser, world: browser.get(address("details", world, slot=SLOT))),
    "details sent": (
        9,
        lambda browser, world: browser.post(address("details", world, slot=SLOT), answers()),
    ),
}


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(("number", "ask"), PAGES.values(), ids=PAGES)
def test_a_page_asks_so_many_questions(
    client: Browser,
    world: World,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
    ask: Ask,
) -> None:
    with django_assert_num_queries(number):
        ask(client, world)


@pytest.mark.usefixtures("history")
def test_the_last_look_and_the_press_that_books(
    client: Browser, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = check_address(client, world)
    with django_assert_num_queries(4):
        client.get(path)
    with django_assert_num_queries(27):
        client.post(path)


@pytest.mark.usefixtures("history")
def test_the_private_pages(
    client: Browser, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found = book(client, world)
    with django_assert_num_queries(2):
        client.get(reverse("booking", args=[found.uid]))
    with django_assert_num_queries(2):
        client.get(reverse("cancel", args=[found.uid]))
    with django_assert_num_queries(2):
        client.get(reverse("ics", args=[found.uid]))
    with django_assert_num_queries(11):
        client.post(reverse("cancel", args=[found.uid]), {"decision": "cancel"})
