"""The desk's pages about a question to move: ask again, let it stay, take all of a leave back."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import TimeOff
from bookings import lifecycle
from bookings.by import By
from bookings.models import Booking, BookingEvent
from outbox.models import OutgoingMail
from staff.models import Role
from tests.desk.hours.test_leave import (
    WEDNESDAY,
    decide,
    decisions,
    mails,
    off,
    save,
    settle,
)
from tests.factories import NOW, World, book, force_booking, make_client, make_therapist, make_user
from tests.pages import browser_of, rows, signed_in, text_of

THERAPIST = By.therapist()
HOUR = timedelta(hours=1)


@pytest.fixture
def browser(world: World) -> Browser:
    return signed_in(world.therapist)


@pytest.fixture
def asked(world: World) -> Booking:
    """A client who has read that they should choose another time for Wednesday."""
    found = book(world, WEDNESDAY, email="sam@example.com")
    lifecycle.ask_to_move(found.pk, 0, None, by=THERAPIST, reason="I’m away.", now=NOW)
    settle()
    return found


def page(name: str, found: Booking) -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[found.pk])


def links(browser: Browser, found: Booking) -> list[str]:
    return [words for _, words in browser.get(page("change", found)).context["action_links"]]


def test_a_booking_leads_to_what_can_be_done_with_its_question(
    browser: Browser, asked: Booking
) -> None:
    assert "Ask again to choose another time…" in links(browser, asked)
    assert "Let it stay as it is…" in links(browser, asked)
    shown = browser.get(page("ask_again", asked))
    assert shown.context["form"]["reason"].value() == "I’m away."
    assert "kept for them anew" not in text_of(shown)
    Booking.objects.filter(pk=asked.pk).update(proposed_start=WEDNESDAY + 48 * HOUR)
    assert "kept for them anew" in text_of(browser.get(page("ask_again", asked)))
    sent = {"seen": "0", "reason": "Please answer."}
    done = browser.post(page("ask_again", asked), sent, follow=True)
    assert done.redirect_chain == [(page("change", asked), 302)]
    assert "Sam Okafor is asked again by email in two minutes." in text_of(done)
    assert mails() == [("asked_again", "sam@example.com")]
    # While that waits it can be taken back, and nobody is asked once more.
    assert "Take it back…" in links(browser, asked)
    assert "Ask again to choose another time…" not in links(browser, asked)
    again = text_of(browser.post(page("ask_again", asked), sent, follow=True))
    assert "leaves in a moment by itself" in again


def test_letting_it_stay_says_who_hears_of_it(browser: Browser, asked: Booking) -> None:
    assert browser.get(page("withdraw", asked)).status_code == 200
    sent = {"seen": "0", "reason": ""}
    done = text_of(browser.post(page("withdraw", asked), sent, follow=True))
    assert "It stays on Wednesday 25" in done
    assert "Sam Okafor is told by email in two minutes." in done
    assert mails() == [("stays", "sam@example.com")]
    assert "Let it stay as it is…" not in links(browser, asked)
    done = text_of(browser.post(page("withdraw", asked), sent, follow=True))
    assert "isn’t asked for another time any more. Nothing was changed." in done


def test_a_question_that_has_not_left_goes_without_a_word(browser: Browser, world: World) -> None:
    found = book(world, WEDNESDAY)
    lifecycle.ask_to_move(found.pk, 0, None, by=THERAPIST, reason="", now=NOW)
    form = browser.get(page("ask_again", force_booking(world, WEDNESDAY + HOUR))).context["form"]
    assert form["reason"].value() == ""
    sent = {"seen": "0", "reason": ""}
    done = text_of(browser.post(page("withdraw", found), sent, follow=True))
    assert "The question hadn’t left, so nobody was emailed." in done


@pytest.mark.parametrize("name", ["ask_again", "withdraw"])
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"reason": "x"}, "This page was out of date"),
        ({"reason": "x", "seen": "nine"}, "This page was out of date"),
        ({"reason": "x" * 501, "seen": "0"}, "at most 500 characters"),
        ({"reason": "a\x00", "seen": "0"}, "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_stored(
    browser: Browser, asked: Booking, name: str, sent: dict[str, str], words: str
) -> None:
    before = rows()
    answer = browser.post(page(name, asked), sent)
    assert (answer.status_code, rows()) == (200, before)
    assert words in text_of(answer)


# --- the leave that they were asked for goes again


def away(world: World) -> TimeOff:
    """Wednesday off."""
    return TimeOff.objects.create(
        therapist=world.therapist,
        starts_at=WEDNESDAY.replace(hour=0),
        ends_at=WEDNESDAY.replace(hour=0) + timedelta(days=1),
    )


def ask_for(world: World, *starts: Any, client: Any = None) -> list[Booking]:
    found = [force_booking(world, start, client=client) for start in starts]
    for one in found:
        lifecycle.ask_to_move(one.pk, 0, None, by=THERAPIST, reason="", now=NOW)
    settle()
    return found


def delete(browser: Browser, leave: TimeOff, **said: Any) -> Any:
    path = reverse("admin:availability_timeoff_delete", args=[leave.pk])
    return browser.post(path, {"post": "yes", **said})


def test_deleting_the_leave_asks_whether_the_questions_go_with_it(
    browser: Browser, world: World
) -> None:
    client = make_client(email="sam@example.com", name="Sam Okafor")
    first, second = ask_for(world, WEDNESDAY, WEDNESDAY + HOUR, client=client)
    [third] = ask_for(world, WEDNESDAY + 2 * HOUR)
    leave, before = away(world), rows()
    shown = delete(browser, leave)
    assert "3 meetings needn’t be moved any more" in text_of(shown)
    assert rows() == before
    seen = shown.context["form"].seen
    stale = delete(browser, leave, _asked="1", _asked_seen="1:0")
    assert "3 meetings needn’t" in text_of(stale)
    too_long = {"_asked": "1", "_asked_seen": seen, "_asked-reason": "x" * 501}
    wrong = delete(browser, leave, **too_long, _asked_stands=str(third.pk))
    assert f'value="{third.pk}" checked' in " ".join(text_of(wrong).split())
    assert "at most 500 characters" in text_of(wrong)
    assert rows() == before
    said = {"_asked": "1", "_asked_seen": seen, "_asked-reason": "I’m back."}
    done = delete(browser, leave, **said, _asked_stands=str(third.pk))
    assert done.status_code == 302
    assert not TimeOff.objects.exists()
    asked = Booking.objects.filter(asked_at__isnull=False)
    assert list(asked.values_list("pk", flat=True)) == [third.pk]
    [mail] = OutgoingMail.objects.filter(state="pending")
    assert (mail.kind, mail.to) == ("rearranged", "sam@example.com")
    assert mail.subject == "They stay as they are: your appointments"
    for words in ("You needn’t any more", "This one stays as it is:", "I’m back."):
        assert words in mail.text
    assert "had to change" not in mail.text
    # And all of that is taken back in one step.
    way_back = done_way(browser)
    browser.post(way_back)
    assert Booking.objects.filter(asked_at__isnull=False).count() == 3
    assert {first.pk, second.pk, third.pk} == set(asked.values_list("pk", flat=True))


def test_a_question_that_somebody_else_ended_meanwhile_is_no_error(
    browser: Browser, world: World
) -> None:
    [one] = ask_for(world, WEDNESDAY)
    leave = away(world)
    seen = delete(browser, leave).context["form"].seen
    Booking.objects.filter(pk=one.pk).update(asked_at=None)
    assert delete(browser, leave, _asked="1", _asked_seen=seen).status_code == 302


def test_a_leave_that_is_deleted_before_anybody_was_mailed_mails_nobody(
    browser: Browser, world: World
) -> None:
    found = book(world, WEDNESDAY)
    settle()
    lifecycle.ask_to_move(found.pk, 0, None, by=THERAPIST, reason="", now=NOW)
    leave = away(world)
    seen = delete(browser, leave).context["form"].seen
    done = delete(browser, leave, _asked="1", _asked_seen=seen)
    assert done.status_code == 302
    assert mails() == []
    assert "Take all of it back" not in text_of(browser.get(done["Location"]))


def test_deleting_a_leave_that_nobody_was_asked_for_asks_nothing(
    browser: Browser, world: World
) -> None:
    force_booking(world, WEDNESDAY)
    assert delete(browser, away(world)).status_code == 302


# --- all of it back at once


def done_way(browser: Browser) -> str:
    """The way back that the next page shows."""
    shown = text_of(browser.get(reverse("admin:availability_timeoff_changelist")))
    return shown.split('underline" href="')[1].split('"')[0]


def decided(browser: Browser, world: World) -> list[Booking]:
    """A leave that asked two people and cancelled a third."""
    found = [book(world, WEDNESDAY + n * HOUR, email=f"c{n}@example.com") for n in range(3)]
    settle()
    chosen = ("propose", "propose", "cancel")
    answer = decide(
        browser,
        off(world),
        *(decisions(one, what) for one, what in zip(found, chosen, strict=True)),
    )
    assert answer.status_code == 302
    return found


def test_all_that_a_leave_decided_is_taken_back_in_one_step(browser: Browser, world: World) -> None:
    decided(browser, world)
    assert len(mails()) == 3
    way = done_way(browser)
    shown = text_of(browser.get(way))
    for words in ("Asked to move", "Cancelled", "Take all of it back"):
        assert words in shown
    answer = browser.post(way, follow=True)
    assert "Taken back: 3 bookings as before. Nobody was told." in text_of(answer)
    assert mails() == []
    assert not Booking.objects.filter(asked_at__isnull=False).exists()
    assert Booking.objects.holding().count() == 3
    # Pressed once more there is nothing left of it.
    assert browser.post(way).status_code == 404
    assert browser.get(way).status_code == 404


def test_what_has_left_stays_and_the_rest_is_taken_back(browser: Browser, world: World) -> None:
    first, *_ = decided(browser, world)
    way = done_way(browser)
    OutgoingMail.objects.filter(to="c0@example.com").update(state="sent")
    shown = text_of(browser.get(way))
    assert "Of these the email has left" in shown
    browser.post(way)
    asked = Booking.objects.filter(asked_at__isnull=False)
    assert list(asked.values_list("pk", flat=True)) == [first.pk]
    OutgoingMail.objects.update(state="sent")
    late = browser.get(way)
    assert "Take all of it back\n" not in text_of(late)
    answer = text_of(browser.post(way, follow=True))
    assert "has left" in answer


def test_one_that_was_changed_since_keeps_all_from_being_taken_back(
    browser: Browser, world: World
) -> None:
    decided(browser, world)
    way = done_way(browser)
    # Somebody has the time of the one that was cancelled.
    force_booking(world, WEDNESDAY + 2 * HOUR)
    before = rows()
    answer = text_of(browser.post(way, follow=True))
    assert "Taken back" not in answer
    assert rows() == before


def test_nobody_takes_back_what_was_decided_in_another_diary(
    browser: Browser, world: World
) -> None:
    decided(browser, world)
    way = done_way(browser)
    other = signed_in(make_therapist(practice=world.therapist.practice))
    manager = browser_of(make_user(Role.MANAGER))
    assistant = browser_of(make_user(Role.ASSISTANT, world.therapist))
    assert "See your time off" not in text_of(assistant.get(way))
    before = rows()
    assert [other.get(way).status_code, other.post(way).status_code] == [403, 403]
    assert rows() == before
    assert "See your time off" in text_of(manager.get(way))
    nowhere = reverse("admin:bookings_booking_take_back_all", args=[uuid.uuid4()])
    assert browser.get(nowhere).status_code == 404


def test_a_leave_that_keeps_all_has_nothing_to_take_back(browser: Browser, world: World) -> None:
    found = book(world, WEDNESDAY)
    assert save(browser, off(world)).status_code == 200
    decide(browser, off(world), decisions(found, "keep"))
    shown = text_of(browser.get(reverse("admin:availability_timeoff_changelist")))
    assert "Take all of it back" not in shown
    assert not BookingEvent.objects.exclude(decision=None).exists()


# --- what the mail says


def test_a_mail_of_questions_alone_does_not_say_that_anything_was_changed(
    browser: Browser, world: World
) -> None:
    client = make_client(email="sam@example.com")
    two = [force_booking(world, WEDNESDAY + n * HOUR, client=client) for n in range(2)]
    decide(browser, off(world), *(decisions(one, "propose") for one in two))
    [mail] = OutgoingMail.objects.filter(state="pending")
    assert mail.subject == "Please choose other times: your appointments"
    for body in (mail.text, mail.html):
        words = " ".join(body.split())
        assert "I’m sorry, I can’t make two of our appointments." in words
        assert "Nothing is changed yet" in words
        assert "had to change" not in words
        assert "have changed" not in words


def test_a_mail_counts_what_was_changed_apart_from_what_is_asked(
    browser: Browser, world: World
) -> None:
    client = make_client(email="sam@example.com")
    three = [force_booking(world, WEDNESDAY + n * HOUR, client=client) for n in range(3)]
    chosen = ("propose", "propose", "cancel")
    decide(
        browser,
        off(world),
        *(decisions(one, what) for one, what in zip(three, chosen, strict=True)),
    )
    [mail] = OutgoingMail.objects.filter(state="pending")
    words = " ".join(mail.text.split())
    assert "I’ve had to change one of our appointments, and I can’t make two more." in words
