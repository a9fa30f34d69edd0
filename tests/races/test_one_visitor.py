"""One person, pressed twice, cut off, or at it in two tabs."""

import re
from collections.abc import Iterator
from functools import partial

import pytest

from availability.models import Format
from bookings.models import Booking
from chaos.visitor import Answer, Visitor
from front.choice import Choice
from outbox.models import OutgoingMail
from prose.dates import slot_value
from tests.factories import World
from tests.races.site import Site
from tests.races.together import free_times, together

pytestmark = [pytest.mark.race, pytest.mark.real_time, pytest.mark.xdist_group("races")]


@pytest.fixture
def visitor(site: Site, practice: World) -> Iterator[Visitor]:
    with site.visitors(1) as (visitor,):
        yield visitor


@pytest.fixture
def choice(practice: World) -> Choice:
    return Choice(practice.consultation, Format.ONLINE)


def assert_booked_once() -> Booking:
    booking = Booking.objects.get()
    kinds = OutgoingMail.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["confirmation", "therapist_new"]
    return booking


def test_a_double_click_books_once_and_both_presses_lead_to_the_booking(
    visitor: Visitor, choice: Choice
) -> None:
    check = visitor.fill_in_details(choice, free_times(choice, 1)[0], "sam@example.com")
    presses = together([partial(tab.post, check) for tab in (visitor, visitor.another_tab())])
    booking = assert_booked_once()
    for press in presses:
        assert isinstance(press, Answer)
        assert press.status == 302
        assert press.location.startswith(f"/booking/{booking.uid}/")
        assert visitor.get(press.location).status == 200


def test_pressing_again_after_a_lost_answer_finds_the_booking(
    visitor: Visitor, choice: Choice
) -> None:
    check = visitor.fill_in_details(choice, free_times(choice, 1)[0], "sam@example.com")
    visitor.post_and_lose_the_answer(check)
    again = visitor.post(check)
    booking = assert_booked_once()
    assert again.status == 302
    assert again.location.startswith(f"/booking/{booking.uid}/")
    assert visitor.get(again.location).status == 200


def test_reloading_the_check_page_of_a_booking_leads_to_the_booking(
    visitor: Visitor, choice: Choice
) -> None:
    check = visitor.fill_in_details(choice, free_times(choice, 1)[0], "sam@example.com")
    visitor.post(check)
    assert visitor.get(check).location == f"/booking/{assert_booked_once().uid}/"


def test_two_tabs_of_one_person_are_two_drafts_and_each_books_its_own_or_nothing(
    visitor: Visitor, choice: Choice
) -> None:
    """The press that books drops all drafts: one that comes later is told that nothing is booked.

    Both book where each had read its draft before the other was done.
    """
    tabs = {visitor: "First tab", visitor.another_tab(): "Second tab"}
    slots = dict(zip(tabs, free_times(choice, 2), strict=True))
    pages = {
        tab: tab.fill_in_details(choice, slots[tab], "sam@example.com", note=note)
        for tab, note in tabs.items()
    }
    assert [note in tab.get(pages[tab]).text for tab, note in tabs.items()] == [True, True]
    presses = together([partial(tab.post, page) for tab, page in pages.items()])
    booked = {}
    for tab, press in zip(tabs, presses, strict=True):
        assert isinstance(press, Answer)
        assert press.status == 302
        if press.location != "/book/?again=1":
            booked[press.location.split("/")[2]] = (slots[tab], tabs[tab])
    made = Booking.objects.all()
    assert {str(one.uid): (slot_value(one.start), one.note) for one in made} == booked
    assert booked
    # Of what was typed nothing is left in either tab.
    assert {tab.get(page).status for tab, page in pages.items()} == {302}


def test_details_of_somebody_else_in_another_tab_drop_the_first_draft(
    visitor: Visitor, choice: Choice
) -> None:
    """A browser is one person's: whoever comes next reads and books nothing of who came before."""
    first, second = free_times(choice, 2)
    one = visitor.fill_in_details(choice, first, "ann@example.com", name="Ann Bell")
    tab = visitor.another_tab()
    other = tab.fill_in_details(choice, second, "ben@example.com", name="Ben Cole")
    assert visitor.get(one).location == "/book/?again=1"
    assert visitor.post(one).location == "/book/?again=1"
    assert tab.post(other).status == 302
    assert Booking.objects.get().contact_name == "Ben Cole"


def test_somebody_elses_check_page_is_not_there(
    site: Site, visitor: Visitor, choice: Choice
) -> None:
    check = visitor.fill_in_details(choice, free_times(choice, 1)[0], "sam@example.com")
    with site.visitors(1) as (stranger,):
        stranger.fill_in_details(choice, free_times(choice, 1)[0], "eve@example.com")
        assert stranger.post(check).location == "/book/?again=1"
    assert Booking.objects.count() == 0


def test_a_check_page_books_what_it_shows_or_nothing(visitor: Visitor, choice: Choice) -> None:
    first, second = free_times(choice, 2)
    check = visitor.fill_in_details(choice, first, "sam@example.com")
    key = re.search(r'name="key" value="([^"]+)"', visitor.get(check).text)
    assert key
    other_tab = visitor.another_tab()
    moved = other_tab.get(choice.link("details", slot=second, draft=check.split("/")[3]))
    assert moved.location == check
    pressed = visitor.post(check, key=key[1])
    assert pressed.status == 422
    assert "changed something in another tab" in pressed.text
    assert Booking.objects.count() == 0


def test_pressing_change_twice_moves_once_and_both_presses_lead_to_the_booking(
    visitor: Visitor, choice: Choice
) -> None:
    """The press that comes second must not hear that the time is taken: it is theirs."""
    first, *others = free_times(choice, 61)
    check = visitor.fill_in_details(choice, first, "sam@example.com")
    here = visitor.post(check).location.partition("?")[0]
    tabs = (visitor, visitor.another_tab())
    for moves, slot in enumerate(others):
        path = f"{here}move/?how=online&slot={slot}"
        said = {"decision": "change", "seen": str(moves)}
        presses = together([partial(tab.post, path, **said) for tab in tabs])
        told = [(press.status, press.location) for press in presses if isinstance(press, Answer)]
        assert told == [(302, f"{here}?moved=1")] * 2
    booking = Booking.objects.get()
    assert (booking.sequence, slot_value(booking.start)) == (60, others[-1])
