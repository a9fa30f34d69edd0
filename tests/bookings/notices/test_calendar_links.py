"""The links that open a filled-in event in a web calendar: exact addresses, discreet words."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.notices import invites
from bookings.notices.invites import Invite
from tests.bookings.notices.calendars import WRITABLE, invite

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"
# Either side of each clock change: an instant, as both calendars are told it, and fifty on.
MOMENTS = [
    (datetime(2026, 10, 24, 13, tzinfo=UTC), "20261024T130000Z/20261024T135000Z"),
    (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "20261025T003000Z/20261025T012000Z"),
    (datetime(2026, 10, 25, 14, tzinfo=UTC), "20261025T140000Z/20261025T145000Z"),
    (datetime(2027, 3, 27, 14, tzinfo=UTC), "20270327T140000Z/20270327T145000Z"),
    (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), "20270328T003000Z/20270328T012000Z"),
    (datetime(2027, 3, 28, 13, tzinfo=UTC), "20270328T130000Z/20270328T135000Z"),
]
Link = Callable[[Invite], str]
links = pytest.mark.parametrize("link", [invites.google_link, invites.outlook_link])


def told(address: str) -> dict[str, str]:
    """What the calendar is told; each thing once."""
    query = parse_qs(urlsplit(address).query, strict_parsing=True)
    return {name: value for name, [value] in query.items()}


def test_google_is_told_exactly_this() -> None:
    booked = invite(datetime(2026, 7, 3, 13, tzinfo=UTC))
    assert invites.google_link(booked) == (
        f"{GOOGLE}?action=TEMPLATE&text=Appointment&dates=20260703T130000Z/20260703T135000Z"
        "&ctz=Europe/London&location=The%20Fulham%20room&details=Reference%20KT-234567."
    )


def test_outlook_is_told_exactly_this() -> None:
    booked = invite(datetime(2026, 7, 3, 13, tzinfo=UTC))
    assert invites.outlook_link(booked) == (
        f"{OUTLOOK}?path=/calendar/action/compose&rru=addevent&subject=Appointment"
        "&startdt=2026-07-03T13%3A00%3A00Z&enddt=2026-07-03T13%3A50%3A00Z"
        "&location=The%20Fulham%20room&body=Reference%20KT-234567."
    )


@pytest.mark.parametrize(("start", "dates"), MOMENTS)
def test_both_are_told_the_instants_on_both_sides_of_a_clock_change(
    start: datetime, dates: str
) -> None:
    booked = invite(start)
    assert told(invites.google_link(booked))["dates"] == dates
    outlook = told(invites.outlook_link(booked))
    ends = [datetime.fromisoformat(outlook[name]) for name in ("startdt", "enddt")]
    assert ends == [booked.start, booked.end]
    assert all(end.tzinfo for end in ends)


@links
@given(place=st.text(WRITABLE))
def test_any_place_arrives_as_it_is_and_adds_nothing(link: Link, place: str) -> None:
    booked = invite(datetime(2026, 7, 3, 13, tzinfo=UTC), location=place)
    plain = told(link(invite(booked.start, location="")))
    assert told(link(booked)) == {**plain, **({"location": place} if place.strip() else {})}
    assert link(booked).isascii()
    assert "+" not in link(booked)


@links
@pytest.mark.parametrize(
    ("place", "arrives"),
    [("A&B?c=d #1 + 2%", "A&B?c=d #1 + 2%"), ("x\x00\r\ny\x1bz\ud800", "x \ny z ")],
)
def test_no_place_can_break_out_of_its_parameter(link: Link, place: str, arrives: str) -> None:
    address = link(invite(datetime(2026, 7, 3, 13, tzinfo=UTC), location=place))
    assert address.isascii()
    assert address.isprintable()
    assert told(address)["location"] == arrives


@links
def test_a_web_calendar_learns_nobodys_name(link: Link) -> None:
    address = link(invite(datetime(2026, 7, 3, 13, tzinfo=UTC))).lower()
    for word in ("sam", "okafor", "example", "therapy", "robin", "kicks"):
        assert word not in address


@links
@pytest.mark.parametrize("empty", ["", " ", "\x00"])
def test_what_is_empty_is_left_out(link: Link, empty: str) -> None:
    address = link(invite(datetime(2026, 7, 3, 13, tzinfo=UTC), location=empty, description=empty))
    assert {"location", "details", "body"} & told(address).keys() == set()
