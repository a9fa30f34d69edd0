"""A typed address proves nothing: what a stranger does with a client's, and what they read of it.

Each of these let a stranger in, or told them who is in therapy.
"""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from availability import catalogue
from bookings import lifecycle, privacy_notice
from bookings.by import By
from bookings.models import Booking
from bookings.notices import private_links, reminders
from bookings.notices.keys import about_booking
from clients.models import AccessLink, Client, Consent, RateBucket
from outbox.models import OutgoingMail
from tests.clock import Clock
from tests.factories import NOW, World, force_booking, lapse_holds, make_client, pages_link
from tests.pages import (
    SLOT,
    address,
    answers,
    book,
    carried,
    check_address,
    open_link,
    press,
    rows,
    send_details,
    text_of,
)

EMAIL = "vera@example.com"
TYPED = {"name": "Mallory Fake", "email": EMAIL, "phone": "07700 900666"}


def make_vera() -> Client:
    """A client whom the therapist knows, with a meeting behind her."""
    return make_client(
        name="Vera Moss", email=EMAIL, phone="07700 900111", proven_at=NOW, accepted_at=NOW
    )


@pytest.fixture
def vera(world: World) -> Client:
    vera = make_vera()
    force_booking(world, NOW - timedelta(days=30), client=vera, proven_at=NOW)
    return vera


def open_mail(found: Booking) -> Browser:
    """Open the link of its confirmation in a browser of its own, and press."""
    mail = OutgoingMail.objects.get(about=about_booking(found.uid), kind="confirmation")
    match = re.search(r"/b/([\w-]+)/", mail.text)
    assert match
    browser = Browser()
    assert open_link(browser, match[1]).status_code == 302
    return browser


# --- what a stranger writes


def test_a_strangers_booking_leaves_the_clients_card_and_consents_alone(
    client: Browser, world: World, vera: Client
) -> None:
    found = book(client, world, **TYPED)
    vera.refresh_from_db()
    assert (vera.name, vera.phone, vera.consents.count()) == ("Vera Moss", "07700 900111", 0)
    assert (found.client, found.proven_at) == (vera, None)
    assert (found.contact_name, found.contact_phone) == ("Mallory Fake", "07700 900666")


def test_a_strangers_page_reaches_the_reminders_of_that_booking_alone(
    client: Browser, world: World, vera: Client, clock: Clock
) -> None:
    found = book(client, world, **TYPED)
    own = force_booking(world, NOW + timedelta(days=3), client=vera)
    path = reverse("reminders", args=[found.uid])
    assert "counts for this meeting" in text_of(client.get(path))
    said = client.post(path, {"decision": "stop"}, follow=True)
    assert "I won’t send you any more reminders of this meeting." in text_of(said)
    assert "I don’t remind you of this meeting." in text_of(client.get(path))
    vera.refresh_from_db()
    assert vera.wants_reminders
    clock.move_to(own.start - timedelta(hours=1))
    reminders.queue_due()
    reminded = OutgoingMail.objects.filter(kind="reminder").values_list("about", flat=True)
    assert list(reminded) == [about_booking(own.uid)]


def test_who_wants_the_meetings_reminders_after_all_gets_those_to_come(
    client: Browser, world: World, clock: Clock
) -> None:
    found = book(client, world, "2026-11-24T09:30")
    path = reverse("reminders", args=[found.uid])
    client.post(path, {"decision": "stop"})
    clock.shift(timedelta(minutes=40))
    said = client.post(path, {"decision": "send"}, follow=True)
    assert "I’ll send you reminders of this meeting." in text_of(said)
    page = text_of(client.get(reverse("booking", args=[found.uid])))
    assert "I’ll remind you 2 hours before." in page
    assert reminders.queue_due() == 0
    clock.move_to(found.start - timedelta(hours=2))
    assert reminders.queue_due() == 1


def test_a_reminder_that_waits_is_taken_back_when_its_meeting_wants_none(
    client: Browser, world: World, clock: Clock
) -> None:
    found = book(client, world, "2026-11-24T09:30")
    clock.shift(timedelta(minutes=40))
    reminders.queue_due()
    client.post(reverse("reminders", args=[found.uid]), {"decision": "stop"})
    reminders.queue_due()
    assert OutgoingMail.objects.get(kind="reminder").state == "withdrawn"


