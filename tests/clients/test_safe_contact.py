"""How somebody can be reached safely: which ways, by which words, and at which hours."""

from datetime import UTC, datetime, time

import pytest
from django.db import IntegrityError

from clients.models import Client
from tests.factories import NOW, make_client

NIGHT = {"quiet_from": time(22), "quiet_until": time(7, 30)}
LATE, EARLY = NOW.replace(hour=23), NOW.replace(hour=7, minute=29)


def test_who_said_nothing_is_emailed_and_called_and_left_no_message() -> None:
    anybody = Client()
    assert (anybody.may_email, anybody.may_phone) == (True, True)
    assert (anybody.may_leave_message, anybody.may_text, anybody.neutral_words) == (False,) * 3
    assert not anybody.has_quiet_hours
    assert not anybody.is_quiet(NOW)
    assert anybody.quiet_label == ""
    assert anybody.reachable_from(LATE) == LATE


NOON = {"quiet_from": time(12), "quiet_until": time(14)}


@pytest.mark.parametrize(
    ("hours", "moment"),
    [
        (NIGHT, LATE),
        (NIGHT, EARLY),
        (NOON, NOW.replace(hour=13)),
        # In summer the UK's clocks are an hour ahead of the moment's own.
        (NIGHT, datetime(2026, 7, 1, 21, 0, tzinfo=UTC)),
    ],
)
def test_quiet_hours_are_the_uks_and_may_go_over_midnight(
    hours: dict[str, time], moment: datetime
) -> None:
    assert Client(**hours).is_quiet(moment)


@pytest.mark.parametrize(
    ("hours", "moment"),
    [
        (NIGHT, NOW.replace(hour=7, minute=30)),
        (NIGHT, NOW.replace(hour=21, minute=59)),
        (NOON, NOW.replace(hour=14)),
        (NIGHT, datetime(2026, 7, 1, 6, 30, tzinfo=UTC)),
    ],
)
def test_quiet_hours_end(hours: dict[str, time], moment: datetime) -> None:
    assert not Client(**hours).is_quiet(moment)


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        (LATE, datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        (EARLY, datetime(2026, 11, 23, 7, 30, tzinfo=UTC)),
        (NOW, NOW),
        # The night on which the clocks go forward: they end by the clock, an hour sooner.
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 3, 29, 6, 30, tzinfo=UTC)),
    ],
)
def test_what_may_wait_waits_until_the_quiet_hours_end(moment: datetime, end: datetime) -> None:
    sam = Client(**NIGHT)
    assert sam.quiet_label == "10pm to 7:30am"
    assert sam.reachable_from(moment) == end


@pytest.mark.parametrize(
    ("facts", "phone", "moment", "link"),
    [
        ({}, "07700 900123", NOW, "tel:+447700900123"),
        ({}, "", NOW, ""),
        ({}, "ask my sister", NOW, ""),
        ({"may_phone": False}, "07700 900123", NOW, ""),
        (NIGHT, "07700 900123", NOW, "tel:+447700900123"),
        (NIGHT, "07700 900123", LATE, ""),
    ],
)
def test_a_call_is_offered_only_where_and_when_it_is_safe(
    facts: dict[str, object], phone: str, moment: datetime, link: str
) -> None:
    assert Client(**facts).call_link(phone, moment) == link


@pytest.mark.django_db
@pytest.mark.parametrize(
    "half", [{"quiet_from": time(22)}, {"quiet_until": time(7)}, dict.fromkeys(NIGHT, time(7))]
)
def test_quiet_hours_have_two_ends_that_differ(half: dict[str, time]) -> None:
    with pytest.raises(IntegrityError, match="client_quiet_hours_have_two_ends"):
        make_client(**half)
