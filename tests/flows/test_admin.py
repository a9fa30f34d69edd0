"""The therapist at work: who comes, a cancellation with a reason, what mail has left."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import Page, expect

from availability.walltime import utc
from availability.window import bookable_span
from bookings import slots
from bookings.models import Booking
from outbox import delivery
from outbox.models import OutgoingMail
from prose.dates import UK
from tests.factories import World, book, force_booking, make_off
from tests.flows.visits import DESK, PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("admin")]

PAGES = (
    "",
    "availability/therapist/",
    "availability/therapist/add/",
    "availability/service/",
    "availability/service/add/",
    "availability/place/add/",
    "availability/timeoff/add/",
    "availability/differenthours/add/",
    "clients/client/",
    "clients/privacynotice/",
    "availability/gap/add/",
    "availability/workedholiday/add/",
    "bookings/booking/?when=upcoming",
    "academy/article/",
    "academy/article/add/",
    "academy/topic/add/",
    "welcome/frontpage/",
    "welcome/accessibilitystatement/",
    "why-not/?service=1&how=online&day=2026-12-01",
    "outbox/outgoingmail/?state__exact=pending",
    "mail-samples/?mail=1&look=dark",
    "bookings/booking/?when=all&went=0",
    "calendar/",
    "calendar/month/",
    "calendar/free/?start=2026-12-01T10:00",
    "follow-ups/",
    "people/",
    "people/add/",
    "people/give-client/",
    "staff/securityevent/",
)
REASON = "I’m unwell and can’t be there. I’m sorry."


@pytest.fixture
def booking(practice: World) -> Booking:
    now = timezone.now()
    span = bookable_span(practice.consultation, now)
    start = slots.free_starts(practice.consultation, "online", span, now)[0]
    return book(practice, utc(start), now, email="sam@example.com")


def log_in(visits: Visits, width: int) -> Page:
    get_user_model().objects.create_superuser("owner", password="only-for-this-test")  # noqa: S106
    page = visits.open("/admin/", width=width)
    page.get_by_role("textbox", name="Email").fill("owner")
    page.get_by_label("Password").fill("only-for-this-test")
    page.get_by_role("button", name="Sign in").click()
    return page


@pytest.mark.parametrize("width", [PHONE, pytest.param(DESK, marks=pytest.mark.drill)])
def test_the_therapist_finds_a_booking_and_cancels_it_with_a_reason(
    visits: Visits, booking: Booking, width: int
) -> None:
    page = log_in(visits, width)
    page.goto("/admin/bookings/booking/")
    day = booking.date_label.replace("\N{NO-BREAK SPACE}", " ")
    page.get_by_role("link", name=day).first.click()
    expect(page.get_by_text("sam@example.com, 07700 900123").first).to_be_visible()
    expect(page.get_by_text("Video room").first).to_be_visible()
    page.get_by_role("link", name="Cancel this meeting…").click()
    page.get_by_label("What the client reads").fill(REASON)
    page.get_by_role("button", name="Cancel this meeting").click()
    expect(page.get_by_text("Sam Okafor is told by email in two minutes.")).to_be_visible()

    booking.refresh_from_db()
    assert booking.is_cancelled
    mail = OutgoingMail.objects.get(kind="cancellation")
    assert mail.to == "sam@example.com"
    assert mail.invite_method == "CANCEL"
    assert "METHOD:CANCEL" in mail.invite
    assert REASON in mail.text.replace("\n", " ")
    assert REASON not in mail.invite


@pytest.mark.parametrize("width", [DESK, pytest.param(PHONE, marks=pytest.mark.drill)])
def test_the_therapist_sees_what_a_leave_touches_before_it_is_saved_and_why_after(
    visits: Visits, booking: Booking, width: int
) -> None:
    page = log_in(visits, width)
    page.goto("/admin/availability/timeoff/add/")
    day = booking.start.date()
    # Whose leave it is, is known; that day from the morning on, until eleven at night.
    page.locator("#id_starts_at_0").fill(day.isoformat())
    page.locator("#id_ends_at_1").fill("11pm")
    page.get_by_role("button", name="Preview the days this touches").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    expect(page.get_by_text("It touches 1 day in the coming year")).to_be_visible()
    assert faults_of(page, "#preview") == []
    page.get_by_role("button", name="Go back and change it").click()
    expect(page.locator("#id_ends_at_1")).to_have_value("11pm")
    page.get_by_role("button", name="Preview the days this touches").click()
    page.get_by_role("button", name="Save it").click()
    decide_and_take_back(page, booking)

    page.goto("/admin/why-not/")
    page.get_by_label("Format").select_option("online")
    page.get_by_label("Day", exact=True).fill(day.isoformat())
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("You are away from").first).to_be_visible()
    assert faults_of(page, "#why-not") == []
    page.get_by_role("link", name=re.compile("Change this.*You are away")).first.click()
    expect(page.locator("#id_starts_at_0")).to_have_value(f"{day:%d/%m/%Y}")


def decide_and_take_back(page: Page, booking: Booking) -> None:
    """The leave meets the booking: it's cancelled with the leave, and then it's not after all."""
    expect(page.get_by_role("heading", name="This meets 1 booking")).to_be_visible()
    assert faults_of(page, "#meetings") == []
    page.get_by_label("Cancel it: they pay nothing").check()
    page.get_by_role("button", name="Save it and tell them").click()
    expect(page.get_by_text("Tell them why, in a sentence.")).to_be_visible()
    expect(page.get_by_label("Cancel it: they pay nothing")).to_be_checked()
    page.get_by_label("What they read").fill(REASON)
    page.get_by_role("button", name="Save it and tell them").click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    page.goto(f"/admin/bookings/booking/{booking.pk}/change/")
    page.get_by_role("link", name="Take it back…").click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    assert faults_of(page, "form") == []
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("as before. Nobody was told.")).to_be_visible()
    booking.refresh_from_db()
    assert not booking.is_cancelled


@pytest.mark.parametrize("width", [PHONE, pytest.param(DESK, marks=pytest.mark.drill)])
def test_the_therapist_records_a_consultation_that_goes_on_with_words_of_their_own(
    visits: Visits, practice: World, width: int
) -> None:
    held = force_booking(practice, timezone.now() - timedelta(hours=1))
    page = log_in(visits, width)
    page.goto("/admin/follow-ups/")
    assert faults_of(page, "#follow-ups") == []
    page.get_by_label("What you write").first.fill("It was good to meet you.\n\nDo come again.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It counts for the emails to come.")).to_be_visible()

    page.goto(f"/admin/bookings/booking/{held.pk}/change/")
    page.get_by_role("link", name="Record how it went…").click()
    page.get_by_text("What the email says").wait_for()
    page.get_by_text("Continue", exact=True).last.click()
    expect(page.get_by_text("Do come again.")).to_be_visible()
    assert faults_of(page, "#record") == []
    page.get_by_label("Attended").check()
    page.get_by_label("Continue", exact=True).check()
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("waits for 2 minutes")).to_be_visible()
    expect(page.get_by_text("Attended. Continue", exact=True)).to_be_visible()

    mail = OutgoingMail.objects.get(kind="follow_up")
    assert "Do come again." in mail.text
    held.client.refresh_from_db()
    assert held.client.accepted_at


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_second_of_two_tabs_reads_what_changed_and_loses_nothing(
    visits: Visits, booking: Booking, width: int
) -> None:
    Booking.objects.update(proven_at=timezone.now())
    page = log_in(visits, width)
    card = f"/admin/clients/client/{booking.client_id}/change/"
    page.goto(card)
    other = page.context.new_page()
    other.goto(card)
    other.get_by_role("textbox", name="Email").fill("sam@new.example.com")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_text("was changed successfully")).to_be_visible()

    page.get_by_label("Phone").fill("07700 900999")
    page.get_by_role("button", name="Save", exact=True).click()
    told = page.get_by_role("alert").filter(has_text="Nothing was saved")
    expect(told).to_contain_text("sam@new.example.com")
    expect(told).to_be_in_viewport()
    expect(page.get_by_label("Phone")).to_have_value("07700 900999")
    expect(page.get_by_role("textbox", name="Email")).to_have_value("sam@new.example.com")
    assert faults_of(page, ".kt-meanwhile") == []
    page.evaluate("document.documentElement.classList.add('dark')")
    assert faults_of(page, ".kt-meanwhile") == []

    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    booking.client.refresh_from_db()
    assert booking.client.email == "sam@new.example.com"
    assert booking.client.phone == "07700 900999"


def faults_of(page: Page, part: str) -> list[str]:
    """What axe finds in our part of a page of the admin, and whether the page scrolls sideways."""
    page.evaluate(AXE_SCRIPT)
    result = AxeResults(page.evaluate("part => axe.run(part)", part))
    found = [result.generate_report()] if result.violations_count else []
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("it scrolls sideways")
    return found


def test_the_outbox_shows_each_mail_with_its_state_and_its_words(
    visits: Visits, booking: Booking
) -> None:
    delivery.send_due()
    page = log_in(visits, DESK)
    page.goto("/admin/outbox/outgoingmail/")
    mail = OutgoingMail.objects.get(kind="confirmation")
    # Exactly: the reminder's subject holds the confirmation's.
    row = page.get_by_role("row").filter(has=page.get_by_text(mail.subject, exact=True))
    expect(row).to_contain_text("sam@example.com")
    expect(row).to_contain_text("Sent")
    row.get_by_role("link").first.click()
    expect(page.get_by_text("Your appointment is booked").first).to_be_visible()


def test_the_browser_has_nothing_to_complain_of_in_the_admin(
    visits: Visits, booking: Booking
) -> None:
    page = log_in(visits, DESK)
    for path in PAGES:
        page.goto(f"/admin/{path}")
        expect(page.get_by_role("link", name="Bookings").first).to_be_visible()
    assert visits.complaints == []


@pytest.mark.parametrize("width", [PHONE, pytest.param(DESK, marks=pytest.mark.drill)])
def test_who_has_not_answered_is_found_and_asked_again_or_let_be(
    visits: Visits, booking: Booking, width: int
) -> None:
    day = booking.start.astimezone(UK).replace(hour=0, minute=0, second=0, microsecond=0)
    leave = make_off(booking.therapist, day, day + timedelta(days=1))
    Booking.objects.update(asked_at=timezone.now() - timedelta(days=1))
    booking.events.create(
        at=timezone.now(), actor="therapist", action="asked", reason=REASON, sequence=0, told_by="x"
    )
    page = log_in(visits, width)
    page.goto("/admin/bookings/booking/")
    page.get_by_role("link", name="Waiting for an answer").click()
    date = booking.date_label.replace("\N{NO-BREAK SPACE}", " ")
    page.get_by_role("link", name=date).first.click()
    page.get_by_role("link", name="Ask again to choose another time…").click()
    expect(page.get_by_label("What the client reads")).to_have_value(REASON)
    assert faults_of(page, "form[method=post][novalidate]") == []
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_text("is asked again by email in two minutes")).to_be_visible()

    page.goto(f"/admin/availability/timeoff/{leave.pk}/delete/")
    page.get_by_role("button", name="Yes, I’m sure").click()
    expect(page.get_by_role("heading", name="1 meeting needn’t be moved any more")).to_be_visible()
    assert faults_of(page, "#asked") == []
    page.get_by_role("button", name="Save it and tell them").click()
    expect(page.get_by_text("was deleted successfully")).to_be_visible()
    page.get_by_role("link", name="Take all of it back…").click()
    assert faults_of(page, "form[method=post]") == []
    page.get_by_role("button", name="Take all of it back").click()
    expect(page.get_by_text("Taken back:")).to_be_visible()
    booking.refresh_from_db()
    assert booking.is_asked_to_move
