"""Every mail as it is sent: whom it goes to, when, what it says and what it never says."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import escape
from pytest_django.fixtures import Settings

from bookings import lifecycle
from bookings.by import By
from bookings.lifecycle import Person
from bookings.models import Booking
from bookings.notices import link_requests
from bookings.notices.letter import sender
from bookings.outcomes import Report
from outbox.models import OutgoingMail
from tests import pages
from tests.bookings.notices.letters import one, part, remind, sent, text_of
from tests.factories import NOW, World, book, force_booking, make_client

START = NOW + timedelta(days=1, hours=1)
EMAIL = "sam@example.com"
CANARY = "CanaryWord"
CLIENT, THERAPIST = By.client(), By.therapist()


def booked(
    world: World, start: datetime = START, now: datetime = NOW, name: str = "Sam"
) -> Booking:
    person = Person(name, EMAIL, "07700 900123")
    return book(world, start, now, person=person, note=f"I said {CANARY}")


def cancelled(found: Booking, actor: By, reason: str = "") -> Booking:
    return lifecycle.cancel(found.pk, by=actor, reason=reason, now=NOW)


def every_kind(world: World, name: str = "Sam") -> None:
    """Queue one mail at least of each kind."""
    gone = booked(world, name=name)
    remind(gone)
    OutgoingMail.objects.update(state="sent")
    cancelled(gone, CLIENT, f"Because {CANARY}")
    OutgoingMail.objects.update(state="pending")
    cancelled(booked(world, name=name), THERAPIST, "I am ill.")
    held = force_booking(world, NOW - timedelta(hours=1), client=gone.client)
    lifecycle.record(held.pk, Report("attended", "continue"), by=By.therapist(), now=NOW)
    link_requests.send(EMAIL, NOW)


KINDS = {
    "confirmation",
    "therapist_new",
    "reminder",
    "cancellation",
    "therapist_cancelled",
    "links",
    "follow_up",
}


def test_every_mail_keeps_what_mail_servers_ask_for(world: World) -> None:
    every_kind(world)
    assert set(OutgoingMail.objects.filter(state="pending").values_list("kind", flat=True)) == KINDS
    ids = set()
    for letter in sent():
        assert len(letter.as_bytes()) < 100_000
        assert letter["Auto-Submitted"] == "auto-generated"
        assert part(letter, "text/plain").get_content_charset() == "utf-8"
        assert part(letter, "text/html").get_content_charset() == "utf-8"
        assert not re.search(r"[\x00-\x1f\x7f]", letter["Subject"])
        assert len(letter["To"].addresses) == len(letter["From"].addresses) == 1
        assert re.fullmatch(r"<[0-9a-f-]{36}@kicks\.example>", letter["Message-ID"])
        ids.add(letter["Message-ID"])
        lines = letter.as_bytes().split(b"\r\n")
        assert max(map(len, lines)) <= 998
    assert len(ids) == OutgoingMail.objects.filter(state="sent").count() > 5


def test_the_longest_that_anybody_may_write_still_makes_a_small_mail(world: World) -> None:
    every_kind(world, name="Ünal " * 20)
    OutgoingMail.objects.update(state="withdrawn")
    person = Person("Ş" * 100, f"{'s' * 60}@{'a' * 60}.example.com", "0" * 30)
    found = book(world, START, NOW, person=person, note="ñ" * 1000)
    letters = sent()
    cancelled(found, THERAPIST, "ž " * 2000)
    letters += sent()
    assert {letter.get_content_type() for letter in letters} >= {"multipart/alternative"}
    for letter in letters:
        assert len(letter.as_bytes()) < 100_000
        assert part(letter, "text/plain").get_content().strip()


def test_the_longest_name_and_address_that_admin_takes_still_send_mail(world: World) -> None:
    therapist, practice = world.therapist, world.therapist.practice
    practice.name = '"' * 80
    therapist.email = f"{'r' * 60}@{'.'.join(['k' * 60] * 3)}.example"
    assert len(therapist.email) < 254 < len(sender(therapist))
    practice.full_clean()
    therapist.full_clean()
    practice.save()
    therapist.save()
    letter = one(booked(world), "confirmation")
    [address] = letter["From"].addresses
    assert (address.display_name, address.addr_spec) == (practice.name, therapist.email)
    assert letter["Message-ID"].endswith(f"@{therapist.email.partition('@')[2]}>")


def test_all_mail_about_one_booking_sits_together_and_apart_from_the_next(world: World) -> None:
    first = booked(world)
    remind(first)
    letters = sent(first)
    cancelled(first, CLIENT)
    letters += sent(first)
    apart = one(booked(world), "confirmation")
    assert len(letters) == 5
    for name in ("References", "In-Reply-To"):
        assert {letter[name] for letter in letters} == {f"<booking-{first.uid}@kicks.example>"}
        assert apart[name] != letters[0][name]


def test_the_reminder_alone_is_worthless_once_the_meeting_begins(world: World) -> None:
    every_kind(world)
    ends = dict(OutgoingMail.objects.values_list("kind", "not_after"))
    assert ends == {kind: START if kind == "reminder" else None for kind in KINDS}


def test_a_mail_that_is_sent_again_has_the_same_message_id(world: World) -> None:
    found = booked(world)
    first = one(found, "confirmation")
    OutgoingMail.objects.filter(kind="confirmation").update(state="pending")
    assert one(found, "confirmation")["Message-ID"] == first["Message-ID"]


def test_every_mail_says_that_nobody_watches_its_inbox_and_where_to_turn(world: World) -> None:
    every_kind(world)
    letters = sent()
    assert len(letters) > 5
    for letter in letters:
        for kind in ("text/plain", "text/html"):
            words = " ".join(text_of(letter, kind).split())
            assert "This inbox isn’t watched day and night" in words
            assert all(number in words for number in ("116 123", "111", "999"))


def test_a_mail_loads_nothing_and_carries_its_styles_on_its_elements(world: World) -> None:
    every_kind(world)
    for letter in sent():
        page = text_of(letter, "text/html")
        assert not re.search(r"\ssrc=|<link|url\(|@import|@font-face|var\(|<script", page)
        [head] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
        assert re.sub(r"@media [^{]+\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", head).strip() == ""
        assert not re.findall(r"<(?:p|h1|a|body)(?![^>]* style=)[^>]*>", page)


@pytest.mark.parametrize("name", ["<script>alert(1)", "{{7*7}}{% debug %}", "O’Neil & Co"])
def test_a_name_is_escaped_in_html_and_plain_in_text(world: World, name: str) -> None:
    every_kind(world, name)
    for letter in sent():
        page, text = text_of(letter, "text/html"), text_of(letter)
        assert "<script" not in page
        assert escape(name) in page
        assert name in text
        assert "&lt;" not in text
        assert "&amp;" not in text


def test_what_the_client_wrote_is_in_no_mail(world: World) -> None:
    every_kind(world)
    letters = sent()
    assert len(letters) > 5
    for letter in letters:
        for piece in letter.walk():
            body = piece.get_payload(decode=True) or b""
            assert CANARY.encode() not in body
        assert CANARY not in str(letter["Subject"])


def test_the_therapist_is_told_that_there_is_a_note_and_a_reason_but_not_which(
    world: World,
) -> None:
    found = booked(world)
    assert "They left a note: read it in the diary." in text_of(one(found, "therapist_new"))
    cancelled(found, CLIENT, "Because")
    letter = one(found, "therapist_cancelled")
    for kind in ("text/plain", "text/html"):
        assert "They left a reason: read it in the diary." in text_of(letter, kind)
    assert f"/admin/bookings/booking/{found.pk}/change/" in text_of(letter)


def test_the_therapist_gets_the_contact_and_discreet_subjects(world: World) -> None:
    letter = one(booked(world, name="Sam Okafor"), "therapist_new")
    assert letter["Subject"] == "New booking: SO, Tuesday 24 November 2026, 10am UK time"
    text = text_of(letter)
    assert all(word in text for word in ("Sam Okafor", EMAIL, "07700 900123"))
    assert letter["To"] == "robin@kicks.example"


def test_the_confirmation_says_what_the_client_needs(world: World) -> None:
    letter = one(booked(world), "confirmation")
    assert letter["Subject"] == "Your appointment on Tuesday 24 November 2026, 10am UK time"
    for kind in ("text/plain", "text/html"):
        words = text_of(letter, kind)
        assert "Tuesday 24 November 2026" in words
        assert "10am to 10:15am UK time" in words
        assert "https://meet.example.org/kicks" in words
        assert re.search(r"http://\S+/b/[\w-]{43}/", words)


def test_the_link_in_the_mail_opens_the_booking(world: World, client: Browser) -> None:
    found = booked(world)
    [token] = re.findall(r"http://[^/]+/b/([^/]+)/", text_of(one(found, "confirmation")))
    assert pages.open_link(client, token)["Location"] == reverse("booking", args=[found.uid])


def test_a_therapist_who_cancels_tells_the_client_why(world: World) -> None:
    found = cancelled(booked(world), THERAPIST, "I am ill.\nI’m <sorry>.")
    letter = one(found, "cancellation")
    assert "I am ill.\nI’m <sorry>." in text_of(letter).replace("\r\n", "\n")
    assert "I am ill.<br>I’m &lt;sorry&gt;." in text_of(letter, "text/html")
    assert not OutgoingMail.objects.filter(kind="therapist_cancelled").exists()


# --- what a failure says


def by_template(settings: Settings, tmp_path: Path) -> None:
    """Make the confirmation fail while it is rendered."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "confirmation.txt").write_text("{{ booking.reference }}{% include nil %}")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]


