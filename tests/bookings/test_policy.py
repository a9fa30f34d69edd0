"""What changing and cancelling costs: agreed on the day of booking, told before it is decided."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from bookings import lifecycle, policy
from bookings.by import By
from bookings.errors import NotBookableError
from bookings.lifecycle import Change
from bookings.models import Booking, BookingEvent
from bookings.policy import ANY_TIME, Terms
from outbox.models import OutgoingMail
from staff.models import Role
from tests.bookings.notices.letters import one
from tests.bookings.notices.letters import text_of as words_of
from tests.bookings.refusals import client_is_told
from tests.clock import Clock
from tests.factories import NOW, World, book, make_user
from tests.pages import book as book_by_page
from tests.pages import check_address, open_link, rows, send, text_of

CLIENT, THERAPIST = By.client(), By.therapist()
STRICT = {
    "price": Decimal(75),
    "move_notice_hours": 24,
    "most_moves": 2,
    "cancel_notice_hours": 48,
    "late_fee_percent": 50,
}
AGREED = (
    "You can change it twice until 24 hours before it begins. A later change costs £37.50. "
    "You can cancel it free until 48 hours before it begins. "
    "After that, or if you don’t come, it costs £37.50, even if you move it to another time first. "
    "In the first 30 minutes after you book, changing and cancelling are free."
)
START = NOW + timedelta(days=4, hours=1)  # Friday at ten
HOUR = timedelta(hours=1)


@pytest.fixture
def strict(world: World) -> World:
    """A practice whose consultation has every term."""
    for name, value in STRICT.items():
        setattr(world.consultation, name, value)
    world.consultation.save()
    return world


def cancel(found: Booking, now: datetime, actor: By = CLIENT) -> Booking:
    return lifecycle.cancel(found.pk, by=actor, reason="", now=now)


def move(found: Booking, hours: int, now: datetime = NOW, actor: By = CLIENT) -> Booking:
    found.refresh_from_db()
    to = Change(found.start + hours * HOUR, found.format, found.place, found.sequence)
    return lifecycle.reschedule(found.pk, to, by=actor, now=now)


def come_back(client: Browser) -> None:
    """Open the mail's link: the session of the day of booking is over."""
    text = OutgoingMail.objects.get(kind="confirmation").text
    token = text.partition("/b/")[2].partition("/")[0]
    assert open_link(client, token).status_code == 302


# --- the words


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (Terms(), ANY_TIME),
        (Terms(24, 48, 2, Decimal("37.50"), 30, keeps_fee=True), AGREED),
        (
            Terms(48, 48, None, Decimal(75), 10, keeps_fee=True),
            (
                "You can change it until 48 hours before it begins. A later change costs £75. "
                "You can cancel it free until 48 hours "
                "before it begins. "
                "After that, or if you don’t come, it costs £75. In the first 10 minutes after you "
                "book, changing and cancelling are free."
            ),
        ),
        (
            Terms(72, 48, None, Decimal(75)),
            (
                "You can change it until 72 hours before it begins. A later change counts as late, "
                "and costs £75 once cancelling does. You can cancel it free until 48 hours before "
                "it begins. After that, or if you don’t come, it costs £75."
            ),
        ),
        (
            Terms(24, 48, 0, Decimal(75), 30, keeps_fee=True),
            (
                "To change it, please write to me. You can cancel it free until 48 hours before "
                "it begins. "
                "After that, or if you don’t come, it costs £75. "
                "In the first 30 minutes after you book, cancelling is free."
            ),
        ),
        (
            Terms(move_hours=24, grace_minutes=30),
            (
                "You can change it until 24 hours before it begins. A later change counts as late. "
                "You can cancel it until it begins. There’s nothing to pay if you do. In the first "
                "30 minutes after you book, nothing counts as late."
            ),
        ),
        (
            Terms(cancel_hours=24, grace_minutes=30),
            (
                "You can change it until it begins. You can cancel it until it begins. There’s "
                "nothing to pay if you do."
            ),
        ),
        (
            Terms(move_hours=24),
            (
                "You can change it until 24 hours before it begins. A later change counts as late. "
                "You can cancel it until it begins. There’s nothing to pay if you do."
            ),
        ),
        (
            Terms(most_moves=0),
            (
                "To change it, please write to me. You can cancel it until it begins. There’s "
                "nothing to pay if you do."
            ),
        ),
        (
            Terms(most_moves=1, cancel_hours=48, late_fee=Decimal(75)),
            (
                "You can change it once until it begins. You can cancel it free until 48 hours "
                "before it begins. After that, or if you don’t come, it costs £75."
            ),
        ),
    ],
)
def test_the_terms_are_told_in_words(terms: Terms, words: str) -> None:
    assert policy.words(terms) == words


