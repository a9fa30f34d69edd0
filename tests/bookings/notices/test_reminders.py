"""Reminders: decided from the booking as it stands, at the moment they are sent."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db.models.functions import Now
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from availability.models import Practice
from bookings import lifecycle
from bookings.by import By
from bookings.errors import WarnedError
from bookings.lifecycle import Change
from bookings.models import Booking
from bookings.notices import private_links, reminders
from bookings.notices.keys import about_booking
from clients.models import Client
from outbox import delivery
from outbox.models import OutgoingMail, Sweep
from tests.bookings.notices.letters import one, remind, sent, text_of
from tests.clock import Clock, set_database_clock
from tests.desk.tab import as_opened
from tests.factories import NOW, World, book, force_booking, make_client, pages_link
from tests.pages import open_link, send

pytestmark = pytest.mark.django_db
CLIENT, THERAPIST = By.client(), By.therapist()
# A week after NOW.
START = datetime(2026, 11, 30, 10, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def sweep(at: datetime) -> int:
    """Look for reminders at that moment by the database's clock; return how many are queued."""
    set_database_clock(at)
    return reminders.queue_due()


def sent_by_sweeps(*moments: datetime) -> list[int]:
    return [sweep(moment) for moment in moments]


def keys(found: Booking) -> list[str]:
    mails = OutgoingMail.objects.filter(about=about_booking(found.uid), kind="reminder").order_by(
        "pk"
    )
    return [key.partition(":")[2] for key in mails.values_list("key", flat=True)]


def move(found: Booking, start: datetime, now: datetime = NOW) -> Booking:
    to = Change(start, found.format, found.place, found.sequence)
    try:
        return lifecycle.reschedule(found.pk, to, by=THERAPIST, now=now)
    except WarnedError as refusal:
        keys = refusal.warned.keys
        return lifecycle.reschedule(found.pk, to, by=THERAPIST, now=now, despite=keys)


def test_a_client_is_reminded_a_day_and_two_hours_before(world: World) -> None:
    found = book(world, START)
    before = START - 24 * HOUR
    assert sent_by_sweeps(before - MINUTE, before, before + MINUTE) == [0, 1, 0]
    assert sent_by_sweeps(START - 2 * HOUR - MINUTE, START - 2 * HOUR, START - HOUR) == [0, 1, 0]
    assert keys(found) == ["0:reminder-24h", "0:reminder-2h"]


@pytest.mark.parametrize("hours", [[], [48], [72, 3, 1]])
def test_the_practice_says_when(world: World, hours: list[int]) -> None:
    Practice.objects.update(reminder_hours=hours)
    book(world, START)
    times = [START - (ahead * HOUR) for ahead in range(80, 0, -1)]
    due = [START - (ahead * HOUR) for ahead in hours]
    assert [at for at in times if sweep(at)] == due


@pytest.mark.parametrize(
    "start",
    [datetime(2026, 10, 25, 10, tzinfo=UTC), datetime(2027, 3, 28, 9, tzinfo=UTC)],
    ids=["an hour gained", "an hour lost"],
)
def test_the_hours_are_elapsed_ones_over_both_clock_changes(world: World, start: datetime) -> None:
    Practice.objects.update(reminders_from=start - 30 * 24 * HOUR)
    client = make_client(reminders_from=start - 30 * 24 * HOUR)
    force_booking(world, start, client=client, changed_at=start - 7 * 24 * HOUR)
    assert sent_by_sweeps(start - 24 * HOUR - MINUTE, start - 24 * HOUR) == [0, 1]


def test_a_booking_made_inside_the_window_has_only_the_reminders_still_to_come(
    world: World,
) -> None:
    found = book(world, START, START - 13 * HOUR)
    assert sent_by_sweeps(START - 12 * HOUR, START - 2 * HOUR) == [0, 1]
    assert keys(found) == ["0:reminder-2h"]


def test_a_time_moved_inside_its_window_is_not_reminded_of_at_once(world: World) -> None:
    found = book(world, START)
    now = START - 5 * HOUR
    assert sweep(START - 24 * HOUR) == 1
    found = move(found, START + 3 * HOUR, now)
    assert sent_by_sweeps(now + MINUTE, START, START + HOUR) == [0, 0, 1]
    assert keys(found) == ["0:reminder-24h", "1:reminder-2h"]


def test_a_moved_booking_is_reminded_of_at_its_new_time_only(world: World) -> None:
    found = move(book(world, START), START + 24 * HOUR)
    assert sent_by_sweeps(START - 24 * HOUR, START - 2 * HOUR) == [0, 0]
    assert sent_by_sweeps(START, START + 22 * HOUR) == [1, 1]
    words = text_of(one(found, "reminder"))
    assert "Tuesday 1 December 2026" in words


