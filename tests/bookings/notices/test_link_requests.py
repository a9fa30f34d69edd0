"""A client asks for new private links: one mail, new links for old, one answer for everybody."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now
from django.template import TemplateSyntaxError
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from availability import catalogue
from availability.models import Therapist
from bookings import tasks
from bookings.models import Booking
from bookings.notices import link_requests, private_links
from clients.models import AccessLink, Client, LinkRequest, RateBucket
from outbox.models import OutgoingMail
from tests.bookings.notices.letters import sent
from tests.bookings.notices.letters import text_of as words_of
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_client,
    make_places,
    make_service,
    make_therapist,
    pages_link,
)
from tests.pages import address, answers, book, open_link, rows, send, text_of

PAGE = reverse("sessions")
EMAIL = "sam@example.com"
DAY = timedelta(days=1)


def post(browser: Browser, email: str = EMAIL, **changes: Any) -> Any:
    return send(browser, PAGE, answers(email=email, **changes))


def ask(browser: Browser, email: str = EMAIL) -> None:
    """Ask on the page, and let a worker answer."""
    assert post(browser, email).status_code == 302
    link_requests.answer()


def mailed() -> OutgoingMail:
    return OutgoingMail.objects.get(kind="links")


def tokens() -> list[str]:
    """The tokens of the mail's links, in its order; both parts have the same."""
    mail = mailed()
    found, also = (re.findall(r"/b/([\w-]+)/", body) for body in (mail.text, mail.html))
    assert found == also
    return found


def opened(token: str) -> Any:
    return open_link(Browser(), token)


def linked(found: Booking) -> str:
    """A link of its own to the booking."""
    return private_links.to_booking(found, NOW)


@pytest.fixture
def sam(world: World) -> Client:
    """Somebody whom the therapist has not met."""
    return make_client(email=EMAIL)


# --- what is mailed


def test_each_booking_to_come_gets_a_new_link_to_the_same_page(
    client: Browser, world: World, sam: Client
) -> None:
    later, sooner = (force_booking(world, NOW + n * DAY, client=sam) for n in (3, 2))
    force_booking(world, NOW + 4 * DAY, client=sam, status="cancelled")
    over = force_booking(world, NOW - 9 * DAY, client=sam, service=world.session)
    kept = linked(over)
    ask(client)
    assert mailed().to == EMAIL
    led = [opened(token)["Location"] for token in tokens()]
    assert led == [reverse("booking", args=[one.uid]) for one in (sooner, later)]
    assert opened(kept)["Location"] == reverse("booking", args=[over.uid])


def test_a_meeting_that_has_begun_is_still_to_come_until_it_ends(
    client: Browser, world: World, sam: Client
) -> None:
    now_on = force_booking(world, NOW - timedelta(minutes=5), client=sam)
    ask(client)
    assert opened(tokens()[0])["Location"] == reverse("booking", args=[now_on.uid])


@pytest.mark.parametrize("status", ["confirmed", "cancelled"])
def test_without_any_to_come_it_is_the_latest(
    client: Browser, world: World, sam: Client, status: str
) -> None:
    force_booking(world, NOW - 9 * DAY, client=sam, service=world.session)
    latest = force_booking(world, NOW - 2 * DAY, client=sam, service=world.session, status=status)
    ask(client)
    [token] = tokens()
    assert opened(token)["Location"] == reverse("booking", args=[latest.uid])
    words = mailed().text
    assert "See it:" in words
    assert ("Cancelled" in words) == (status == "cancelled")


def test_whoever_may_book_sessions_gets_the_link_to_book_too(
    client: Browser, world: World, sam: Client
) -> None:
    force_booking(world, NOW - DAY, client=sam)
    force_booking(world, NOW + DAY, client=sam, service=world.session)
    old = pages_link(sam)
    ask(client)
    booking, to_book = tokens()
    assert opened(booking)["Location"].startswith("/booking/")
    assert opened(to_book)["Location"] == reverse("book")
    assert opened(old).status_code == 404


@pytest.mark.parametrize("facts", [{"attendance": "no_show"}, {"outcome": "not_the_fit"}])
def test_whoever_may_not_gets_none(
    client: Browser, world: World, sam: Client, facts: dict[str, str]
) -> None:
    found = force_booking(world, NOW - DAY, client=sam, **{"attendance": "attended", **facts})
    ask(client)
    [token] = tokens()
    assert opened(token)["Location"] == reverse("booking", args=[found.uid])
    assert "To book another time" not in mailed().text