def test_what_is_shown_before_booking_is_kept_with_the_booking_and_stands_in_its_mail(
    strict: World, client: Browser
) -> None:
    page = text_of(client.get(check_address(client, strict)))
    assert AGREED in page
    made = book_by_page(client, strict)
    assert made.policy == AGREED
    assert AGREED in " ".join(words_of(one(made, "confirmation")).split())
    assert AGREED in text_of(client.get(reverse("booking", args=[made.uid])))


def test_a_service_that_changes_changes_no_booking(strict: World, client: Browser) -> None:
    made = book_by_page(client, strict)
    strict.consultation.late_fee_percent = 100
    strict.consultation.cancel_notice_hours = 100
    strict.consultation.save()
    assert AGREED in text_of(client.get(reverse("booking", args=[made.uid])))
    assert cancel(made, made.start - 20 * HOUR).late_fee == Decimal("37.50")


# --- changing


@pytest.mark.parametrize(
    ("before", "late", "fee"),
    [(24 * HOUR, False, "0"), (24 * HOUR - timedelta(seconds=1), True, "37.50")],
)
def test_a_client_who_changes_the_time_inside_the_notice_is_recorded_as_late_and_owes_the_fee(
    strict: World, before: timedelta, late: object, fee: str
) -> None:
    moved = move(book(strict, START), 72, now=START - before)
    event = moved.events.get(action=BookingEvent.Action.MOVED)
    assert (moved.start, event.is_late) == (START + 72 * HOUR, late)
    assert moved.late_fee == Decimal(fee)


def test_changing_how_we_meet_at_the_same_time_is_late_and_costs_nothing(strict: World) -> None:
    made = book(strict, START, format="walking")
    to = Change(START, "online", strict.place(), 0)
    moved = lifecycle.reschedule(made.pk, to, by=CLIENT, now=START - HOUR)
    assert moved.late_fee == 0
    assert moved.events.get(action=BookingEvent.Action.MOVED).is_late


def test_a_late_change_never_costs_more_than_cancelling(strict: World) -> None:
    strict.consultation.move_notice_hours = 72
    strict.consultation.save()
    moved = move(book(strict, START), 72, now=START - 60 * HOUR)
    assert moved.events.get(action=BookingEvent.Action.MOVED).is_late
    assert moved.late_fee == 0


def test_what_is_owed_adds_up_until_the_therapist_waives_it_or_cancels(strict: World) -> None:
    moved = move(book(strict, START), 72, now=START - HOUR)
    gone = cancel(moved, moved.start - HOUR)
    assert gone.late_fee == Decimal("75.00")
    other = move(book(strict, START + HOUR), 72, now=START)
    lifecycle.waive_fee(other.pk, by=By.therapist(), now=START)
    assert cancel(other, other.start - HOUR).fee_label == "£37.50"
    third = move(book(strict, START + 2 * HOUR), 96, now=START + HOUR)
    assert third.fee_label == "£37.50"
    assert cancel(third, third.start - HOUR, THERAPIST).fee_label == ""


def test_a_client_changes_it_as_often_as_agreed_and_the_therapists_changes_are_not_theirs(
    strict: World,
) -> None:
    made = book(strict, START)
    for actor in (CLIENT, THERAPIST, THERAPIST, CLIENT):
        move(made, 1, actor=actor)
    with client_is_told(NotBookableError, match="as often as we agreed"):
        move(made, 1)
    assert move(made, 1, actor=THERAPIST).sequence == 5


