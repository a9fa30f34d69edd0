"""The pages of who has booked, in every state, one after the other.

Each is waited for by what it says: whoever looks while a page is being left sees neither.
"""

from datetime import datetime, timedelta

from django.utils import timezone
from playwright.sync_api import expect

from availability.models import Format, Place, Practice, Service
from availability.walltime import utc
from availability.window import bookable_span
from bookings import lifecycle, slots
from bookings.by import By
from bookings.models import Booking, PendingBooking
from bookings.notices import private_links
from demo.places import GATE, ROOM
from prose.dates import slot_value
from tests.factories import World, book, force_booking, make_client
from tests.flows import steps
from tests.flows.states import States
from tests.flows.visits import Visits


def private_states(visits: Visits, practice: World) -> States:
    """The private page of a booking, from the mail's link to the end of it."""
    now = timezone.now()
    span = bookable_span(practice.consultation, now)
    first = slots.free_starts(practice.consultation, Format.ONLINE, span, now)[0]
    book(practice, utc(first), now, email=steps.EMAIL)
    page = visits.open(steps.private_link())
    steps.heading(page, "Did you book this?")
    yield "whose booking", page
    steps.press_open(page)
    steps.heading(page, "Your consultation")
    yield "private page", page
    page.get_by_role("link", name="Change the time or how we meet").click()
    steps.heading(page, "Choose another time")
    yield "change", page
    page.goto(f"{page.url.replace('/change/', '/move/')}?slot={slot_value(utc(first))}")
    steps.fault(page, "That’s the time you have now.")
    yield "change, the same time", page
    page.locator("button.kt-slot").nth(1).click()
    steps.heading(page, "Change this consultation?")
    yield "move", page
    steps.go_on(page, "Confirm my choice")
    steps.fault(page, "Choose whether to change or keep it")
    yield "move, nothing chosen", page
    page.get_by_label("Change it to the new time").check()
    steps.go_on(page, "Confirm my choice")
    steps.heading(page, "It’s moved. Nothing to pay.")
    yield "moved", page
    page.get_by_role("link", name="Cancel this consultation").click()
    steps.heading(page, "Cancel this consultation?")
    yield "cancel", page
    steps.go_on(page, "Confirm my choice")
    steps.fault(page, "Choose whether to cancel or keep it")
    yield "cancel, nothing chosen", page
    page.get_by_label("Cancel it").check()
    steps.go_on(page, "Confirm my choice")
    steps.heading(page, "It’s cancelled. Nothing to pay.")
    yield "cancelled", page


def finding_states(visits: Visits, practice: World) -> States:
    """The private page of a meeting that has to be found: in a room, and by a park."""
    now = timezone.now()
    for facts in (ROOM, GATE):
        fmt = facts["format"]
        Place.objects.filter(pk=practice.place(fmt).pk).update(**facts)
        span = bookable_span(practice.consultation, now)
        first = slots.free_starts(practice.consultation, fmt, span, now)[0]
        found = book(practice, utc(first), now, format=fmt)
        page = visits.open(f"/b/{private_links.to_booking(found, now)}/")
        steps.press_open(page)
        steps.heading(page, "Your consultation")
        yield f"private page, {fmt}", page
        page.goto(f"/booking/{found.uid}/?booked=1")
        steps.heading(page, "You’re booked in")
        yield f"booked, {fmt}", page


def late_to_change(practice: World, now: datetime) -> tuple[Booking, datetime]:
    """A booking that costs a fee to change, for whoever does it now; and another free time."""
    span = bookable_span(practice.consultation, now)
    start, later = (
        utc(start)
        for start in slots.free_starts(practice.consultation, Format.ONLINE, span, now)[:20:19]
    )
    agreed = {"move_hours": 900, "cancel_hours": 900, "most_moves": None, "late_fee": "37.50"}
    return force_booking(practice, start, terms=agreed, policy="You can cancel it."), later


def changing_states(visits: Visits, practice: World) -> States:
    """The private page as the therapist's question, late changes and reminders make it."""
    now = timezone.now()
    found, later = late_to_change(practice, now)
    page = visits.open(f"/b/{private_links.to_booking(found, now)}/")
    steps.press_open(page)
    page.get_by_role("link", name="Change reminders").click()
    steps.heading(page, "Reminders")
    yield "reminders", page
    expect(page.get_by_label("Send me reminders", exact=True)).to_be_checked()
    page.get_by_label("Don’t send me reminders").check()
    steps.go_on(page, "Confirm my choice")
    expect(page.get_by_text("I won’t send you any more reminders.")).to_be_visible()
    yield "reminders stopped", page
    page.get_by_role("link", name="Change the time or how we meet").click()
    steps.heading(page, "Choose another time")
    page.locator("button.kt-slot").nth(3).click()
    expect(page.get_by_text("It’s late now: changing the time costs £37.50.")).to_be_visible()
    yield "move, late", page
    lifecycle.ask_to_move(found.pk, 0, later, reason="I’m away.", by=By.therapist(), now=now)
    page.goto(f"/booking/{found.uid}/")
    expect(page.get_by_role("link", name="Take that time")).to_be_visible()
    yield "asked to move", page
    page.get_by_role("link", name="Take that time").click()
    steps.heading(page, "Change this consultation?")
    page.get_by_label("Change it to the new time").check()
    steps.go_on(page, "Confirm my choice")
    steps.heading(page, "It’s moved. Nothing to pay.")
    yield "moved to the proposed time", page


