"""The page of one client: what it tells to whom, in how many questions."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from bookings.models import Booking
from bookings.notices import private_links
from bookings.notices.keys import about_booking
from clients.models import AccessLink, Client, Consent, EmergencyContact
from outbox.models import OutgoingMail
from staff.models import Role, SecurityEvent
from tests.factories import NOW, World, force_booking, make_client, make_therapist, make_user
from tests.outbox.letters import queued
from tests.pages import browser_of, signed_in, text_of

DAY = timedelta(days=1)
CARD = "admin:clients_client_card"


@pytest.fixture
def ama(world: World) -> Client:
    """Somebody who meets the therapist: three meetings, of which one is to come."""
    client = make_client(
        name="Ama Boateng", email="ama@example.com", phone="07700 900114", proven_at=NOW
    )
    for start in (NOW - 8 * DAY, NOW - DAY, NOW + DAY):
        force_booking(world, start, client=client, proven_at=NOW, service=world.session)
    return client


@pytest.fixture
def desk(world: World) -> Browser:
    return signed_in(world.therapist)


def path(client: Client, name: str = "card", *more: int) -> str:
    return reverse(f"admin:clients_client_{name}", args=[client.pk, *more])


def shown(browser: Browser, client: Client) -> str:
    return text_of(browser.get(path(client)))


def test_the_list_and_each_booking_lead_to_the_page_and_a_saved_card_back(
    desk: Browser, ama: Client
) -> None:
    to_page = f'href="{path(ama)}"'
    assert to_page in text_of(desk.get(reverse("admin:clients_client_changelist")))
    meeting = ama.bookings.latest("during")
    assert to_page in text_of(desk.get(reverse("admin:bookings_booking_change", args=[meeting.pk])))
    assert f'href="{path(ama, "change")}"' in shown(desk, ama)


def test_it_tells_of_meetings_money_agreements_and_links(
    desk: Browser, world: World, ama: Client
) -> None:
    Booking.objects.filter(during__startswith=NOW - DAY).update(
        late_fee=Decimal("37.50"), attendance="late"
    )
    gone = force_booking(world, NOW + 2 * DAY, client=ama, status="cancelled", asked_at=NOW)
    force_booking(world, NOW + 3 * DAY, client=ama, format="in_person", asked_at=NOW)
    force_booking(world, NOW + 4 * DAY, client=ama, format="walking")
    Consent.objects.create(client=ama, notice=world.notice, given_at=NOW - DAY)
    by_phone = {"how": Consent.How.PHONE, "given_at": NOW}
    Consent.objects.create(client=ama, notice=world.notice, **by_phone)
    private_links.to_pages(ama, world.therapist.practice, NOW)
    page = shown(desk, ama)
    assert "Since Sunday 15 November 2026." in page
    assert "2 meetings so far." in page
    for word in ("Came late", "£37.50 due", "Cancelled", "Asked to choose another time"):
        assert word in page
    assert "£37.50" in page
    assert "£75" in page
    assert f'href="{reverse("admin:bookings_booking_change", args=[gone.pk])}"' in page
    assert "Privacy notice, version 1" in page
    assert "22 November 2026, agreed when booking" in page
    assert "23 November 2026, told by phone" in page
    assert "1 link works." in page


def test_of_whom_there_is_nothing_it_says_so(world: World) -> None:
    kim = make_client(name="Kim", email="kim@example.com")
    page = shown(browser_of(make_user(Role.OWNER)), kim)
    for words in (
        "No meeting yet.",
        "None yet.",
        "Not yet",
        "No link works just now.",
        "Their address isn’t confirmed yet",
        "No number",
        "Nobody has asked yet what is safe",
    ):
        assert words in page, words
    assert "£0" in page


def test_a_call_and_an_email_are_offered_where_they_are_safe(desk: Browser, ama: Client) -> None:
    page = shown(desk, ama)
    assert 'href="tel:+447700900114"' in page
    assert 'href="mailto:ama@example.com"' in page
    Client.objects.update(
        may_phone=False,
        may_email=False,
        may_leave_message=True,
        ask_for="Abena",
        quiet_from="22:00",
        quiet_until="07:00",
        neutral_words=True,
        reminders_from=None,
        contact_said_on="2026-11-02",
    )
    page = shown(desk, ama)
    assert "tel:+447700900114" not in page
    assert "mailto:" not in page
    assert "Send new ones" not in page
    for words in (
        "ask for Abena, not from 10pm to 7am",
        "May be left",
        "Said on 2 November 2026.",
        "Emails use neutral words.",
        "They want no reminders.",
    ):
        assert words in page, words


@pytest.mark.parametrize("meetings", [1, 3])
def test_it_asks_so_many_questions(
    desk: Browser,
    world: World,
    meetings: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = make_client(name="Ama", phone="07700 900114")
    EmergencyContact.objects.create(client=client, person="Kojo", gp="Dr Sethi")
    for n in range(meetings):
        held = force_booking(world, NOW - (n + 1) * DAY, client=client, proven_at=NOW, needs="Ramp")
        force_booking(world, NOW + (n + 1) * DAY, client=client, proven_at=NOW)
        queued(about=about_booking(held.uid), to=client.email)
        Consent.objects.create(client=client, notice=world.notice, given_at=NOW)
    desk.get(path(client))
    # Who it is, whose diaries; the card with all that is counted, the meetings, what makes it
    # easier, the event, the emails, the agreements; whether mail is in trouble.
    with django_assert_num_queries(10):
        desk.get(path(client))


# --- emails, links


def sent(booking: Booking, **facts: Any) -> OutgoingMail:
    mail = queued(about=about_booking(booking.uid), to=booking.client.email)
    OutgoingMail.objects.filter(pk=mail.pk).update(**facts)
    return mail


def test_an_email_that_came_back_is_sent_again_from_the_page(desk: Browser, ama: Client) -> None:
    meeting = ama.bookings.latest("during")
    failed = sent(meeting, state="failed", subject="Failed one")
    arrived = sent(meeting, state="sent", sent_at=Now(), subject="Good one")
    page = shown(desk, ama)
    assert f'action="{path(ama, "mail_again", failed.pk)}"' in page
    assert f'action="{path(ama, "mail_again", arrived.pk)}"' not in page
    answer = desk.post(path(ama, "mail_again", failed.pk), follow=True)
    assert "leaves within a minute" in text_of(answer)
    failed.refresh_from_db()
    assert failed.state == "pending"
    answer = desk.post(path(ama, "mail_again", arrived.pk), follow=True)
    assert "It wasn’t sent again" in text_of(answer)
    assert desk.get(path(ama, "mail_again", failed.pk)).status_code == 405


def test_nothing_is_sent_again_to_an_address_that_is_not_safe(desk: Browser, ama: Client) -> None:
    failed = sent(ama.bookings.latest("during"), state="failed")
    Client.objects.update(may_email=False)
    answer = desk.post(path(ama, "mail_again", failed.pk), follow=True)
    assert "may not be emailed" in text_of(answer)
    failed.refresh_from_db()
    assert failed.state == "failed"
    answer = desk.post(path(ama, "new_links"), follow=True)
    assert "No link was sent" in text_of(answer)


def test_another_persons_email_is_none_of_it(desk: Browser, world: World, ama: Client) -> None:
    other = sent(force_booking(world, NOW + 5 * DAY), state="failed")
    assert desk.post(path(ama, "mail_again", other.pk)).status_code == 404


def test_new_links_are_sent_at_a_press(desk: Browser, ama: Client) -> None:
    assert "Send new ones" in shown(desk, ama)
    assert desk.get(path(ama, "new_links")).status_code == 405
    answer = desk.post(path(ama, "new_links"), follow=True)
    assert "New links are on their way to ama@example.com." in text_of(answer)
    assert OutgoingMail.objects.get(kind="links").to == "ama@example.com"
    assert AccessLink.objects.count() == 1


def test_an_address_that_email_comes_back_from_says_so(desk: Browser, ama: Client) -> None:
    sent(ama.bookings.latest("during"), state="sent", fate="bounced", fate_at=Now())
    assert "email there: bounced" in shown(desk, ama)


# --- who sees what


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.ASSISTANT])
def test_who_helps_with_a_diary_sees_how_to_reach_them_and_nothing_confided(
    world: World, ama: Client, role: Role
) -> None:
    EmergencyContact.objects.create(client=ama, person="Kojo Boateng")
    Booking.objects.update(late_fee=Decimal(30), attendance="no_show")
    browser = browser_of(make_user(role, *([world.therapist] if role == Role.ASSISTANT else [])))
    page = shown(browser, ama)
    assert "ama@example.com" in page
    assert "Kojo" not in page
    assert "Notes" not in page
    assert "Change what is safe" not in page
    is_assistant = role == Role.ASSISTANT
    assert ("Owed" in page or "owed for late changes" in page) is not is_assistant
    assert ("No-show" in page) is not is_assistant
    assert ("End all links" in page or "No link works" in page) is not is_assistant
    for name in ("contact", "emergency", "notes", "notes_found"):
        assert browser.get(path(ama, name)).status_code == 403, name
    assert not SecurityEvent.objects.filter(kind="note_opened").exists()


def test_another_therapist_finds_no_page_at_all(world: World, ama: Client) -> None:
    other = signed_in(make_therapist(practice=world.therapist.practice))
    names = ("card", "contact", "emergency", "notes", "notes_found", "new_links")
    assert {other.get(path(ama, name)).status_code for name in names} == {404}


def test_who_may_see_no_cards_is_refused(world: World, ama: Client) -> None:
    nobody = browser_of(make_user(None))
    assert {nobody.get(path(ama, name)).status_code for name in ("card", "notes")} == {403}


def test_who_only_reads_cards_sends_and_changes_nothing(world: World, ama: Client) -> None:
    helper = browser_of(make_user(Role.ASSISTANT, world.therapist))
    failed = sent(ama.bookings.latest("during"), state="failed")
    assert helper.post(path(ama, "mail_again", failed.pk)).status_code == 403
    assert {helper.post(path(ama, name)).status_code for name in ("new_links", "address")} == {403}
    assert str(EmergencyContact(client=ama)) == f"Of client {ama.pk}"


def test_a_therapist_who_was_only_typed_an_address_reads_nothing_confided(
    world: World, ama: Client
) -> None:
    """An owner with a diary of their own sees the card; whom they don't meet confided nothing."""
    owner = make_therapist(practice=world.therapist.practice, name="Ash")
    EmergencyContact.objects.create(client=ama, person="Kojo Boateng")
    browser = signed_in(owner, Role.OWNER)
    assert "Kojo" not in shown(browser, ama)
    assert browser.get(path(ama, "emergency")).status_code == 403