def confirm_what_was_not_late_before(client: Browser, path: str, said: dict[str, Any]) -> None:
    """Confirm on a page that was made in time, then on the one that says what it costs now."""
    stored = rows()
    asked: Any = send(client, path, {"reason": "", **said, "told": ""})
    assert (asked.status_code, rows()) == (422, stored)
    assert "It has become late since you opened this page: it costs £37.50 now." in text_of(asked)
    assert Booking.objects.get().sequence == 0
    shown = asked.context["form"]
    carried = {field.name: field.value() for field in shown.hidden_fields()}
    answer = send(client, path, {**carried, "decision": said["decision"]})
    assert answer.status_code == 302


def test_the_page_says_that_a_late_change_costs_nothing_where_it_does_not(
    world: World, client: Browser, clock: Clock
) -> None:
    world.consultation.move_notice_hours = 24
    world.consultation.save()
    made = book_by_page(client, world, "2026-11-27T10:00")
    clock.move_to(made.start - 23 * HOUR)
    come_back(client)
    page = text_of(client.get(f"{reverse('move', args=[made.uid])}?slot=2026-11-30T10:00"))
    assert "It’s late now, and there’s nothing to pay." in page


def test_the_page_says_what_a_late_change_costs_before_it_is_decided(
    strict: World, client: Browser, clock: Clock
) -> None:
    made = book_by_page(client, strict, "2026-11-27T10:00")
    path = f"{reverse('move', args=[made.uid])}?slot=2026-11-30T10:00"
    assert "It’s late now" not in text_of(client.get(path))
    clock.move_to(made.start - 23 * HOUR)
    come_back(client)
    page = text_of(client.get(path))
    assert "It’s late now: changing the time costs £37.50." in page
    assert "Changing was free until Thursday 26 November 2026, 10am UK time." in page
    confirm_what_was_not_late_before(client, path, {"decision": "change", "seen": 0})
    shown = text_of(client.get(reverse("booking", args=[made.uid])))
    assert "<h2>£37.50 is due</h2>" in shown
    assert "You changed it late. I’ll be in touch about how to pay it." in shown
    letter = OutgoingMail.objects.get(kind="moved")
    assert "£37.50 is due" in letter.text
    assert "£37.50 is due" in letter.html
    client.force_login(User.objects.create_superuser("owner"))
    waive = client.get(reverse("admin:bookings_booking_waive", args=[made.pk]))
    assert "Sam Okafor changed Monday 30 November 2026" in text_of(waive)


def test_who_has_changed_it_as_often_as_agreed_is_told_so_and_it_stays(
    strict: World, client: Browser
) -> None:
    strict.consultation.most_moves = 0
    strict.consultation.save()
    made = book_by_page(client, strict, "2026-11-27T10:00")
    path = f"{reverse('move', args=[made.uid])}?slot=2026-11-30T10:00"
    refused = send(client, path, {"decision": "change", "reason": "", "seen": 0})
    assert refused.status_code == 422
    assert "You can still cancel it, or write to me." in text_of(refused)
    assert Booking.objects.get().sequence == 0


# --- cancelling


@pytest.mark.parametrize(
    ("before", "late", "fee"),
    [(48 * HOUR, False, "0"), (48 * HOUR - timedelta(seconds=1), True, "37.50")],
)
def test_a_client_who_cancels_inside_the_notice_is_recorded_as_late_and_owes_the_fee(
    strict: World, before: timedelta, late: object, fee: str
) -> None:
    cancelled = cancel(book(strict, START), START - before)
    event = cancelled.events.get(action=BookingEvent.Action.CANCELLED)
    assert (event.is_late, cancelled.late_fee) == (late, Decimal(fee))
    assert cancelled.is_cancelled