def test_a_link_from_the_mail_reaches_all_reminders(world: World, vera: Client) -> None:
    browser = open_mail(book(Browser(), world, **TYPED))
    found = Booking.objects.latest("pk")
    path = reverse("reminders", args=[found.uid])
    assert "counts for all our meetings" in text_of(browser.get(path))
    browser.post(path, {"decision": "stop"})
    vera.refresh_from_db()
    assert not vera.wants_reminders
    browser.post(path, {"decision": "send"})
    found.refresh_from_db()
    vera.refresh_from_db()
    assert found.reminds
    assert vera.wants_reminders


def test_who_is_known_by_their_own_link_has_all_reminders_too(world: World, vera: Client) -> None:
    browser = Browser()
    token = pages_link(vera)
    open_link(browser, token)
    found = book(browser, world, service=world.session)
    page = text_of(browser.get(reverse("reminders", args=[found.uid])))
    assert "counts for all our meetings" in page


def test_opening_the_mail_puts_what_was_typed_on_an_unproven_card_and_counts_the_consent(
    world: World,
) -> None:
    found = book(Browser(), world, **TYPED)
    card = found.client
    assert (card.proven_at, card.consents.count()) == (None, 0)
    Client.objects.update(name="Somebody else typed this before", phone="")
    open_mail(found)
    card.refresh_from_db()
    assert (card.name, card.phone, card.proven_at) == ("Mallory Fake", "07700 900666", NOW)
    assert card.consents.get().notice == world.notice
    open_mail(found)
    assert card.consents.count() == 1


def test_opening_the_mail_leaves_a_proven_card_as_it_is(world: World, vera: Client) -> None:
    open_mail(book(Browser(), world, **TYPED))
    vera.refresh_from_db()
    assert (vera.name, vera.phone, vera.consents.count()) == ("Vera Moss", "07700 900111", 1)


@pytest.mark.parametrize("method", ["head", "get"])
def test_a_program_that_opens_the_links_in_a_mail_confirms_nothing(
    client: Browser, world: World, method: str
) -> None:
    """Nor one that goes on to wherever they lead."""
    found, sam = book(Browser(), world, **TYPED), make_client()
    stored, replaced = rows(), private_links.to_booking(found, NOW)
    for link, token in (
        private_links.booking_link(found, NOW, replaces=True),
        private_links.pages_link(sam, world.therapist.practice, NOW),
    ):
        link.save()
        led = getattr(client, method)(reverse("link", args=[token]), follow=True)
        assert (led.status_code, led.redirect_chain) == (200, [(reverse("open"), 302)])
        assert "Vera" not in text_of(led)
    assert rows() == {**stored, "AccessLink": stored["AccessLink"] + 3, "Client": 2}
    for row in (Booking.objects.get(), *Client.objects.all()):
        assert row.proven_at is None
    assert AccessLink.objects.opened_by(replaced, NOW)
    assert client.get(reverse("booking", args=[found.uid])).status_code == 404
    assert not has_client_link(client)


def has_client_link(browser: Browser) -> bool:
    return "client_link" in browser.session


def test_a_press_proves_the_address_of_who_books_sessions(client: Browser, world: World) -> None:
    sam = make_client()
    assert open_link(client, pages_link(sam))["Location"] == reverse("book")
    sam.refresh_from_db()
    assert (sam.is_proven, sam.name) == (True, "Sam Okafor")


def test_what_is_proven_opens_without_a_press(client: Browser, world: World, vera: Client) -> None:
    Consent.objects.create(client=vera, notice=world.notice, given_at=NOW)
    found = force_booking(world, NOW + timedelta(days=3), client=vera, proven_at=NOW)
    for token, there in (
        (private_links.to_booking(found, NOW), reverse("booking", args=[found.uid])),
        (pages_link(vera), reverse("book")),
    ):
        led = client.get(reverse("link", args=[token]))
        assert led["Location"] == there


