"""The desk's pages say what a client owes as the client's own pages do."""

from decimal import Decimal

from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Booking
from staff.models import Role
from tests.bookings.fees import HOUR, START
from tests.factories import NOW, World, force_booking, make_user
from tests.pages import browser_of, signed_in, text_of

AGREED = {"move_hours": 24, "cancel_hours": 120, "most_moves": None, "late_fee": "75.00"}


def page(browser: Browser, name: str, booking: Booking) -> str:
    return text_of(browser.get(reverse(f"admin:bookings_booking_{name}", args=[booking.pk])))


def test_the_page_that_cancels_says_that_nothing_is_due_and_what_it_would_cost_them(
    world: World,
) -> None:
    owing = force_booking(world, START, terms=AGREED, late_fee=Decimal("37.50"))
    text = page(signed_in(world.therapist), "cancel", owing)
    assert "They owe nothing for what you cancel." in text
    assert "The £37.50 that is due for changing it late falls away too." in text
    assert "If they cancel it themselves now, it costs them £75." in text


def test_the_page_that_moves_says_what_stays_due(world: World) -> None:
    owing = force_booking(
        world, START, terms=AGREED, late_fee=Decimal("37.50"), fee_if_cancelled=Decimal(75)
    )
    text = page(signed_in(world.therapist), "move", owing)
    assert "Your moving it costs them nothing." in text
    assert "The £37.50 that they owe for changing it late stays due." in text
    assert "cancelling it still costs them at least £75, wherever you move it." in text
    assert "due if cancelled" in page(signed_in(world.therapist), "change", owing).lower()


def test_where_nothing_is_due_neither_says_more(world: World) -> None:
    plain = force_booking(world, START)
    browser = signed_in(world.therapist)
    assert "themselves" not in page(browser, "cancel", plain)
    assert "still costs them" not in page(browser, "move", plain)


def test_who_only_books_and_moves_sees_no_fees(world: World) -> None:
    owing = force_booking(
        world, START, late_fee=Decimal("37.50"), fee_if_cancelled=Decimal("37.50")
    )
    browser = browser_of(make_user(Role.ASSISTANT, world.therapist))
    for name in ("cancel", "move", "change"):
        assert "37.50" not in page(browser, name, owing), name


def test_the_page_that_records_says_that_it_changes_nothing_that_they_owe(world: World) -> None:
    began = force_booking(world, NOW - HOUR, price=Decimal(75))
    browser = signed_in(world.therapist)
    text = page(browser, "record", began)
    assert "Nothing you record here changes what they owe: the price, £75." in text
    Booking.objects.update(late_fee=Decimal("37.50"))
    assert "the price, £75, and £37.50 for changing it late." in page(browser, "record", began)
    Booking.objects.update(price=0)
    assert "changes what they owe" not in page(browser, "record", began)
