"""The owner at work on who works here: somebody begins, somebody leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from availability.models import Therapist
from bookings.models import Booking
from outbox.models import OutgoingMail
from staff.models import Role
from tests.desk.people.owners import WORD, give_role, somebody
from tests.factories import World, force_booking, make_client, make_hours
from tests.flows.test_admin import faults_of
from tests.flows.visits import DESK, PHONE, Visits
from tests.staff_sign_in import as_long_ago

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("admin")]
REASON = "I’m moving away at the end of the month. It was good to work with you."


def log_in(visits: Visits, width: int) -> Page:
    somebody(Role.OWNER, "Olive Owner")
    page = visits.open("/admin/login/?next=/admin/people/", width=width)
    page.get_by_label("Email").fill("olive.owner@kicks.example")
    page.get_by_label("Password").fill(WORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#people")).to_be_visible()
    as_long_ago(next(one["value"] for one in page.context.cookies() if one["name"] == "staff"))
    return page


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_somebody_is_added_and_invited_once_the_password_was_given_again(
    visits: Visits, practice: World, width: int
) -> None:
    page = log_in(visits, width)
    assert faults_of(page, "#people") == []
    page.get_by_role("link", name="Add somebody…").click()
    assert faults_of(page, "#add-person") == []
    page.get_by_role("button", name="Add and invite").click()
    expect(page.locator("#ask-again h1")).to_have_text("Your password, please")
    assert faults_of(page, "#ask-again") == []
    page.get_by_label("Your password").fill("wrong")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".kt-errors")).to_contain_text("That isn’t your password.")
    assert faults_of(page, "#ask-again") == []
    page.get_by_label("Your password").fill(WORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    assert faults_of(page, "#add-person") == []
    fill_in(page)
    page.get_by_role("button", name="Add and invite").click()
    expect(page.get_by_text("Ash Lane is invited")).to_be_visible()
    assert faults_of(page, "#person") == []
    mail = OutgoingMail.objects.get(kind="staff_invitation")
    assert mail.to == "ash@kicks.example"
    page.get_by_role("link", name="Back to people").click()
    expect(page.get_by_role("row").filter(has_text="Ash Lane")).to_contain_text("Invited")
    assert faults_of(page, "#people") == []


def test_the_form_asks_what_the_chosen_role_has_a_use_for(visits: Visits, practice: World) -> None:
    page = log_in(visits, PHONE)
    page.goto("/admin/people/add/")
    assert asked(page) == {"formats"}
    page.get_by_label("Online", exact=True).check()
    assert asked(page) == {"formats", "video_url"}
    page.get_by_label("Their video link").fill("nonsense")
    for way in ("In person", "Walking"):
        page.get_by_label(way, exact=True).check()
    assert asked(page) == {"formats", "video_url", "room", "meeting_point"}
    page.get_by_label("Assistant: books and moves").check()
    assert asked(page) == {"diaries"}
    page.get_by_label("Manager: all diaries").check()
    assert asked(page) == set()
    page.get_by_label("Name", exact=True).fill("Mo Manager")
    page.get_by_label("Email address").fill("mo@kicks.example")
    page.get_by_role("button", name="Add and invite").click()
    page.get_by_label("Your password").fill(WORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Mo Manager is invited")).to_be_visible()


def asked(page: Page) -> set[str]:
    """Which of the questions that not all roles are asked stand there."""
    always = {"name", "email", "role"}
    rows = page.locator("[data-question]").all()
    shown = {row.get_attribute("data-question") or "" for row in rows if row.is_visible()}
    return shown - always


def fill_in(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Ash Lane")
    page.get_by_label("Email address").fill("ash@kicks.example")
    page.get_by_label("Therapist: their own diary").check()
    page.get_by_label("Online", exact=True).check()
    page.get_by_label("Walking", exact=True).check()
    page.get_by_label("Their video link").fill("https://meet.example.org/ash")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_therapist_leaves_and_another_takes_over_what_they_can(
    visits: Visits, practice: World, width: int
) -> None:
    robin = give_role(practice.therapist)
    page = log_in(visits, width)
    page.get_by_role("link", name="Add somebody…").click()
    fill_in(page)
    page.get_by_role("button", name="Add and invite").click()
    page.get_by_label("Your password").fill(WORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Ash Lane is invited")).to_be_visible()
    make_hours(Therapist.objects.get(name="Ash Lane"), weekdays=tuple(range(7)))
    meet_twice(practice)
    page.goto(f"/admin/people/{robin.pk}/")
    page.get_by_role("link", name="They leave…").click()
    page.get_by_label("Who takes over").select_option(label="Ash Lane")
    page.get_by_label("What the clients read").fill(REASON)
    page.get_by_role("button", name="Show what this means").click()
    expect(page.get_by_text("Nothing has happened yet.")).to_be_visible()
    expect(page.get_by_text("Goes to Ash Lane, Video room")).to_be_visible()
    assert faults_of(page, "#leaver") == []
    page.get_by_role("button", name="End it now, and tell the clients").click()
    expect(page.get_by_text("Robin Kicks can no longer sign in.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Robin Kicks")).to_contain_text("Has left")
    assert Booking.objects.holding().count() == 1
    page.get_by_role("link", name="Security events").last.click()
    expect(page.get_by_text("Left the practice").first).to_be_visible()
    expect(page.get_by_text("Sam Okafor").first).to_be_visible()


def meet_twice(practice: World) -> None:
    """One meeting that the other can take over, and one in the middle of the night."""
    day = timezone.localtime().replace(hour=11, minute=0, second=0, microsecond=0)
    force_booking(practice, day + timedelta(days=3), client=make_client())
    force_booking(practice, day + timedelta(days=4, hours=12), client=make_client(name="Tom Ashe"))


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_other_pages_have_nothing_to_complain_of(
    visits: Visits, practice: World, width: int
) -> None:
    give_role(practice.therapist)
    page = log_in(visits, width)
    page.goto(f"/admin/people/diaries/{practice.therapist.pk}/give/")
    expect(page.get_by_text("Nothing has been booked in it yet.")).to_be_visible()
    assert faults_of(page, "#give-diary") == []
    meet_twice(practice)
    page.reload()
    expect(page.get_by_text("It stays theirs")).to_be_visible()
    assert faults_of(page, "#give-diary") == []
    page.get_by_role("link", name="Give a client to another therapist…").click()
    expect(page.get_by_label("Who meets them now")).to_have_value(str(practice.therapist.pk))
    assert faults_of(page, "#client-hand-over") == []
    assert visits.complaints == []
