"""Who came and how it ended, in one tap from Today; twice, too late, or quicker by another."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Therapist
from bookings import outcomes
from bookings.models import Booking, FollowUp, Outcome
from clients.models import Client
from outbox.models import OutgoingMail
from staff.models import Role
from tests.bookings.lifecycle.test_release_repeats import before_the_lock
from tests.clock import Clock
from tests.desk.today.press import TODAY, press, take_back
from tests.factories import NOW, World, force_booking, make_client, make_therapist, make_user
from tests.pages import browser_of, signed_in, text_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def held(world: World) -> Booking:
    """A session that ended just now."""
    client = make_client(name="Marcus Bell")
    return force_booking(world, NOW - HOUR, service=world.session, client=client)


@pytest.fixture
def first(world: World) -> Booking:
    """A consultation of an hour ago."""
    return force_booking(world, NOW - HOUR, client=make_client(name="Sam Okafor"))


def state(found: Booking) -> tuple[str, str]:
    found.refresh_from_db()
    return found.attendance, found.outcome


@pytest.mark.parametrize(
    ("say", "words"), [("attended", "Attended"), ("late", "Came late"), ("no_show", "No-show")]
)
def test_who_came_is_recorded_in_one_tap(
    mine: Browser, held: Booking, say: str, words: str
) -> None:
    page = text_of(mine.get(TODAY))
    assert f'value="{say}"' in page
    answer = press(mine, held, say)
    assert (answer.status_code, answer["Location"]) == (302, f"{TODAY}#meeting-{held.pk}")
    assert state(held) == (say, "")
    page = text_of(mine.get(TODAY))
    assert words in page
    assert ">Undo<" in page
    assert 'name="say"' not in page
    assert ("kd-chip--no" in page) == (say == "no_show")


def test_a_press_twice_is_one(mine: Browser, held: Booking) -> None:
    seen = outcomes.last_line(held.pk)
    for _ in range(2):
        assert "#meeting" in press(mine, held, "late", seen)["Location"]
    assert held.events.count() == 1
    seen = outcomes.last_line(held.pk)
    for _ in range(2):
        assert "#meeting" in take_back(mine, held, seen)["Location"]
    assert state(held) == ("", "")
    assert [line.what for line in held.events.all()] == ["Came late", "Taken back"]


def test_what_another_tab_said_is_not_overwritten(mine: Browser, held: Booking) -> None:
    seen = outcomes.last_line(held.pk)
    press(mine, held, "no_show", seen)
    answer = press(mine, held, "attended", seen)
    assert answer["Location"] == TODAY
    assert "What is recorded now: No-show." in text_of(mine.get(TODAY))
    assert state(held) == ("no_show", "")
    # Nor taken back by whoever saw something else.
    press(mine, held, "late")
    take_back(mine, held, seen)
    assert "What is recorded now: Came late." in text_of(mine.get(TODAY))
    assert state(held) == ("late", "")


def test_what_was_cancelled_meanwhile_is_said(mine: Browser, held: Booking) -> None:
    Booking.objects.filter(pk=held.pk).update(status=Booking.Status.CANCELLED)
    press(mine, held, "attended")
    assert 'role="alert"' in (page := text_of(mine.get(TODAY)))
    assert "cancelled" in page
    assert state(held) == ("", "")


@pytest.mark.parametrize(
    "posted",
    [{}, {"say": "attended"}, {"say": "attended", "seen": "x"}, {"say": "maybe", "seen": "0"}],
)
def test_a_page_that_does_not_say_what_it_showed_changes_nothing(
    mine: Browser, held: Booking, posted: dict[str, str]
) -> None:
    answer = mine.post(reverse("today_record", args=[held.pk]), posted, follow=True)
    page = text_of(answer)
    assert "Nothing was changed" in page or "This page was out of date" in page
    assert state(held) == ("", "")
    assert "out of date" in text_of(mine.post(reverse("today_undo", args=[held.pk]), follow=True))


def test_what_has_not_begun_is_not_recorded(mine: Browser, world: World) -> None:
    later = force_booking(world, NOW + HOUR, service=world.session)
    assert 'name="say"' not in text_of(mine.get(TODAY))
    press(mine, later, "attended")
    assert 'role="alert"' in text_of(mine.get(TODAY))
    assert state(later) == ("", "")


def test_undo_lasts_until_midnight(world: World, clock: Clock) -> None:
    clock.move_to(NOW + 14 * HOUR)
    late = force_booking(world, NOW + 13 * HOUR, service=world.session, minutes=150)
    browser = signed_in(world.therapist)
    press(browser, late, "attended")
    assert ">Undo<" in text_of(browser.get(TODAY))
    clock.move_to(NOW + 15 * HOUR)
    browser = signed_in(world.therapist)
    page = text_of(browser.get(TODAY))
    assert "Attended" in page
    assert ">Undo<" not in page
    take_back(browser, late)
    assert "recorded on an earlier day" in text_of(browser.get(TODAY))
    assert state(late) == ("attended", "")


# --- how a first meeting ended


@pytest.fixture
def words(world: World) -> FollowUp:
    return FollowUp.objects.create(
        therapist=world.therapist, outcome=Outcome.CONTINUE, subject="Hello", body="Words"
    )


def test_a_first_meeting_is_closed_in_one_tap(
    mine: Browser, first: Booking, words: FollowUp
) -> None:
    page = text_of(mine.get(TODAY))
    assert "How did it end with Sam Okafor?" in page
    seen = outcomes.last_line(first.pk)
    for _ in range(2):
        press(mine, first, "continue", seen)
    assert state(first) == ("attended", "continue")
    assert OutgoingMail.objects.get().state == OutgoingMail.State.PENDING
    page = text_of(mine.get(TODAY))
    assert "Attended. Continue" in page
    assert "waits for 2 minutes. To take it back, press “Undo” before then." in page
    assert "How did it end" not in page
    assert Client.objects.get(pk=first.client_id).accepted_at == NOW
    take_back(mine, first)
    assert state(first) == ("", "")
    assert OutgoingMail.objects.get().state == OutgoingMail.State.WITHDRAWN
    assert Client.objects.get(pk=first.client_id).accepted_at is None


def test_how_it_ended_keeps_who_came(mine: Browser, first: Booking) -> None:
    press(mine, first, "late")
    page = text_of(mine.get(TODAY))
    # Who came is known: only how it ended is asked.
    assert "How did it end" in page
    assert 'value="no_show"' not in page
    press(mine, first, "think")
    assert state(first) == ("late", "think")


def test_who_did_not_come_is_not_asked_how_it_ended(mine: Browser, first: Booking) -> None:
    assert text_of(mine.get(TODAY)).count('value="no_show"') == 2
    press(mine, first, "no_show")
    assert "How did it end" not in text_of(mine.get(TODAY))


def test_what_can_not_be_unsaid_is_said(mine: Browser, first: Booking, words: FollowUp) -> None:
    press(mine, first, "continue")
    OutgoingMail.objects.update(state=OutgoingMail.State.SENT, sent_at=NOW)
    take_back(mine, first)
    assert "can’t be taken back" in text_of(mine.get(TODAY))
    Client.objects.update(accepted_at=NOW - DAY)
    press(mine, first, "not_the_fit")
    assert "may still book sessions" in text_of(mine.get(TODAY))


def test_of_days_before_the_card_goes_and_undo_stays_a_day(
    mine: Browser, world: World, clock: Clock
) -> None:
    found = force_booking(world, NOW - DAY, service=world.session)
    answer = press(mine, found, "attended")
    assert answer["Location"] == f"{TODAY}#waiting"
    page = text_of(mine.get(TODAY))
    assert "Recorded today" in page
    assert "Sunday 22 November" in page
    assert "Did " not in page
    take_back(mine, found)
    assert "Did Sam Okafor come?" in text_of(mine.get(TODAY))
    press(mine, found, "no_show")
    assert "Recorded today" in text_of(mine.get(TODAY))
    clock.shift(DAY)
    page = text_of(signed_in(world.therapist).get(TODAY))
    assert "Nothing is waiting for you." in page
    assert "Recorded today" not in page


# --- whose it is to say


def test_an_assistant_records_nothing_and_sees_nothing_of_it(
    mine: Browser, world: World, held: Booking
) -> None:
    force_booking(world, NOW - DAY)
    helped = browser_of(make_user(Role.ASSISTANT, world.therapist))
    page = text_of(helped.get(TODAY))
    assert "Marcus Bell" in page
    assert 'name="say"' not in page
    press(mine, held, "no_show")
    assert "No-show" not in text_of(helped.get(TODAY))
    for name in ("today_record", "today_undo"):
        assert helped.post(reverse(name, args=[held.pk])).status_code == 403


def test_nobody_presses_in_anothers_day(world: World, held: Booking) -> None:
    other = signed_in(make_therapist(practice=world.therapist.practice))
    for name in ("today_record", "today_undo", "today_keep"):
        path = reverse(name, args=[held.pk])
        assert other.post(path, {"say": "attended", "seen": 0}).status_code == 404
        assert other.get(path).status_code == 405
    assert press(Browser(), held, "attended")["Location"].startswith("/admin/login/")
    assert state(held) == ("", "")


def test_in_a_diary_that_was_handed_on_meanwhile_nothing_is_pressed(
    mine: Browser, world: World, held: Booking
) -> None:
    second = force_booking(world, NOW + DAY, is_repeat=True)
    for name, found in (("today_keep", second), ("today_record", held)):

        def hand_on() -> None:
            Therapist.objects.update(user=make_user(Role.THERAPIST))

        with before_the_lock(hand_on):
            posted = {"say": "attended", "seen": "0"}
            answer = mine.post(reverse(name, args=[found.pk]), posted)
        assert answer["Location"] == TODAY
        assert not found.events.exists()
        Therapist.objects.update(user=world.therapist.user)