def test_a_cancelled_booking_is_not_reminded_of(world: World) -> None:
    found = book(world, START)
    lifecycle.cancel(found.pk, by=CLIENT, reason="", now=NOW)
    assert sent_by_sweeps(START - 24 * HOUR, START - 2 * HOUR) == [0, 0]


def test_a_reminder_that_waits_for_a_mail_server_is_taken_back_by_a_change(world: World) -> None:
    found, other = book(world, START), book(world, START + HOUR)
    assert sweep(START - 23 * HOUR) == 2
    lifecycle.cancel(found.pk, by=CLIENT, reason="", now=START - 22 * HOUR)
    move(other, START + 48 * HOUR, START - 22 * HOUR)
    assert set(OutgoingMail.objects.filter(kind="reminder").values_list("state", flat=True)) == {
        "withdrawn"
    }


def test_no_reminder_comes_once_the_meeting_has_begun(world: World) -> None:
    found = book(world, START)
    assert sent_by_sweeps(START, START + MINUTE) == [0, 0]
    assert sweep(START - MINUTE) == 1
    reminder = OutgoingMail.objects.get(about=about_booking(found.uid), kind="reminder")
    assert reminder.not_after == START
    set_database_clock(START)
    OutgoingMail.objects.exclude(kind="reminder").update(state="sent")
    assert delivery.send_due() == 0


def test_after_an_outage_the_last_reminder_comes_alone(world: World) -> None:
    found = book(world, START)
    assert sweep(START - HOUR) == 1
    assert keys(found) == ["0:reminder-2h"]


def test_a_reminder_still_stuck_when_the_next_is_due_gives_way_to_it(world: World) -> None:
    found = book(world, START)
    sent_by_sweeps(START - 24 * HOUR, START - 2 * HOUR)
    states = OutgoingMail.objects.filter(about=about_booking(found.uid), kind="reminder").order_by(
        "pk"
    )
    assert list(states.values_list("state", flat=True)) == ["withdrawn", "pending"]


@pytest.mark.parametrize("step", [-24 * HOUR, -HOUR, HOUR], ids=str)
def test_a_clock_that_is_set_reminds_nobody_twice(world: World, step: timedelta) -> None:
    found = book(world, START)
    at = START - 24 * HOUR
    sent_by_sweeps(at, at + step, at + step + MINUTE, at, at + MINUTE)
    assert keys(found) == ["0:reminder-24h"]


def test_a_new_list_of_reminders_mails_nobody_of_what_has_passed(
    world: World, admin_client: Browser
) -> None:
    """Somebody is 30 hours away: a list that gains 48 hours must not write to them now."""
    found = force_booking(world, timezone.now() + 30 * HOUR, changed_at=NOW - 60 * 24 * HOUR)
    Practice.objects.update(reminders_from=NOW - 60 * 24 * HOUR)
    Client.objects.update(reminders_from=NOW - 60 * 24 * HOUR)
    practice = world.therapist.practice
    path = reverse("admin:availability_practice_change", args=[practice.pk])
    answer = admin_client.post(
        path,
        {
            **as_opened(admin_client, path),
            "name": practice.name,
            "email": practice.email,
            "reminder_hours": "2, 48, 24, 2",
            "link_days": 30,
        },
    )
    assert answer.status_code == 302
    practice.refresh_from_db()
    assert practice.reminder_hours == [48, 24, 2]
    assert reminders.queue_due() == 0
    assert sweep(found.start - 24 * HOUR) == 1


def test_saving_the_practice_otherwise_leaves_its_reminders_alone(
    world: World, admin_client: Browser
) -> None:
    practice = world.therapist.practice
    fields = {
        "name": "Another name",
        "email": practice.email,
        "reminder_hours": "24,2",
        "link_days": 7,
    }
    path = reverse("admin:availability_practice_change", args=[practice.pk])
    admin_client.post(path, {**as_opened(admin_client, path), **fields})
    practice.refresh_from_db()
    assert (practice.name, practice.reminders_from) == ("Another name", NOW)


@pytest.mark.parametrize("hours", ["0", "400", "-1", "1,2,3,4,5,6", "x", "2;4", "9" * 400, "²"])
def test_a_wrong_list_of_reminders_is_refused_at_its_field(
    world: World, admin_client: Browser, hours: str
) -> None:
    practice = world.therapist.practice
    fields = {"name": practice.name, "email": practice.email, "reminder_hours": hours}
    path = reverse("admin:availability_practice_change", args=[practice.pk])
    page = admin_client.post(path, {**as_opened(admin_client, path), **fields})
    assert page.status_code == 200
    assert "reminder_hours" in page.context["adminform"].form.errors
    practice.refresh_from_db()
    assert practice.reminder_hours == [24, 2]


