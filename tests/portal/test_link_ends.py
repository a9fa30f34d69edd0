"""A private link has a purpose, an end and a mailbox; open browsers ask whether it stands."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Practice
from bookings import lifecycle, tasks
from bookings.by import By
from bookings.lifecycle import Change
from bookings.models import Booking
from bookings.notices import private_links
from bookings.notices.keys import about_booking, about_client
from clients.models import AccessLink, Client
from tests.clock import Clock
from tests.factories import NOW, World, force_booking, make_client, pages_link
from tests.pages import book, open_link, send, text_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = NOW + DAY + HOUR


def link_of(token: str) -> str:
    return reverse("link", args=[token])


def status_of(token: str) -> int:
    return open_link(Browser(), token).status_code


@pytest.fixture
def found(world: World) -> Booking:
    return force_booking(world, START)


def test_a_link_ends_some_days_after_its_meeting(found: Booking, clock: Clock) -> None:
    token = private_links.to_booking(found, NOW)
    clock.move_to(found.end + 30 * DAY - timedelta(seconds=1))
    assert status_of(token) == 302
    clock.move_to(found.end + 30 * DAY)
    assert status_of(token) == 404


def test_the_practice_says_after_how_many(found: Booking, clock: Clock) -> None:
    Practice.objects.update(link_days=7)
    token = private_links.to_booking(Booking.objects.whole().get(), NOW)
    clock.move_to(found.end + 7 * DAY)
    assert status_of(token) == 404


def test_a_page_that_is_open_closes_when_its_link_ends(found: Booking, clock: Clock) -> None:
    Practice.objects.update(link_days=1)
    token = private_links.to_booking(Booking.objects.whole().get(), NOW)
    browser, page = Browser(), reverse("booking", args=[found.uid])
    clock.move_to(found.end + DAY - timedelta(minutes=5))
    open_link(browser, token)
    assert browser.get(page).status_code == 200
    clock.move_to(found.end + DAY)
    assert browser.get(page).status_code == 404


def test_the_link_of_a_meeting_that_moves_ends_with_the_new_time(found: Booking) -> None:
    token = private_links.to_booking(found, NOW)
    later = found.start + 7 * DAY
    to = Change(later, found.format, found.place, found.sequence)
    lifecycle.reschedule(found.pk, to, by=By.therapist(), now=NOW)
    ends = set(
        AccessLink.objects.filter(about=about_booking(found.uid)).values_list("ends_at", flat=True)
    )
    assert ends == {found.end + 37 * DAY}
    assert status_of(token) == 302


def test_moving_does_not_keep_the_browser_that_booked_open(
    client: Browser, world: World, clock: Clock
) -> None:
    found = book(client, world, slot="2026-11-26T10:00")
    to = Change(found.start + 7 * DAY, found.format, found.place, 0)
    lifecycle.reschedule(found.pk, to, by=By.therapist(), now=NOW)
    page = reverse("booking", args=[found.uid])
    clock.shift(timedelta(minutes=59))
    assert client.get(page).status_code == 200
    clock.shift(timedelta(minutes=1))
    assert client.get(page).status_code == 404


def test_the_link_to_book_ends_so_long_after_the_last_meeting(world: World, clock: Clock) -> None:
    sam = make_client(accepted_at=NOW)
    never_met = pages_link(sam)
    assert AccessLink.objects.get().ends_at == NOW + 30 * DAY
    force_booking(world, START, client=sam, service=world.session)
    pages_link(sam)
    assert AccessLink.objects.latest("pk").ends_at == Booking.objects.get().end + 30 * DAY
    clock.shift(30 * DAY)
    assert status_of(never_met) == 404


def test_it_stays_open_for_the_sessions_that_are_booked_with_it(
    client: Browser, world: World
) -> None:
    sam = make_client(accepted_at=NOW)
    open_link(client, pages_link(sam))
    found = book(client, world, slot="2026-12-08T10:00", service=world.session)
    ends = AccessLink.objects.get(purpose="client").ends_at
    assert ends == found.end + 30 * DAY


def test_a_revoked_link_closes_the_browsers_that_it_opened(client: Browser, found: Booking) -> None:
    token = private_links.to_booking(found, NOW)
    open_link(client, token)
    own = [
        reverse(name, args=[found.uid])
        for name in ("booking", "change", "cancel", "reminders", "ics")
    ]
    assert {client.get(path).status_code for path in own} == {200}
    assert AccessLink.objects.all().revoke(NOW) == 1
    assert {client.get(path).status_code for path in own} == {404}
    stored = Booking.objects.values().get()
    assert send(client, own[2], {"decision": "cancel", "seen": 0}).status_code == 404
    assert Booking.objects.values().get() == stored
    assert status_of(token) == 404


def test_it_closes_the_browser_that_booked_too(client: Browser, world: World) -> None:
    found = book(client, world)
    AccessLink.objects.all().revoke(NOW)
    assert client.get(reverse("booking", args=[found.uid])).status_code == 404


def test_a_link_sent_to_another_address_opens_nothing_whoever_changed_it(
    client: Browser, found: Booking
) -> None:
    """Not even one that a worker was writing meanwhile, which nobody could revoke."""
    token = private_links.to_booking(found, NOW)
    open_link(client, token)
    Client.objects.update(email="new@example.com", mailbox="new@example.com")
    assert client.get(reverse("booking", args=[found.uid])).status_code == 404
    assert status_of(token) == 404


def test_the_case_of_an_address_is_no_other_address(found: Booking) -> None:
    token = private_links.to_booking(found, NOW)
    Client.objects.update(email=found.client.email.upper())
    assert status_of(token) == 302


def test_a_link_that_a_release_before_writes_opens_what_it_is_about(
    world: World, found: Booking
) -> None:
    tokens = []
    for about in (about_booking(found.uid), about_client(found.client_id)):
        link, token = AccessLink.mint(found.client, about=about, created_at=NOW, purpose="")
        link.sent_to = ""
        AccessLink.objects.bulk_create([link])
        tokens.append(token)
    led = [open_link(Browser(), token)["Location"] for token in tokens]
    assert led == [reverse("booking", args=[found.uid]), reverse("book")]


def test_what_is_closed_is_one_page_that_offers_new_links(
    client: Browser, found: Booking, clock: Clock
) -> None:
    """A guess learns nothing: an ended link, a revoked one, another's booking, none at all."""
    ended = private_links.to_booking(found, NOW)
    stop = private_links.store([private_links.reminders_link(found, NOW)])[0]
    clock.move_to(found.end + 30 * DAY)
    links = [link_of(ended), link_of(stop), link_of("x" * 43), link_of("x" * 10_000)]
    links += [reverse("stop_reminders", args=[token]) for token in (ended, stop, "x" * 43)]
    names = ("booking", "change", "move", "cancel", "reminders", "ics")
    pages = [reverse(name, args=[uid]) for name in names for uid in (found.uid, uuid.uuid4())]
    answers = [client.get(path) for path in (*links, *pages, reverse("stopping"))]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    for alike in (answers[: len(links)], answers[len(links) :]):
        assert {str(sorted(one.headers.items())) for one in alike} == {
            str(sorted(alike[0].headers.items()))
        }
    assert not client.cookies
    assert f'href="{reverse("sessions")}"' in text_of(answers[0])
    for one in answers:
        assert "no-store" in one["Cache-Control"]
        assert one["X-Robots-Tag"] == "noindex"


