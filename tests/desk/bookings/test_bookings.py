"""The diary in admin: read-only but for the lifecycle, and one's own diary only."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from availability.models import DifferentHours, TimeOff
from bookings import lifecycle
from bookings.by import By
from bookings.lifecycle import Change
from bookings.models import Booking
from outbox.models import OutgoingMail
from prose.dates import UK
from staff.models import Role
from tests.bookings.notices.letters import one
from tests.bookings.notices.letters import text_of as words_of
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_therapist,
    make_user,
)
from tests.pages import browser_of, rows, signed_in, text_of

START = NOW + timedelta(days=1, hours=1)
LIST = reverse("admin:bookings_booking_changelist")


def page(name: str, pk: int) -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[pk])


@pytest.fixture
def mine(world: World) -> Browser:
    return signed_in(world.therapist)


@pytest.fixture
def theirs(world: World) -> Browser:
    other = make_therapist(practice=world.therapist.practice)
    return signed_in(other)


def test_a_booking_is_listed_with_who_when_how_and_where(mine: Browser, world: World) -> None:
    book(world, START)
    shown = text_of(mine.get(LIST))
    for word in (
        "Tuesday 24 November 2026, 10am to 10:15am UK time",
        "Sam Okafor",
        "Online",
        "Video room",
        "07700 900123",
        "Booked",
    ):
        assert word in shown


def test_the_list_begins_with_what_is_to_come(mine: Browser, world: World) -> None:
    past = force_booking(world, NOW - timedelta(days=3))
    to_come = force_booking(world, START)
    found = {
        when: [b.pk in (past.pk, to_come.pk) and b.pk for b in result]
        for when, result in (
            (when, mine.get(LIST, {"when": when} if when else {}).context["cl"].result_list)
            for when in ("", "past", "all")
        )
    }
    assert found == {"": [to_come.pk], "past": [past.pk], "all": [past.pk, to_come.pk]}


def test_the_note_is_read_in_one_place_and_escaped(mine: Browser, world: World) -> None:
    found = book(world, START, note="I <b>sleep</b>\nbadly")
    assert "sleep" not in text_of(mine.get(LIST))
    assert "I &lt;b&gt;sleep&lt;/b&gt;<br>badly" in text_of(mine.get(page("change", found.pk)))


@pytest.mark.parametrize("role", [*Role, "superuser"])
def test_nothing_is_changed_by_hand_whatever_the_method(world: World, role: str) -> None:
    if role == "superuser":
        browser = browser_of(User.objects.create_superuser("owner"))
    else:
        browser = browser_of(make_user(Role(role), world.therapist))
    found = book(world, START)
    stored, before = rows(), Booking.objects.values().get()
    sent = {"status": "cancelled", "price": "0", "reference": "KT-AAAAAA", "post": "yes"}
    action = {"action": "delete_selected", "_selected_action": [found.pk], "post": "yes"}
    answers = [
        getattr(browser, method)(path, sent).status_code
        for path in (page("change", found.pk), page("delete", found.pk))
        for method in ("post", "put", "patch", "delete")
    ]
    answers += [browser.post(reverse("admin:bookings_booking_add"), sent).status_code]
    answers += [browser.post(LIST, action).status_code]
    assert set(answers) <= {200, 302, 403, 405}
    assert set(answers[4:9]) <= {403, 405}
    assert rows() == stored
    assert Booking.objects.values().get() == before


def test_a_booking_that_changed_since_the_page_was_made_is_not_cancelled_unseen(
    mine: Browser, world: World
) -> None:
    found = book(world, START)
    seen = mine.get(page("cancel", found.pk)).context["form"]["seen"].value()
    there = Change(START + timedelta(days=1), found.format, found.place, 0)
    lifecycle.reschedule(found.pk, there, by=By.client(), now=NOW)
    sent = {"reason": "I am ill.", "seen": seen}
    answer = mine.post(page("cancel", found.pk), sent, follow=True)
    assert "This meeting has been changed meanwhile." in text_of(answer)
    found.refresh_from_db()
    assert not found.is_cancelled


def test_a_page_that_does_not_say_what_it_showed_cancels_nothing(
    mine: Browser, world: World
) -> None:
    found = book(world, START)
    again: Any = mine.post(page("cancel", found.pk), {"reason": "I am ill."})
    assert "This page was out of date. Check it once more" in text_of(again)
    found.refresh_from_db()
    assert not found.is_cancelled
    assert "I am ill." in text_of(again)
    assert again.context["form"]["seen"].value() == 0


def test_cancelling_asks_for_a_reason_and_tells_the_client(mine: Browser, world: World) -> None:
    found = book(world, START)
    ask = page("cancel", found.pk)
    assert ask in text_of(mine.get(page("change", found.pk)))
    stored = rows()
    assert mine.get(ask).status_code == 200
    for sent in ({}, {"reason": " "}, {"reason": "x" * 501}, {"reason": "a\x00"}):
        assert mine.post(ask, sent).status_code == 200
    assert rows() == stored
    sent = {"reason": "I am ill.", "seen": "0"}
    assert mine.post(ask, sent)["Location"] == page("change", found.pk)
    found.refresh_from_db()
    event = found.events.last()
    assert event is not None
    assert (found.status, event.actor, event.reason) == ("cancelled", "therapist", "I am ill.")
    assert event.user_id == world.therapist.user_id
    assert OutgoingMail.objects.get(kind="cancellation").invite_method == "CANCEL"
    assert "I am ill." in words_of(one(found, "cancellation"))


def test_a_cancelled_booking_has_no_way_to_cancel(mine: Browser, world: World) -> None:
    found = book(world, START)
    for _ in range(2):
        mine.post(page("cancel", found.pk), {"reason": "I am ill.", "seen": "0"})
    assert OutgoingMail.objects.filter(kind="cancellation").count() == 1
    shown = text_of(mine.get(page("change", found.pk)))
    assert page("cancel", found.pk) not in shown
    assert "I am ill." in shown


def test_a_meeting_that_has_begun_is_refused_in_words(mine: Browser, world: World) -> None:
    found = force_booking(world, NOW - timedelta(minutes=5))
    response = mine.post(page("cancel", found.pk), {"reason": "Late", "seen": 0}, follow=True)
    assert "This meeting has already begun, so it can’t be cancelled." in text_of(response)
    found.refresh_from_db()
    assert not found.is_cancelled


def test_another_therapist_sees_and_cancels_nothing_of_mine(theirs: Browser, world: World) -> None:
    found = book(world, START)
    assert "Sam Okafor" not in text_of(theirs.get(LIST, {"when": "all"}))
    assert "Sam Okafor" not in text_of(theirs.get(LIST, {"q": "sam"}))
    for name in ("change", "history", "delete"):
        response = theirs.get(page(name, found.pk), follow=True)
        assert "Sam Okafor" not in text_of(response)
    for response in (
        theirs.get(page("cancel", found.pk)),
        theirs.post(page("cancel", found.pk), {"reason": "Mine now", "seen": 0}),
    ):
        assert response.status_code == 404
    found.refresh_from_db()
    assert not found.is_cancelled


def test_without_a_role_nobody_looks_or_cancels(world: World) -> None:
    browser = signed_in(world.therapist, None)
    found = book(world, START)
    assert browser.get(page("change", found.pk)).status_code == 403
    assert browser.post(page("cancel", found.pk), {"reason": "x"}).status_code == 403
    found.refresh_from_db()
    assert not found.is_cancelled


def test_without_signing_in_there_is_only_the_door(world: World) -> None:
    found = book(world, START)
    for path in (LIST, page("change", found.pk), page("cancel", found.pk)):
        response = Browser().post(path, {"reason": "x"})
        assert response["Location"] == f"{reverse('admin:login')}?next={path}"
    found.refresh_from_db()
    assert not found.is_cancelled


@pytest.mark.parametrize(
    "query",
    [
        {"q": "' OR 1=1 --"},
        {"when": "nonsense"},
        {"p": "9" * 50},
        {"o": "99.99"},
        {"therapist__user__password__startswith": "md5"},
    ],
    ids=str,
)
def test_a_hostile_query_of_the_list_is_no_error_of_ours(
    mine: Browser, world: World, query: dict[str, str]
) -> None:
    assert mine.get(LIST, query).status_code in {200, 302, 400}


@pytest.mark.parametrize("pk", [0, 10**30])
def test_a_booking_that_is_not_there_is_no_error_of_ours(mine: Browser, pk: int) -> None:
    assert mine.get(page("change", pk)).status_code == 302
    assert mine.get(page("cancel", pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_six_questions_however_long_it_is(
    mine: Browser, world: World, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for n in range(count):
        force_booking(world, START + timedelta(hours=n), client=make_client(name=f"Client {n}"))
    with django_assert_num_queries(7):
        mine.get(LIST)


# --- dates as they are typed in admin


@pytest.fixture
def owner(world: World) -> Browser:
    return signed_in(world.therapist, Role.OWNER)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12/11/2026", date(2026, 11, 12)),
        ("2026-11-12", date(2026, 11, 12)),
        ("11/25/2026", None),
        ("31/02/2026", None),
        ("12/11/99999", None),
        ("12/11/0001", None),
        ("12/11/9999", None),
        ("12/11/2026\x00", None),
        ("2026-W46-4", None),
    ],
    ids=ascii,
)
def test_a_date_is_read_the_british_way_or_refused_beside_the_field(
    owner: Browser, world: World, typed: str, meant: date | None
) -> None:
    sent = {"therapist": world.therapist.pk, "opens": "09:00", "closes": "12:00"}
    path = reverse("admin:availability_differenthours_add")
    response = owner.post(path, {**sent, "formats": ["online"], "day": typed})
    assert response.status_code == (302 if meant else 200)
    assert list(DifferentHours.objects.values_list("day", flat=True)) == ([meant] if meant else [])
    assert meant or response.context["errors"]


def test_time_off_is_typed_in_uk_time(owner: Browser, world: World) -> None:
    sent = {
        "therapist": world.therapist.pk,
        "starts_at_0": "12/11/2026",
        "starts_at_1": "09:00",
        "ends_at_0": "01/07/2027",
        "ends_at_1": "09:00",
    }
    assert owner.post(reverse("admin:availability_timeoff_add"), sent).status_code == 302
    off = TimeOff.objects.get()
    assert off.starts_at == datetime(2026, 11, 12, 9, tzinfo=UK)
    assert off.ends_at == datetime(2027, 7, 1, 9, tzinfo=UK)


@pytest.mark.parametrize("year", ["99999", "0", "-1", "x", "\x00", "9999"])
def test_a_hostile_year_in_the_list_of_dates_is_no_error_of_ours(owner: Browser, year: str) -> None:
    response = owner.get(
        reverse("admin:availability_differenthours_changelist"), {"day__year": year}
    )
    assert response.status_code in {200, 302, 400}