def test_the_button_leads_on_once_nothing_is_left_to_press(client: Browser, world: World) -> None:
    """After the back button, or where it was confirmed meanwhile."""
    found = book(Browser(), world)
    client.get(reverse("link", args=[private_links.to_booking(found, NOW)]))
    page = text_of(client.get(reverse("open")))
    assert "Did you book this?" in page
    assert "Tuesday 24 November 2026" in page
    lifecycle.prove(found, now=NOW)
    here = reverse("booking", args=[found.uid])
    assert client.get(reverse("open"))["Location"] == here
    assert client.post(reverse("open"))["Location"] == here
    assert client.get(here).status_code == 200


def test_a_link_that_takes_the_place_of_others_asks_for_a_press_once(
    client: Browser, world: World, vera: Client
) -> None:
    Consent.objects.create(client=vera, notice=world.notice, given_at=NOW)
    found = force_booking(world, NOW + timedelta(days=3), client=vera, proven_at=NOW)
    old = private_links.to_booking(found, NOW)
    link, token = private_links.booking_link(found, NOW, replaces=True)
    link.save()
    client.get(reverse("link", args=[token]))
    page = text_of(client.get(reverse("open")))
    assert "One press, and it’s open" in page
    assert "wasn’t me" not in page
    assert AccessLink.objects.opened_by(old, NOW)
    here = reverse("booking", args=[found.uid])
    assert client.post(reverse("open"))["Location"] == here
    assert AccessLink.objects.opened_by(old, NOW) is None
    assert Browser().get(reverse("link", args=[token]))["Location"] == here


def test_who_did_not_book_it_cancels_it_and_confirms_nothing(client: Browser, world: World) -> None:
    found = book(Browser(), world, **TYPED)
    client.get(reverse("link", args=[private_links.to_booking(found, NOW)]))
    cancel = reverse("cancel", args=[found.uid])
    assert client.post(reverse("open"), {"whose": "not mine"})["Location"] == cancel
    assert client.get(cancel).status_code == 200
    client.post(cancel, {"decision": "cancel", "seen": 0})
    found.refresh_from_db()
    card = Client.objects.get()
    assert (found.is_cancelled, found.proven_at, card.proven_at) == (True, None, None)
    assert card.consents.count() == 0


def test_only_a_booking_can_be_said_to_be_nobodys(client: Browser, world: World) -> None:
    client.get(reverse("link", args=[pages_link(make_client())]))
    assert "wasn’t me" not in text_of(client.get(reverse("open")))
    assert client.post(reverse("open"), {"whose": "not mine"}).status_code == 404


def test_a_button_whose_link_has_ended_opens_nothing(client: Browser, world: World) -> None:
    assert client.get(reverse("open")).status_code == 404
    found = book(Browser(), world)
    client.get(reverse("link", args=[private_links.to_booking(found, NOW)]))
    AccessLink.objects.all().revoke(NOW)
    assert client.post(reverse("open")).status_code == 404
    assert Booking.objects.get().proven_at is None


def test_what_came_by_mail_is_closed_to_whoever_types_next(client: Browser, world: World) -> None:
    found = book(Browser(), world)
    client.get(reverse("link", args=[private_links.to_booking(found, NOW)]))
    send_details(client, world, "2026-11-25T11:00", **TYPED)
    assert client.get(reverse("open")).status_code == 404


# --- what a stranger reads

KINDS = ("a client", "somebody who booked", "nobody")


def make_known(world: World, kind: str, email: str) -> None:
    """Let the address be a client's who wants no reminders, or one that somebody typed before."""
    if kind == "a client":
        known = make_client(name="Vera Moss", email=email.upper(), proven_at=NOW, accepted_at=NOW)
        Client.objects.filter(pk=known.pk).update(reminders_from=None)
        force_booking(world, NOW - timedelta(days=30), client=known)
    elif kind == "somebody who booked":
        card = make_client(name="Typed Before", email=email)
        force_booking(world, NOW + timedelta(days=20), client=card)


UNLIKE = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{8}(?:%2D|-)[0-9a-f-]+", "UUID"),
    (r"KT-\w{6}", "REFERENCE"),
    (r'(csrfmiddlewaretoken|rendered|shown|key)" value="[^"]*"', "HIDDEN"),
    (r'name="turn-\w+"', "TURN"),
    (r"/book/check/[\w-]+/|draft=[\w-]+", "DRAFT"),
    (r"nonce-[\w=+/-]+|nonce=\"[^\"]+\"", "NONCE"),
    (r"(CREATED|LAST-MODIFIED|DTSTAMP):\w+", "STAMP"),
)


