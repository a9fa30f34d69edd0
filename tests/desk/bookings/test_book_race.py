"""The desk and the public page want the same hour in the same moment: one has it."""

from functools import partial
from typing import Any

import pytest
from django.test import Client as Browser

from bookings.models import Booking
from outbox.models import OutgoingMail
from prose.dates import slot_value
from tests.desk.bookings.test_book import BOOK, START, keys_of, said
from tests.factories import World, lapse_holds
from tests.pages import check_address, press, signed_in, text_of
from tests.races.together import together


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("held", [True, False])
def test_of_the_desk_and_the_public_page_one_has_the_hour(
    world: World,
    held: bool,  # noqa: FBT001, a case
) -> None:
    public, desk = Browser(), signed_in(world.therapist)
    last_look = check_address(public, world, slot_value(START))
    if not held:
        lapse_holds()
    form = said(world)
    asked = desk.post(BOOK, {**form, "press": "look"})
    warned = [one.title for date in asked.context["dates"] for one in date.warnings]
    assert warned == (["Somebody is booking that time."] if held else [])
    calls = [
        partial(desk.post, BOOK, {**form, "despite": keys_of(asked)}, follow=True),
        partial(press, public, last_look),
    ]
    answers: list[Any] = together(calls)
    by_desk, by_public = (text_of(answer) for answer in answers)
    [made] = Booking.objects.all()
    desk_has_it = made.client.name == "Kim Li"
    assert ("Booked. Kim Li is told by email." in by_desk) is desk_has_it
    if desk_has_it:
        assert "Kim Li" not in by_public
        assert answers[1].status_code == 422
    else:
        assert "That time overlaps Sam Okafor’s consultation" in by_desk
        assert 'value="Kim Li"' in by_desk
        assert answers[1].status_code == 302
    assert OutgoingMail.objects.filter(kind="confirmation").count() == 1
