"""Twenty people want the same time, through the production server."""

import re
from collections.abc import Iterator
from functools import partial

import pytest

from availability.models import Format
from bookings.models import Booking, Hold
from chaos.evidence import overlaps
from chaos.visitor import Answer, Visitor
from clients.models import Client, Consent
from front.choice import Choice
from outbox.models import OutgoingMail
from prose.dates import parse_slot
from tests.factories import World, lapse_holds
from tests.races.site import Site
from tests.races.together import free_times, no_constraint, no_lock, together

# Each is won by one of twenty; `make drills` has twenty, and `make chaos` hundreds more.
ROUNDS = [3, pytest.param(20, marks=pytest.mark.drill)]
pytestmark = [pytest.mark.race, pytest.mark.real_time, pytest.mark.xdist_group("races")]


@pytest.fixture
def crowd(site: Site) -> Iterator[list[Visitor]]:
    """Twenty browsers."""
    with site.visitors(20) as crowd:
        yield crowd


def details_of_all(crowd: list[Visitor], choice: Choice, slot: str) -> list[str]:
    """Everybody answers the questions for one time; return their check pages.

    One after the other, each once the hold of the one before has lapsed: nobody holds it now.
    """
    pages = []
    for n, visitor in enumerate(crowd):
        email = f"sam{n}-{slot.replace(':', '')}@example.com"
        pages.append(visitor.fill_in_details(choice, slot, email))
        lapse_holds()
    return pages


def press_at_once(crowd: list[Visitor], pages: list[str]) -> list[Answer]:
    """Everybody presses the last button in the same moment."""
    calls = [partial(visitor.post, page) for visitor, page in zip(crowd, pages, strict=True)]
    answers = [answer for answer in together(calls) if isinstance(answer, Answer)]
    assert len(answers) == len(crowd)
    return answers


def assert_offers_another_time(answer: Answer, slot: str, draft_id: str) -> None:
    assert answer.status == 422
    assert "has just been taken" in answer.text
    offered = re.findall(r'name="slot" value="([^"]+)"', answer.text)
    assert offered
    assert slot not in offered
    assert f'name="draft" value="{draft_id}"' in answer.text


def assert_answers_are_kept(visitor: Visitor, answer: Answer) -> None:
    """Choosing another time leads straight to the last look, with the answers under that time."""
    found = re.search(r'href="(/book/details/[^"]+slot=[^"]+)"', answer.text)
    assert found
    moved = visitor.get(found[1].replace("&amp;", "&"))
    assert moved.status == 302
    page = visitor.get(moved.location)
    assert page.status == 200
    assert "Check this looks right" in page.text
    assert "Sam Okafor" in page.text


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_twenty_people_one_gets_the_time_and_the_others_a_page_with_fresh_times(
    site: Site, practice: World, crowd: list[Visitor], rounds: int
) -> None:
    choice = Choice(practice.consultation, Format.ONLINE)
    for slot in free_times(choice, rounds):
        pages = details_of_all(crowd, choice, slot)
        answers = press_at_once(crowd, pages)
        booked = [answer for answer in answers if answer.status == 302]
        assert len(booked) == 1
        assert booked[0].location.endswith("?booked=1")
        for page, answer in zip(pages, answers, strict=True):
            if answer is not booked[0]:
                assert_offers_another_time(answer, slot, page.split("/")[3])
    for visitor, answer in zip(crowd, answers, strict=True):
        if answer is not booked[0]:
            assert_answers_are_kept(visitor, answer)
            lapse_holds()  # the next one is led to the same time
    assert Booking.objects.count() == rounds
    assert overlaps() == 0
    # What a loser began left nothing behind; nobody has opened a mail, so nobody has consented.
    assert Client.objects.count() == rounds
    assert Consent.objects.count() == 0
    assert OutgoingMail.objects.filter(kind="confirmation").count() == rounds


def test_of_twenty_who_choose_a_time_at_once_one_holds_it_and_the_others_see_the_rest(
    practice: World, crowd: list[Visitor]
) -> None:
    choice = Choice(practice.consultation, Format.ONLINE)
    for slot in free_times(choice, 5):
        path = choice.link("details", slot=slot)
        # The address leads each to a form of their own, which is what keeps the time.
        forms = [visitor.get(path).location for visitor in crowd]
        assert Hold.objects.filter(during__startswith=parse_slot(slot)).count() == 0
        answers = together(
            [partial(visitor.get, form) for visitor, form in zip(crowd, forms, strict=True)]
        )
        told = [answer for answer in answers if isinstance(answer, Answer)]
        assert sorted(answer.status for answer in told) == [200, *[422] * 19]
        for answer in told:
            if answer.status == 422:
                assert "Somebody else is booking that time just now" in answer.text
                assert slot not in re.findall(r'name="slot" value="([^"]+)"', answer.text)
        # Counted for this time: who wins a third one lets go of their first.
        assert Hold.objects.filter(during__startswith=parse_slot(slot)).count() == 1


def test_without_lock_and_constraint_the_same_crowd_books_twice(
    site: Site, practice: World, crowd: list[Visitor]
) -> None:
    """The control: a race test that could not fail would prove nothing."""
    choice = Choice(practice.consultation, Format.ONLINE)
    found = 0
    with no_lock():
        for slot in free_times(choice, 3):
            pages = details_of_all(crowd, choice, slot)
            with no_constraint():
                press_at_once(crowd, pages)
                found += overlaps()
    assert found > 0


def test_the_constraint_alone_still_lets_one_in_and_refuses_the_others_politely(
    site: Site, practice: World, crowd: list[Visitor]
) -> None:
    choice = Choice(practice.consultation, Format.ONLINE)
    with no_lock():
        for slot in free_times(choice, 3):
            answers = press_at_once(crowd, details_of_all(crowd, choice, slot))
            assert sorted(answer.status for answer in answers) == [302, *[422] * 19]
    assert Booking.objects.count() == 3
    assert overlaps() == 0
