"""Several dates are agreed at once: each is judged beforehand, and all are booked or none."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from availability.rules import Rule
from bookings import lifecycle
from bookings.by import By
from bookings.errors import NotBookableError, SlotTakenError, Warned, WarnedError
from bookings.lifecycle import Person, Request, book_dates, dates_from, judge
from bookings.models import Booking
from bookings.notices import reminders
from clients.models import AccessLink, Client, Consent
from outbox.models import OutgoingMail
from prose.dates import UK
from tests.bookings.notices.letters import sent
from tests.factories import NOW, World, book, make_client, make_off, make_user, request_for
from tests.races.together import together

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)
# Wednesday at eleven.
START = datetime(2026, 11, 25, 11, tzinfo=UK)
US = By.therapist()


@pytest.fixture
def sam() -> Client:
    return make_client(email="sam@example.com", accepted_at=NOW, proven_at=NOW)


@pytest.fixture
def request_(world: World, sam: Client) -> Request:
    person = Person(sam.name, sam.email, sam.phone, sam)
    facts = {"service": world.session, "person": person, "notice": None}
    return request_for(world, START, **facts)


def many(request: Request, count: int = 3, **options: Any) -> list[Booking]:
    starts = dates_from(request.start, 1, count)
    return book_dates(request, starts, by=US, now=NOW, **options)


def test_the_clock_says_the_same_on_each_date_whatever_it_does_in_between() -> None:
    autumn = dates_from(datetime(2027, 3, 24, 18, tzinfo=UK), 1, 3)
    assert [f"{one.astimezone(UK):%-d %B %H:%M}" for one in autumn] == [
        "24 March 18:00",
        "31 March 18:00",
        "7 April 18:00",
    ]
    assert autumn[1] - autumn[0] == WEEK - timedelta(hours=1)
    assert [one.day for one in dates_from(START, 2, 3)] == [25, 9, 23]


def test_all_dates_are_booked_and_one_mail_tells_of_them_with_a_file_each(
    request_: Request, sam: Client
) -> None:
    made = many(request_)
    assert [one.start for one in made] == [START + n * WEEK for n in range(3)]
    assert {one.client for one in made} == {sam}
    assert {one.events.get().action for one in made} == {"booked"}
    [mail] = OutgoingMail.objects.all()
    assert (mail.kind, mail.to, mail.subject) == (
        "booked_together",
        "sam@example.com",
        "Your 3 appointments",
    )
    assert mail.invite.count("BEGIN:VEVENT") == 3
    for one in made:
        assert one.reference in mail.text
    assert mail.text.count("/b/") == AccessLink.objects.count() == 3
    assert len(sent()) == 3  # a calendar part may speak of one event only


def test_pressed_twice_it_is_booked_once(request_: Request) -> None:
    assert many(request_) == many(request_)
    assert Booking.objects.count() == 3
    assert OutgoingMail.objects.count() == 1


def test_each_date_is_judged_and_the_taken_one_refuses_all(world: World, request_: Request) -> None:
    book(world, START + WEEK + timedelta(minutes=30), email="jo@example.com")
    starts = dates_from(START, 1, 3)
    fine, taken, last = (one.verdict for one in judge(request_, starts, NOW))
    assert isinstance(fine, Warned)
    assert not fine.keys
    assert isinstance(taken, SlotTakenError)
    assert isinstance(last, Warned)
    with pytest.raises(SlotTakenError):
        many(request_)
    assert Booking.objects.filter(service=world.session).count() == 0


def test_what_a_date_goes_against_is_accepted_for_that_date_alone(
    world: World, request_: Request
) -> None:
    make_off(world.therapist, START + WEEK, START + WEEK + timedelta(hours=2))
    [_, away, _] = judge(request_, dates_from(START, 1, 3), NOW)
    assert isinstance(away.verdict, Warned)
    assert Rule.LEAVE in away.verdict.rules
    with pytest.raises(WarnedError):
        many(request_)
    assert not Booking.objects.exists()
    made = many(request_, despite=away.verdict.keys)
    assert [one.events.get().despite for one in made] == ["", "leave", ""]


def test_judging_asks_as_often_for_many_dates_as_for_one(
    request_: Request, django_assert_num_queries: Any
) -> None:
    for count in (1, 26):
        with django_assert_num_queries(2):
            judge(request_, dates_from(START, 1, count), NOW)


def test_somebody_new_gets_one_card_for_all_dates(world: World, request_: Request) -> None:
    for email in ("", "kim@example.com"):
        new = replace(request_, person=Person("Kim Li", email), key=uuid.uuid4(), start=START)
        asked = replace(new, start=START + timedelta(hours=1 + bool(email)))
        starts = dates_from(asked.start, 1, 3)
        keys = frozenset().union(
            *(one.verdict.keys for one in judge(asked, starts, NOW) if hasattr(one.verdict, "keys"))
        )
        made = book_dates(asked, starts, by=US, now=NOW, despite=keys)
        assert len({one.client_id for one in made}) == 1
    assert {mail.to for mail in OutgoingMail.objects.all()} == {"kim@example.com"}


@pytest.mark.parametrize("tells", [True, False])
def test_a_price_of_their_own_and_no_mail(request_: Request, tells: bool) -> None:  # noqa: FBT001
    own = replace(request_, price=Decimal(0), tells=tells, reminds=False)
    [one] = many(own, 1)
    assert (one.price, one.terms["late_fee"]) == (Decimal(0), "0.00")
    assert reminders.to_come(one, NOW) == []
    assert OutgoingMail.objects.count() == tells
    several = replace(own, start=START + timedelta(hours=2), key=uuid.uuid4())
    many(several)
    assert OutgoingMail.objects.count() == 2 * tells


def test_what_is_over_is_written_down_afterwards_and_mailed_to_nobody(
    world: World, request_: Request
) -> None:
    past = replace(request_, start=START - WEEK)
    with pytest.raises(WarnedError) as refused:
        many(past, 1)
    assert list(refused.value.warned.outside) == [Rule.PAST]
    both = dates_from(past.start, 1, 2)
    made = book_dates(past, both, by=US, now=NOW, despite=refused.value.warned.keys)
    lines = [one.events.get() for one in made]
    assert [(one.despite, one.what) for one in lines] == [
        ("past", "Written down afterwards."),
        ("", ""),
    ]
    [mail] = OutgoingMail.objects.all()
    assert (mail.subject, mail.invite_method) == ("Your appointment", "REQUEST")
    assert made[1].reference in mail.text
    with pytest.raises(SlotTakenError):  # never on top of another, be it over too
        lifecycle.book(replace(past, key=uuid.uuid4()), by=US, now=NOW, despite=frozenset())


def test_dates_that_are_all_over_are_told_of_to_nobody(request_: Request) -> None:
    past = replace(request_, start=START - 3 * WEEK)
    starts = dates_from(past.start, 1, 2)
    keys = frozenset().union(*(one.verdict.keys for one in judge(past, starts, NOW)))  # type: ignore[union-attr]
    assert len(book_dates(past, starts, by=US, now=NOW, despite=keys)) == 2
    assert not OutgoingMail.objects.exists()


def test_what_was_told_by_phone_is_kept_once_with_who_told_it(
    world: World, request_: Request, sam: Client
) -> None:
    user = make_user()
    told = replace(request_, told=world.notice)
    book_dates(told, dates_from(START, 1, 2), by=By.therapist(user), now=NOW)
    [consent] = Consent.objects.all()
    assert (consent.client, consent.how, consent.told_by) == (sam, "phone", user)
    assert (consent.notice, consent.given_at) == (world.notice, NOW)


def test_of_whom_nobody_can_vouch_no_consent_is_kept(world: World, request_: Request) -> None:
    mo = make_user()
    sams = replace(request_, told=None)
    book_dates(sams, [START], by=By.therapist(mo), now=NOW)
    assert not Consent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_book_overlapping_dates_at_once_one_has_all(
    world: World, request_: Request
) -> None:
    other = replace(request_, start=START + WEEK + timedelta(minutes=10), key=uuid.uuid4())
    despite = frozenset().union(
        *(
            one.verdict.keys
            for asked in (request_, other)
            for one in judge(asked, dates_from(asked.start, 1, 3), NOW)
            if isinstance(one.verdict, Warned)
        )
    )
    calls = [partial(many, one, despite=despite) for one in (request_, other)]
    answers: list[Any] = together(calls)
    lost = [one for one in answers if isinstance(one, NotBookableError)]
    assert len(lost) == 1
    assert Booking.objects.count() == 3
