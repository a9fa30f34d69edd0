"""The therapist may go against their own rules, once told which; never onto another booking."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Place, Service, TimeOff
from availability.rules import Rule
from bookings import lifecycle
from bookings.by import By
from bookings.errors import Code, SlotTakenError, TimeRefusedError, WarnedError
from bookings.lifecycle import Change, Person
from bookings.models import Booking
from bookings.notices import summary
from desk import refusals
from desk.refusals import AGAINST
from prose.dates import UK
from tests.bookings.diaries import at
from tests.clock import Clock
from tests.factories import NOW, World, book, make_client, request_for
from tests.pages import text_of

pytestmark = pytest.mark.usefixtures("clock")
THERAPIST = By.therapist()
TEN = at("10:00")
SATURDAY = datetime(2026, 11, 28, 10, tzinfo=UTC)


def to(booking: Booking, start: datetime, **facts: Any) -> Change:
    fresh = {"format": booking.format, "place": booking.place, "seen": booking.sequence}
    return Change(start, **{**fresh, **facts})


def warned_of(booking: Booking, change: Change) -> list[str]:
    """The rules that moving it there goes against."""
    with pytest.raises(WarnedError) as caught:
        lifecycle.reschedule(booking.pk, change, by=THERAPIST, now=NOW)
    return [*caught.value.warned.rules, *caught.value.warned.outside]


@pytest.fixture
def made(world: World) -> Booking:
    return book(world, TEN, email="sam@example.com")


# --- the rules


@pytest.mark.parametrize(
    ("start", "rules"),
    [
        (at("18:00"), [Rule.HOURS]),
        (at("12:10"), [Rule.HOURS]),
        (SATURDAY, [Rule.HOURS]),
        (NOW + timedelta(hours=2), [Rule.NOTICE]),
        (TEN + timedelta(days=98), [Rule.HORIZON]),
        (SATURDAY + timedelta(days=98), [Rule.HOURS, Rule.HORIZON]),
    ],
)
def test_each_rule_is_a_warning_that_can_be_accepted(
    made: Booking, start: datetime, rules: list[Rule]
) -> None:
    assert warned_of(made, to(made, start)) == rules
    with pytest.raises(WarnedError) as caught:
        lifecycle.reschedule(made.pk, to(made, start), by=THERAPIST, now=NOW)
    keys = caught.value.warned.keys
    moved = lifecycle.reschedule(made.pk, to(made, start), by=THERAPIST, now=NOW, despite=keys)
    assert (moved.start, moved.sequence) == (start, 1)


def test_leave_and_another_meeting_that_is_near_are_warnings(world: World, made: Booking) -> None:
    leave = at("13:00")
    TimeOff.objects.create(
        therapist=world.therapist, starts_at=leave, ends_at=leave + timedelta(hours=1)
    )
    assert warned_of(made, to(made, leave)) == [Rule.LEAVE]
    world.consultation.gap_minutes = 20
    world.consultation.save()
    book(world, at("15:00"))
    assert warned_of(made, to(made, at("15:30"))) == [Rule.GAP]


def test_nothing_goes_onto_another_booking_whatever_was_accepted(
    world: World, made: Booking
) -> None:
    book(world, at("15:00"))
    there = to(made, at("15:10"))
    with pytest.raises(SlotTakenError):
        lifecycle.reschedule(made.pk, there, by=THERAPIST, now=NOW)
    start = int(there.start.timestamp())
    every = frozenset(f"{start} {made.format} {made.place_id} {rule}" for rule in Rule)
    with pytest.raises(SlotTakenError):
        lifecycle.reschedule(made.pk, there, by=THERAPIST, now=NOW, despite=every)


def test_a_reason_that_appeared_meanwhile_asks_again(world: World, made: Booking) -> None:
    there = to(made, at("18:00"))
    with pytest.raises(WarnedError) as first:
        lifecycle.reschedule(made.pk, there, by=THERAPIST, now=NOW)
    TimeOff.objects.create(therapist=world.therapist, starts_at=at("18:00"), ends_at=at("19:00"))
    shown = first.value.warned.keys
    with pytest.raises(WarnedError) as second:
        lifecycle.reschedule(made.pk, there, by=THERAPIST, now=NOW, despite=shown)
    assert second.value.warned.rules == [Rule.HOURS, Rule.LEAVE]
    assert second.value.warned.keys > shown


def test_what_was_accepted_of_one_time_says_nothing_of_another(made: Booking) -> None:
    with pytest.raises(WarnedError) as caught:
        lifecycle.reschedule(made.pk, to(made, NOW + timedelta(hours=2)), by=THERAPIST, now=NOW)
    keys = caught.value.warned.keys
    other = to(made, NOW + timedelta(hours=3))
    with pytest.raises(WarnedError):
        lifecycle.reschedule(made.pk, other, by=THERAPIST, now=NOW, despite=keys)


def test_a_client_accepts_nothing(made: Booking) -> None:
    there = to(made, at("18:00"))
    with pytest.raises(WarnedError) as caught:
        lifecycle.reschedule(made.pk, there, by=THERAPIST, now=NOW)
    with pytest.raises(TimeRefusedError):
        lifecycle.reschedule(
            made.pk, there, by=By.client(), now=NOW, despite=caught.value.warned.keys
        )


# --- booking


def test_the_therapist_books_outside_the_hours_once_warned(world: World) -> None:
    request = request_for(world, at("18:00"), notice=None)
    with pytest.raises(WarnedError) as caught:
        lifecycle.book(request, by=THERAPIST, now=NOW)
    assert not Booking.objects.exists()
    keys = caught.value.warned.keys
    assert lifecycle.book(request, by=THERAPIST, now=NOW, despite=keys).start == at("18:00")


def test_whom_a_service_is_not_for_is_a_warning_to_the_therapist(
    world: World, made: Booking
) -> None:
    again = request_for(world, at("11:00"), email="sam@example.com")
    person = Person("Kim", "kim@example.com", client=make_client())
    session = request_for(world, at("12:00"), service=world.session, person=person)
    for request, code, words in (
        (again, Code.ALREADY_MET, "has a consultation already"),
        (session, Code.NOT_MET_YET, "haven’t had a consultation that went on"),
    ):
        with pytest.raises(WarnedError) as caught:
            lifecycle.book(request, by=THERAPIST, now=NOW)
        [reason] = refusals.warnings(caught.value.warned, NOW)
        assert (reason.rule, words in reason.text) == (code, True)
        keys = caught.value.warned.keys
        assert lifecycle.book(request, by=THERAPIST, now=NOW, despite=keys).start == request.start


# --- the page


@pytest.fixture
def owner(world: World) -> Browser:
    browser = Browser()
    browser.force_login(User.objects.create_superuser("owner"))
    return browser


def page_of(booking: Booking) -> str:
    return reverse("admin:bookings_booking_move", args=[booking.pk])


def posted(booking: Booking, start: str, **more: Any) -> dict[str, Any]:
    return {"start": start, "place": booking.place_id, "reason": "", "seen": 0, **more}


def hidden(response: Any) -> list[str]:
    """What the page sends back with the second press."""
    return re.findall(r'name="despite" value="([^"]*)"', response.content.decode())


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("2026-11-25T18:00", "It would begin at 6pm, which is outside your hours for this."),
        ("2026-11-25T12:10", "between the starts, which come every 30 minutes from 9am."),
        ("2026-11-28T10:00", "It would begin at 10am, which is outside your hours for this."),
    ],
)
def test_a_meeting_is_moved_anywhere_free_with_one_more_press(
    made: Booking, owner: Browser, start: str, words: str
) -> None:
    page = owner.post(page_of(made), posted(made, start))
    said = text_of(page)
    assert words in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "Move it all the same" in said
    made.refresh_from_db()
    assert made.sequence == 0
    again = posted(made, start, despite=hidden(page))
    done: Any = owner.post(page_of(made), again, follow=True)
    assert "Moved. Sam Okafor is told by email." in text_of(done)
    made.refresh_from_db()
    assert made.start == datetime.fromisoformat(start).replace(tzinfo=UK)


def test_the_page_names_whose_meeting_is_in_the_way_and_offers_no_second_press(
    world: World, made: Booking, owner: Browser
) -> None:
    other = book(world, at("15:00"))
    other.contact_name = "Tom Ashe"
    other.save()
    said = text_of(owner.post(page_of(made), posted(made, "2026-11-25T15:10")))
    said = said.replace("\N{NO-BREAK SPACE}", " ")
    assert "overlaps Tom Ashe’s consultation, 3pm to 3:15pm." in said
    assert "all the same" not in said


def test_pressing_move_with_nothing_changed_says_so(
    made: Booking, owner: Browser, clock: Clock
) -> None:
    clock.shift(timedelta(minutes=1))
    done: Any = owner.post(page_of(made), posted(made, "2026-11-25T10:00"), follow=True)
    assert "Nothing changed" in text_of(done)
    assert "Moved" not in text_of(done)
    assert made.events.count() == 1


def test_what_somebody_else_sends_as_accepted_is_not_believed(
    made: Booking, owner: Browser
) -> None:
    rubbish = ["\0", "x" * 10_000, "hours"]
    page = owner.post(page_of(made), posted(made, "2026-11-25T18:00", despite=rubbish))
    assert "all the same" in text_of(page)


@pytest.mark.parametrize("unused", ["place", "format"])
def test_a_time_alone_may_change_though_the_place_or_way_to_meet_is_not_in_use(
    world: World, made: Booking, owner: Browser, unused: str
) -> None:
    if unused == "place":
        Place.objects.filter(pk=made.place_id).update(is_active=False)
    else:
        Service.objects.filter(pk=made.service_id).update(formats=[Format.WALKING])
    asked: Any = owner.get(page_of(made))
    [chosen] = [one for one in asked.context["form"]["place"] if one.data["selected"]]
    assert chosen.choice_label == "Online: Video room (no longer in use)"
    page = owner.post(page_of(made), posted(made, "2026-11-25T13:00"))
    assert "a way to meet that is no longer in use" in text_of(page)
    again = posted(made, "2026-11-25T13:00", despite=hidden(page))
    owner.post(page_of(made), again)
    made.refresh_from_db()
    assert (made.start, made.format, made.place) == (at("13:00"), "online", world.place())
    assert "not in use" in made.events.latest("pk").despite.split(",")


def test_another_place_that_is_not_in_use_stays_refused(
    world: World, made: Booking, owner: Browser
) -> None:
    walk = world.place(Format.WALKING)
    Place.objects.filter(pk=walk.pk).update(is_active=False)
    page = owner.post(page_of(made), posted(made, "2026-11-25T13:00", place=walk.pk))
    assert "Select a valid choice" in text_of(page)


# --- what the history keeps


def test_what_was_accepted_stands_in_the_history_and_is_not_shown_to_the_client(
    made: Booking, owner: Browser
) -> None:
    start = "2027-03-06T10:00"
    page = owner.post(page_of(made), posted(made, start))
    owner.post(page_of(made), posted(made, start, despite=hidden(page)))
    line = made.events.latest("pk")
    assert (line.actor, line.user) == ("therapist", User.objects.get(username="owner"))
    assert line.despite == "hours,horizon"
    shown = text_of(owner.get(reverse("admin:bookings_booking_change", args=[made.pk])))
    assert "outside the hours, further ahead than clients book" in shown
    assert "outside the hours" not in str(summary.history(made))


def test_booking_against_the_rules_is_told_too_and_with_them_nothing_is(world: World) -> None:
    who = {"email": "sam@example.com", "notice": None}
    lifecycle.book(request_for(world, TEN, **who), by=THERAPIST, now=NOW)
    request = request_for(world, at("18:00"), **who)
    with pytest.raises(WarnedError) as caught:
        lifecycle.book(request, by=THERAPIST, now=NOW)
    keys = caught.value.warned.keys
    lifecycle.book(request, by=THERAPIST, now=NOW, despite=keys)
    lines = Booking.objects.order_by("during").values_list("events__despite", flat=True)
    assert list(lines) == ["", "hours,already met"]


def test_all_that_can_be_accepted_has_words() -> None:
    refused = {Rule.TAKEN}
    persons = {Code.NOT_MET_YET, Code.ALREADY_MET}
    assert {*AGAINST} == {*Rule} - refused | persons | {Code.NOT_IN_USE}
    assert len(", ".join(AGAINST.values())) <= 500