def alike(text: str) -> str:
    """Take out what differs from one booking to any other."""
    for pattern, word in UNLIKE:
        text = re.sub(pattern, word, text)
    return text


def everything_shown(world: World, kind: str) -> tuple[list[str], list[int]]:
    """Walk a stranger's whole way: return what each page says, and how much it asks Postgres."""
    make_known(world, kind, EMAIL)
    RateBucket.objects.all().delete()
    browser, said, asked = Browser(), [], []

    def step(*steps: tuple[str, str, dict[str, object] | None]) -> str:
        last = ""
        for method, path, posted in steps:
            with CaptureQueriesContext(connection) as queries:
                response = getattr(browser, method)(path, posted)
            said.append(alike(f"{response.status_code} {response.headers} {text_of(response)}"))
            asked.append(len(queries))
            last = response.headers.get("Location", "")
        return last

    check = step(("post", address("details", world, slot=SLOT), answers(email=EMAIL)))
    step(("get", check, None))
    here = step(("post", check, dict(carried(browser, check))))
    uid = here.split("/")[2]
    for name in ("booking", "reminders", "change", "cancel", "ics"):
        step(("get", reverse(name, args=[uid]), None))
    step(("get", here, None))
    step(("post", reverse("reminders", args=[uid]), {"decision": "stop"}))
    step(("get", f"{reverse('booking', args=[uid])}?reminders=1", None))
    step(("post", reverse("cancel", args=[uid]), {"decision": "cancel", "reason": "", "seen": 0}))
    step(("get", reverse("booking", args=[uid]), None))
    return said, asked


def read_once(world: World) -> None:
    """Read what a process keeps of the practice: else only the first walk would ask for it."""
    named = catalogue.service_named("consultation", world.therapist.slug)
    assert named
    privacy_notice.current(named[1].catalogue)
    catalogue.service_with_id(world.consultation.pk)
    catalogue.services_of(world.therapist.pk)


@pytest.mark.parametrize("kind", KINDS[:2])
def test_every_page_answers_alike_whether_the_address_is_known(world: World, kind: str) -> None:
    read_once(world)
    known = everything_shown(world, kind)
    for table in (OutgoingMail, RateBucket, AccessLink):
        table._default_manager.all().delete()
    Booking.objects.all().delete()
    Client.objects.all().delete()
    lapse_holds()
    unknown = everything_shown(world, "nobody")
    for one, other in zip(known[0], unknown[0], strict=True):
        assert one == other
    assert known[1] == unknown[1]


def test_the_walk_would_find_a_page_that_tells(client: Browser, world: World) -> None:
    """The comparison above sees one word of difference, and one statement."""
    found = book(client, world)
    path = reverse("booking", args=[found.uid])
    before = alike(text_of(client.get(path)))
    Booking.objects.update(contact_name="Vera Moss")
    assert alike(text_of(client.get(f"{path}?booked=1"))) != before


def test_the_mailbox_learns_the_truth(client: Browser, world: World, vera: Client) -> None:
    found = book(client, world, **TYPED)
    mail = OutgoingMail.objects.get(about=about_booking(found.uid), kind="confirmation")
    assert mail.to == vera.email
    for part in (mail.text, mail.html):
        words = " ".join(part.split())
        assert "It looks as if we’ve met before" in words
        assert reverse("sessions") in words
        assert "This time stays yours until I hear from you." in words
        assert "Vera" not in words
    told = OutgoingMail.objects.get(about=about_booking(found.uid), kind="therapist_new")
    assert "They’ve had a first meeting" in told.text
    assert "This address is Vera Moss’s" in told.text
    assert "Mallory Fake" in told.text


def test_a_first_booking_says_nothing_of_having_met(client: Browser, world: World) -> None:
    found = book(client, world)
    mails = OutgoingMail.objects.filter(about=about_booking(found.uid))
    assert [
        m.text for m in mails if "met before" in m.text or "nobody has confirmed" in m.text
    ] == []


def test_a_session_still_needs_a_private_link(client: Browser, world: World, vera: Client) -> None:
    response = send_details(client, world, service=world.session, **TYPED)
    assert response.status_code == 302
    assert response["Location"].startswith(f"{reverse('sessions')}?")
    assert vera.bookings.count() == 1