def test_a_client_of_two_therapists_gets_one_mail_that_says_who(
    client: Browser, world: World, sam: Client
) -> None:
    other = make_therapist(
        practice=world.therapist.practice, name="Kim Other", email="kim@kicks.example"
    )
    make_places(other)
    theirs = World(other, make_service(other), make_service(other, slug="x"), world.notice)
    force_booking(theirs, NOW + DAY, client=sam)
    force_booking(world, NOW + 2 * DAY, client=sam)
    ask(client)
    assert len(tokens()) == 2
    words = mailed().text
    assert "with Kim Other" in words
    assert "with Robin Kicks" in words
    assert "kim@kicks.example" in mailed().sender


def test_one_therapist_is_not_named(client: Browser, world: World, sam: Client) -> None:
    force_booking(world, NOW + DAY, client=sam)
    ask(client)
    assert "with Robin" not in mailed().text


def test_an_accepted_client_without_a_booking_gets_the_link_to_book(
    client: Browser, world: World
) -> None:
    make_client(email=EMAIL, accepted_at=NOW - DAY)
    ask(client)
    [token] = tokens()
    assert opened(token)["Location"] == reverse("book")


def test_where_nobody_takes_bookings_a_link_to_book_is_no_use(
    client: Browser, world: World
) -> None:
    make_client(email=EMAIL, accepted_at=NOW - DAY)
    Therapist.objects.update(is_active=False)
    ask(client)
    assert not OutgoingMail.objects.exists()


def test_the_subject_tells_nothing_and_the_mail_no_secret(
    client: Browser, world: World, sam: Client
) -> None:
    force_booking(world, NOW + DAY, client=sam, note="I sleep badly")
    ask(client)
    [letter] = sent()
    assert letter["Subject"] == "Your appointment links"
    for kind in ("text/plain", "text/html"):
        words = words_of(letter, kind)
        assert "24 November 2026" in words
        assert "sleep" not in words
        assert "https://meet.example.org" not in words


def test_the_mail_stays_small_however_many_there_are(
    client: Browser, world: World, sam: Client
) -> None:
    made = [
        force_booking(world, NOW + n * DAY, client=sam) for n in range(1, link_requests.MOST + 2)
    ]
    kept = linked(made[-1])
    ask(client)
    assert len(tokens()) == link_requests.MOST
    [letter] = sent()
    assert len(letter.as_bytes()) < 100_000
    assert opened(kept).status_code == 302


# --- what the old links do


def test_a_replaced_link_gets_the_very_404_of_a_guess(world: World, client: Browser) -> None:
    found = book(Browser(), world)
    confirmation = OutgoingMail.objects.get(kind="confirmation").text
    [old] = re.findall(r"/b/([\w-]+)/", confirmation)
    assert opened(old).status_code == 302
    ask(client)
    assert opened(old).status_code == 302
    assert opened(tokens()[0]).status_code == 302
    refused, guessed = opened(old), opened("x" * 43)
    for response in (refused, guessed, opened(old[:-1]), opened(tokens()[0][::-1])):
        assert (response.status_code, response.content) == (404, guessed.content)
        assert response.headers == guessed.headers
        assert not response.cookies
    assert opened(tokens()[0])["Location"] == reverse("booking", args=[found.uid])
    stop = Browser().get(reverse("stop_reminders", args=[old]))
    assert (stop.status_code, stop.content) == (404, guessed.content)


def test_the_page_that_is_not_found_leads_to_new_links(world: World) -> None:
    page = text_of(opened("x" * 43))
    assert f'<a href="{PAGE}">get your private links again</a>' in page


def test_every_old_link_of_what_is_linked_anew_stops_and_no_other(
    client: Browser, world: World, sam: Client
) -> None:
    found = force_booking(world, NOW + DAY, client=sam)
    old = [linked(found) for _ in range(3)]
    stranger = make_client(email="kim@example.com")
    theirs = linked(force_booking(world, NOW + 2 * DAY, client=stranger))
    ask(client)
    assert [opened(token).status_code for token in old] == [302] * 3
    opened(tokens()[0])
    assert [opened(token).status_code for token in old] == [404] * 3
    assert opened(theirs).status_code == 302


def test_who_is_in_already_stays_in(client: Browser, world: World) -> None:
    found = book(client, world)
    ask(Browser())
    assert client.get(reverse("booking", args=[found.uid])).status_code == 200