def test_the_therapist_never_makes_anybody_pay(strict: World) -> None:
    cancelled = cancel(book(strict, START), START - HOUR, THERAPIST)
    assert cancelled.late_fee == 0
    assert not cancelled.events.get(action=BookingEvent.Action.CANCELLED).is_late


def test_a_free_consultation_that_is_cancelled_late_costs_nothing(world: World) -> None:
    world.consultation.cancel_notice_hours = 48
    world.consultation.late_fee_percent = 100
    world.consultation.save()
    cancelled = cancel(book(world, START), START - HOUR)
    assert cancelled.late_fee == 0
    assert cancelled.events.get(action=BookingEvent.Action.CANCELLED).is_late


def test_the_page_says_that_it_is_late_where_that_costs_nothing(
    world: World, client: Browser, clock: Clock
) -> None:
    world.consultation.cancel_notice_hours = 48
    world.consultation.save()
    made = book_by_page(client, world, "2026-11-27T10:00")
    clock.move_to(made.start - 47 * HOUR)
    come_back(client)
    page = text_of(client.get(reverse("cancel", args=[made.uid])))
    assert "It’s late now, and there’s nothing to pay." in page


def test_the_page_says_what_it_costs_before_it_is_decided(
    strict: World, client: Browser, clock: Clock
) -> None:
    made = book_by_page(client, strict, "2026-11-27T10:00")
    path = reverse("cancel", args=[made.uid])
    assert "It’s late now" not in text_of(client.get(path))
    clock.move_to(made.start - 47 * HOUR)
    come_back(client)
    page = text_of(client.get(path))
    assert "It’s late now: cancelling costs £37.50." in page
    assert "Cancelling was free until Wednesday 25 November 2026, 10am UK time." in page
    confirm_what_was_not_late_before(client, path, {"decision": "cancel", "seen": 0})
    assert "£37.50 is due" in text_of(client.get(reverse("booking", args=[made.uid])))
    letter = OutgoingMail.objects.get(kind="cancellation")
    assert "£37.50 is due" in letter.text
    assert "£37.50 is due" in letter.html


# --- waiving


def test_the_therapist_lets_the_client_off_once_and_they_are_told(strict: World) -> None:
    cancelled = cancel(book(strict, START), START - HOUR)
    waived = lifecycle.waive_fee(cancelled.pk, by=By.therapist(), now=START)
    assert (waived.fee_label, waived.late_fee) == ("", Decimal("37.50"))
    before = rows()
    lifecycle.waive_fee(cancelled.pk, by=By.therapist(), now=START)
    assert rows() == before
    assert "You don’t owe anything" in words_of(one(waived, "fee_waived"))


def test_the_fee_is_waived_from_the_bookings_page_in_admin(strict: World, client: Browser) -> None:
    cancelled = cancel(book(strict, START), START - HOUR)
    client.force_login(User.objects.create_superuser("owner"))
    page = text_of(client.get(reverse("admin:bookings_booking_change", args=[cancelled.pk])))
    assert "Waive the late fee of £37.50…" in page
    path = reverse("admin:bookings_booking_waive", args=[cancelled.pk])
    assert "owes £37.50" in text_of(client.get(path))
    assert not Booking.objects.get().fee_waived
    for seen in ({}, {"seen": "£20"}):  # another fee than stands now
        assert "This page was out of date." in text_of(send(client, path, seen))
    assert not Booking.objects.get().fee_waived
    done: Any = send(client, path, {"seen": "£37.50"}, follow=True)
    assert "Waived. Sam Okafor is told by email." in text_of(done)
    assert Booking.objects.get().fee_waived
    send(client, path, {"seen": "£37.50"})
    assert OutgoingMail.objects.filter(kind="fee_waived").count() == 1


def test_who_only_books_and_moves_waives_nothing(strict: World, client: Browser) -> None:
    cancelled = cancel(book(strict, START), START - HOUR)
    client.force_login(make_user(Role.ASSISTANT, strict.therapist))
    path = reverse("admin:bookings_booking_waive", args=[cancelled.pk])
    assert send(client, path).status_code == 403
    assert not Booking.objects.get().fee_waived
