"""A therapist at work on one client: reached safely, written about, put together with a twin."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from clients.models import Client, Consent, EmergencyContact, MergedCard
from notes.models import NoteVersion
from notes.write import Wanted, write
from outbox.models import OutgoingMail
from tests.factories import World, force_booking, make_client
from tests.flows.test_admin import faults_of
from tests.flows.visits import DESK, PHONE, Visits
from tests.pages import signed_in

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("admin")]
DAY = timedelta(days=1)
PART = ".kt-desk"


@pytest.fixture
def ama(practice: World) -> Client:
    """Somebody with one of everything that the page shows, and a twin."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    whose, session = practice.therapist, practice.session
    client = make_client(
        name="Ama Boateng",
        email="a.boateng@mail.example",
        phone="07700 900114",
        proven_at=now,
        accepted_at=now,
        contact_said_on=now.date(),
    )
    EmergencyContact.objects.create(
        client=client,
        person="Kojo Boateng, brother",
        person_phone="07700 900188",
        person_when="Only if her life is at risk",
        gp="Dr Imran Sethi",
        gp_surgery="Harbour Lane Surgery, SW6",
        gp_phone="020 7946 0112",
    )
    formats = ("online", "in_person", "walking")
    for n, fmt in enumerate(formats, 1):
        facts = {"client": client, "proven_at": now, "format": fmt, "service": session}
        held = force_booking(practice, now - 7 * n * DAY, attendance="attended", **facts)
        force_booking(practice, now + 7 * n * DAY, **facts)
        write(Wanted(client, whose, f"What she said, {n}", held), user=whose.user, now=now)
    Consent.objects.create(client=client, notice=practice.notice, given_at=now)
    twin = make_client(name="Ama B.", email="ama.b@mail.example", phone="07700 900114")
    force_booking(practice, now + 4 * DAY, client=twin)
    return client


def at_the_desk(visits: Visits, world: World, path: str, width: int, **options: Any) -> Page:
    """Open a page of the desk as the therapist."""
    known = signed_in(world.therapist)
    page = visits.open("/healthz", width=width, **options)
    name = settings.STAFF_SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": known.cookies[name].value, "url": visits.root}]
    )
    page.goto(path)
    return page


@pytest.mark.parametrize("width", [PHONE, pytest.param(DESK, marks=pytest.mark.drill)])
def test_what_is_safe_is_said_and_a_note_is_written_without_a_script(
    visits: Visits, practice: World, ama: Client, width: int
) -> None:
    card = f"/admin/clients/client/{ama.pk}/"
    page = at_the_desk(visits, practice, card, width, java_script_enabled=False)
    call = page.get_by_role("link", name="Call Ama Boateng")
    expect(call).to_have_attribute("href", "tel:+447700900114")
    page.get_by_role("link", name="Change what is safe").click()
    page.get_by_label("Calling is safe").uncheck()
    page.get_by_label("Ask for").fill("Abena")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("ask for Abena")).to_be_visible()
    expect(call).to_have_count(0)
    page.get_by_role("link", name="Notes", exact=True).click()
    page.get_by_label("New note").fill("She sleeps better.")
    page.get_by_role("button", name="Save and seal it").click()
    expect(page.get_by_text("Saved and sealed.")).to_be_visible()
    page.get_by_label("Search these notes").fill("sleeps")
    page.get_by_role("button", name="Open what has it").click()
    expect(page.get_by_text("She sleeps better.")).to_be_visible()
    assert NoteVersion.objects.count() == 4


@pytest.mark.parametrize("width", [PHONE, pytest.param(DESK, marks=pytest.mark.drill)])
def test_a_new_address_is_asked_and_two_cards_become_one_without_a_script(
    visits: Visits, practice: World, ama: Client, width: int
) -> None:
    card = f"/admin/clients/client/{ama.pk}/"
    page = at_the_desk(visits, practice, card, width, java_script_enabled=False)
    page.get_by_role("link", name="Another email address").click()
    page.get_by_label("Their new email address").fill("ama@mail.example")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("ama@mail.example waits to be confirmed.")).to_be_visible()
    assert OutgoingMail.objects.get(kind="new_address").to == "ama@mail.example"
    page.get_by_role("link", name="Compare the two").click()
    page.get_by_role("button", name="Put them together").click()
    expect(page.get_by_text("They are one card now.")).to_be_visible()
    assert Client.objects.count() == 1
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("They are two cards again")).to_be_visible()
    assert not MergedCard.objects.exists()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_axe_finds_nothing_on_the_pages_of_a_client(
    visits: Visits, practice: World, ama: Client, width: int
) -> None:
    card = f"/admin/clients/client/{ama.pk}/"
    page = at_the_desk(visits, practice, card, width)
    note = ama.notes.earliest("pk").pk
    twin = Client.objects.get(name="Ama B.").pk
    for part in (
        *("", "contact/", "emergency/", "notes/", f"notes/{note}/", "address/", "merge/"),
        f"merge/{twin}/",
    ):
        page.goto(card + part)
        expect(page.locator(f"{PART} h1")).to_be_visible()
        assert faults_of(page, PART) == [], part
