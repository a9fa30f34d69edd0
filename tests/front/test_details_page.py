"""The details page as nobody has answered it: rendered once, with each visitor's own words."""

import re
from collections.abc import Callable

import pytest
from django.test import Client as Browser

from availability.models import Place, Practice, Service, Therapist
from bookings.models import Hold
from front import details_page
from prose.dates import parse_slot
from tests.factories import World, make_place
from tests.pages import SLOT, address, answers, send_details, text_of

pytestmark = pytest.mark.django_db
LATER = "2026-11-25T11:00"
OWN = ("csrfmiddlewaretoken", "rendered", "turn")


def page(browser: Browser, world: World, slot: str = SLOT, **query: str) -> str:
    Hold.objects.all().delete()  # whoever came before took the time
    return text_of(browser.get(address("details", world, slot=slot, **query)))


def own(html: str) -> dict[str, str]:
    """The words of the page that are its visitor's alone."""
    found = re.findall(r'<input type="hidden" name="(\w+)(?:-(\w+))?" value="([^"]*)"', html)
    assert {name for name, _, _ in found} == set(OWN)
    return {name: turn or value for name, turn, value in found}


def test_each_visitor_has_their_own_words_in_it(client: Browser, world: World) -> None:
    mine, theirs = own(page(client, world)), own(page(Browser(), world, LATER))
    for name in ("csrfmiddlewaretoken", "turn"):
        assert mine[name] != theirs[name]
    assert len(set(mine.values())) == len(OWN)


def test_it_is_what_a_page_says_that_is_rendered_for_one_visitor(
    client: Browser, world: World
) -> None:
    """Of somebody who typed something and then took it back, but for what they typed."""
    kept = page(client, world)
    send_details(client, world, name="Vera Moss", email="")
    page(client, world)
    sent = send_details(client, world, name="", email="")
    assert sent.status_code == 422
    assert "Vera Moss" not in page(Browser(), world, LATER)
    assert re.sub(r"\s+", " ", kept).count("kt-field") == text_of(sent).count('class="kt-field')


def test_no_gap_is_left_and_every_time_is_its_own(client: Browser, world: World) -> None:
    Service.objects.filter(pk=world.consultation.pk).update(
        price=75, late_fee_percent=100, cancel_notice_hours=48, grace_minutes=0
    )
    for slot in (SLOT, LATER):
        start = parse_slot(slot)
        assert start
        html = page(Browser(), world, slot)
        assert details_page._SECRET not in html
        assert f'<span data-uk-instant="{start.timestamp():.0f}">' in html
        assert f"day={slot[:10]}" in html
    soon, late = page(Browser(), world), page(Browser(), world, "2026-12-08T10:00")
    assert "From the moment you book, cancelling costs £75" in soon
    assert "From the moment you book" not in late


def test_what_stands_in_an_address_is_escaped(client: Browser, world: World) -> None:
    html = page(client, world, zone="America/New_York")
    assert "&amp;zone=America%2FNew_York" in html
    assert "<small>" in html


CHANGES: dict[str, Callable[[World], object]] = {
    "the practice's name": lambda _: Practice.objects.update(name="Other Rooms"),
    "the service's name": lambda w: Service.objects.filter(pk=w.consultation.pk).update(
        name="Talk"
    ),
    "one more place": lambda w: make_place(w.therapist, format="online", name="Another room"),
    "another price": lambda w: Service.objects.filter(pk=w.consultation.pk).update(price=20),
}


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_rendered_anew_for_whatever_changes_what_it_says(
    name: str, client: Browser, world: World
) -> None:
    def said() -> str:
        html = page(Browser(), world)
        for value in own(html).values():
            html = html.replace(value, "")
        return html

    before = said()
    assert said() == before
    CHANGES[name](world)
    assert said() != before


def test_where_to_meet_is_asked_among_the_places_that_are_free(
    client: Browser, world: World
) -> None:
    first = Place.objects.get(therapist=world.therapist, format="walking")
    make_place(world.therapist, format="walking", name="The bridge")
    assert "The bridge" in page(Browser(), world, how="walking")
    Therapist.objects.update(name="Robin Kicks")
    first.delete()
    assert "Where shall we meet?" not in page(Browser(), world, how="walking")


def test_who_has_answered_is_shown_their_answers(client: Browser, world: World) -> None:
    where = address("details", world, slot=SLOT)
    check = client.post(where, answers(name="Vera Moss"))["Location"]
    change = re.search(r'href="(/book/details/[^"]+)"', text_of(client.get(check)))
    assert change
    assert "Vera Moss" in text_of(client.get(change[1].replace("&amp;", "&")))
    assert "Vera Moss" not in page(Browser(), world, LATER)
