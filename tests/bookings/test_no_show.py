"""Who doesn't come and hasn't cancelled owes what cancelling at the last moment would have cost."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings import lifecycle, outcomes
from bookings.by import By
from bookings.models import Booking
from bookings.notices.summary import history
from bookings.outcomes import Report
from outbox.models import OutgoingMail
from tests.desk.bookings.test_record_outcome import said
from tests.factories import NOW, World, force_booking
from tests.meanwhile import LOCK, meanwhile
from tests.pages import signed_in, text_of

THERAPIST = By.therapist()
HOUR = timedelta(hours=1)
AGREED = {"move_hours": 24, "cancel_hours": 48, "most_moves": None, "late_fee": "37.50"}


def past(world: World, **facts: Any) -> Booking:
    """A session that began an hour ago, agreed a week ago."""
    fresh = {
        "service": world.session,
        "terms": AGREED,
        "created_at": NOW - timedelta(days=7),
        "changed_at": NOW - timedelta(days=7),
    }
    return force_booking(world, NOW - HOUR, **{**fresh, **facts})


def record(found: Booking, attendance: str, *, charges: bool = True) -> Booking:
    seen = outcomes.last_line(found.pk)
    report = Report(attendance, charges=charges, seen=seen)
    return lifecycle.record(found.pk, report, by=THERAPIST, now=NOW)


@pytest.mark.parametrize(
    ("facts", "owed"),
    [
        ({}, "£37.50"),
        ({"terms": {}}, ""),
        ({"terms": {**AGREED, "cancel_hours": 0}}, ""),
        # Booked in the last minutes before it began: nothing is late yet.
        ({"created_at": NOW - HOUR, "added_terms": {"grace_minutes": 30}}, ""),
        # Asked to move by the therapist: nothing costs anything.
        ({"asked_at": NOW - 3 * HOUR}, ""),
        # Moved when cancelling was no longer free: that stays due, and the move's own fee with it.
        ({"terms": {}, "fee_if_cancelled": Decimal(20)}, "£20"),
        ({"late_fee": Decimal(10)}, "£47.50"),
        ({"late_fee": Decimal(10), "fee_waived": True}, "£37.50"),
    ],
    ids=str,
)
def test_who_does_not_come_owes_by_the_terms_that_were_agreed(
    world: World, facts: dict[str, Any], owed: str
) -> None:
    found = record(past(world, **facts), "no_show")
    found.refresh_from_db()
    assert found.owed_label == owed
    assert not OutgoingMail.objects.exists()


def test_a_report_that_is_put_right_takes_the_fee_back(world: World) -> None:
    found = past(world)
    record(found, "no_show")
    record(found, "no_show")
    assert found.events.get().what == "No-show. £37.50 is due"
    assert record(found, "late").owed_label == ""
    assert record(found, "no_show", charges=False).owed_label == ""
    assert record(found, "no_show").owed_label == "£37.50"


def test_a_fee_for_not_coming_is_waived_without_a_word_to_who_never_heard_of_it(
    world: World,
) -> None:
    found = past(world)
    record(found, "no_show")
    lifecycle.waive_fee(found.pk, by=THERAPIST, now=NOW)
    found.refresh_from_db()
    assert (found.owed_label, found.fee_waived) == ("", True)
    assert not OutgoingMail.objects.exists()
    assert history(found) == []
    # Said once more, it stays waived; said anew after they had come, it is due.
    assert record(found, "no_show").owed_label == ""
    record(found, "attended")
    assert record(found, "no_show").owed_label == "£37.50"


def test_who_was_told_of_a_late_change_hears_that_nothing_is_due(world: World) -> None:
    found = past(world, late_fee=Decimal(10))
    record(found, "no_show")
    lifecycle.waive_fee(found.pk, by=THERAPIST, now=NOW)
    assert OutgoingMail.objects.get().kind == "fee_waived"
    found.refresh_from_db()
    assert [line["what"] for line in history(found)] == ["Late fee waived by me"]


# --- the desk's pages


@pytest.fixture
def browser(world: World) -> Browser:
    return signed_in(world.therapist)


def page(name: str, found: Booking) -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[found.pk])


def test_the_page_that_records_says_what_not_coming_costs_and_may_let_it_be(
    browser: Browser, world: World
) -> None:
    found = past(world)
    shown = browser.get(page("record", found))
    assert "If they didn’t, they owe £37.50 instead of the price, as was agreed." in text_of(shown)
    assert shown.context["form"]["charges"].value() is True
    sent = said(found, "no_show", charges="on")
    done = text_of(browser.post(page("record", found), sent, follow=True))
    assert "Sam Okafor owes £37.50. No email tells them." in done
    assert "Waive the fee of £37.50…" in done
    assert "£37.50 is due" in done
    waive = text_of(browser.get(page("waive", found)))
    assert "didn’t come to" in waive
    assert "nobody is emailed" in waive
    done = text_of(browser.post(page("waive", found), {"seen": "£37.50"}, follow=True))
    assert "They weren’t told of it, so nobody is emailed." in done
    assert not OutgoingMail.objects.exists()


def test_who_is_let_off_as_it_is_recorded_owes_nothing(browser: Browser, world: World) -> None:
    found = past(world)
    browser.post(page("record", found), said(found, "no_show"))
    found.refresh_from_db()
    assert (found.attendance, found.owed_label) == ("no_show", "")
    again = browser.get(page("record", found))
    assert again.context["form"]["charges"].value() is False


def test_where_nothing_was_agreed_nothing_is_asked(browser: Browser, world: World) -> None:
    found = past(world, terms={})
    assert "charges" not in browser.get(page("record", found)).context["form"].fields


def test_a_fee_that_another_tab_waived_is_waived_once(browser: Browser, world: World) -> None:
    found = past(world, late_fee=Decimal(10), status="cancelled")
    stale = {"seen": "£10"}
    shown = text_of(browser.post(page("waive", found), stale, follow=True))
    assert "Waived. Sam Okafor is told by email." in shown
    assert browser.post(page("waive", found), stale)["Location"] == page("change", found)
    assert OutgoingMail.objects.count() == 1


def test_a_fee_that_is_waived_between_the_page_and_the_press_is_said_to_be_gone(
    browser: Browser, world: World
) -> None:
    found = past(world, late_fee=Decimal(10), status="cancelled")
    with meanwhile(LOCK, lambda: Booking.objects.update(fee_waived=True)):
        answer = browser.post(page("waive", found), {"seen": "£10"}, follow=True)
    assert "Nothing was due any more, so nothing changed." in text_of(answer)
    assert not OutgoingMail.objects.exists()