def test_mail_that_waits_goes_on_waiting_and_the_booking_is_not_touched(
    client: Browser, world: World
) -> None:
    book(Browser(), world)
    before = list(OutgoingMail.objects.order_by("pk").values_list("kind", "state", "due_at"))
    booking = Booking.objects.values().get()
    ask(client)
    others = OutgoingMail.objects.exclude(kind="links").order_by("pk")
    assert list(others.values_list("kind", "state", "due_at")) == before
    assert Booking.objects.values().get() == booking


def test_a_mail_that_cannot_be_written_leaves_the_old_links_open(
    world: World, sam: Client, settings: Settings, tmp_path: Path
) -> None:
    old = linked(force_booking(world, NOW + DAY, client=sam))
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "links.txt").write_text("{% nonsense %}")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    before = rows()
    with pytest.raises(TemplateSyntaxError):
        link_requests.send(EMAIL, NOW)
    assert rows() == before
    assert AccessLink.objects.opened_by(old, NOW)


# --- one answer for everybody


def told(response: Any) -> tuple[Any, ...]:
    return response.status_code, response.content, dict(response.headers)


def test_a_known_an_unknown_and_a_limited_address_get_the_same_answer(
    client: Browser, world: World, sam: Client
) -> None:
    force_booking(world, NOW + DAY, client=sam)
    first = post(client)
    heard = [told(first), told(post(client)), told(post(client, "nobody@example.com"))]
    assert heard == [heard[0]] * 3
    assert first["Location"] == f"{PAGE}?sent=1"
    pages = {browser.get(first["Location"]).content for browser in (client, Browser())}
    assert len(pages) == 1
    assert "Check your email" in pages.pop().decode()
    assert link_requests.answer() == 2
    assert (rows()["OutgoingMail"], rows()["AccessLink"]) == (1, 1)


def test_the_page_writes_down_who_asked_and_looks_nobody_up(
    client: Browser, world: World, sam: Client
) -> None:
    old = linked(force_booking(world, NOW + DAY, client=sam))
    for email in (EMAIL, "nobody@example.com"):
        with CaptureQueriesContext(connection) as asked:
            post(client, email)
        assert not [q for q in asked.captured_queries if "clients_client" in q["sql"]]
    assert LinkRequest.objects.count() == 2
    assert not OutgoingMail.objects.exists()
    assert opened(old).status_code == 302


def test_an_address_is_sealed_while_it_waits_and_forgotten_once_answered(
    client: Browser, world: World, sam: Client
) -> None:
    post(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM clients_linkrequest r")
        [[row]] = cursor.fetchall()
    assert "sam" not in row
    assert (link_requests.answer(), LinkRequest.objects.count(), link_requests.answer()) == (
        1,
        0,
        0,
    )


def test_ten_requests_send_one_mail_and_replace_once(
    client: Browser, world: World, sam: Client
) -> None:
    force_booking(world, NOW + DAY, client=sam)
    for email in (EMAIL, "SAM@Example.com") * 5:
        ask(client, email)
    [token] = tokens()
    assert opened(token).status_code == 302
    assert AccessLink.objects.count() == 1


def test_an_hour_later_it_is_sent_again_and_replaces_the_one_before(
    client: Browser, world: World, sam: Client
) -> None:
    force_booking(world, NOW + DAY, client=sam)
    ask(client)
    [old] = tokens()
    OutgoingMail.objects.update(key="before", kind="before")
    RateBucket.objects.update(updated_at=Now() - timedelta(minutes=59))
    ask(client)
    assert not OutgoingMail.objects.filter(kind="links").exists()
    assert opened(old).status_code == 302
    RateBucket.objects.update(updated_at=Now() - timedelta(hours=1))
    ask(client)
    [new] = tokens()
    assert [opened(token).status_code for token in (old, new, old)] == [302, 302, 404]


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_one_mailbox_is_written_to_a_few_times_a_day(
    client: Browser, world: World, sam: Client, email: str
) -> None:
    """A stranger who asks all day, from wherever and with whichever tag, fills no inbox."""
    for hour in range(6):
        answer = post(Browser(), email.replace("@", f"+{hour}@"))
        assert answer["Location"] == f"{PAGE}?sent=1"
        RateBucket.objects.update(updated_at=F("updated_at") - timedelta(hours=1))
    assert LinkRequest.objects.count() == 4


def test_one_network_address_asks_so_often_a_day_whoever_it_asks_for(
    client: Browser, world: World, sam: Client, settings: Settings
) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"link-asker-address": (2, 86400)}
    said = [post(client, email) for email in ("a@example.com", EMAIL, "b@example.com", EMAIL)]
    assert [answer.status_code for answer in said] == [302, 302, 429, 429]
    assert said[2].content == said[3].content
    assert LinkRequest.objects.count() == 2