def test_a_client_who_switched_reminders_off_gets_none(world: World) -> None:
    found = book(world, START)
    Client.objects.update(reminders_from=None)
    assert sent_by_sweeps(START - 24 * HOUR, START - 2 * HOUR) == [0, 0]
    assert keys(found) == []


def test_switching_off_takes_back_what_waits(world: World) -> None:
    found, other = book(world, START), book(world, START + HOUR)
    assert sweep(START - 23 * HOUR) == 2
    Client.objects.filter(pk=found.client_id).update(reminders_from=None)
    assert sweep(START - 22 * HOUR) == 0
    states = dict(OutgoingMail.objects.filter(kind="reminder").values_list("about", "state"))
    assert states == {about_booking(found.uid): "withdrawn", about_booking(other.uid): "pending"}


def test_switching_on_again_reminds_from_then_on(world: World) -> None:
    found = book(world, START)
    Client.objects.update(reminders_from=START - 20 * HOUR)
    assert sent_by_sweeps(START - 19 * HOUR, START - 2 * HOUR) == [0, 1]
    assert keys(found) == ["0:reminder-2h"]


# --- the mail


def test_a_reminder_says_where_and_when_and_opens_the_booking(
    world: World, client: Browser, clock: Clock
) -> None:
    found = book(world, START)
    assert sweep(START - 24 * HOUR) == 1
    clock.move_to(START - 24 * HOUR)
    letter = one(found, "reminder")
    words = text_of(letter)
    subject = "Reminder: your appointment on Monday 30 November 2026, 10am UK time"
    assert letter["Subject"] == subject
    assert "Monday 30 November 2026" in words
    link, stop = _tokens(words)
    assert open_link(client, link)["Location"] == reverse("booking", args=[found.uid])
    assert stop != link
    assert open_link(client, stop).status_code == 404


def _tokens(words: str) -> list[str]:
    return [line.split("/")[4] for line in words.splitlines() if "/b/" in line]


def test_only_reminders_say_how_to_stop_them(world: World) -> None:
    found = book(world, START)
    remind(found)
    said = {letter["Subject"].strip()[:8]: letter["List-Unsubscribe"] for letter in sent(found)}
    stop = said.pop("Reminder")
    assert set(said.values()) == {None}
    assert re.fullmatch(r"<http://[^/]+/b/[\w-]{43}/reminders/>", stop.replace(" ", ""))


# --- stopping them


@pytest.fixture
def stop_path(world: World) -> str:
    [token] = private_links.store([private_links.reminders_link(book(world, START), NOW)])
    return reverse("stop_reminders", args=[token])


def wants() -> bool:
    return Client.objects.get().wants_reminders


