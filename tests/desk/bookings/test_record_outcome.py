"""The therapist records a meeting in admin: who came, how it ended, and whether a mail goes."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from bookings import lifecycle, outcomes
from bookings.by import By
from bookings.errors import NotBookableError
from bookings.follow_up_mails import SUBJECT
from bookings.models import Booking, BookingEvent, FollowUp, Outcome
from bookings.outcomes import Report
from outbox.models import OutgoingMail
from staff.models import Role
from tests.bookings.refusals import therapist_is_told
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

LIST = reverse("admin:bookings_booking_changelist")
HOUR = timedelta(hours=1)


def page(name: str, found: Booking) -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[found.pk])


@pytest.fixture
def mine(world: World) -> Browser:
    return signed_in(world.therapist)


@pytest.fixture
def held(world: World) -> Booking:
    """A consultation that began an hour ago."""
    return force_booking(world, NOW - HOUR)


def said(found: Booking, attendance: str = "attended", outcome: str = "", **more: Any) -> Any:
    """What the page sends; the mail is ticked unless `with_mail` is None."""
    fresh = {
        "attendance": attendance,
        "outcome": outcome,
        "with_mail": "on",
        "seen": outcomes.last_line(found.pk),
        **more,
    }
    return {name: value for name, value in fresh.items() if value is not None}


# --- the page


def test_a_meeting_that_has_begun_leads_to_its_page_and_back(mine: Browser, held: Booking) -> None:
    record = page("record", held)
    assert record in text_of(mine.get(page("change", held)))
    shown = text_of(mine.get(record))
    for word in ("Did they come?", "How did it end?", "Think about it", SUBJECT, "(BACP)"):
        assert word in shown
    done = mine.post(record, said(held, "late", "think"), follow=True)
    assert done.redirect_chain == [(page("change", held), 302)]
    shown = text_of(done)
    assert "Came late. Think about it" in shown
    assert "Came late. Think about it, with an email" in shown  # in the history
    assert "waits for 2 minutes" in shown
    event = held.events.get()
    assert (event.actor, event.user_id) == ("therapist", held.therapist.user_id)


def test_a_session_asks_only_who_came(mine: Browser, world: World) -> None:
    session = force_booking(world, NOW - HOUR, service=world.session)
    shown = text_of(mine.get(page("record", session)))
    assert "How did it end?" not in shown
    assert "What the email says" not in shown
    mine.post(page("record", session), said(session, "no_show", "continue"))
    session.refresh_from_db()
    assert (session.attendance, session.outcome) == ("no_show", "")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"attendance": None}, "Choose one of these."),
        ({"attendance": "maybe"}, "maybe is not one of the available choices"),
        ({"outcome": "marry"}, "marry is not one of the available choices"),
        ({"attendance": "no_show", "outcome": "think"}, "They didn’t come"),
        ({"seen": "x"}, "This page was out of date"),
        ({"seen": None}, "This page was out of date"),
        ({"attendance": "a\x00"}, "not one of the available choices"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_words_and_the_rest_kept(
    mine: Browser, held: Booking, sent: dict[str, Any], words: str
) -> None:
    before = rows()
    fresh = {"attendance": "late", "outcome": "continue"}
    response = mine.post(page("record", held), said(held, **{**fresh, **sent}))
    assert response.status_code == 200
    assert words in text_of(response)
    kept = {name: response.context["form"][name].value() for name in ("attendance", "outcome")}
    assert kept == {**fresh, **{name: value for name, value in sent.items() if name in fresh}}
    held.refresh_from_db()
    assert (held.attendance, rows()) == ("", before)


def test_opening_the_page_any_number_of_times_changes_nothing(mine: Browser, held: Booking) -> None:
    before = rows()
    for _ in range(3):
        mine.get(page("record", held), {"attendance": "attended", "outcome": "continue"})
        mine.head(page("record", held))
    assert rows() == before


def test_the_page_says_what_waits_and_what_has_gone(mine: Browser, held: Booking) -> None:
    record = page("record", held)
    mine.post(record, said(held, "attended", "continue"))
    waiting = mine.get(record)
    assert "The email for “Continue” waits until" in text_of(waiting)
    assert waiting.context["form"]["with_mail"].value() is True
    OutgoingMail.objects.filter(kind="follow_up").update(state="sent", sent_at=NOW)
    gone = mine.get(record)
    assert "The email for “Continue” went to Sam Okafor on Monday 23 November 2026, 9am" in text_of(
        gone
    )
    assert gone.context["form"]["with_mail"].value() is False
    OutgoingMail.objects.filter(kind="follow_up").update(state="failed")
    assert "couldn’t be delivered" in text_of(mine.get(record))


def test_correcting_after_the_mail_has_left_says_so(mine: Browser, held: Booking) -> None:
    record = page("record", held)
    mine.post(record, said(held, "attended", "continue"), follow=True)
    OutgoingMail.objects.filter(kind="follow_up").update(state="sent", sent_at=NOW)
    done = text_of(mine.post(record, said(held, "attended", "think", with_mail=None), follow=True))
    assert "A follow-up email went to Sam Okafor before, and can’t be taken back." in done
    assert "waits for 2 minutes" not in done
    assert Booking.objects.get().outcome == "think"
    assert OutgoingMail.objects.filter(kind="follow_up").count() == 1


def test_a_mail_left_out_this_time_stays_left_out_on_the_page(mine: Browser, held: Booking) -> None:
    record = page("record", held)
    mine.post(record, said(held, "attended", "continue", with_mail=None))
    assert mine.get(record).context["form"]["with_mail"].value() is False
    assert not OutgoingMail.objects.exists()


def test_two_at_once_and_the_second_is_told_then_may_save_knowingly(
    mine: Browser, held: Booking
) -> None:
    record, stale = page("record", held), said(held, "no_show")
    mine.post(record, said(held, "attended", "continue"))
    refused = mine.post(record, stale)
    assert refused.status_code == 200
    assert "What is recorded now: Attended. Continue." in text_of(refused)
    held.refresh_from_db()
    assert held.outcome == "continue"
    again = {**stale, "seen": refused.context["form"]["seen"].value()}
    assert mine.post(record, again).status_code == 302
    held.refresh_from_db()
    assert (held.attendance, held.outcome) == ("no_show", "")


def test_somebody_accepted_by_hand_is_named_when_it_does_not_fit(
    mine: Browser, world: World
) -> None:
    found = force_booking(world, NOW - HOUR, client=make_client(accepted_at=NOW - HOUR))
    done = mine.post(page("record", found), said(found, "attended", "not_the_fit"), follow=True)
    assert "Sam Okafor may still book sessions" in text_of(done)
    other = force_booking(world, NOW - 3 * HOUR)
    done = mine.post(page("record", other), said(other, "attended", "not_the_fit"), follow=True)
    assert "may still book sessions" not in text_of(done)


def test_before_it_begins_and_once_cancelled_there_is_no_such_page(
    mine: Browser, world: World
) -> None:
    to_come = book(world, NOW + 25 * HOUR)
    cancelled = force_booking(world, NOW - HOUR, status="cancelled")
    for found in (to_come, cancelled):
        before = rows()
        assert page("record", found) not in text_of(mine.get(page("change", found)))
        for response in (
            mine.get(page("record", found), follow=True),
            mine.post(page("record", found), said(found), follow=True),
        ):
            assert "hasn’t begun, or was cancelled" in text_of(response)
        assert rows() == before


def test_a_meeting_cancelled_while_the_page_was_open_is_refused(
    mine: Browser, world: World, held: Booking
) -> None:
    mine.get(page("record", held))
    Booking.objects.update(status="cancelled")
    with therapist_is_told(NotBookableError, match="was cancelled"):
        lifecycle.record(held.pk, Report("attended"), by=By.therapist(), now=NOW)
    mine.post(page("record", held), said(held))
    held.refresh_from_db()
    assert held.attendance == ""


def test_who_does_not_keep_the_diary_records_nothing(world: World, held: Booking) -> None:
    helping = browser_of(make_user(Role.ASSISTANT, world.therapist))
    other = signed_in(make_therapist(practice=world.therapist.practice))
    assert helping.post(page("record", held), said(held)).status_code == 403
    assert helping.get(page("record", held)).status_code == 403
    assert other.post(page("record", held), said(held)).status_code == 404
    assert other.get(page("record", held)).status_code == 404
    door = Browser().post(page("record", held), said(held))
    assert door["Location"].startswith(reverse("admin:login"))
    held.refresh_from_db()
    assert held.attendance == ""


OUTCOME = ("continue", "not_the_fit", "think", "right fit", "no_show", "no-show")


@pytest.mark.parametrize("outcome", Outcome)
def test_neither_an_address_nor_a_log_line_tells_the_outcome(
    mine: Browser, held: Booking, printed: io.StringIO, outcome: str
) -> None:
    done = mine.post(page("record", held), said(held, "late", outcome))
    mine.post(page("record", held), said(held, "no_show", outcome))
    mine.get(page("record", Booking(pk=10**6)))
    told = (done["Location"] + printed.getvalue()).lower()
    assert "record/" in told
    assert not [word for word in OUTCOME if word in told]


def test_a_mail_that_is_switched_off_for_good_is_named_so_and_does_not_go(
    mine: Browser, world: World, held: Booking
) -> None:
    FollowUp.objects.create(
        therapist=world.therapist, outcome="continue", subject="a", body="b", is_on=False
    )
    assert "switched off, so no email goes" in text_of(mine.get(page("record", held)))
    mine.post(page("record", held), said(held, "attended", "continue"))
    assert not OutgoingMail.objects.exists()


# --- the list


def test_the_list_shows_what_was_recorded_and_what_is_still_to_be(
    mine: Browser, world: World
) -> None:
    kinds = [("attended", ""), ("late", "continue"), ("no_show", ""), ("attended", "not_the_fit")]
    kinds += [("attended", "think"), ("", "")]
    made = [
        force_booking(world, NOW - n * 24 * HOUR, attendance=attendance, outcome=outcome).pk
        for n, (attendance, outcome) in enumerate(kinds, 1)
    ]
    force_booking(world, NOW - 9 * 24 * HOUR, status="cancelled")
    book(world, NOW + 25 * HOUR)
    listed = mine.get(LIST, {"when": "all"})
    assert "Came late. Continue" in text_of(listed)
    [choices] = [
        list(spec.choices(listed.context["cl"]))
        for spec in listed.context["cl"].filter_specs
        if spec.title == "after the meeting"
    ]
    found = {
        choice["display"]: [
            made.index(one.pk)
            for one in mine.get(LIST + choice["query_string"]).context["cl"].result_list
        ]
        for choice in choices[1:]
    }
    assert found == {
        "Still to record": [5],
        "Attended": [0, 3, 4],
        "Came late": [1],
        "No-show": [2],
        "Continue": [1],
        "Not the right fit": [3],
        "Think about it": [4],
    }
    asked = " ".join(choice["query_string"] for choice in choices)
    assert not [word for word in OUTCOME if word in asked.lower()]


@pytest.mark.parametrize("went", ["99", "-1", "x", "9" * 5000, "٣", ""])
def test_a_hostile_filter_is_no_error_of_ours(mine: Browser, world: World, went: str) -> None:
    force_booking(world, NOW - HOUR)
    assert mine.get(LIST, {"when": "all", "went": went}).status_code in {200, 302}


def test_what_has_been_begins_with_the_last(mine: Browser, world: World) -> None:
    made = [force_booking(world, NOW - n * 24 * HOUR).pk for n in (3, 1, 2)]
    for query in ({"when": "past"}, {"when": "all", "went": "0"}):
        found = [one.pk for one in mine.get(LIST, query).context["cl"].result_list]
        assert found == [made[1], made[2], made[0]]


# --- what it asks of Postgres


@pytest.fixture(params=[1, 3])
def many(request: pytest.FixtureRequest, world: World) -> Booking:
    """The latest of so many bookings, each with its mail and as many lines."""
    for n in range(request.param):
        found = force_booking(world, NOW - (n + 1) * HOUR, client=make_client())
        for _ in range(request.param):
            BookingEvent.objects.create(
                booking=found, at=NOW, actor="client", action="moved", sequence=0
            )
    lifecycle.record(
        found.pk,
        Report("attended", "think", seen=outcomes.last_line(found.pk)),
        by=By.therapist(),
        now=NOW,
    )
    return found


def test_the_pages_of_recording_ask_a_fixed_number_of_questions(
    mine: Browser, many: Booking, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(7):
        mine.get(LIST, {"when": "all", "went": "0"})
    with django_assert_num_queries(7):
        mine.get(page("record", many))
    sent = said(many, "attended", "continue")
    with django_assert_num_queries(26):
        mine.post(page("record", many), sent)
