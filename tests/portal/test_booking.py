"""The client's own pages: who may open them, what they give away, what opening them does."""

import html
import io
import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from icalendar import Calendar

from bookings import lifecycle
from bookings.by import By
from bookings.eligibility import has_met
from bookings.lifecycle import Change
from bookings.models import Booking
from bookings.notices import invites
from bookings.notices.booking_invite import invite_for
from bookings.notices.keys import about_booking
from clients.models import AccessLink
from outbox.models import OutgoingMail
from tests.clock import Clock
from tests.factories import NOW, World, force_booking, make_client, pages_link
from tests.pages import EMAIL, book, check_address, open_link, press, rows, send, text_of


def token_of(found: Booking) -> str:
    """The token of the private link, as the client finds it in the mail."""
    mail = OutgoingMail.objects.get(about=about_booking(found.uid), kind="confirmation")
    match = re.search(r"/b/([\w-]+)/", mail.text)
    assert match
    return match[1]


@pytest.fixture
def booked(world: World) -> Booking:
    """A booking that was made in another browser."""
    return book(Browser(), world)


WRONG = {
    "another": "x" * 43,
    "long": "x" * 10_000,
    "NUL": "\x00",
    "SQL": "' OR '1'='1",
    "a template": "{{7*7}}",
    "dots": "..",
    "emoji": "😀",
    "a line end": "a\r\nSet-Cookie: a=b",
}


@pytest.mark.parametrize("token", [*WRONG.values(), "cut", "padded"], ids=[*WRONG, "cut", "padded"])
def test_every_wrong_token_gets_the_same_404(client: Browser, booked: Booking, token: str) -> None:
    real = token_of(booked)
    token = {"cut": real[:-1], "padded": real + "="}.get(token, token)
    known_wrong = open_link(client, "wrong")
    response = open_link(client, token)
    assert response.status_code == 404
    assert response.content == known_wrong.content
    assert "Set-Cookie" not in response
    assert not client.cookies


def test_the_token_leaves_the_address_and_opens_the_booking(
    client: Browser, booked: Booking
) -> None:
    token = token_of(booked)
    response = open_link(client, token)
    assert (response.status_code, response["Location"]) == (302, f"/booking/{booked.uid}/")
    page = text_of(client.get(response["Location"]))
    assert "Tuesday 24 November 2026" in page
    assert token not in page
    assert "I sleep badly" not in page
    assert "900123" not in page


def test_opening_a_link_changes_the_session_key(client: Browser, world: World) -> None:
    found = book(client, world)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    open_link(client, token_of(found))
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert not Session.objects.filter(pk=before).exists()


def test_the_token_is_nowhere_in_the_database(client: Browser, booked: Booking) -> None:
    token = token_of(booked)
    open_link(client, token)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM {name} t WHERE t::text LIKE %s", [f"%{token}%"])  # noqa: S608, a name
            assert cursor.fetchone() == (0,), table
    assert token not in json.dumps([row.get_decoded() for row in Session.objects.all()])
    assert AccessLink.objects.opened_by(token, NOW) is not None


def test_private_pages_are_kept_by_nobody_and_named_to_nobody(
    client: Browser, booked: Booking
) -> None:
    link = reverse("link", args=[token_of(booked)])
    own = [reverse(name, args=[booked.uid]) for name in ("booking", "cancel", "ics")]
    for path in (link, *own, reverse("sessions")):
        headers = client.get(path).headers
        assert "no-store" in headers["Cache-Control"], path
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Referrer-Policy"] == "same-origin"
    assert '<meta name="robots" content="noindex">' in text_of(client.get(own[0]))


@pytest.mark.parametrize("token", ["guess-of-a-token", "real"])
def test_no_log_line_holds_a_token(
    client: Browser, booked: Booking, printed: io.StringIO, token: str
) -> None:
    token = token_of(booked) if token == "real" else token  # noqa: S105
    open_link(client, token)
    client.put(reverse("link", args=[token]))
    assert "/b/***" in printed.getvalue()
    assert token not in printed.getvalue()


