"""What waits for the therapist: a card each, until it is answered."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings import lifecycle
from bookings.by import By
from bookings.models import Booking
from clients.models import Client
from outbox.models import OutgoingMail, Sweep
from staff.models import Role
from tests.clock import Clock
from tests.desk.today.press import TODAY
from tests.factories import NOW, World, force_booking, make_client, make_user
from tests.pages import browser_of, signed_in, text_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def waiting(browser: Browser) -> str:
    """The part of the page, from its heading on."""
    return text_of(browser.get(TODAY)).partition('id="waiting"')[2]


def titles(browser: Browser) -> list[str]:
    return [part.partition("</h3>")[0] for part in waiting(browser).split("<h3>")[1:]]


def named(name: str) -> Client:
    return make_client(name=name)


def test_who_was_asked_to_move_and_has_not_answered(
    mine: Browser, world: World, clock: Clock
) -> None:
    to = NOW + 2 * DAY + HOUR
    facts: dict[str, Any] = {"service": world.session, "client": named("Priya Kapoor")}
    found = force_booking(world, NOW + DAY, asked_at=NOW - 17 * HOUR, proposed_start=to, **facts)
    page = waiting(mine)
    assert "Priya Kapoor hasn’t answered" in page
    assert (
        "You asked to move tomorrow, 9am to Wednesday 25 November, 10am. "
        "Sent yesterday, 4pm. Until they answer, both times are kept."
    ) in page
    for there in ("change", "ask_again", "withdraw"):
        assert reverse(f"admin:bookings_booking_{there}", args=[found.pk]) in page
    Booking.objects.update(proposed_start=None)
    assert "Until they answer, it stays where it is." in waiting(mine)
    clock.shift(DAY + HOUR)
    assert titles(signed_in(world.therapist)) == []


def test_what_was_and_is_not_recorded_the_oldest_first(mine: Browser, world: World) -> None:
    force_booking(world, NOW - DAY, service=world.session, client=named("Jia Tan"))
    force_booking(world, NOW - 2 * DAY, client=named("Noor Haddad"))
    force_booking(world, NOW - 29 * DAY, client=named("Long Ago"))
    force_booking(world, NOW - HOUR, service=world.session, client=named("In The List"))
    gone = {"status": Booking.Status.CANCELLED}
    force_booking(world, NOW - 3 * DAY, client=named("Not Held"), **gone)
    assert titles(mine) == ["How did it end with Noor Haddad?", "Did Jia Tan come?"]
    assert "Session 1, Sunday 22 November, 9am." in waiting(mine)
    assert '<span class="kd-n">2</span>waiting for you' in text_of(mine.get(TODAY))


def test_what_went_on_after_midnight_is_asked_about_once(mine: Browser, world: World) -> None:
    force_booking(world, NOW - 9.5 * HOUR, service=world.session)
    assert text_of(mine.get(TODAY)).count('value="no_show"') == 1
    assert titles(mine) == []


def test_of_very_many_only_some_are_shown_and_the_way_to_all(mine: Browser, world: World) -> None:
    for n in range(21):
        force_booking(world, NOW - DAY - n * HOUR, service=world.session)
    page = waiting(mine)
    assert page.count("<h3>") == 20
    assert "And 1 more." in page


def test_who_cancelled_late_and_owes(mine: Browser, world: World, clock: Clock) -> None:
    late = {"status": Booking.Status.CANCELLED, "late_fee": Decimal(75)}
    found = force_booking(world, NOW + DAY, client=named("Leo Farrell"), **late)
    force_booking(world, NOW + 2 * DAY, fee_waived=True, **late)
    page = waiting(mine)
    assert titles(mine) == ["Leo Farrell cancelled late"]
    assert "By what was agreed, £75 is due." in page
    assert reverse("admin:bookings_booking_waive", args=[found.pk]) in page
    helped = browser_of(make_user(Role.ASSISTANT, world.therapist))
    assert titles(helped) == []
    clock.shift(15 * DAY)
    assert titles(signed_in(world.therapist)) == []


@pytest.mark.parametrize("until", [None, NOW + 3 * HOUR])
def test_a_second_consultation_stands_once_somebody_says_so(
    mine: Browser, world: World, until: Any
) -> None:
    client = named("Noor Haddad")
    force_booking(world, NOW - 13 * DAY, client=client, attendance="attended", outcome="think")
    found = force_booking(world, NOW + DAY, client=client, is_repeat=True, release_at=until)
    page = waiting(mine)
    assert titles(mine) == ["Noor Haddad booked a second consultation"]
    assert "The first was on Tuesday 10 November." in page
    assert ("It’s let go" in page) == bool(until)
    for _ in range(2):
        answer = mine.post(reverse("today_keep", args=[found.pk]), {"say": "keep"})
        assert answer["Location"] == f"{TODAY}#waiting"
    assert titles(mine) == []
    found.refresh_from_db()
    assert found.release_at is None
    assert [line.action for line in found.events.all()] == ["kept"]


def test_of_somebody_with_two_addresses_nobody_knows_when_they_met(
    mine: Browser, world: World
) -> None:
    found = force_booking(world, NOW + DAY, is_repeat=True)
    assert "They may have met you before." in waiting(mine)
    # It is the lifecycle that refuses who may not; here nobody else holds the diary.
    lifecycle.keep_repeat(found.pk, by=By.therapist(), now=NOW)
    assert titles(mine) == []


def _mail(to: str, **facts: Any) -> OutgoingMail:
    n = OutgoingMail.objects.count()
    fresh = {
        "key": f"k{n}",
        "message_id": f"m{n}",
        "about": "x",
        "kind": "reminder",
        "to": to,
        "subject": "Your appointment",
        "due_at": NOW - HOUR,
        "state": OutgoingMail.State.SENT,
    }
    return OutgoingMail.objects.create(**{**fresh, **facts})


def test_whom_mail_did_not_reach_comes_last_and_loud(world: World) -> None:
    owner = browser_of(make_user(Role.OWNER))
    Sweep.objects.create(by=Sweep.By.WORKER, at=NOW)
    dana = make_client(name="Dana Whitlock", email="Dana@example.com")
    came_back = {"fate": "bounced", "fate_at": NOW - HOUR, "fate_reason": "No such address."}
    _mail("dana@example.com", **came_back)
    _mail(
        make_client(name="Aled Rhys").email,
        state=OutgoingMail.State.FAILED,
        last_error="",
    )
    _mail("was-corrected@example.com", **came_back)
    force_booking(world, NOW - DAY, service=world.session)
    assert sorted(titles(owner)[1:]) == [
        "An email to Aled Rhys couldn’t be sent",
        "An email to Dana Whitlock came back",
    ]
    page = waiting(owner)
    assert "The reason given: No such address." in page
    assert page.count("is-loud") == 2
    assert reverse("admin:clients_client_card", args=[dana.pk]) in page
    assert "Email is going out." in page
    # Named here, so it is not told above as well.
    assert "could not be delivered" not in text_of(owner.get(TODAY))
    assert titles(browser_of(make_user(Role.ASSISTANT, world.therapist))) == []


def test_trouble_that_no_card_tells_of_is_told_above(world: World) -> None:
    owner = browser_of(make_user(Role.OWNER))
    Sweep.objects.create(by=Sweep.By.WORKER, at=NOW)
    _mail("was-corrected@example.com", fate="bounced", fate_at=NOW - HOUR)
    assert "could not be delivered" in text_of(owner.get(TODAY))
    assert titles(owner) == []
