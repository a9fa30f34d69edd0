"""A place or the practice changes in words that people were told: asked about, told, or kept."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Place, Practice
from bookings import leave, lifecycle
from bookings.by import By
from bookings.errors import NotBookableError
from bookings.leave import Decided, Decision
from bookings.models import Booking, BookingEvent
from bookings.notices.keys import about_booking
from outbox.models import OutgoingMail
from tests.bookings.diaries import at
from tests.bookings.notices.letters import calendar_of, remind, sent
from tests.bookings.notices.letters import text_of as words_of
from tests.bookings.refusals import therapist_is_told
from tests.desk.hours.test_preview import address, stored, whole
from tests.desk.tab import as_opened
from tests.factories import NOW, World, book, force_booking, make_client
from tests.pages import text_of

OLD_LINK, NEW_LINK = "https://meet.example.org/kicks", "https://meet.example.org/new"
THERAPIST = BookingEvent.Actor.THERAPIST


@pytest.fixture
def browser(client: Browser, world: World) -> Browser:
    """A browser in which the owner of the practice is logged in."""
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.fixture
def booked(world: World) -> Booking:
    """A booking online, of which its client has heard."""
    made = book(world, at("10:00"))
    sent(made)
    return made


def save(browser: Browser, row: Any, **more: Any) -> Any:
    opened = as_opened(browser, address(row))
    return browser.post(address(row), {**opened, **stored(row), "_save": "Save", **more})


def new_link(world: World) -> Place:
    place = world.place()
    place.video_url = NEW_LINK
    return place


def decide(browser: Browser, row: Any, decision: str) -> Any:
    """Save, and press a button of the page that asks, with all that it carries."""
    page = save(browser, row)
    kept = dict(page.context["kept"])
    seen = page.context["asked"].seen
    return browser.post(address(row), {**kept, "_tell_seen": seen, "_tell": decision})


def anew(booking: Booking) -> Booking:
    return Booking.objects.whole().get(pk=booking.pk)


def test_a_new_link_asks_first_and_saves_and_mails_nothing(
    browser: Browser, world: World, booked: Booking
) -> None:
    mails = OutgoingMail.objects.count()
    page = save(browser, new_link(world))
    said = text_of(page)
    assert "1 booking was told otherwise" in said
    assert "Wednesday 25 November 2026, 10am to 10:15am UK time" in said
    assert f"Video link: {NEW_LINK} (it was {OLD_LINK})" in said
    assert world.place().video_url == OLD_LINK
    assert OutgoingMail.objects.count() == mails


def test_telling_changes_the_booking_and_its_calendar_entry(
    browser: Browser, world: World, booked: Booking
) -> None:
    assert decide(browser, new_link(world), "yes").status_code == 302
    assert world.place().video_url == NEW_LINK
    now = anew(booked)
    assert (now.where.video_url, now.sequence, now.changed_at) == (NEW_LINK, 1, NOW)
    line = now.events.latest("pk")
    assert (line.get_action_display(), line.actor) == ("Changed", THERAPIST)
    assert line.what == f"Video link: {NEW_LINK} (it was {OLD_LINK})"
    [letter] = sent(now)
    invite = calendar_of(letter).decode().replace("\r\n ", "")
    for part in ("METHOD:REQUEST", "SEQUENCE:1", f"LOCATION:{NEW_LINK}", f"UID:{now.uid}"):
        assert part in invite
    assert NEW_LINK in words_of(letter)
    assert "The time of our appointment stays the same" in words_of(letter)


def test_who_is_not_told_keeps_what_they_were_told(
    browser: Browser, world: World, booked: Booking
) -> None:
    mails = OutgoingMail.objects.count()
    assert decide(browser, new_link(world), "no").status_code == 302
    assert world.place().video_url == NEW_LINK
    assert (anew(booked).where.video_url, anew(booked).sequence) == (OLD_LINK, 0)
    assert OutgoingMail.objects.count() == mails
    lifecycle.send_details(booked.pk, by=By.therapist(), now=NOW)
    [letter] = sent(booked)
    assert OLD_LINK in words_of(letter)
    assert "SEQUENCE:0" in calendar_of(letter).decode()
    later = book(world, at("12:00"))
    assert later.where.video_url == NEW_LINK


def test_details_sent_again_tell_what_was_told_last(
    browser: Browser, world: World, booked: Booking
) -> None:
    decide(browser, new_link(world), "yes")
    sent(booked)
    lifecycle.send_details(booked.pk, by=By.therapist(), now=NOW)
    [letter] = sent(booked)
    assert NEW_LINK in words_of(letter)
    assert "SEQUENCE:1" in calendar_of(letter).decode()


def test_telling_can_be_taken_back_while_the_mail_waits(
    browser: Browser, world: World, booked: Booking
) -> None:
    decide(browser, new_link(world), "yes")
    lifecycle.take_back(anew(booked).events.latest("pk").told_by, by=By.therapist(), now=NOW)
    assert anew(booked).where.video_url == OLD_LINK
    assert not OutgoingMail.objects.filter(kind="new_facts").unsent().exists()


def test_what_no_client_was_told_is_saved_at_once(
    browser: Browser, world: World, booked: Booking
) -> None:
    place = world.place()
    place.position = 7
    assert save(browser, place).status_code == 302
    assert world.place().position == 7


def test_bookings_elsewhere_past_or_cancelled_are_not_met(browser: Browser, world: World) -> None:
    book(world, at("10:00"), format=Format.WALKING)
    force_booking(world, NOW.replace(day=2))
    gone = book(world, at("12:00"))
    lifecycle.cancel(gone.pk, by=By.therapist(), reason="Ill", now=NOW)
    assert save(browser, new_link(world)).status_code == 302
    assert world.place().video_url == NEW_LINK


def test_a_preview_asks_nothing_and_going_back_shows_the_form(
    browser: Browser, world: World, booked: Booking
) -> None:
    opened = as_opened(browser, address(world.place()))
    posted = {**opened, **stored(new_link(world)), "_preview": "1"}
    page = browser.post(address(world.place()), posted)
    assert "Preview: nothing is saved yet" in text_of(page)
    back = save(browser, new_link(world), _preview_back="1")
    assert back.context["adminform"].form["video_url"].value() == NEW_LINK
    assert world.place().video_url == OLD_LINK


def test_a_booking_that_came_meanwhile_is_asked_about_first(
    browser: Browser, world: World, booked: Booking
) -> None:
    seen = save(browser, new_link(world)).context["asked"].seen
    book(world, at("12:00"))
    again = save(browser, new_link(world), _tell="yes", _tell_seen=seen)
    assert "2 bookings were told otherwise" in text_of(again)
    assert world.place().video_url == OLD_LINK


def test_a_booking_of_a_release_before_keeps_what_the_place_said(
    browser: Browser, world: World
) -> None:
    made = force_booking(world, at("10:00"))
    decide(browser, new_link(world), "no")
    assert anew(made).where.video_url == OLD_LINK


def test_a_question_that_waits_is_still_asked(
    browser: Browser, world: World, booked: Booking
) -> None:
    lifecycle.ask_to_move(booked.pk, 0, None, reason="Ill", by=By.therapist(), now=NOW)
    decide(browser, new_link(world), "yes")
    waiting = OutgoingMail.objects.unsent().values_list("kind", flat=True)
    assert set(waiting) == {"asked_to_move", "new_facts"}
    assert anew(booked).asked_at == NOW


def test_a_question_that_waits_in_a_mail_of_several_is_still_asked(
    browser: Browser, world: World
) -> None:
    sam = make_client(email="sam@example.com")
    two = [force_booking(world, at(hour), client=sam) for hour in ("10:00", "12:00")]
    asked = [Decided(one.pk, Decision.PROPOSE, 0) for one in two]
    leave.apply(asked, by=By.therapist(), reason="Ill", now=NOW)
    assert decide(browser, new_link(world), "yes").status_code == 302
    waiting = OutgoingMail.objects.unsent().order_by("pk")
    assert [mail.kind for mail in waiting] == ["rearranged", "new_facts", "new_facts"]
    assert all(one.reference in waiting[0].text for one in two)
    assert [anew(one).asked_at for one in two] == [NOW, NOW]


@pytest.mark.parametrize("together", [False, True])
def test_a_mail_that_waits_with_a_calendar_entry_is_neither_lost_nor_overtaken(
    browser: Browser, world: World, *, together: bool
) -> None:
    sam = make_client(email="sam@example.com")
    walk = {"format": Format.WALKING, "place": world.place(Format.WALKING), "client": sam}
    two = [force_booking(world, at(hour), **walk) for hour in ("10:00", "12:00")]
    online = [Decided(one.pk, Decision.ONLINE, 0) for one in two[: 1 + together]]
    leave.apply(online, by=By.therapist(), reason="Ill", now=NOW)
    [waiting] = OutgoingMail.objects.unsent().values_list("key", "text")
    again = decide(browser, new_link(world), "yes")
    assert f"{two[0].reference}, Wednesday 25 November 2026: An email about the" in text_of(again)
    assert world.place().video_url == OLD_LINK
    assert list(OutgoingMail.objects.unsent().values_list("key", "text")) == [waiting]
    OutgoingMail.objects.update(state="sent")
    assert decide(browser, new_link(world), "yes").status_code == 302
    assert {anew(one).sequence for one in two[: 1 + together]} == {2}


def test_a_confirmation_that_waits_leaves_before_the_new_words(world: World) -> None:
    made = book(world, at("10:00"))
    with therapist_is_told(NotBookableError, match="leaves in a moment"):
        lifecycle.tell_new_facts(made.pk, {"video_url": NEW_LINK}, by=By.therapist(), now=NOW)
    waiting = OutgoingMail.objects.unsent().values_list("kind", flat=True)
    assert sorted(waiting) == ["confirmation", "therapist_new"]


def test_a_reminder_that_waits_with_the_old_words_is_taken_back(
    browser: Browser, world: World, booked: Booking
) -> None:
    remind(booked)
    decide(browser, new_link(world), "yes")
    assert OutgoingMail.objects.unsent().get().kind == "new_facts"


def test_who_keeps_what_they_were_told_is_asked_about_only_when_it_changes_again(
    browser: Browser, world: World, booked: Booking
) -> None:
    decide(browser, new_link(world), "no")
    place = world.place()
    place.position = 7
    assert save(browser, world.place()).status_code == 302
    assert save(browser, place).status_code == 302
    place.video_url = "https://meet.example.org/third"
    page = save(browser, place)
    assert f"Video link: https://meet.example.org/third (it was {OLD_LINK})" in text_of(page)
    assert decide(browser, place, "yes").status_code == 302
    assert anew(booked).where.video_url == "https://meet.example.org/third"
    assert save(browser, world.place()).status_code == 302


def test_telling_what_is_told_already_changes_nothing(world: World, booked: Booking) -> None:
    lifecycle.tell_new_facts(booked.pk, {"video_url": OLD_LINK}, by=By.therapist(), now=NOW)
    assert anew(booked).sequence == 0


def test_the_page_of_a_booking_says_what_its_client_was_told(
    browser: Browser, world: World, booked: Booking
) -> None:
    decide(browser, new_link(world), "no")
    page = text_of(browser.get(reverse("admin:bookings_booking_change", args=[booked.pk])))
    assert f"Video room, {OLD_LINK}" in page


def test_another_name_of_the_practice_asks_and_is_told(
    browser: Browser, world: World, booked: Booking
) -> None:
    practice = Practice.objects.get()
    practice.name = "Harbour Therapy"
    opened = as_opened(browser, address(practice))
    posted = {**opened, **stored(practice), "reminder_hours": "24, 2", "_save": "Save"}
    page = browser.post(address(practice), posted)
    assert "Practice: Harbour Therapy (it was Kicks Therapy)" in text_of(page)
    assert Practice.objects.get().name == "Kicks Therapy"
    told = {**dict(page.context["kept"]), "_tell_seen": page.context["asked"].seen}
    assert browser.post(address(practice), {**told, "_tell": "yes"}).status_code == 302
    [letter] = sent(anew(booked))
    invite = calendar_of(letter).decode().replace("\r\n ", "")
    assert 'ORGANIZER;CN="Harbour Therapy":mailto:robin@kicks.example' in invite
    assert letter["From"] == "Harbour Therapy <robin@kicks.example>"


def test_another_address_of_the_therapist_leaves_standing_events_to_the_old_one(
    browser: Browser, world: World, booked: Booking
) -> None:
    old = force_booking(world, at("12:00"))
    User.objects.filter(pk=world.therapist.user_id).update(email="robin@example.org")
    opened = as_opened(browser, address(world.therapist))
    sending = {**opened, **whole(world.therapist, email="new@kicks.example"), "_save": "Save"}
    page = browser.post(address(world.therapist), sending, follow=True)
    assert text_of(page).count("2 bookings to come were sent from another address.") == 1
    for one in (booked, old):
        assert anew(one).organizer_email == "robin@kicks.example"
    lifecycle.cancel(booked.pk, by=By.therapist(), reason="Ill", now=NOW)
    [letter] = sent(booked)
    assert (letter["From"], letter["Reply-To"]) == (
        "Kicks Therapy <robin@kicks.example>",
        "new@kicks.example",
    )


def test_one_booking_may_keep_its_words_while_another_is_told(
    browser: Browser, world: World, booked: Booking
) -> None:
    other = book(world, at("12:00"))
    sent(other)
    page = save(browser, new_link(world))
    said = {**dict(page.context["kept"]), "_tell_seen": page.context["asked"].seen}
    posted = {**said, "_tell": "yes", "_tell_not": [other.pk]}
    assert browser.post(address(world.place()), posted).status_code == 302
    links = [anew(one).where.video_url for one in (booked, other)]
    assert links == [NEW_LINK, OLD_LINK]
    waiting = OutgoingMail.objects.unsent().filter(kind="new_facts")
    assert [mail.about for mail in waiting] == [about_booking(booked.uid)]


def test_a_page_that_asks_again_keeps_the_ticks(
    browser: Browser, world: World, booked: Booking
) -> None:
    other = book(world, at("12:00"))
    again = save(browser, new_link(world), _tell="yes", _tell_seen="", _tell_not=[other.pk])
    assert [one.keeps for one in again.context["asked"].met] == [False, True]
    assert again.content.decode().count(f'value="{other.pk}" checked') == 1
    assert "_tell_not" not in dict(again.context["kept"])