def by_row(table: str) -> Callable[[Settings, Path], None]:
    """Make Postgres refuse every row of a table, and quote it in its answer."""

    def refuse(settings: Settings, tmp_path: Path) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT never CHECK (id < 0) NOT VALID")

    return refuse


@pytest.mark.parametrize(
    "fail",
    [
        by_template,
        by_row("clients_client"),
        by_row("bookings_booking"),
        by_row("outbox_outgoingmail"),
    ],
    ids=["template", "client", "booking", "mail"],
)
def test_a_failure_logs_nothing_that_the_client_said(
    world: World,
    settings: Settings,
    tmp_path: Path,
    printed: io.StringIO,
    fail: Callable[[Settings, Path], None],
) -> None:
    browser = Browser(raise_request_exception=False)
    path = pages.check_address(
        browser,
        world,
        name=f"Nora {CANARY}",
        email=f"{CANARY}@example.com",
        phone="07700 900999",
        note=f"I said {CANARY}",
    )
    shown = pages.carried(browser, path)
    fail(settings, tmp_path)
    response = browser.post(path, shown)
    assert response.status_code == 500
    assert "Something went wrong" in pages.text_of(response)
    log = printed.getvalue()
    assert "Internal Server Error: /book/check/" in log
    assert "Traceback" in log
    assert CANARY not in log + pages.text_of(response)
    assert "900999" not in log
    assert pages.rows() == pages.NOTHING


def test_postgres_does_quote_the_row_so_the_test_above_can_fail(world: World) -> None:
    by_row("clients_client")(Settings, Path())  # type: ignore[arg-type]
    with pytest.raises(IntegrityError, match=CANARY):
        make_client(name=CANARY)