def test_opening_a_link_any_number_of_times_changes_nothing_of_the_booking(
    client: Browser, booked: Booking
) -> None:
    stored, before = rows(), Booking.objects.values().get()
    link = reverse("link", args=[token_of(booked)])
    for method in (client.head, client.get):
        method(link)
        assert (rows(), Booking.objects.values().get()) == (stored, before)
    open_link(client, token_of(booked))
    # The press says whose mailbox it is, once: that they agreed counts from now on.
    stored["Consent"] += 1
    before["proven_at"] = NOW
    for _ in range(10):
        client.head(link)
        client.get(link, follow=True)
        client.get(reverse("cancel", args=[booked.uid]) + "?decision=cancel")
        client.head(reverse("cancel", args=[booked.uid]))
    assert rows() == stored
    assert Booking.objects.values().get() == before


@pytest.mark.parametrize("name", ["booking", "cancel", "ics"])
def test_a_booking_of_somebody_else_is_as_good_as_none(
    client: Browser, booked: Booking, name: str
) -> None:
    known = reverse(name, args=[booked.uid])
    unknown = reverse(name, args=["00000000-0000-4000-8000-000000000000"])
    assert client.get(known).status_code == 404
    assert client.get(known).content == client.get(unknown).content
    assert client.get(f"/booking/{booked.pk}/").status_code == 404
    if name == "cancel":
        assert send(client, known, {"decision": "cancel"}).status_code == 404
    booked.refresh_from_db()
    assert not booked.is_cancelled


def test_a_link_opens_its_own_booking_only(client: Browser, world: World, booked: Booking) -> None:
    other = book(Browser(), world, "2026-11-25T10:00", email="kim@example.com")
    open_link(client, token_of(booked))
    assert client.get(reverse("booking", args=[booked.uid])).status_code == 200
    assert client.get(reverse("booking", args=[other.uid])).status_code == 404


def test_a_booking_that_is_gone_is_as_good_as_none(client: Browser, world: World) -> None:
    found = book(client, world)
    link = reverse("link", args=[token_of(found)])
    found.delete()
    assert client.get(reverse("booking", args=[found.uid])).status_code == 404
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("sent", [{}, {"decision": ""}, {"decision": "maybe"}, {"reason": "none"}])
def test_a_press_without_a_choice_changes_nothing(
    client: Browser, world: World, sent: dict[str, str]
) -> None:
    found = book(client, world)
    stored = rows()
    response = send(client, reverse("cancel", args=[found.uid]), sent)
    assert response.status_code == 422
    assert "Choose whether to cancel or keep it" in text_of(response)
    assert rows() == stored


def test_keeping_it_keeps_it(client: Browser, world: World) -> None:
    found = book(client, world)
    stored = rows()
    response = send(client, reverse("cancel", args=[found.uid]), {"decision": "keep", "seen": 0})
    assert response["Location"] == reverse("booking", args=[found.uid])
    assert rows() == stored


def test_whoever_cancels_on_a_page_that_is_older_than_the_booking_is_told_where_it_stands(
    client: Browser, world: World
) -> None:
    found = book(client, world)
    path = reverse("cancel", args=[found.uid])
    there = Change(found.start + timedelta(days=1), found.format, found.place, 0)
    lifecycle.reschedule(found.pk, there, by=By.therapist(), now=NOW)
    stored = rows()
    asked = send(client, path, {"decision": "cancel", "reason": "Ill", "seen": 0})
    assert (asked.status_code, rows()) == (422, stored)
    assert "changed meanwhile. It’s now on Wednesday 25 November 2026" in text_of(asked)
    assert "Ill</textarea>" in text_of(asked)
    shown = asked.context["form"]
    carried = {name: shown[name].value() or "" for name in ("seen", "told")}
    send(client, path, {"decision": "cancel", "reason": "Ill", **carried})
    found.refresh_from_db()
    assert (found.is_cancelled, found.events.get(action="cancelled").reason) == (True, "Ill")


