"""The buttons of Today, pressed as a browser presses them."""

from typing import TYPE_CHECKING

from django.test import Client as Browser
from django.urls import reverse

from bookings import outcomes
from bookings.models import Booking

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

TODAY = reverse("today")


def press(browser: Browser, found: Booking, say: str, seen: int | None = None) -> "Response":
    """Record what a button says, of the booking as it stands unless the page had `seen` another."""
    return _post(browser, "today_record", found, seen, say=say)


def take_back(browser: Browser, found: Booking, seen: int | None = None) -> "Response":
    return _post(browser, "today_undo", found, seen)


def _post(browser: Browser, name: str, found: Booking, seen: int | None, **said: str) -> "Response":
    told = outcomes.last_line(found.pk) if seen is None else seen
    return browser.post(reverse(name, args=[found.pk]), {"seen": told, **said})