def test_who_came_by_their_link_reads_that_they_have_met(world: World, vera: Client) -> None:
    browser = Browser()
    token = pages_link(vera)
    open_link(browser, token)
    response = press(browser, check_address(browser, world))
    assert response.status_code == 422
    assert "I can’t book another consultation" in text_of(response)


# --- the name


@pytest.mark.parametrize("name", ["https://evil.example/free", "www.evil.example", "a@b.co"])
def test_a_name_that_is_an_address_gets_a_message_and_is_mailed_to_nobody(
    client: Browser, world: World, name: str
) -> None:
    response = send_details(client, world, name=name)
    assert response.status_code == 422
    assert "Enter your name without a web address or an email address" in text_of(response)
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("name", "hello"),
    [
        ("Mrs. Smith", "Hello Mrs. Smith. Here"),
        ("Patel,", "Hello. Here"),
        ("Patel, Ann", "Hello Patel, Ann. Here"),
    ],
)
def test_a_mail_greets_by_the_whole_name_or_by_none(
    client: Browser, world: World, name: str, hello: str
) -> None:
    found = book(client, world, name=name)
    mail = OutgoingMail.objects.get(about=about_booking(found.uid), kind="confirmation")
    assert hello in mail.text
    assert hello in mail.html


def test_a_name_from_before_that_holds_an_address_is_sent_nowhere(
    world: World, vera: Client, clock: Clock
) -> None:
    Client.objects.update(name="https://evil.example/free")
    found = force_booking(world, NOW + timedelta(days=2), client=vera, proven_at=NOW)
    lifecycle.send_details(found.pk, by=By.therapist(), now=NOW)
    clock.move_to(found.start - timedelta(hours=1))
    reminders.queue_due()
    lifecycle.cancel(found.pk, by=By.client(), reason="", now=NOW)
    mails = OutgoingMail.objects.all()
    assert mails.count() == 4
    for mail in mails:
        assert "evil" not in mail.text + mail.html + mail.invite + mail.subject


@pytest.mark.parametrize(
    "name", ["x.com", "T.Me", "1.1.1.1", "mailto:x", "call 07700 900123", "Jo (he/him)"]
)
def test_a_name_that_a_mail_program_may_make_a_link_of_books_and_is_mailed_to_nobody(
    client: Browser, world: World, name: str
) -> None:
    found = book(client, world, name=name)
    assert found.contact_name == name
    mail = OutgoingMail.objects.get(about=about_booking(found.uid), kind="confirmation")
    assert "Hello. Here are the details." in mail.text
    for part in (mail.text, mail.html, mail.subject, mail.invite.replace("\r\n ", "")):
        assert name not in part
    told = OutgoingMail.objects.get(about=about_booking(found.uid), kind="therapist_new")
    assert (name in told.text) == (name == "Jo (he/him)")


# --- one mailbox


@pytest.mark.parametrize(
    "typed", ["v.e.r.a@gmail.com", "vera@googlemail.com", "Ve.ra+kicks@googlemail.com"]
)
def test_the_spellings_of_one_mailbox_are_one_card_and_mail_goes_to_the_address_on_it(
    client: Browser, world: World, vera: Client, typed: str
) -> None:
    Client.objects.update(email="vera@gmail.com", mailbox="vera@gmail.com")
    found = book(client, world, email=typed)
    assert (found.client, found.is_repeat) == (vera, True)
    mail = OutgoingMail.objects.get(about=about_booking(found.uid), kind="confirmation")
    assert mail.to == "vera@gmail.com"
    page = text_of(client.get(reverse("booking", args=[found.uid]) + "?booked=1"))
    assert found.contact_email in page
    assert "vera@gmail.com" not in page.replace(found.contact_email, "")


def test_another_spelling_of_a_card_that_nobody_has_proven_is_a_card_of_its_own(
    world: World,
) -> None:
    """Else a stranger who has typed a spelling that reaches them would get the other's mail."""
    first = book(Browser(), world, email="vera+mallory@example.com")
    second = book(Browser(), world, "2026-11-25T10:00", email=EMAIL)
    assert first.client != second.client
    assert second.client.email == EMAIL
