"""Bad input in the address: times, choices, days and drafts that no link of ours would say."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import strip_tags

from availability.models import DifferentHours, Format, TimeOff, WeeklyHours
from bookings.models import Booking
from tests import factories
from tests.clock import Clock
from tests.factories import World, lapse_holds
from tests.pages import (
    NAME,
    NOTHING,
    ONE_BOOKING,
    SLOT,
    address,
    book,
    carried,
    check_address,
    rows,
    send_details,
    text_of,
)

MALFORMED = "Choose one of these times"
NOT_OFFERED = "That isn’t one of the times I can offer. Choose one from the list."
PAST = "That time has passed. Choose another time."
TOO_FAR = "That time is too far ahead: I take bookings for the next 42 days."

ARABIC = "2026-11-24T10:00".translate({ord(str(n)): chr(0x660 + n) for n in range(10)})

SLOTS = {
    "a gap in the clock": ("2026-03-29T01:30", MALFORMED),
    "a fold in the clock": ("2026-10-25T01:30", MALFORMED),
    "no leap year": ("2027-02-29T10:00", MALFORMED),
    "yesterday": ("2026-11-22T10:00", PAST),
    "inside the notice": (
        "2026-11-23T15:00",
        "That time is too soon: I need 12 hours’ notice. Choose a later time.",
    ),
    "in 400 days": ("2027-12-28T10:00", TOO_FAR),
    "off the grid": ("2026-11-24T10:07", NOT_OFFERED),
    "three in the morning": ("2026-11-24T03:00", NOT_OFFERED),
    "a Saturday": ("2026-11-28T10:00", NOT_OFFERED),
    "so late that it would end after hours": ("2026-11-24T17:00", NOT_OFFERED),
    "leave at Christmas": ("2026-12-25T10:00", NOT_OFFERED),
    "an ISO week": ("2026-W49-1T10:00", MALFORMED),
    "no dashes": ("20261130T1000", MALFORMED),
    "Arabic digits": (ARABIC, MALFORMED),
    "a full-width digit": ("2026-11-24T1\N{FULLWIDTH DIGIT ZERO}:00", MALFORMED),
    "a trailing NUL": ("2026-11-24T10:00\x00", "Choose a time"),
    "a line end": ("2026-11-24T10:00\n", "Choose a time"),
    "an injected header": ("2026-11-24T10:00\r\nSet-Cookie: a=b", "Choose a time"),
    "the British way round": ("12/11/2026", MALFORMED),
    "the American way round": ("12/01/2026", MALFORMED),
    "the year 9999": ("9999-12-31T23:59", MALFORMED),
    "the year 1": ("0001-01-01T00:00", MALFORMED),
    "the year 0": ("0000-01-01T00:00", MALFORMED),
    "the 13th month": ("2026-13-01T10:00", MALFORMED),
    "the 31st of November": ("2026-11-31T10:00", MALFORMED),
    "hour 24": ("2026-11-24T24:00", MALFORMED),
    "minute 60": ("2026-11-24T10:60", MALFORMED),
    "no time": ("2026-11-24", MALFORMED),
    "seconds": ("2026-11-24T10:00:00", MALFORMED),
    "a zone": ("2026-11-24T10:00Z", MALFORMED),
    "an offset": ("2026-11-24T10:00+00:00", MALFORMED),
    "a space for the T": ("2026-11-24 10:00", MALFORMED),
    "a space before": (" 2026-11-24T10:00", MALFORMED),
    "a minus": ("-026-11-24T10:00", MALFORMED),
    "missing": (None, "Choose a time"),
    "empty": ("", "Choose a time"),
    "5,000 digits": ("9" * 5000, "Choose a time"),
    "SQL": ("' OR 1=1 --", MALFORMED),
    "a template": ("{{7*7}}", MALFORMED),
    "a path": ("../../etc/passwd", MALFORMED),
}


@pytest.fixture
def christmas(world: World) -> World:
    TimeOff.objects.create(
        therapist=world.therapist,
        starts_at=datetime(2026, 12, 24, tzinfo=UTC),
        ends_at=datetime(2026, 12, 28, tzinfo=UTC),
    )
    return world


@pytest.mark.parametrize(("slot", "said"), SLOTS.values(), ids=SLOTS)
def test_a_time_that_cannot_be_booked_leads_back_to_the_times_with_the_answers_kept(
    client: Browser, christmas: World, slot: str | None, said: str
) -> None:
    shown = client.get(address("details", christmas, slot=slot))
    posted = send_details(client, christmas, slot)
    for response in (shown, posted):
        assert response.status_code == 422
        assert said in text_of(response)
        assert 'name="slot"' in text_of(response)
    assert rows() == NOTHING
    draft = text_of(posted).partition('name="draft" value="')[2].partition('"')[0]
    moved = client.get(address("details", christmas, slot=SLOT, draft=draft), follow=True)
    assert moved.redirect_chain == [(reverse("check", args=[draft]), 302)]
    assert NAME in text_of(moved)


def test_the_29th_of_february_is_a_day_like_any_other(
    client: Browser, world: World, clock: Clock
) -> None:
    clock.move_to(datetime(2028, 2, 1, 9, tzinfo=UTC))
    book(client, world, "2028-02-29T10:00")
    assert rows() == ONE_BOOKING


def test_a_time_given_twice_counts_once(client: Browser, world: World) -> None:
    twice = address("details", world, slot=["rubbish", SLOT])
    assert client.get(twice).status_code == 200
    assert client.get(address("details", world, slot=[SLOT, "rubbish"])).status_code == 422


def test_a_walk_is_refused_in_an_online_hour(client: Browser, world: World) -> None:
    DifferentHours.objects.create(
        therapist=world.therapist,
        day=date(2026, 11, 24),
        opens=time(9),
        closes=time(12),
        formats=[Format.ONLINE],
    )
    walk = address("details", world, how=Format.WALKING, slot=SLOT)
    assert NOT_OFFERED in text_of(client.get(walk))
    assert client.get(address("details", world, slot=SLOT)).status_code == 200


def test_where_no_time_is_free_the_missing_choice_leads_to_what_can_be_done(
    client: Browser, world: World
) -> None:
    WeeklyHours.objects.all().delete()
    response = client.get(address("details", world))
    assert response.status_code == 422
    assert '<a href="#main">Choose a time</a>' in text_of(response)


def test_a_time_that_was_taken_names_the_nearest_free_ones(client: Browser, world: World) -> None:
    factories.book(world, factories.NOW + timedelta(days=1, hours=1))
    response = client.get(address("details", world, slot=SLOT))
    assert response.status_code == 422
    page = text_of(response)
    assert (
        "Tuesday 24 November 2026, 10am UK time has just been taken. Your details are safe" in page
    )
    assert "Tuesday 24 November 2026, 9:30am UK time" in page
    assert "Tuesday 24 November 2026, 10:30am UK time" in page


HOSTILE: dict[str, Any] = {
    "NUL": "\x00",
    "5,000 digits": "9" * 5000,
    "empty": "",
    "twice": ["consultation", "online"],
    "SQL": "' OR 1=1; DROP TABLE bookings_booking --",
    "a template": "{{7*7}}{% debug %}",
    "a script": "<script>alert(1)</script>",
    "a path": "../../etc/passwd",
    "a foreign address": "//evil.example",
    "CRLF": "a\r\nSet-Cookie: a=b",
    "the last day": "9999-12-31",
    "the first day": "0001-01-01",
    "the 13th month": "2026-13-01",
    "the British way round": "12/11/2026",
    "a century ago": "1926-11-24",
    "in a century": "2126-11-24",
    "bidi": "\N{RIGHT-TO-LEFT OVERRIDE}",
    "emoji": "😀",
}
PARAMETERS = ("what", "how", "who", "day", "from", "draft", "choice", "again", "next", "zone")


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_hostile_parameter_is_read_as_absent_or_refused(
    client: Browser, world: World, name: str
) -> None:
    for value, step in product(HOSTILE.values(), ("book", "time", "details")):
        response = client.get(address(step, world, **{"slot": SLOT, name: value}))
        assert response.status_code in {200, 302, 422}, (step, value)
        assert response.get("Location", "/book/").startswith("/book/"), (step, value)
        assert "<script>alert" not in response.content.decode(), (step, value)
    assert rows() == NOTHING


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"what": "massage", "how": None}, "I don’t offer that. Here’s what you can book."),
        ({"how": "telepathy"}, "I don’t offer that. Here’s what you can book."),
    ],
)
def test_an_unknown_service_or_format_shows_what_there_is(
    client: Browser, world: World, query: dict[str, Any], said: str
) -> None:
    response = client.get(address("time", world, **query), follow=True)
    assert response.status_code == 200
    assert said in text_of(response)
    assert "Free 15-minute consultation" in strip_tags(text_of(response)).replace(
        "\N{NO-BREAK SPACE}", " "
    )


@pytest.mark.parametrize("name", ["day", "from"])
@pytest.mark.parametrize(
    ("value", "weeks"),
    [
        ("1999-01-01", "23 November to 13 December"),
        ("2026-11-22", "23 November to 13 December"),
        ("2199-12-31", "4 to 24 January"),
    ],
)
def test_a_day_out_of_reach_shows_the_nearest_weeks(
    client: Browser, world: World, name: str, value: str, weeks: str
) -> None:
    response = client.get(address("time", world, **{name: value}))
    assert response.status_code == 200
    assert f'<h2 id="days-h">{weeks}</h2>' in text_of(response)


def test_tampered_price_length_and_status_are_ignored(client: Browser, world: World) -> None:
    extra: dict[str, str] = {
        "price": "0.01",
        "length_minutes": "600",
        "status": "cancelled",
        "service_id": str(world.session.pk),
        "client": "1",
    }
    path = check_address(client, world, **extra)
    location = client.post(path, {**carried(client, path), **extra})["Location"]
    found = Booking.objects.get(uid=location.split("/")[2])
    assert (found.price, found.status) == (Decimal(0), "confirmed")
    assert found.service == world.consultation
    assert found.end - found.start == timedelta(minutes=15)
    assert rows() == ONE_BOOKING


def test_a_draft_of_another_visitor_cannot_be_read(client: Browser, world: World) -> None:
    path = check_address(client, world)
    assert NAME in text_of(client.get(path))
    stranger = Browser()
    asked = stranger.get(path)
    assert (asked.status_code, asked["Location"]) == (302, "/book/?again=1")
    draft = path.split("/")[3]
    where = address("details", world, slot=SLOT, draft=draft)
    for status in (422, 200):  # first while the time is held, then as one for anybody
        form = stranger.get(where)
        assert form.status_code == status
        assert NAME not in text_of(form)
        lapse_holds()
    assert stranger.post(path)["Location"] == "/book/?again=1"
    assert rows() == NOTHING


def test_a_draft_is_unreadable_in_the_session_table(client: Browser, world: World) -> None:
    check_address(client, world, name="Canary Bird", email="canary@example.com", note="I coo")
    stored = json.dumps([row.get_decoded() for row in Session.objects.all()])
    assert "drafts" in stored
    for word in ("Canary", "canary", "coo", "07700"):
        assert word not in stored