def money_states(visits: Visits, practice: World) -> States:
    """Money is said before it is owed, and at the end."""
    late = {"price": 75, "cancel_notice_hours": 1400, "late_fee_percent": 100}
    Service.objects.filter(pk=practice.consultation.pk).update(**late)
    page = visits.open("/")
    steps.come_to_check(page)
    expect(page.get_by_text("From the moment you book, cancelling costs £75.")).to_be_visible()
    yield "check, cancelling costs at once", page
    steps.press_book(page)
    expect(page.get_by_text("Cancelling is free until")).to_be_visible()
    yield "booked, free to undo for a while", page
    booking = Booking.objects.get()
    Booking.objects.update(created_at=booking.created_at - timedelta(hours=1))
    page.goto(f"/booking/{booking.uid}/cancel/")
    expect(page.get_by_text("It’s late now: cancelling costs £75.")).to_be_visible()
    yield "cancel, late", page
    page.get_by_label("Cancel it").check()
    steps.go_on(page, "Confirm my choice")
    steps.heading(page, "It’s cancelled. £75 is due.")
    yield "cancelled, late", page


def session_states(visits: Visits, practice: World) -> States:
    """A client who has been here asks for their link, and books a session."""
    client = make_client(email=steps.EMAIL)
    force_booking(practice, timezone.now() - timedelta(days=7), client=client)
    page = visits.open("/book/link/")
    yield "private links", page
    steps.go_on(page, "Email me my links")
    steps.fault(page, "Enter your email address")
    yield "links, nothing answered", page
    page.get_by_label("Email").fill("sam@gmial.com")
    steps.go_on(page, "Email me my links")
    expect(page.get_by_text("Did you mean sam@gmail.com?")).to_be_visible()
    yield "links, a slip in the address", page
    page.get_by_label("Email").fill(steps.EMAIL)
    steps.go_on(page, "Email me my links")
    steps.heading(page, "Check your email")
    yield "links, sent", page
    page.goto(steps.session_link())
    steps.heading(page, "One press, and it’s open")
    yield "press to book a session", page
    steps.go_on(page, "Go on")
    steps.choose(page, Format.ONLINE, steps.SESSION)
    steps.pick_time(page)
    steps.heading(page, "Your details")
    yield "details of somebody known", page


def leaving_states(visits: Visits, practice: World) -> States:
    """What the link in a reminder opens; and a page that somebody has finished with."""
    now = timezone.now()
    found = force_booking(practice, now + timedelta(days=2))
    [token] = private_links.store([private_links.reminders_link(found, now)])
    page = visits.open(f"/b/{token}/reminders/")
    steps.heading(page, "Stop reminders?")
    yield "stop reminders", page
    steps.go_on(page, "Confirm my choice")
    steps.fault(page, "Choose whether to stop reminders")
    yield "stop reminders, nothing chosen", page
    page.get_by_label("Keep them").check()
    steps.go_on(page, "Confirm my choice")
    expect(page.get_by_text("I’ll go on sending you reminders.")).to_be_visible()
    yield "reminders kept", page
    page.goto("/reminders/")
    page.get_by_label("Stop reminders").check()
    steps.go_on(page, "Confirm my choice")
    steps.heading(page, "No more reminders")
    yield "stopped by the link in a reminder", page
    page.goto(f"/b/{private_links.to_booking(found, now)}/")
    steps.press_open(page)
    steps.heading(page, "Your consultation")
    page.get_by_role("button", name="I’ve finished on this device").click()
    steps.heading(page, "You’ve finished here")
    yield "finished", page
    page.go_back()
    steps.heading(page, "This page is closed")
    yield "closed to this browser", page


def pending_states(visits: Visits, practice: World) -> States:
    """More come than a day can mean: what waits for a mailed link, on both sides of it."""
    now = timezone.now()
    Practice.objects.update(unproven_most=1)
    force_booking(practice, now + timedelta(days=50))
    page = visits.open("/")
    steps.come_to_check(page)
    steps.go_on(page, "Book this consultation")
    steps.heading(page, "Not booked yet")
    yield "pending", page
    waiting = PendingBooking.objects.get()
    PendingBooking.objects.update(kept_until=now)
    page.reload()
    expect(page.get_by_text("I’m no longer keeping the time")).to_be_visible()
    yield "pending, late", page
    PendingBooking.objects.update(kept_until=waiting.kept_until)
    opened = visits.open(steps.confirm_link())
    steps.heading(opened, "One press, and it’s booked")
    yield "confirm", opened
    steps.go_on(opened, "Book this consultation")
    steps.heading(opened, "You’re booked in")
    yield "confirmed", opened
    page.reload()
    page.get_by_role("link", name="Change the time or how we meet").wait_for()
    page.goto(f"{page.url}reminders/")
    steps.heading(page, "Reminders")
    yield "reminders of one meeting", page
