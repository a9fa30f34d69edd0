"""What a calendar shows is decided in one place, and the page says just that."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Practice
from bookings.models import Booking
from bookings.notices.booking_invite import invite_for, sentence
from outbox.models import OutgoingMail
from tests.desk.tab import as_opened
from tests.factories import NOW, World, force_booking
from tests.pages import SLOT, address, answers, book, press, text_of

NEUTRAL = "Robin"
# What a calendar needs and says nothing of anybody.
SAYS_NOTHING = {
    "BEGIN",
    "END",
    "PRODID",
    "VERSION",
    "CALSCALE",
    "METHOD",
    "UID",
    "SEQUENCE",
    "STATUS",
    "TRANSP",
    "CLASS",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "X-MICROSOFT-DISALLOW-COUNTER",
}
WORDS = {
    "DTSTART": "when we meet",
    "DTEND": "when we meet",
    "DTSTAMP": "when it was booked",
    "CREATED": "when it was booked",
    "LAST-MODIFIED": "when it was booked",
    "DESCRIPTION": "our reference",
}


def page_of(browser: Browser, found: Booking) -> str:
    return text_of(browser.get(reverse("booking", args=[found.uid])))


@pytest.mark.parametrize("calendar_name", ["", NEUTRAL])
@pytest.mark.parametrize("fmt", [Format.IN_PERSON, Format.ONLINE, Format.WALKING])
@pytest.mark.parametrize("name", ["Sam Okafor", "x.com"])
def test_the_page_names_all_that_travels(
    client: Browser, world: World, calendar_name: str, fmt: str, name: str
) -> None:
    """Line by line of the mailed file and of the one to download: nothing is in it that isn't."""
    Practice.objects.update(calendar_name=calendar_name)
    details = address("details", world, slot=SLOT, how=fmt)
    press(client, client.post(details, answers(name=name))["Location"])
    found = Booking.objects.whole().get()
    page = page_of(client, found)
    said = sentence(invite_for(found))
    assert said in page
    own = client.get(reverse("ics", args=[found.uid])).content.decode()
    for text in (OutgoingMail.objects.get(kind="confirmation").invite, own):
        told = {line: words_for(line) for line in lines_of(text)}
        assert [line for line, word in told.items() if word is None] == []
        assert [word for word in told.values() if word and word not in said] == []
        assert ("your own name" in said) == (name in text)
        assert "Kicks Therapy" not in text or not calendar_name
    assert "It shows nothing else that you told me." in said


def lines_of(text: str) -> list[str]:
    """The lines of the entry and what stands before it; the zone is a constant."""
    unfolded = text.replace("\r\n ", "")
    before, zone, after = unfolded.partition("BEGIN:VTIMEZONE")
    assert zone
    entry = after.partition("END:VTIMEZONE")[2]
    return [line for line in f"{before}{entry}".split("\r\n") if line]


def words_for(line: str) -> str | None:
    """What the sentence has to say for a line to stand there; "" for what says nothing of anybody.

    None where nobody has thought of such a line.
    """
    name, _, value = line.partition(":")
    name, *parameters = name.split(";")
    if name in SAYS_NOTHING:
        return ""
    value = value.replace("\\", "")
    if name in ("SUMMARY", "LOCATION", "CONFERENCE"):
        return f"“{value}”"
    if name == "ORGANIZER":
        [called] = [one.partition("=")[2] for one in parameters]
        return f"“{called.strip(chr(34))}” ({value.removeprefix('mailto:')})"
    if name == "ATTENDEE":
        return "own name and email address" if "CN=" in line else "own email address"
    return WORDS.get(name)


def test_a_line_that_nobody_has_thought_of_fails_the_comparison() -> None:
    assert words_for("X-CONFIDED:I sleep badly") is None


def test_a_place_that_has_no_words_is_not_spoken_of(world: World) -> None:
    found = force_booking(world, NOW)
    found.place.name = found.place.video_url = ""
    assert "when it was booked, our reference, your own name" in sentence(invite_for(found))


def test_a_neutral_name_stands_in_the_invite_and_in_whom_the_mail_is_from(
    client: Browser, world: World
) -> None:
    Practice.objects.update(calendar_name=NEUTRAL)
    found = book(client, world)
    mail = OutgoingMail.objects.get(kind="confirmation")
    assert f"ORGANIZER;CN={NEUTRAL}:mailto:robin@kicks.example" in mail.invite
    assert "Kicks" not in mail.invite.replace("kicks.example", "")
    assert mail.sender == f"{NEUTRAL} <robin@kicks.example>"
    assert found.organizer_name == NEUTRAL


def test_what_stands_keeps_what_calendars_know(client: Browser, world: World) -> None:
    found = book(client, world)
    Practice.objects.update(calendar_name=NEUTRAL)
    again: Any = Booking.objects.whole().get(pk=found.pk)
    assert invite_for(again).organizer.name == "Kicks Therapy"
    assert "“Kicks Therapy” (robin@kicks.example) as who invites" in page_of(client, found)


def test_the_practice_asks_for_it_in_admin_and_may_tell_who_is_booked(
    client: Browser, admin_client: Browser, world: World
) -> None:
    book(client, world)
    practice = world.therapist.practice
    path = reverse("admin:availability_practice_change", args=[practice.pk])
    posted = {
        **as_opened(admin_client, path),
        "name": practice.name,
        "email": practice.email,
        "reminder_hours": "24,2",
        "link_days": "30",
        "calendar_name": NEUTRAL,
    }
    asked = text_of(admin_client.post(path, posted))
    assert "1 booking was told otherwise" in asked
    assert "Robin (it was Kicks Therapy)" in asked


def test_a_name_with_a_hidden_character_is_refused(admin_client: Browser, world: World) -> None:
    practice = world.therapist.practice
    path = reverse("admin:availability_practice_change", args=[practice.pk])
    posted = {
        **as_opened(admin_client, path),
        "name": "K",
        "email": practice.email,
        "link_days": "30",
        "calendar_name": "Ro\u202ebin",
    }
    page = admin_client.post(path, posted)
    assert "calendar_name" in page.context["adminform"].form.errors


@pytest.mark.parametrize("days", ["0", "366", "-1", "x", ""])
def test_links_end_between_a_day_and_a_year_after_the_meeting(
    admin_client: Browser, world: World, days: str
) -> None:
    practice = world.therapist.practice
    path = reverse("admin:availability_practice_change", args=[practice.pk])
    posted = {"name": "K", "email": practice.email, "link_days": days}
    page = admin_client.post(path, {**as_opened(admin_client, path), **posted})
    assert "link_days" in page.context["adminform"].form.errors


def test_an_online_meeting_says_that_its_link_is_in_the_calendar(
    client: Browser, world: World
) -> None:
    found = book(client, world)
    assert found.format == Format.ONLINE
    assert "“https://meet.example.org/kicks”" in page_of(client, found)