def test_the_mail_programs_own_button_stops_them_without_a_cookie(stop_path: str) -> None:
    browser = Browser(enforce_csrf_checks=True)
    answer = send(browser, stop_path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert not wants()
    again = send(browser, stop_path, {"List-Unsubscribe": "One-Click"})
    assert again.status_code == 200


@pytest.mark.parametrize("posted", [None, {}, {"List-Unsubscribe": "Yes"}, {"decision": "stop"}])
def test_opening_the_address_or_pressing_what_is_there_stops_nothing(
    stop_path: str, posted: dict[str, str] | None
) -> None:
    browser = Browser()
    answer = browser.get(stop_path) if posted is None else send(browser, stop_path, posted)
    assert answer.status_code == 302
    page = browser.get(answer["Location"])
    assert page.status_code == 200
    assert send(browser, answer["Location"]).status_code == 422
    assert wants()


def test_a_wrong_token_stops_nothing_and_is_the_usual_404(stop_path: str) -> None:
    for path in (stop_path.replace(stop_path[3:12], "AAAAAAAAA"), "/b/%00/reminders/"):
        answer = Browser().post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 404
    assert wants()


def test_the_link_to_book_sessions_stops_nothing(stop_path: str) -> None:
    sam = Client.objects.get()
    token = pages_link(sam)
    assert Browser().get(reverse("stop_reminders", args=[token])).status_code == 404
    assert wants()


def test_guessing_tokens_to_stop_is_limited(stop_path: str, settings: Settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"link-address": (1, 60)}
    guess = reverse("stop_reminders", args=["guess"])
    said = [Browser().post(path, {"List-Unsubscribe": "One-Click"}) for path in (guess, stop_path)]
    assert [answer.status_code for answer in said] == [404, 429]
    assert wants()


def test_the_link_in_a_reminder_stops_them_and_can_do_nothing_else(stop_path: str) -> None:
    browser, found = Browser(), Booking.objects.get()
    page = browser.get(stop_path, follow=True).content.decode()
    assert "Stop reminders?" in page
    for private in (found.client.name, found.client.email, found.reference, "November"):
        assert private not in page
    own = [reverse(name, args=[found.uid]) for name in ("booking", "cancel", "change", "reminders")]
    link = reverse("link", args=[stop_path.split("/")[2]])
    assert {browser.get(path).status_code for path in (*own, link)} == {404}
    kept = send(browser, reverse("stopping"), {"decision": "keep"}, follow=True)
    assert ("I’ll go on sending you reminders" in kept.content.decode(), wants()) == (True, True)
    done = send(browser, reverse("stopping"), {"decision": "stop"}, follow=True)
    assert "I won’t send you any more reminders" in done.content.decode()
    assert not wants()


def test_the_page_that_stops_them_needs_its_link(client: Browser, world: World) -> None:
    assert client.get(reverse("stopping")).status_code == 404


def test_reminders_of_a_release_before_stop_them_by_the_link_to_the_booking(world: World) -> None:
    token = private_links.to_booking(book(world, START), NOW)
    Browser().post(reverse("stop_reminders", args=[token]), {"List-Unsubscribe": "One-Click"})
    assert not wants()


def test_a_client_switches_them_off_and_on_on_the_page(world: World) -> None:
    browser, found = Browser(), book(world, START)
    open_link(browser, private_links.to_booking(found, NOW))
    path = reverse("reminders", args=[found.uid])
    for decision, words in (
        ("stop", "I won’t send you any more reminders"),
        ("send", "I’ll send you reminders"),
    ):
        page = send(browser, path, {"decision": decision}, follow=True)
        assert words in page.content.decode()
        assert wants() is (decision == "send")
    assert "Choose whether to get reminders" in send(browser, path).content.decode()


def test_the_therapist_switches_them_off_for_a_client_who_asks(admin_client: Browser) -> None:
    one_of_them = make_client(accepted_at=None)
    path = reverse("admin:clients_client_change", args=[one_of_them.pk])
    fields = {"name": "Sam Okafor", "email": one_of_them.email}
    consents = {"consents-TOTAL_FORMS": "0", "consents-INITIAL_FORMS": "0"}
    fields |= consents
    assert admin_client.post(path, fields | as_opened(admin_client, path)).status_code == 302
    assert not wants()
    opened = as_opened(admin_client, path)
    admin_client.post(path, fields | opened | {"wants_reminders": "on"})
    assert wants()


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([24, 2], "24 hours and 2 hours before"),
        ([1], "1 hour before"),
        ([], "no more reminders to come"),
    ],
)
def test_the_private_page_says_when_reminders_come(
    world: World, hours: list[int], words: str
) -> None:
    Practice.objects.update(reminder_hours=hours, reminders_from=NOW - HOUR)
    client = make_client(reminders_from=NOW - HOUR)
    start = timezone.now() + 72 * HOUR
    found = force_booking(world, start, client=client, changed_at=NOW - HOUR)
    browser = Browser()
    here = open_link(browser, private_links.to_booking(found, NOW))["Location"]
    assert words in browser.get(here).content.decode()


# --- the sweep


def test_the_command_reminds_and_sends(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    book(world, START)
    OutgoingMail.objects.update(state="sent")
    set_database_clock(START - 2 * HOUR)
    call_command("send_due_mail")
    assert capsys.readouterr().out == "1 sent\n"


@pytest.mark.parametrize("count", [1, 3])
def test_reminding_asks_a_fixed_number_of_questions(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for n in range(count):
        book(world, START + n * HOUR)
    set_database_clock(START - HOUR)
    with django_assert_num_queries(9):
        assert reminders.queue_due() == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_whole_sweep_asks_twenty_two_questions_and_two_for_each_mail(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    """They remind, retire what is too late, claim and leave word; each mail begins and ends."""
    for n in range(count):
        book(world, START + n * HOUR)
    OutgoingMail.objects.update(state="sent")
    set_database_clock(START - HOUR)
    with django_assert_num_queries(22 + 2 * count):
        assert reminders.sweep(Sweep.By.SWEEPER) == count


def test_more_than_a_batch_is_reminded_of_in_one_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "BATCH", 2)
    for n in range(5):
        book(world, START + n * HOUR)
    assert sweep(START - HOUR) == 5


def test_a_reminder_that_cannot_be_written_stops_no_other_mail(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    book(world, START)
    OutgoingMail.objects.update(due_at=Now())
    monkeypatch.setattr(reminders, "DUE", "SELECT 1 / %s, %s, %s")
    call_command("send_due_mail")
    assert len(mail.outbox) == 2
    assert "could not be queued" in caplog.text
