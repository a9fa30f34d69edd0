"""Without its broker the site books as ever, and the sweep sends the mail."""

from contextlib import AbstractContextManager
from functools import partial

import pytest

from availability.models import Format
from bookings.models import Booking
from chaos.visitor import Answer
from front.choice import Choice
from outbox.models import OutgoingMail
from tests.factories import World
from tests.races.site import Site
from tests.races.together import free_times, together

pytestmark = [pytest.mark.race, pytest.mark.real_time, pytest.mark.xdist_group("races")]

# Promised: losing the broker delays nothing that a client sees by more than this.
SECONDS = 3


def without_broker(site: Site, how: str) -> AbstractContextManager[None]:
    return {"frozen": site.broker.frozen, "stopped": site.broker.stopped}[how]()


@pytest.mark.parametrize("how", ["frozen", "stopped"])
def test_booking_goes_on_and_the_sweep_sends(site: Site, practice: World, how: str) -> None:
    choice = Choice(practice.consultation, Format.ONLINE)
    # More bookings than the server has threads: connections that were open, and new ones.
    with site.visitors(12) as visitors:
        pages = [
            visitor.fill_in_details(choice, slot, f"sam{n}@example.com")
            for n, (visitor, slot) in enumerate(zip(visitors, free_times(choice, 12), strict=True))
        ]
        ready = list(zip(visitors, pages, strict=True))
        before = [visitor.post(page) for visitor, page in ready[:6]]
        with without_broker(site, how):
            answers = together([partial(visitor.post, page) for visitor, page in ready[6:]])
            after = [answer for answer in answers if isinstance(answer, Answer)]
            assert site.manage("send_due_mail").wait() == 0
    assert {answer.status for answer in before + after} == {302}
    assert max(answer.seconds for answer in after) < SECONDS
    assert Booking.objects.count() == 12
    confirmations = OutgoingMail.objects.filter(kind="confirmation")
    assert [mail.state for mail in confirmations] == [OutgoingMail.State.SENT] * 12
