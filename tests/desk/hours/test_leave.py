"""Leave and changed hours that meet bookings: asked about first, then done in one step."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from availability.models import (
    DifferentHours,
    Format,
    Service,
    Therapist,
    TimeOff,
    WeeklyHours,
    WorkedHoliday,
)
from bookings import leave, lifecycle, slots
from bookings.by import By
from bookings.errors import NotBookableError, SlotTakenError
from bookings.leave import Decided, Decision
from bookings.lifecycle import Change
from bookings.models import Booking, BookingEvent, Hold
from outbox.models import OutgoingMail
from prose.dates import UK
from tests.bookings.notices.letters import calendar_of, event_of, part, sent
from tests.bookings.notices.letters import text_of as words_of
from tests.bookings.refusals import client_is_told, therapist_is_told
from tests.desk.hours.test_preview import address, stored, whole
from tests.desk.tab import as_opened
from tests.factories import (
    ALL,
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_date,
    make_therapist,
)
from tests.outbox.letters import waits
from tests.pages import open_link, rows, text_of

THERAPIST, CLIENT = By.therapist(), By.client()
# Wednesday; the leave is that day and the next.
WEDNESDAY = datetime(2026, 11, 25, 10, tzinfo=UK)
FRIDAY = WEDNESDAY + timedelta(days=2)
LEAVE = {
    "starts_at_0": "2026-11-25",
    "starts_at_1": "00:00",
    "ends_at_0": "2026-11-27",
    "ends_at_1": "00:00",
    "elsewhere": "",
    "reason": "",
}
Posted = dict[str, Any]


@pytest.fixture
def browser(client: Browser, world: World) -> Browser:
    """A browser in which the owner of the practice is logged in."""
    client.force_login(User.objects.create_superuser("owner"))
    return client


def off(world: World, **facts: str) -> Posted:
    return {**LEAVE, "therapist": world.therapist.pk, **facts}


def save(browser: Browser, posted: Posted) -> Any:
    return browser.post(address(TimeOff), {**posted, "_save": "1"})


def decisions(found: Booking, decision: str, start: str = "", seen: int = 0) -> Posted:
    name = f"meeting-{found.pk}"
    return {f"{name}-decision": decision, f"{name}-start": start, f"{name}-seen": seen}


def decide(browser: Browser, posted: Posted, *decided: Posted, reason: str = "I’m away.") -> Any:
    said = {"_decided": "1", "meeting-reason": reason, "meeting-all": ""}
    for one in decided:
        said |= one
    return save(browser, posted | said)


def mails() -> list[tuple[str, str]]:
    return sorted(OutgoingMail.objects.filter(state="pending").values_list("kind", "to"))


def settle() -> None:
    """All mail so far has left."""
    OutgoingMail.objects.update(state="sent")


# --- asking


def test_leave_that_meets_nothing_is_saved_at_once(browser: Browser, world: World) -> None:
    book(world, FRIDAY)
    assert save(browser, off(world)).status_code == 302
    assert TimeOff.objects.count() == 1


def test_leave_that_meets_bookings_says_which_and_saves_and_mails_nothing(
    browser: Browser, world: World
) -> None:
    first, second = book(world, WEDNESDAY), book(world, WEDNESDAY + timedelta(hours=28))
    book(world, FRIDAY)
    settle()
    before = rows()
    page = save(browser, off(world))
    assert page.status_code == 200
    assert [form.booking for form in page.context["form"].meetings] == [first, second]
    words = text_of(page)
    assert "This meets 2 bookings" in words
    assert "Nothing is saved yet, and nobody has been told" in words
    assert "Wednesday 25 November 2026" in words.replace("\N{NO-BREAK SPACE}", " ")
    assert rows() == before
    assert not TimeOff.objects.exists()


def test_each_meeting_is_offered_a_free_time_after_it_and_no_two_the_same(
    browser: Browser, world: World
) -> None:
    book(world, WEDNESDAY)
    book(world, WEDNESDAY + timedelta(hours=1))
    page = save(browser, off(world))
    offered = [form["start"].value() for form in page.context["form"].meetings]
    # Friday: the next that is free once the leave is there.
    assert offered == ["2026-11-27T09:00", "2026-11-27T09:30"]
    assert not Hold.objects.exists()


def test_online_is_offered_only_where_it_changes_something(browser: Browser, world: World) -> None:
    book(world, WEDNESDAY)
    walk = book(world, WEDNESDAY + timedelta(hours=1), format=Format.WALKING)
    page = save(browser, off(world))
    values = {
        form.booking.pk: {value for value, _ in form.fields["decision"].choices}
        for form in page.context["form"].meetings
    }
    assert {pk for pk, choices in values.items() if "online" in choices} == {walk.pk}


def test_what_was_typed_comes_along_and_can_be_gone_back_to(browser: Browser, world: World) -> None:
    book(world, WEDNESDAY)
    page = save(browser, off(world))
    kept = dict(page.context["kept"])
    assert kept["starts_at_0"] == "2026-11-25"
    back = browser.post(address(TimeOff), {**kept, "_preview_back": "1", "_decided": "1"})
    assert back.context["adminform"].form["starts_at"].value() == ["2026-11-25", "00:00"]
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_asking_takes_a_fixed_number_of_questions(
    browser: Browser, world: World, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for n in range(count):
        book(world, WEDNESDAY + timedelta(hours=n))
    with django_assert_num_queries(38):
        save(browser, off(world))


def hours_end_at_noon(world: World) -> tuple[Any, Posted]:
    posted = whole(world.therapist)
    return world.therapist, posted | {f"weekly_hours-{n}-closes": "12:00" for n in range(5)}


def another_day_is_short(world: World) -> tuple[Any, Posted]:
    day = {"day": "2026-11-25", "opens": "09:00", "closes": "12:00", "formats": ALL}
    return DifferentHours, {**day, "therapist": world.therapist.pk}


def only_online(world: World) -> tuple[Any, Posted]:
    day = {"day": "2026-11-25", "opens": "09:00", "closes": "17:00", "formats": ["online"]}
    return DifferentHours, {**day, "therapist": world.therapist.pk}


def an_appointment_elsewhere(world: World) -> tuple[Any, Posted]:
    return TimeOff, off(world, elsewhere="in_person")


def sessions_in_hours_of_their_own(world: World) -> tuple[Any, Posted]:
    return world.consultation, stored(world.consultation, only_own_hours=True)


@pytest.mark.parametrize(
    "change",
    [
        hours_end_at_noon,
        another_day_is_short,
        only_online,
        an_appointment_elsewhere,
        sessions_in_hours_of_their_own,
    ],
    ids=lambda change: change.__name__,
)
def test_every_change_of_hours_asks_about_the_meetings_it_meets(
    browser: Browser, world: World, change: Any
) -> None:
    afternoon = book(world, WEDNESDAY + timedelta(hours=4), format=Format.WALKING)
    row, posted = change(world)
    opened = as_opened(browser, address(row))
    page = browser.post(address(row), {**opened, **posted, "_save": "1"})
    assert page.status_code == 200
    assert [form.booking for form in page.context["form"].meetings] == [afternoon]
    assert not DifferentHours.objects.exists()
    assert not TimeOff.objects.exists()
    assert set(WeeklyHours.objects.values_list("closes", flat=True)) == {time(17)}


def test_deleting_extra_hours_asks_too(browser: Browser, world: World) -> None:
    saturday = datetime(2026, 11, 28, 10, tzinfo=UK)
    extra = make_date(world.therapist, saturday.date(), time(9), time(12), adds=True)
    found = book(world, saturday)
    path = reverse("admin:availability_differenthours_delete", args=[extra.pk])
    page = browser.post(path, {"post": "yes"})
    assert [form.booking for form in page.context["form"].meetings] == [found]
    assert DifferentHours.objects.exists()
    back = browser.post(path, {"post": "yes", "_preview_back": "1"})
    assert back["Location"] == address(extra)
    assert DifferentHours.objects.exists()
    done = {"post": "yes", "_decided": "1", **decisions(found, "keep")}
    assert browser.post(path, done).status_code == 302
    assert not DifferentHours.objects.exists()


def test_closing_a_bank_holiday_again_asks_too(browser: Browser, world: World) -> None:
    Therapist.objects.update(bank_holidays_off=True)
    boxing_day = datetime(2026, 12, 28, 10, tzinfo=UK)
    worked = WorkedHoliday.objects.create(therapist=world.therapist, day=boxing_day.date())
    found = force_booking(world, boxing_day)
    path = reverse("admin:availability_workedholiday_delete", args=[worked.pk])
    page = browser.post(path, {"post": "yes"})
    assert [form.booking for form in page.context["form"].meetings] == [found]


def test_a_meeting_that_was_outside_the_hours_already_is_not_asked_about(
    browser: Browser, world: World
) -> None:
    force_booking(world, WEDNESDAY.replace(hour=20))
    assert save(browser, off(world)).status_code == 302


def test_what_has_begun_or_is_cancelled_is_not_asked_about(browser: Browser, world: World) -> None:
    force_booking(world, NOW - timedelta(minutes=5))
    gone = book(world, WEDNESDAY)
    lifecycle.cancel(gone.pk, by=CLIENT, reason="", now=NOW)
    assert save(browser, off(world, starts_at_0="2026-11-22")).status_code == 302


def test_rules_that_are_deleted_one_by_one_are_not_deleted_in_bulk(
    browser: Browser, world: World
) -> None:
    make_date(world.therapist, FRIDAY.date(), time(9), time(12))
    page = browser.get(reverse("admin:availability_differenthours_changelist"))
    assert "delete_selected" not in page.content.decode()


# --- deciding


def test_all_is_done_in_one_step_and_each_person_is_mailed_once(
    browser: Browser, world: World
) -> None:
    times = [WEDNESDAY + timedelta(hours=n) for n in range(4)]
    kept, asked, walk, gone = (
        book(world, start, email=f"c{n}@example.com", format=fmt)
        for n, (start, fmt) in enumerate(
            zip(times, ["online", "online", "walking", "online"], strict=True)
        )
    )
    settle()
    answer = decide(
        browser,
        off(world),
        decisions(kept, "keep"),
        decisions(asked, "propose", "2026-11-27T11:00"),
        decisions(walk, "online"),
        decisions(gone, "cancel"),
        reason="I’m away that week.",
    )
    assert answer.status_code == 302
    assert TimeOff.objects.count() == 1
    for one in (kept, asked, walk, gone):
        one.refresh_from_db()
    assert [one.status for one in (kept, asked, walk, gone)] == ["confirmed"] * 3 + ["cancelled"]
    assert (walk.format, walk.start) == ("online", times[2])
    assert asked.proposed_start == datetime(2026, 11, 27, 11, tzinfo=UK)
    assert mails() == [
        ("asked_to_move", "c1@example.com"),
        ("cancellation", "c3@example.com"),
        ("moved", "c2@example.com"),
    ]
    waiting = OutgoingMail.objects.filter(state="pending").values_list("key", flat=True)
    assert {waits(key) for key in waiting} == {120}


def test_one_who_has_several_meetings_there_gets_one_mail_for_all(
    browser: Browser, world: World
) -> None:
    client = make_client(email="sam@example.com")
    times = [WEDNESDAY + timedelta(hours=2 * n) for n in range(3)]
    gone, walk, asked = (
        force_booking(world, start, client=client, format=fmt, place=world.place(fmt))
        for start, fmt in zip(times, ["online", "walking", "online"], strict=True)
    )
    answer = decide(
        browser,
        off(world),
        decisions(gone, "cancel"),
        decisions(walk, "online"),
        decisions(asked, "propose", "2026-11-27T11:00"),
        reason="I’m away.",
    )
    assert answer.status_code == 302
    assert mails() == [("rearranged", "sam@example.com")]
    letter, other = sent()
    for kind in ("text/plain", "text/html"):
        words = " ".join(words_of(letter, kind).split())
        assert "I’m away." in words
        assert "I’ve had to cancel this one" in words
        assert "This one is now" in words
        assert "Would Friday 27 November 2026, 11am UK time suit you instead" in words
        assert len(set(re.findall(r"/b/[\w-]{43}/", words_of(letter, kind)))) == 2
    for message, method in ((letter, "CANCEL"), (other, "REQUEST")):
        assert part(message, "text/calendar").get_param("method") == method
        assert f"METHOD:{method}".encode() in calendar_of(message)
    assert "by this email and some more" in words


def test_each_of_two_that_one_leave_cancels_leaves_the_calendar_by_itself(
    browser: Browser, world: World
) -> None:
    """Calendars act on a part that speaks of one event: each has a message, none to be opened."""
    client = make_client(email="sam@example.com")
    gone = [force_booking(world, WEDNESDAY + timedelta(hours=n), client=client) for n in range(2)]
    decide(browser, off(world), *(decisions(one, "cancel") for one in gone))
    assert mails() == [("rearranged", "sam@example.com")]
    letters = sent()
    assert len(letters) == 2
    events = [event_of(calendar_of(letter)) for letter in letters]
    assert [str(event["UID"]) for event in events] == [str(one.uid) for one in gone]
    assert [int(event["SEQUENCE"]) for event in events] == [1, 1]
    for letter in letters:
        assert letter.get_all("To") == ["sam@example.com"]
        assert part(letter, "text/calendar").get_param("method") == "CANCEL"
        assert part(letter, "application/ics").get_payload(decode=True) == calendar_of(letter)
    assert "by this email and one more" in " ".join(words_of(letters[0]).split())
    assert letters[1]["Subject"] == "Changed: your appointments (2)"
    assert "There’s nothing in it to read" in words_of(letters[1])
    names = {letter["Message-ID"] for letter in letters}
    assert len(names) == 2
    # Sent once more, after a server's lost answer, they are the same two messages.
    OutgoingMail.objects.update(state="pending")
    assert {letter["Message-ID"] for letter in sent()} == names


@pytest.mark.parametrize(("decision", "method"), [("cancel", "CANCEL"), ("online", "REQUEST")])
def test_one_change_beside_a_question_is_a_calendar_part_as_in_any_mail(
    browser: Browser, world: World, decision: str, method: str
) -> None:
    client = make_client(email="sam@example.com")
    asked, changed = (
        force_booking(world, start, client=client, format="walking", place=world.place("walking"))
        for start in (WEDNESDAY, WEDNESDAY + timedelta(hours=2))
    )
    decide(browser, off(world), decisions(asked, "propose"), decisions(changed, decision))
    [letter] = sent()
    calendar = part(letter, "text/calendar")
    assert calendar.get_param("method") == method
    assert f"METHOD:{method}".encode() in calendar_of(letter)
    assert part(letter, "application/ics").get_payload(decode=True) == calendar_of(letter)
    assert "attached" not in words_of(letter, "text/plain")


def test_what_changes_once_more_is_left_out_of_the_mail_that_waits(
    browser: Browser, world: World
) -> None:
    client = make_client(email="sam@example.com")
    first, second, third = (
        force_booking(
            world,
            WEDNESDAY + timedelta(hours=2 * n),
            client=client,
            format="walking",
            place=world.place("walking"),
        )
        for n in range(3)
    )
    several = [decisions(first, "online"), decisions(second, "propose"), decisions(third, "cancel")]
    decide(browser, off(world), *several, reason="I’m away.")
    there = Change(FRIDAY, "online", world.place(), 1)
    lifecycle.reschedule(first.pk, there, by=CLIENT, now=NOW + timedelta(seconds=30))
    assert told_together() == ["cancelled this one", "can’t make this one"]
    assert [kind for kind, _ in mails()] == ["moved", "rearranged", "therapist_moved"]
    lifecycle.cancel(second.pk, by=CLIENT, reason="", now=NOW + timedelta(seconds=40))
    assert told_together() == ["cancelled this one"]
    [restored] = take_back("rearranged")
    assert (restored, restored.is_cancelled) == (third, False)
    assert "rearranged" not in dict(mails())


def told_together() -> list[str]:
    """What the one mail that waits says of each meeting, in the order of words."""
    text = OutgoingMail.objects.get(kind="rearranged", state="pending").text
    assert "I’m away." in text
    said = ["cancelled this one", "can’t make this one", "This one is now"]
    found = [words for words in said if words.replace("cancelled", "cancel") in text]
    assert len(found) == text.count("Reference")
    return found


@pytest.mark.parametrize("decision", ["online", "propose"])
def test_what_was_left_out_is_told_by_itself_once_its_change_is_taken_back(
    browser: Browser, world: World, decision: str
) -> None:
    client = make_client(email="sam@example.com")
    first, second = (
        force_booking(world, start, client=client, format="walking", place=world.place("walking"))
        for start in (WEDNESDAY, WEDNESDAY + timedelta(hours=2))
    )
    decide(browser, off(world), decisions(first, decision), decisions(second, "cancel"))
    soon = NOW + timedelta(seconds=9)
    cancel(first, soon)
    take_back("cancellation", soon + timedelta(seconds=9))
    first.refresh_from_db()
    waiting = OutgoingMail.objects.filter(kind="rearranged", state="pending")
    texts = [" ".join(mail.text.split()) for mail in waiting]
    said = {"online": "This one is now", "propose": "I can’t make this one"}[decision]
    assert sorted(said in text for text in texts) == [False, True]
    assert sorted(first.reference in text for text in texts) == [False, True]
    assert sorted(second.reference in text for text in texts) == [False, True]


def test_a_second_leave_at_once_loses_nothing_of_what_the_first_decided(
    browser: Browser, world: World
) -> None:
    client = make_client(email="sam@example.com")
    times = [WEDNESDAY + timedelta(hours=2 * n) for n in range(3)]
    three = [force_booking(world, start, client=client) for start in times]
    decide(browser, off(world), *(decisions(one, "propose") for one in three))
    again = [Decided(one.pk, Decision.CANCEL, 0) for one in three[:2]]
    with transaction.atomic():
        leave.apply(again, by=By.therapist(), reason="Ill.", now=NOW)
    waiting = OutgoingMail.objects.filter(state="pending").order_by("pk")
    told = [[one.reference in mail.text for one in three] for mail in waiting]
    assert told == [[False, False, True], [True, True, False]]


def test_the_last_of_them_that_changes_takes_the_mail_with_it(
    browser: Browser, world: World
) -> None:
    client = make_client(email="sam@example.com")
    both = [
        force_booking(world, WEDNESDAY + timedelta(hours=2 * n), client=client) for n in range(2)
    ]
    decide(browser, off(world), *(decisions(one, "propose") for one in both))
    for seconds, one in enumerate(both):
        cancel(one, NOW + timedelta(seconds=seconds))
    assert [kind for kind, _ in mails()] == ["cancellation", "cancellation"]


def test_one_answer_for_all_of_them(browser: Browser, world: World) -> None:
    found = [book(world, WEDNESDAY + timedelta(hours=n)) for n in range(3)]
    settle()
    posted = off(world) | {"_decided": "1", "meeting-reason": "Ill.", "meeting-all": "cancel"}
    for one in found:
        posted |= decisions(one, "keep")
    assert save(browser, posted).status_code == 302
    assert set(Booking.objects.values_list("status", flat=True)) == {"cancelled"}
    assert [kind for kind, _ in mails()] == ["cancellation"] * 3


def test_keeping_all_needs_no_words_and_mails_nobody(browser: Browser, world: World) -> None:
    found = book(world, WEDNESDAY)
    settle()
    assert decide(browser, off(world), decisions(found, "keep"), reason="").status_code == 302
    assert TimeOff.objects.exists()
    assert mails() == []
    # It stays a meeting that the leave does not ask about again.
    row = TimeOff.objects.get()
    posted = {**as_opened(browser, address(row)), **off(world, reason="School")}
    assert browser.post(address(row), {**posted, "_save": "1"}).status_code == 302


def refused(browser: Browser, world: World, *decided: Posted, **facts: Any) -> str:
    """Nothing is done, and the page says why, with what was chosen."""
    settle()
    before = rows()
    page = decide(browser, off(world), *decided, **facts)
    assert page.status_code == 200
    assert rows() == before
    assert not TimeOff.objects.exists()
    assert not Hold.objects.exists()
    return text_of(page)


def test_whoever_is_told_is_told_why(browser: Browser, world: World) -> None:
    found = book(world, WEDNESDAY)
    words = refused(browser, world, decisions(found, "cancel"), reason="  ")
    assert "Tell them why, in a sentence." in words


def test_a_proposed_time_that_cannot_be_had_refuses_all_of_it(
    browser: Browser, world: World
) -> None:
    first, second = book(world, WEDNESDAY), book(world, WEDNESDAY + timedelta(hours=1))
    taken = book(world, FRIDAY)
    for start in ("2026-11-27T10:00", "2026-11-25T15:00", "2026-11-29T10:00", "2026-11-20T10:00"):
        refused(
            browser,
            world,
            decisions(first, "cancel"),
            decisions(second, "propose", start),
        )
    taken.refresh_from_db()
    assert not taken.is_cancelled


@pytest.mark.parametrize(
    "start",
    ["x", "9999-12-31T23:59", "99999-01-01T10:00", "0001-01-01T00:00", "2027-03-28T01:30", "²"],
)
def test_a_time_that_is_none_is_refused_with_a_word(
    browser: Browser, world: World, start: str
) -> None:
    found = book(world, WEDNESDAY)
    assert "This meets 1 booking" in refused(browser, world, decisions(found, "propose", start))


@pytest.mark.parametrize("decision", ["", "online", "move", "CANCEL"])
def test_a_decision_that_was_not_offered_is_refused(
    browser: Browser, world: World, decision: str
) -> None:
    found = book(world, WEDNESDAY)
    assert "Decide for each meeting below." in refused(browser, world, decisions(found, decision))


def test_a_meeting_that_came_meanwhile_is_asked_about_before_anything_is_done(
    browser: Browser, world: World
) -> None:
    known = book(world, WEDNESDAY)
    late = book(world, WEDNESDAY + timedelta(hours=1))
    refused(browser, world, decisions(known, "cancel"))
    late.refresh_from_db()
    assert not late.is_cancelled


def test_a_meeting_that_was_changed_meanwhile_is_not_decided_unseen(
    browser: Browser, world: World
) -> None:
    found = book(world, WEDNESDAY)
    to = lifecycle.Change(WEDNESDAY + timedelta(hours=2), found.format, found.place, 0)
    lifecycle.reschedule(found.pk, to, by=CLIENT, now=NOW)
    words = refused(browser, world, decisions(found, "cancel", seen=0))
    assert "has been changed meanwhile" in words


# --- the question and its answer


def asked(world: World, start: datetime | None = FRIDAY) -> Booking:
    found = book(world, WEDNESDAY)
    leave_row = TimeOff(
        therapist=world.therapist, starts_at=WEDNESDAY, ends_at=WEDNESDAY + timedelta(hours=1)
    )
    leave_row.save()
    one = Decided(found.pk, Decision.PROPOSE, 0, start)
    leave.apply([one], by=By.therapist(), reason="I’m away.", now=NOW)
    found.refresh_from_db()
    return found


def test_a_proposed_time_is_kept_for_its_client_and_from_all_others(world: World) -> None:
    found = asked(world)
    with client_is_told(NotBookableError, match="Somebody else is booking that time"):
        book(world, FRIDAY)
    to = lifecycle.Change(FRIDAY, found.format, found.place, found.sequence)
    moved = lifecycle.reschedule(found.pk, to, by=CLIENT, now=NOW)
    assert (moved.start, moved.asked_at, moved.proposed_start) == (FRIDAY, None, None)
    assert not Hold.objects.exists()


def test_after_three_days_a_proposed_time_is_free_for_others(world: World) -> None:
    start = WEDNESDAY + timedelta(days=7)
    found = book(world, start)
    lifecycle.ask_to_move(
        found.pk, 0, start + timedelta(days=2), reason="I’m away.", by=By.therapist(), now=NOW
    )
    later = NOW + timedelta(days=3, minutes=1)
    assert book(world, start + timedelta(days=2), later)


def test_who_was_asked_moves_and_cancels_free_whatever_was_agreed(world: World) -> None:
    Service.objects.update(
        move_notice_hours=1000, cancel_notice_hours=1000, most_moves=0, late_fee_percent=100
    )
    world.session.refresh_from_db()
    client = make_client(accepted_at=NOW - timedelta(days=1))
    person = lifecycle.Person(client.name, client.email, client=client)
    found = book(world, WEDNESDAY, service=world.session, person=person)
    lifecycle.ask_to_move(found.pk, 0, None, reason="I’m away.", by=By.therapist(), now=NOW)
    to = lifecycle.Change(FRIDAY, found.format, found.place, found.sequence)
    moved = lifecycle.reschedule(found.pk, to, by=CLIENT, now=NOW)
    lifecycle.ask_to_move(
        found.pk, moved.sequence, None, reason="Again.", by=By.therapist(), now=NOW
    )
    gone = lifecycle.cancel(found.pk, by=CLIENT, reason="", now=NOW)
    assert gone.fee_label == ""
    line = gone.events.get(action=BookingEvent.Action.CANCELLED)
    assert not line.is_late


def test_the_private_page_asks_and_leads_to_the_proposed_time(
    world: World, client: Browser
) -> None:
    found = asked(world)
    link = re.findall(r"/b/\S+", OutgoingMail.objects.get(kind="asked_to_move").text)[0]
    page: Any = client.get(open_link(client, link.split("/")[2])["Location"])
    words = text_of(page).replace("\N{NO-BREAK SPACE}", " ")
    assert "I’ll remind you" not in words
    assert "Please choose another time" in words
    assert "Would Friday 27 November 2026, 10am UK time suit you instead?" in words
    assert words.count('class="btn btn-primary"') == 1  # one thing to do first
    path = page.context["asked"]["url"]
    confirm = client.get(path)
    assert "Change this consultation?" in text_of(confirm)
    answer = client.post(path, {"decision": "change", "seen": found.sequence})
    assert answer["Location"] == f"{reverse('booking', args=[found.uid])}?moved=1"
    found.refresh_from_db()
    assert found.start == FRIDAY
    assert "Please choose another time" not in text_of(client.get(answer["Location"]))


def test_the_private_page_asks_also_where_no_time_was_proposed(
    world: World, client: Browser
) -> None:
    asked(world, None)
    link = re.findall(r"/b/\S+", OutgoingMail.objects.get(kind="asked_to_move").text)[0]
    page: Any = client.get(open_link(client, link.split("/")[2])["Location"])
    assert "I’m sorry, I can’t make this time." in text_of(page)
    assert page.context["asked"]["url"] == ""


def test_no_time_is_kept_where_none_was_proposed(world: World) -> None:
    assert book(world, FRIDAY).kept_until is None
    assert asked(world, None).kept_until is None


def test_without_a_video_room_nothing_goes_online(world: World) -> None:
    walk = book(world, WEDNESDAY, format=Format.WALKING)
    world.therapist.places.filter(format=Format.ONLINE).update(is_active=False)
    one = Decided(walk.pk, Decision.ONLINE, 0)
    with therapist_is_told(NotBookableError, match="There is no video room in use"):
        leave.apply([one], by=THERAPIST, reason="Ill.", now=NOW)


# --- taking it back


def take_back(key_of: str, now: datetime = NOW) -> list[Booking]:
    return lifecycle.take_back(
        OutgoingMail.objects.filter(kind=key_of).latest("pk").key, by=By.therapist(), now=now
    )


def cancel(found: Booking, now: datetime = NOW) -> Booking:
    return lifecycle.cancel(found.pk, by=THERAPIST, reason="Ill.", now=now)


def test_a_cancellation_waits_two_minutes_and_can_be_taken_back(world: World) -> None:
    found = book(world, WEDNESDAY)
    settle()
    cancel(found)
    assert sent_kinds() == []
    [restored] = take_back("cancellation")
    assert (restored.status, restored.start, restored.sequence) == ("confirmed", WEDNESDAY, 2)
    assert mails() == []
    assert [line.action for line in restored.events.all()] == ["booked", "cancelled", "undone"]


def sent_kinds() -> list[str]:
    due = OutgoingMail.objects.filter(state="pending", due_at__lte=Now())
    return list(due.values_list("kind", flat=True))


def test_mail_that_the_cancellation_withdrew_leaves_after_all(world: World) -> None:
    found = book(world, WEDNESDAY)
    cancel(found)
    assert [kind for kind, _ in mails()] == ["cancellation"]
    take_back("cancellation")
    assert [kind for kind, _ in mails()] == ["confirmation", "therapist_new"]


def test_it_leaves_after_all_however_often_one_changes_ones_mind(world: World) -> None:
    found = book(world, WEDNESDAY)
    for _ in range(3):
        cancel(found)
        take_back("cancellation")
    assert [kind for kind, _ in mails()] == ["confirmation", "therapist_new"]


def test_mail_of_a_time_that_a_client_left_stays_withdrawn(world: World) -> None:
    found = book(world, WEDNESDAY)
    there = Change(FRIDAY, found.format, found.place, 0)
    lifecycle.reschedule(found.pk, there, by=CLIENT, now=NOW)
    lifecycle.ask_to_move(found.pk, 1, None, reason="Ill.", by=By.therapist(), now=NOW)
    take_back("asked_to_move")
    for _ in range(2):
        cancel(found)
        take_back("cancellation")
    assert [kind for kind, _ in mails()] == ["moved", "therapist_moved"]


def test_a_question_that_was_taken_back_can_be_asked_again_at_once(world: World) -> None:
    found = book(world, WEDNESDAY)
    settle()
    lifecycle.ask_to_move(found.pk, 0, None, reason="Ill.", by=By.therapist(), now=NOW)
    take_back("asked_to_move")
    lifecycle.ask_to_move(found.pk, 0, FRIDAY, reason="Ill.", by=By.therapist(), now=NOW)
    assert [kind for kind, _ in mails()] == ["asked_to_move"]


@pytest.mark.parametrize("taken", [False, True])
def test_what_was_proposed_is_kept_again_or_no_more_proposed(world: World, *, taken: bool) -> None:
    found = book(world, WEDNESDAY)
    lifecycle.ask_to_move(found.pk, 0, FRIDAY, reason="Ill.", by=By.therapist(), now=NOW)
    settle()
    kept = Hold.objects.values("therapist", "service", "format", "during", "visitor", "expires_at")
    before = kept.get()
    cancel(found)
    assert not kept.exists()
    if taken:
        book(world, FRIDAY)
    [restored] = take_back("cancellation")
    assert restored.is_asked_to_move
    assert (restored.proposed_start, list(kept)) == ((None, []) if taken else (FRIDAY, [before]))


def test_once_the_mail_has_left_nothing_is_taken_back(world: World) -> None:
    found = cancel(book(world, WEDNESDAY))
    settle()
    with therapist_is_told(NotBookableError, match="The email has left"):
        take_back("cancellation")
    found.refresh_from_db()
    assert found.is_cancelled


def test_a_time_that_somebody_took_meanwhile_is_not_given_twice(world: World) -> None:
    found = cancel(book(world, WEDNESDAY))
    other = book(world, WEDNESDAY)
    with client_is_told(NotBookableError, match="too close"):
        take_back("cancellation")
    found.refresh_from_db()
    assert found.is_cancelled
    assert not other.is_cancelled
    assert ("cancellation", found.client.email) in mails()


def test_what_was_changed_since_is_not_taken_back(world: World) -> None:
    found = cancel(book(world, WEDNESDAY))
    found.events.create(at=NOW, actor="therapist", action="waived", sequence=1)
    with therapist_is_told(NotBookableError, match="has been changed since"):
        take_back("cancellation")
    assert Booking.objects.get().is_cancelled


def test_what_would_have_begun_is_not_taken_back(world: World) -> None:
    cancel(book(world, WEDNESDAY))
    with therapist_is_told(NotBookableError, match="would have begun"):
        take_back("cancellation", now=WEDNESDAY)
    assert Booking.objects.get().is_cancelled


def test_what_stood_with_an_accepted_warning_may_be_taken_back(world: World) -> None:
    world.consultation.gap_minutes = 30
    world.consultation.save()
    book(world, WEDNESDAY)
    found = force_booking(world, WEDNESDAY + timedelta(minutes=15))
    night = force_booking(world, WEDNESDAY.replace(hour=3))
    for one in (found, night):
        cancel(one)
        [restored] = take_back("cancellation")
        assert (restored.pk, restored.is_cancelled, restored.start) == (one.pk, False, one.start)


def test_half_of_a_time_that_somebody_took_meanwhile_is_taken(world: World) -> None:
    found = cancel(book(world, WEDNESDAY))
    force_booking(world, WEDNESDAY - timedelta(minutes=10))
    with therapist_is_told(NotBookableError, match="overlaps Sam Okafor’s consultation"):
        take_back("cancellation")
    found.refresh_from_db()
    assert found.is_cancelled


def test_taking_back_twice_restores_once(world: World) -> None:
    found = book(world, WEDNESDAY)
    cancel(found)
    take_back("cancellation")
    with pytest.raises(NotBookableError):
        take_back("cancellation")
    found.refresh_from_db()
    assert found.sequence == 2


def test_a_client_sees_nothing_of_what_was_taken_back(world: World, client: Browser) -> None:
    found = book(world, WEDNESDAY)
    link = re.findall(r"/b/\S+", OutgoingMail.objects.get(kind="confirmation").text)[0]
    cancel(found)
    take_back("cancellation")
    page: Any = client.get(open_link(client, link.split("/")[2])["Location"])
    assert page.context["history"] == []
    assert "Cancel this consultation" in text_of(page)


def test_all_decisions_of_a_leave_for_one_person_are_taken_back_together(
    browser: Browser, world: World
) -> None:
    client = make_client(email="sam@example.com")
    gone = force_booking(world, WEDNESDAY, client=client)
    walk = force_booking(
        world,
        WEDNESDAY + timedelta(hours=2),
        client=client,
        format="walking",
        place=world.place("walking"),
    )
    question = force_booking(world, WEDNESDAY + timedelta(hours=4), client=client)
    decide(
        browser,
        off(world),
        decisions(gone, "cancel"),
        decisions(walk, "online"),
        decisions(question, "propose", "2026-11-27T11:00"),
    )
    mail = OutgoingMail.objects.get(kind="rearranged")
    path = reverse("admin:outbox_outgoingmail_take_back", args=[mail.pk])
    page = browser.get(path)
    assert text_of(page).count("KT-") == 3
    assert "they stay as you saved them" in text_of(page)
    assert (
        f'href="{reverse("admin:availability_timeoff_changelist")}">See your time off' in page.text
    )
    browser.post(path)
    for one in (gone, walk, question):
        one.refresh_from_db()
    assert (gone.status, walk.format, walk.place) == (
        "confirmed",
        "walking",
        world.place("walking"),
    )
    assert (question.asked_at, question.proposed_start, Hold.objects.count()) == (None, None, 0)
    mail.refresh_from_db()
    assert mail.state == "withdrawn"


def test_what_a_client_did_cannot_be_taken_back(browser: Browser, world: World) -> None:
    found = book(world, WEDNESDAY)
    lifecycle.cancel(found.pk, by=CLIENT, reason="", now=NOW)
    mail = OutgoingMail.objects.get(kind="cancellation")
    path = reverse("admin:outbox_outgoingmail_take_back", args=[mail.pk])
    assert browser.get(path).status_code == 302
    page = browser.post(path, follow=True)
    assert "can’t be taken back" in text_of(page)
    found.refresh_from_db()
    assert found.is_cancelled


def test_the_way_back_is_shown_where_one_cancels_and_in_the_outbox(
    browser: Browser, world: World
) -> None:
    found = book(world, WEDNESDAY)
    settle()
    path = reverse("admin:bookings_booking_cancel", args=[found.pk])
    page = browser.post(path, {"reason": "I’m ill.", "seen": 0}, follow=True)
    mail = OutgoingMail.objects.get(kind="cancellation")
    back = reverse("admin:outbox_outgoingmail_take_back", args=[mail.pk])
    assert page.content.decode().count(back) >= 2
    assert (
        back
        in browser.get(reverse("admin:outbox_outgoingmail_change", args=[mail.pk])).content.decode()
    )
    assert "Taken back" in text_of(browser.post(back, follow=True))
    found.refresh_from_db()
    assert not found.is_cancelled


def test_another_therapist_takes_nothing_back(client: Browser, world: World) -> None:
    found = cancel(book(world, WEDNESDAY))
    client.force_login(make_therapist(practice=world.therapist.practice).user)
    mail = OutgoingMail.objects.get(kind="cancellation")
    path = reverse("admin:outbox_outgoingmail_take_back", args=[mail.pk])
    assert (client.get(path).status_code, client.post(path).status_code) == (403, 403)
    found.refresh_from_db()
    assert found.is_cancelled


# --- a walk that goes online


def test_a_walk_goes_online_at_its_time_whatever_the_hours_say(world: World) -> None:
    walk = book(world, WEDNESDAY, format=Format.WALKING)
    WeeklyHours.objects.update(formats=["walking"])
    to = lifecycle.Change(walk.start, "online", world.place(), 0)
    moved = lifecycle.reschedule(walk.pk, to, by=THERAPIST, now=NOW)
    assert (moved.format, moved.start) == ("online", WEDNESDAY)


def test_a_walk_does_not_go_online_too_close_to_another_meeting(world: World) -> None:
    walk = book(world, WEDNESDAY, format=Format.WALKING)
    book(world, WEDNESDAY + timedelta(minutes=30))
    Service.objects.update(gap_minutes=20)
    to = lifecycle.Change(walk.start, "online", world.place(), 0)
    with therapist_is_told(NotBookableError, match="20 minutes are kept free before"):
        lifecycle.reschedule(walk.pk, to, by=THERAPIST, now=NOW)


def test_a_free_time_stays_what_the_rules_say(world: World) -> None:
    """What a kept time may do, a new one may not: leave still refuses it."""
    TimeOff.objects.create(
        therapist=world.therapist, starts_at=WEDNESDAY, ends_at=WEDNESDAY + timedelta(hours=3)
    )
    with pytest.raises(NotBookableError):
        slots.require_free(world.consultation, "online", WEDNESDAY, NOW)
    with pytest.raises(NotBookableError) as error:
        book(world, WEDNESDAY)
    assert not isinstance(error.value, SlotTakenError)
