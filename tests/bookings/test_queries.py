"""What the steps of a booking ask of Postgres again and when something is pressed.

One number each, whatever the history. What each page asks when it is opened is in
tests/kicks/test_questions.py.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from availability.models import Format, Therapist
from bookings.models import Booking
from tests.factories import NOW, World, force_booking
from tests.pages import SLOT, address, answers, carried, check_address

ZONE = "America/New_York"
Ask = Callable[[Browser, World], object]


@pytest.fixture(params=[1, 3])
def history(request: pytest.FixtureRequest, world: World) -> int:
    """So many bookings of each kind: past, to come, on the day that is shown."""
    count: int = request.param
    for n in range(count):
        for day in (-7, 1, 2):
            start = NOW + timedelta(days=day, hours=3 + n)
            force_booking(world, start, format=Format.ONLINE, proven_at=NOW)
    return count


PAGES: dict[str, tuple[int, Ask]] = {
    "times, own too": (4, lambda browser, world: browser.get(address("time", world, zone=ZONE))),
    "details, only its head": (
        4,
        lambda browser, world: browser.head(address("details", world, slot=SLOT)),
    ),
    "details sent": (
        14,
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
def test_a_time_that_is_kept_already_is_kept_on_without_asking_what_is_left(
    client: Browser, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    where = address("details", world, slot=SLOT)
    client.get(where)
    with django_assert_num_queries(9):
        client.get(where)
    with django_assert_num_queries(12):
        client.post(where, answers())


@pytest.mark.usefixtures("history")
def test_a_time_that_somebody_else_holds_is_refused_and_the_free_ones_are_shown(
    client: Browser, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    where = address("details", world, slot=SLOT)
    Browser().get(where)
    with django_assert_num_queries(12):
        assert client.get(where).status_code == 422


ALL_RULES = {
    "most_sessions_a_day": 5,
    "most_consultations_a_week": 50,
    "most_in_a_row": 3,
    "early_days": 2,
    "is_discreet": True,
}


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("rules", [{}, ALL_RULES], ids=["no rule", "every rule"])
@pytest.mark.parametrize("query", [{}, {"day": "2026-11-25"}], ids=["first day", "a day"])
def test_the_times_page_asks_four_questions_and_then_one_and_one_more_with_a_cookie(
    client: Browser,
    world: World,
    rules: dict[str, int],
    query: dict[str, str],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    Therapist.objects.update(**rules)
    where = address("time", world, **query)
    with django_assert_num_queries(4):
        client.get(where)
    with django_assert_num_queries(1):
        client.get(where)
    client.get(address("details", world, slot=SLOT))
    with django_assert_num_queries(4):
        client.get(where)
    with django_assert_num_queries(2):
        client.get(where)
    with django_assert_num_queries(1):
        Browser().get(where)


@pytest.mark.usefixtures("history")
def test_the_press_that_books_and_the_one_that_cancels(
    client: Browser, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = check_address(client, world)
    shown = carried(client, path)
    with django_assert_num_queries(23):
        client.post(path, shown)
    cancel = reverse("cancel", args=[Booking.objects.latest("pk").uid])
    with django_assert_num_queries(15):
        client.post(cancel, {"decision": "cancel", "seen": 0})
