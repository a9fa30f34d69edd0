"""Step 1: what a link carries narrows the cards or makes the choice."""

import pytest
from django.test import Client as Browser

from tests.factories import World


def cards(browser: Browser, query: str, status: int = 200) -> list[str]:
    """Return the values of the cards that are shown."""
    response = browser.get(f"/book/{query}")
    assert response.status_code == status
    groups = response.context["groups"]
    return [card["value"] for group in groups for card in group["choices"]]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 6),
        ("?what=consultation", 3),
        ("?what=session", 3),
        ("?how=walking", 6),
        ("?what=consultation&how=online", 3),
        ("?what=massage", 6),
        ("?what=consultation&how=telepathy", 6),
    ],
)
def test_a_link_narrows_the_cards_to_what_it_names(
    world: World, client: Browser, query: str, count: int
) -> None:
    assert len(cards(client, query)) == count


def test_only_a_link_that_says_what_and_how_makes_the_choice(world: World, client: Browser) -> None:
    assert client.get("/book/?what=consultation").content.count(b" checked") == 0
    page = client.get("/book/?what=consultation&how=walking").content.decode()
    assert page.count(" checked") == 1
    assert f'value="consultation:walking:{world.therapist.slug}" aria-describedby' in page


def test_continue_with_nothing_chosen_keeps_what_the_link_named(
    world: World, client: Browser
) -> None:
    page = client.get("/book/?what=consultation&how=online").content.decode()
    assert '<input type="hidden" name="what" value="consultation">' in page
    assert '<input type="hidden" name="how" value="online">' in page
    assert len(cards(client, "?what=consultation&how=online&choice=", 422)) == 3


def test_a_choice_leads_to_its_times(world: World, client: Browser) -> None:
    slug = world.therapist.slug
    response = client.get(f"/book/?choice=consultation:online:{slug}")
    assert response.status_code == 302
    assert response["Location"] == f"/book/time/?what=consultation&how=online&who={slug}"


def test_a_card_says_so_where_no_time_is_free(world: World, client: Browser) -> None:
    world.therapist.weekly_hours.all().delete()
    page = client.get("/book/").content.decode()
    assert page.count("No free times just now.") == 6
    assert "Next free" not in page