def test_a_stranger_who_asks_for_somebodys_links_ends_none_of_them(
    client: Browser, world: World, sam: Client
) -> None:
    found = force_booking(world, NOW + DAY, client=sam)
    theirs, inside = linked(found), Browser()
    open_link(inside, theirs)
    ask(client)
    assert opened(theirs).status_code == 302
    assert inside.get(reverse("booking", args=[found.uid])).status_code == 200


def test_a_head_request_opens_nothing_for_good(client: Browser, world: World, sam: Client) -> None:
    """Some scanners only ask whether a link in a mail is there."""
    old = linked(force_booking(world, NOW + DAY, client=sam))
    ask(client)
    Browser().head(reverse("link", args=tokens()))
    assert opened(old).status_code == 302


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_a_worker_is_rung_for_either_way(
    client: Browser,
    world: World,
    sam: Client,
    email: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    force_booking(world, NOW + DAY, client=sam)
    with django_capture_on_commit_callbacks() as rung:
        post(client, email)
    assert len(rung) == 1


@pytest.mark.parametrize("who", ["worker", "sweeper"])
def test_who_asked_while_the_broker_was_gone_is_answered_by_the_next_sweep(
    client: Browser, world: World, sam: Client, who: str
) -> None:
    force_booking(world, NOW + DAY, client=sam)
    post(client)
    if who == "worker":
        tasks.sweep()
    else:
        call_command("send_due_mail", stdout=io.StringIO())
    assert mailed().state == "sent"


def test_a_request_that_cannot_be_answered_keeps_no_other_waiting_and_is_forgotten_in_a_day(
    client: Browser, world: World, sam: Client, printed: io.StringIO
) -> None:
    force_booking(world, NOW + DAY, client=sam)
    post(client, "kim@example.com")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_linkrequest SET email = 'no key opens this'")
    post(client)
    assert link_requests.answer() == 1
    assert len(tokens()) == 1
    assert "UndecipherableError" in printed.getvalue()
    tasks.housekeeping()
    assert LinkRequest.objects.count() == 1
    LinkRequest.objects.update(asked_at=NOW - DAY - timedelta(seconds=1))
    tasks.housekeeping()
    assert LinkRequest.objects.count() == 0


@pytest.mark.parametrize(
    "email",
    [
        "",
        "sam",
        "josé@example.com",
        "root@localhost",
        "x@[127.0.0.1]",
        f"{EMAIL}, kim@example.com",
        f"{EMAIL}\r\nBcc: kim@example.com",
        f"Sam <{EMAIL}>",
        f"{EMAIL}\x00",
        "\N{RIGHT-TO-LEFT OVERRIDE}sam@example.com",
        f"{'x' * 250}@example.com",
    ],
    ids=ascii,
)
def test_what_is_no_address_is_refused_beside_the_field_and_kept(
    client: Browser, world: World, sam: Client, email: str
) -> None:
    force_booking(world, NOW + DAY, client=sam)
    before = rows()
    response = post(client, email)
    assert response.status_code == 422
    page = text_of(response)
    assert 'id="id_email_error"' in page
    assert "<title>Error: Get your private links" in page
    assert rows() == before


@pytest.mark.parametrize("changes", [{"website": "spam"}, {"rendered": "forged"}], ids=str)
def test_a_script_gets_nothing(
    client: Browser, world: World, sam: Client, changes: dict[str, str]
) -> None:
    force_booking(world, NOW + DAY, client=sam)
    before = rows()
    assert post(client, **changes).status_code == 422
    assert rows() == before


def test_looking_sends_nothing(client: Browser, world: World, sam: Client) -> None:
    force_booking(world, NOW + DAY, client=sam)
    before = rows()
    for query in ("", "?sent=1", f"?email={EMAIL}"):
        assert client.get(PAGE + query).status_code == 200
        assert client.head(PAGE + query).status_code == 200
    assert rows() == before


def test_no_log_line_names_the_address_or_a_token(
    client: Browser, world: World, sam: Client, printed: io.StringIO
) -> None:
    force_booking(world, NOW + DAY, client=sam)
    ask(client)
    post(client, "sam")
    opened(tokens()[0])
    assert EMAIL not in printed.getvalue()
    assert tokens()[0] not in printed.getvalue()


# --- what it asks of Postgres


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_a_fixed_number_of_questions(
    client: Browser,
    world: World,
    sam: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for n in range(count):
        linked(force_booking(world, NOW + (n + 1) * DAY, client=sam))
        linked(force_booking(world, NOW - (n + 1) * DAY, client=sam))
    catalogue._offered.clear()
    # The practice; versions, services and places, which a process keeps; the notice.
    with django_assert_num_queries(5):
        client.get(PAGE)
    with django_assert_num_queries(2):
        client.get(PAGE)
    for email in ("nobody@example.com", EMAIL):
        # Four limits: by network address twice, by mailbox twice.
        with django_assert_num_queries(5):
            post(client, email)
    # 1 who asked, and for each 2 a transaction, 1 the row, 1 the client, 1 its end. For a client
    # besides: 1 the bookings, 1 whether they may book, 2 a transaction, 1 the old links, 1 the new,
    # 1 the mail.
    with django_assert_num_queries(18):
        link_requests.answer()
    assert len(tokens()) == count + 1


def test_who_asks_too_often_is_told_to_wait_and_asks_nothing(
    client: Browser, world: World, settings: Settings
) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"form-address": (1, 60)}
    said = [post(client, email).status_code for email in (EMAIL, "kim@example.com")]
    assert said == [302, 429]
    assert [one.email for one in LinkRequest.objects.all()] == [EMAIL]


@pytest.mark.django_db
def test_what_is_due_does_not_wait_for_a_table_that_cannot_be_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def gone(_execute: object, sql: str, *_rest: object) -> None:
        raise OperationalError(sql)

    with connection.execute_wrapper(gone):
        assert link_requests.answer() == 0
    assert "who asked for links could not be read: OperationalError" in caplog.text


# --- what they had chosen


def chosen(world: World, slot: str = "2026-11-25T10:00") -> str:
    """The address to which a stranger who chose a time for a session is led."""
    path = address("details", world, service=world.session, slot=slot)
    return str(Browser().get(path)["Location"])


def test_the_time_that_was_chosen_travels_in_the_mailed_link(
    client: Browser, world: World, sam: Client
) -> None:
    Client.objects.filter(pk=sam.pk).update(accepted_at=NOW)
    where = chosen(world)
    said = "50-minute session, online: Wednesday 25 November 2026, 10am UK time."
    assert f"You chose {said}" in text_of(client.get(where))
    send(client, where, answers(email=EMAIL))
    link_requests.answer()
    letter = OutgoingMail.objects.get(kind="links")
    assert "To go on with the time you chose, if it’s still free:" in letter.text
    assert "Book that time" in letter.html
    [link] = re.findall(r"https?://\S+(/b/\S+slot=\S+)", letter.text)
    reader = Browser()
    opened = reader.get(link)
    if opened["Location"] == reverse("open"):
        opened = reader.post(reverse("open"), {"whose": "mine"})
    assert opened["Location"].startswith("/book/details/?what=session&how=online")
    page = text_of(reader.get(opened["Location"], follow=True))
    assert "Wednesday 25 November 2026, 10am UK time" in page
    assert "You’re booking as" in page
    assert LinkRequest.objects.count() == 0


@pytest.mark.parametrize(
    "query",
    ["", "?what=session&how=online&slot=x", "?what=massage&how=online&slot=2026-11-25T10:00"],
)
def test_what_is_no_choice_travels_nowhere(
    client: Browser, world: World, sam: Client, query: str
) -> None:
    Client.objects.filter(pk=sam.pk).update(accepted_at=NOW)
    assert "You chose" not in text_of(client.get(f"{PAGE}{query}"))
    send(client, f"{PAGE}{query}", answers(email=EMAIL))
    assert LinkRequest.objects.get().wanted == ""
    link_requests.answer()
    assert "slot=" not in OutgoingMail.objects.get(kind="links").text


def test_a_link_to_one_booking_leads_to_it_whatever_its_address_says(
    client: Browser, world: World, sam: Client
) -> None:
    found = force_booking(world, NOW + DAY, client=sam, proven_at=NOW)
    asked = "what=session&how=online&slot=2026-11-25T10:00"
    opened = client.get(f"/b/{private_links.to_booking(found, NOW)}/?{asked}")
    if opened["Location"] == reverse("open"):
        opened = client.post(reverse("open"), {"whose": "mine"})
    assert opened["Location"] == reverse("booking", args=[found.uid])
