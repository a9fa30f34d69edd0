"""What the list of bookings shows, and that nothing hides rows without saying so."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Booking
from tests.desk.bookings.test_record_outcome import said
from tests.factories import NOW, World, force_booking, make_client
from tests.pages import signed_in, text_of

LIST = reverse("admin:bookings_booking_changelist")
DAY = timedelta(days=1)


@pytest.fixture
def mine(world: World) -> Browser:
    return signed_in(world.therapist)


def shown(browser: Browser, **query: str) -> list[Any]:
    return list(browser.get(LIST, query).context["cl"].result_list)


def which(browser: Browser, **query: str) -> str:
    """What the list says above it that it shows."""
    [one] = [one for one in browser.get(LIST, query).context["times"] if one["selected"]]
    return str(one["display"])


def test_what_is_cancelled_is_not_to_come(mine: Browser, world: World) -> None:
    stands = force_booking(world, NOW + DAY)
    gone = force_booking(world, NOW + 2 * DAY, status="cancelled")
    assert shown(mine) == shown(mine, when="upcoming") == [stands]
    assert shown(mine, status__exact="cancelled") == [gone]
    assert shown(mine, when="all") == [stands, gone]
    assert shown(mine, when="upcoming", status__exact="cancelled") == []


def test_a_clients_history_is_found_whenever_it_was(mine: Browser, world: World) -> None:
    sam = make_client(name="Samira Khan")
    past = force_booking(world, NOW - DAY, client=sam)
    gone = force_booking(world, NOW + DAY, client=sam, status="cancelled")
    force_booking(world, NOW + 2 * DAY)
    assert shown(mine, q="samira") == [gone, past]
    assert which(mine, q="samira") == "All"
    assert shown(mine, q="samira", when="past") == [past]
    assert shown(mine, q=" ", when="") == shown(mine)


def test_the_list_says_above_it_what_it_shows(mine: Browser, world: World) -> None:
    force_booking(world, NOW - DAY)
    assert [which(mine, **query) for query in ({}, {"when": "past"}, {"when": "nonsense"})] == [
        "Upcoming",
        "Past",
        "Upcoming",
    ]
    page = text_of(mine.get(LIST))
    for words in ("Upcoming", "Waiting for an answer", "Past", "All"):
        assert re.search(rf">\s*{words}\s*</a>", page)
    nothing = text_of(mine.get(LIST, {"when": "upcoming"}))
    assert "Nothing matches" in nothing
    assert 'href="?when=all"' in nothing


def test_whoever_was_asked_to_move_and_has_not_answered_is_listed(
    mine: Browser, world: World
) -> None:
    asked = force_booking(world, NOW + DAY, asked_at=NOW - DAY)
    force_booking(world, NOW + 2 * DAY)
    force_booking(world, NOW + 3 * DAY, asked_at=NOW - DAY, status="cancelled")
    force_booking(world, NOW - DAY, asked_at=NOW - 2 * DAY)
    assert shown(mine, when="asked") == [asked]
    assert which(mine, when="asked") == "Waiting for an answer"


def test_recording_leads_back_to_the_list_as_it_was_narrowed(mine: Browser, world: World) -> None:
    first, second = (force_booking(world, NOW - n * DAY) for n in (1, 2))
    narrowed = f"{LIST}?when=all&went=0"
    page = mine.get(narrowed)
    assert list(page.context["cl"].result_list) == [first, second]
    kept = "?_changelist_filters=when%3Dall%26went%3D0"
    change = reverse("admin:bookings_booking_change", args=[first.pk])
    assert f"{change}{kept}" in text_of(page)
    record = reverse("admin:bookings_booking_record", args=[first.pk]) + kept
    assert record in text_of(mine.get(change + kept))
    assert f'href="{change}{kept}"' in text_of(mine.get(record))
    done = mine.post(record, said(first), follow=True)
    assert done.redirect_chain == [(narrowed, 302)]
    assert list(done.context["cl"].result_list) == [second]
    assert "Recorded: Sam Okafor, Sunday 22" in text_of(done)


def test_each_page_of_a_booking_leads_back_with_the_filters(mine: Browser, world: World) -> None:
    found = force_booking(world, NOW + DAY, late_fee=30)
    kept = "?_changelist_filters=when%3Dupcoming"
    change = reverse("admin:bookings_booking_change", args=[found.pk])
    links = [url for url, _ in mine.get(change + kept).context["action_links"]]
    assert links
    for url in links:
        assert "_changelist_filters=when%3Dupcoming" in url
        assert f'href="{change}{kept}"' in text_of(mine.get(url))
    page = reverse("admin:bookings_booking_details", args=[found.pk])
    assert mine.post(page + kept)["Location"] == change + kept
    assert Booking.objects.get().reference == found.reference


# --- what a page says was done


def page(name: str, found: Booking) -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[found.pk])


def test_a_move_to_where_it_stands_says_that_nothing_changed(mine: Browser, world: World) -> None:
    """Whoever put it there: from a page of before, too, which has seen another place."""
    found = force_booking(world, NOW + DAY, changed_at=NOW - DAY)
    sent = {"start": "2026-11-24T09:00", "place": found.place_id, "reason": ""}
    Booking.objects.update(sequence=2)  # there and back again, in another tab
    for seen in ("0", "2"):
        shown = text_of(mine.post(page("move", found), {**sent, "seen": seen}, follow=True))
        assert "Nothing changed: it stays on Tuesday 24" in shown
        assert "is told by email" not in shown
    assert not found.events.exists()


def test_cancelling_what_somebody_cancelled_before_mails_nobody_and_says_so(
    mine: Browser, world: World
) -> None:
    found = force_booking(world, NOW + DAY, status="cancelled", changed_at=NOW - DAY)
    sent = {"reason": "I’m away.", "seen": "0"}
    shown = text_of(mine.post(page("cancel", found), sent, follow=True))
    assert "It was cancelled before. Nothing changed, and nobody was emailed." in shown
    assert "is told by email" not in shown
    assert not found.events.exists()
