"""Refusals are codes with facts; each edge has its own words for every one of them."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from typing import get_args

import pytest

from availability.models import Format
from bookings import errors, slots
from bookings.errors import Asked, Code, NotBookableError, SlotTakenError, TimeRefusedError
from bookings.models import Booking
from desk import refusals as for_therapist
from front import refusals as for_client
from tests.bookings.diaries import at
from tests.factories import NOW, World, book

pytestmark = pytest.mark.django_db

WARNED = errors.Warned(Asked(NOW), person=(Code.NOT_MET_YET,))
FACTS = (
    errors.TooSoon(24, None),
    errors.TooFarAhead(60),
    errors.NotOffered(Asked(NOW)),
    errors.TooClose(Asked(NOW)),
    errors.SlotTaken(Asked(NOW)),
    errors.AlreadyMet("consultation"),
    errors.ChangedMeanwhile("Monday 23 November 2026"),
    errors.FeeNotTold(Decimal(20)),
    errors.ChangedSince("KT-234567"),
    errors.WouldHaveBegun("KT-234567"),
    errors.RecordedMeanwhile("Attended"),
    WARNED,
)


def test_each_code_has_words_for_a_client_and_for_the_therapist() -> None:
    assert {type(one) for one in FACTS} == set(get_args(errors.Facts))
    with_facts = {one.code for one in FACTS}
    for plain in (for_client.PLAIN, for_therapist.PLAIN):
        assert set(plain) | with_facts == set(Code)
        assert not set(plain) & with_facts


@pytest.mark.parametrize("why", [*for_client.PLAIN, *FACTS])
def test_words_are_whole_sentences_and_an_exception_has_none(
    world: World, why: Code | errors.Facts
) -> None:
    if why == WARNED:
        why = replace(WARNED, asked=Asked(NOW, world.consultation.pk, Format.ONLINE))
    refusal = NotBookableError(why)
    for said in (for_client.words(refusal), for_therapist.words(refusal, NOW)):
        assert said[0].isupper()
        assert said[-1] == "."
        assert said not in str(refusal)


def test_the_therapist_reads_whose_meeting_is_in_the_way(world: World) -> None:
    made = book(world, at("10:00"), format=Format.ONLINE)
    Booking.objects.filter(pk=made.pk).update(contact_name="Tom Ashe")
    with pytest.raises(SlotTakenError) as caught:
        slots.require_free(world.consultation, Format.ONLINE, at("10:00"), NOW)
    said = for_therapist.words(caught.value, NOW)
    assert said.replace("\N{NO-BREAK SPACE}", " ") == (
        "That time overlaps Tom Ashe’s consultation, 10am to 10:15am."
    )
    assert "Tom" not in for_client.words(caught.value)


def test_the_therapist_reads_the_rule_as_why_not_words_it(world: World) -> None:
    for start, words in (
        (at("10:07"), "It would begin at 10:07am, between the starts, which come every 30 minutes"),
        (at("20:00"), "It would begin at 8pm, which is outside your hours for this."),
    ):
        with pytest.raises(TimeRefusedError) as caught:
            slots.require_free(world.consultation, Format.ONLINE, start, NOW)
        said = for_therapist.words(caught.value, NOW).replace("\N{NO-BREAK SPACE}", " ")
        assert said.startswith(words)


@pytest.mark.parametrize("book_by", [None, at("18:00").time()])
def test_the_notice_is_worded_for_each_of_them(world: World, book_by: time | None) -> None:
    world.consultation.book_by = book_by
    with pytest.raises(TimeRefusedError) as caught:
        slots.require_free(world.consultation, Format.ONLINE, NOW + timedelta(hours=1), NOW)
    assert "I need" in for_client.words(caught.value)
    said = for_therapist.words(caught.value, NOW).replace("\N{NO-BREAK SPACE}", " ")
    assert ("by 6pm the day before" in said) == (book_by is not None)