@pytest.mark.parametrize("seen", [{}, {"seen": ""}, {"seen": "x"}])
def test_a_page_that_does_not_say_what_it_showed_cancels_nothing(
    client: Browser, world: World, seen: dict[str, str]
) -> None:
    found = book(client, world)
    path, stored = reverse("cancel", args=[found.uid]), rows()
    asked = send(client, path, {"decision": "cancel", "reason": "Ill", **seen})
    assert (asked.status_code, rows()) == (422, stored)
    assert "This page was out of date. Please check it once more" in text_of(asked)
    send(client, path, {"decision": "cancel", "seen": asked.context["form"]["seen"].value()})
    found.refresh_from_db()
    assert found.is_cancelled


def test_cancelling_twice_sends_one_cancellation(client: Browser, world: World) -> None:
    found = book(client, world)
    for _ in range(3):
        said = {"decision": "cancel", "reason": "Ill", "seen": 0}
        send(client, reverse("cancel", args=[found.uid]), said)
    mails = OutgoingMail.objects.filter(about=about_booking(found.uid))
    assert mails.filter(kind="cancellation", invite_method="CANCEL").count() == 1
    assert mails.filter(kind="therapist_cancelled").count() == 1
    found.refresh_from_db()
    assert (found.is_cancelled, found.sequence) == (True, 1)
    page = text_of(client.get(reverse("booking", args=[found.uid])))
    assert "<h1>It’s cancelled. Nothing to pay.</h1>" in page
    assert "Choose another time" in page
    assert reverse("cancel", args=[found.uid]) not in page


def test_a_reason_that_is_too_long_is_kept_and_nothing_cancelled(
    client: Browser, world: World
) -> None:
    found = book(client, world)
    sent = {"decision": "cancel", "reason": "x" * 501, "seen": 0}
    response = send(client, reverse("cancel", args=[found.uid]), sent)
    assert response.status_code == 422
    assert "Keep this to 500 characters or fewer" in text_of(response)
    assert "x" * 501 in text_of(response)
    assert has_met(world.therapist.pk, EMAIL)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=5), timedelta(days=9)])
def test_cancelling_after_it_began_is_refused(
    client: Browser, world: World, clock: Clock, late: timedelta
) -> None:
    found = book(client, world)
    clock.move_to(found.start + late)
    browser = Browser()
    open_link(browser, token_of(found))
    page = text_of(browser.get(reverse("booking", args=[found.uid])))
    assert "Cancel this" not in page
    response = send(browser, reverse("cancel", args=[found.uid]), {"decision": "cancel", "seen": 0})
    assert response["Location"] == reverse("booking", args=[found.uid])
    found.refresh_from_db()
    assert not found.is_cancelled


def test_the_way_there_is_told_at_once_and_whenever_they_look(
    client: Browser, world: World
) -> None:
    world.therapist.places.update(directions="Ring the bell.\nThen wait.")
    own = f"/booking/{book(client, world).uid}/"
    for path in (own, f"{own}?booked=1"):
        assert "Ring the bell.<br>Then wait." in text_of(client.get(path)), path


def test_who_wants_no_reminders_reads_that_none_are_sent(client: Browser, world: World) -> None:
    found = book(client, world)
    path = f"/booking/{found.uid}/reminders/"
    open_link(client, token_of(found))
    assert "I remind you of each meeting by email." in text_of(client.get(path))
    send(client, path, {"decision": "stop"})
    assert "I don’t send you reminders." in text_of(client.get(path))


def test_the_page_of_reminders_shows_how_they_are_set_now(client: Browser, world: World) -> None:
    found = book(client, world)
    path = f"/booking/{found.uid}/reminders/"
    client.get(reverse("link", args=[token_of(found)]))

    def chosen() -> list[str]:
        inputs = re.findall(r"<input[^>]*type=\"radio\"[^>]*>", text_of(client.get(path)))
        return re.findall(r'value="(\w+)"', " ".join(one for one in inputs if "checked" in one))

    assert chosen() == ["send"]
    send(client, path, {"decision": "stop"})
    assert chosen() == ["stop"]
    # A press of every button on the page leaves it as it is.
    send(client, path, {"decision": chosen()[0]})
    assert chosen() == ["stop"]


