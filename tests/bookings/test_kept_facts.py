"""A booking says where it is and who invites to it as its client was told."""

from importlib import import_module
from typing import Any

from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Place, Therapist
from bookings import lifecycle
from bookings.by import By
from bookings.kept_facts import where_of
from bookings.lifecycle import Change
from bookings.models import Booking
from bookings.notices import invites, private_links
from bookings.notices.booking_invite import invite_for
from bookings.notices.summary import card
from outbox.models import OutgoingMail
from tests.bookings.diaries import at
from tests.factories import NOW, World, book, force_booking, make_place
from tests.pages import open_link, text_of

OLD_LINK, NEW_LINK = "https://meet.example.org/kicks", "https://meet.example.org/new"
filled = import_module("bookings.migrations.0011_kept_facts_filled")


def test_where_it_is_has_the_lines_that_the_place_was_given(world: World) -> None:
    assert where_of(world.place(Format.IN_PERSON)).lines == [
        "The Fulham room",
        "12 Example Mews, London SW6 0AA",
    ]
    assert where_of(world.place(Format.ONLINE)).lines == ["Video room"]


def anew(booking: Booking) -> Booking:
    return Booking.objects.whole().get(pk=booking.pk)


def calendar(booking: Booking) -> str:
    return invites.message(invite_for(anew(booking)), NOW).replace("\r\n ", "")


def rename(place: Place, **facts: Any) -> None:
    Place.objects.filter(pk=place.pk).update(**facts)


def test_what_a_place_says_today_is_not_what_was_told(world: World) -> None:
    made = book(world, at("10:00"), format=Format.IN_PERSON)
    facts = {"name": "The Chelsea room", "address": "1 Other Road", "directions": "Knock"}
    rename(made.place, **facts)
    told = card(anew(made), NOW)
    assert (told.place_name, told.directions) == ("The Fulham room", "")
    assert told.place_lines == ["12 Example Mews, London SW6 0AA"]
    assert "in person at The Fulham room" in anew(made).where_and_when
    assert "Chelsea" not in calendar(made)


def test_details_sent_again_tell_the_link_that_was_told(world: World) -> None:
    made = book(world, at("10:00"))
    rename(made.place, video_url=NEW_LINK)
    lifecycle.send_details(made.pk, by=By.therapist(), now=NOW)
    letter = OutgoingMail.objects.filter(kind="confirmation").latest("pk")
    for words in (letter.text, letter.html, letter.invite.replace("\r\n ", "")):
        assert OLD_LINK in words
        assert NEW_LINK not in words


def test_the_private_page_and_the_file_tell_it_too(world: World) -> None:
    made = book(world, at("10:00"))
    rename(made.place, video_url=NEW_LINK)
    browser = Browser()
    token = private_links.to_booking(made, NOW)
    page = text_of(browser.get(open_link(browser, token)["Location"]))
    assert OLD_LINK in page
    assert NEW_LINK not in page
    file = browser.get(reverse("ics", args=[made.uid])).content.decode().replace("\r\n ", "")
    assert f"LOCATION:{OLD_LINK}" in file


def test_a_move_to_another_place_tells_that_place_as_it_is_today(world: World) -> None:
    made = book(world, at("10:00"))
    other = make_place(world.therapist, format=Format.ONLINE, name="Second", video_url=NEW_LINK)
    to = Change(at("11:00"), Format.ONLINE, other, 0)
    assert lifecycle.reschedule(made.pk, to, by=By.client(), now=NOW).where.video_url == NEW_LINK


def test_a_move_at_the_same_place_keeps_its_words(world: World) -> None:
    made = book(world, at("10:00"))
    rename(made.place, video_url=NEW_LINK)
    to = Change(at("11:00"), Format.ONLINE, world.place(), 0)
    assert lifecycle.reschedule(made.pk, to, by=By.client(), now=NOW).where.video_url == OLD_LINK


def test_taking_a_cancellation_back_restores_the_words(world: World) -> None:
    made = book(world, at("10:00"))
    rename(made.place, video_url=NEW_LINK)
    lifecycle.cancel(made.pk, by=By.therapist(), reason="Ill", now=NOW)
    key = made.events.latest("pk").told_by
    [back] = lifecycle.take_back(key, by=By.therapist(), now=NOW)
    assert anew(back).where.video_url == OLD_LINK


def test_what_a_release_before_wrote_of_a_change_is_taken_back_with_todays_words(
    world: World,
) -> None:
    made = book(world, at("10:00"))
    lifecycle.cancel(made.pk, by=By.therapist(), reason="Ill", now=NOW)
    line = made.events.latest("pk")
    del line.was["where"]
    line.save()
    rename(made.place, video_url=NEW_LINK)
    [back] = lifecycle.take_back(line.told_by, by=By.therapist(), now=NOW)
    assert anew(back).where.video_url == NEW_LINK


def test_the_organizer_stays_who_invited_and_answers_go_where_mail_is_read(world: World) -> None:
    made = book(world, at("10:00"))
    Therapist.objects.filter(pk=world.therapist.pk).update(email="new@kicks.example")
    lifecycle.cancel(made.pk, by=By.therapist(), reason="Ill", now=NOW)
    letter = OutgoingMail.objects.get(kind="cancellation")
    assert "mailto:robin@kicks.example" in letter.invite.replace("\r\n ", "")
    assert letter.sender == "Kicks Therapy <robin@kicks.example>"
    assert letter.reply_to == "new@kicks.example"


def test_a_new_booking_is_invited_to_from_the_address_of_today(world: World) -> None:
    Therapist.objects.filter(pk=world.therapist.pk).update(email="new@kicks.example")
    service = world.consultation
    service.therapist.refresh_from_db()
    made = book(world, at("10:00"))
    letter = OutgoingMail.objects.get(kind="confirmation")
    assert "mailto:new@kicks.example" in letter.invite.replace("\r\n ", "")
    assert (letter.sender, letter.reply_to) == ("Kicks Therapy <new@kicks.example>", "")
    assert made.organizer_email == "new@kicks.example"


def test_a_booking_that_a_release_before_wrote_says_what_its_place_says(world: World) -> None:
    made = force_booking(world, at("10:00"))
    assert anew(made).where.video_url == OLD_LINK
    assert "mailto:robin@kicks.example" in calendar(made)


def test_a_booking_that_a_release_before_moved_says_what_its_new_place_says(world: World) -> None:
    made = book(world, at("10:00"))
    room = world.place(Format.IN_PERSON)
    Booking.objects.filter(pk=made.pk).update(place=room, format=Format.IN_PERSON)
    assert anew(made).where.name == "The Fulham room"


def test_old_bookings_keep_what_their_place_says_on_the_day_of_the_migration(world: World) -> None:
    made = force_booking(world, at("10:00"))
    with connection.cursor() as cursor:
        cursor.execute(filled.KEEP)
    rename(made.place, video_url=NEW_LINK)
    Therapist.objects.update(email="new@kicks.example")
    assert anew(made).where.video_url == OLD_LINK
    assert "mailto:robin@kicks.example" in calendar(made)
