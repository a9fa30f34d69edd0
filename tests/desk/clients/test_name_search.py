"""A client is found by their name, however its joiners are typed."""

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser

from tests.factories import NOW, World, force_booking, make_client

ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
WITH, WITHOUT = f"علی{ZWNJ}رضا کریمی", "علیرضا"


@pytest.fixture
def browser(client: Browser, world: World) -> Browser:
    """A browser in which the owner of the practice is logged in."""
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.mark.parametrize("name", [WITH, WITH.replace(ZWNJ, "")])
@pytest.mark.parametrize("typed", [WITH, WITHOUT, f"علی{ZWNJ}رضا"])
def test_with_and_without_a_joiner_finds_the_same_people(
    browser: Browser, world: World, name: str, typed: str
) -> None:
    who = make_client(name=name)
    force_booking(world, NOW, client=who)
    for rows in ("clients/client", "bookings/booking"):
        page = browser.get(f"/admin/{rows}/", {"q": typed, "when": "all"}, follow=True)
        assert page.context["cl"].result_count == 1, rows


@pytest.mark.parametrize("typed", ["SAM", "okaf", "sam okafor", "@example"])
def test_other_names_are_found_as_ever(browser: Browser, world: World, typed: str) -> None:
    make_client()
    page = browser.get("/admin/clients/client/", {"q": typed})
    assert page.context["cl"].result_count == 1
    assert browser.get("/admin/clients/client/", {"q": "100%"}).context["cl"].result_count == 0