def test_the_calendar_file_is_downloaded_without_a_method(client: Browser, world: World) -> None:
    found = book(client, world)
    response = client.get(reverse("ics", args=[found.uid]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    [calendar] = Calendar.from_ical(response.content, multiple=True)
    assert "METHOD" not in calendar
    [event] = calendar.walk("VEVENT")
    assert event["UID"] == str(found.uid)
    assert b"I sleep badly" not in response.content


WEB_CALENDAR = re.compile(
    r'<a class="btn btn-outline-primary" href="(https://[^"]+)" target="_blank"'
    r' rel="noopener noreferrer"> ?(\w+)'
    r'<span class="visually-hidden"> \(opens in a new tab\)</span>'
)


def test_a_booking_to_come_can_be_put_in_a_calendar_on_the_web(
    client: Browser, world: World
) -> None:
    found = book(client, world)
    page = text_of(client.get(reverse("booking", args=[found.uid])))
    links = {name: html.unescape(address) for address, name in WEB_CALENDAR.findall(page)}
    told = invite_for(Booking.objects.whole().get())
    assert links == {"Google": invites.google_link(told), "Outlook": invites.outlook_link(told)}
    assert f'href="{reverse("ics", args=[found.uid])}"' in page
    for word in ("Sam", "sleep", "07700", EMAIL, str(found.uid), "/b/"):
        assert word not in " ".join(links.values())
    for address in links.values():
        assert found.reference in address
        assert "https%3A//meet.example.org/kicks" in address


@pytest.mark.parametrize("state", ["cancelled", "past"])
def test_a_booking_that_is_over_is_offered_to_no_calendar(
    client: Browser, world: World, clock: Clock, state: str
) -> None:
    found = book(client, world)
    if state == "cancelled":
        send(client, reverse("cancel", args=[found.uid]), {"decision": "cancel", "seen": 0})
    else:
        token = token_of(found)
        clock.move_to(found.end)
        open_link(client, token)
    page = text_of(client.get(reverse("booking", args=[found.uid])))
    assert f"{'Choose' if state == 'cancelled' else 'Book'} another time" in page
    for word in ("calendar.google.com", "outlook.live.com", reverse("ics", args=[found.uid])):
        assert word not in page


def test_a_lost_answer_finds_the_same_booking(client: Browser, world: World) -> None:
    path = check_address(client, world)
    answers = {press(client, path)["Location"].partition("?")[0] for _ in range(3)}
    assert answers == {reverse("booking", args=[Booking.objects.get().uid])}
    assert client.get(path)["Location"] in answers


def test_a_known_client_books_a_session_with_their_link_and_is_asked_nothing_twice(
    client: Browser, world: World
) -> None:
    known = make_client(name="Kim Li", email="kim@example.com", accepted_at=NOW)
    token = pages_link(known)
    assert open_link(client, token)["Location"] == reverse("book")
    path = check_address(client, world, service=world.session, name="Evil", email="e@example.com")
    page = text_of(client.get(path))
    assert "Kim Li" in page
    assert "Evil" not in page
    press(client, path)
    found = Booking.objects.get()
    assert (found.client, found.service) == (known, world.session)
    assert found.price == Decimal(75)
    assert found.end - found.start == timedelta(minutes=50)
    assert known.consents.count() == 0


def test_somebody_not_yet_met_gets_no_session(client: Browser, world: World) -> None:
    stranger = make_client()
    open_link(client, pages_link(stranger))
    path = check_address(client, world, service=world.session)
    response = press(client, path)
    assert response.status_code == 422
    assert "I offer this to people I’ve already met." in text_of(response)
    assert Booking.objects.count() == 0


def test_a_consultation_that_was_held_opens_the_sessions(client: Browser, world: World) -> None:
    met = make_client()
    force_booking(world, NOW - timedelta(days=7), client=met)
    open_link(client, pages_link(met))
    assert press(client, check_address(client, world, service=world.session)).status_code == 302