def test_links_that_were_mailed_before_get_their_end(world: World) -> None:
    """A link to a meeting of three years ago opens nothing from then on; the others go on."""
    old = force_booking(world, NOW - 3 * 365 * DAY)
    new = force_booking(world, START, client=old.client)
    made: dict[str, datetime] = {"old": NOW - 3 * 365 * DAY, "new": NOW, "pages": NOW}
    about = {
        "old": about_booking(old.uid),
        "new": about_booking(new.uid),
        "pages": about_client(old.client_id),
    }
    tokens = {}
    for name, at in made.items():
        link, tokens[name] = AccessLink.mint(
            old.client, about=about[name], created_at=at, purpose=""
        )
        link.sent_to = ""
        AccessLink.objects.bulk_create([link])
    with connection.cursor() as cursor:
        for statement in _statements():
            cursor.execute(statement)
    assert {name: status_of(token) for name, token in tokens.items()} == {
        "old": 404,
        "new": 302,
        "pages": 302,
    }
    assert set(AccessLink.objects.values_list("purpose", "sent_to")) == {
        ("booking", old.client.email),
        ("client", old.client.email),
    }


def _statements() -> list[str]:
    loader = MigrationExecutor(connection).loader
    migration = loader.get_migration("bookings", "0018_links_end")
    return [operation.sql for operation in migration.operations]  # type: ignore[attr-defined]


def test_links_that_ended_a_month_ago_are_forgotten(found: Booking, clock: Clock) -> None:
    private_links.to_booking(found, NOW)
    clock.move_to(found.end + 60 * DAY)
    tasks.housekeeping()
    assert AccessLink.objects.count() == 1
    clock.shift(timedelta(seconds=1))
    tasks.housekeeping()
    assert not AccessLink.objects.exists()
