"""The steps of a booking, taken through the pages as a browser takes them."""

import re
import time
from collections.abc import Mapping
from hashlib import md5
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core import signing
from django.db.models import F
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Service, Therapist
from bookings.models import Booking, BookingEvent
from bookings.notices.private_links import AFTER_BOOKING
from clients.models import AccessLink, Client, Consent
from front.forms import SALT
from front.responses import SEE_OTHER
from outbox.models import OutgoingMail
from staff.models import Role, StaffMember
from tests.factories import World
from tests.white_space import as_shown

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

# A Tuesday at ten, the day after NOW: bookable, and more than 24 hours ahead.
SLOT = "2026-11-24T10:00"
NAME = "Sam Okafor"
EMAIL = "sam@example.com"


def stamp(seconds: float = 60) -> str:
    """The signed moment of a page that was made so many seconds ago."""
    return signing.dumps(time.time() - seconds, salt=SALT)


def answers(**changes: Any) -> dict[str, Any]:
    """What somebody new types, all of it right; a change of None leaves the field out."""
    given: dict[str, Any] = {
        "name": NAME,
        "email": EMAIL,
        "phone": "07700 900123",
        "note": "I sleep badly",
        "agree": "on",
        "website": "",
        "rendered": stamp(),
    }
    return {key: value for key, value in {**given, **changes}.items() if value is not None}


def address(name: str, world: World, **query: Any) -> str:
    """The address of a step for the online consultation; a query of None leaves its part out."""
    service: Service = query.pop("service", world.consultation)
    given: dict[str, Any] = {
        "what": service.slug,
        "how": Format.ONLINE,
        "who": world.therapist.slug,
        **query,
    }
    if name == "details" and "draft" not in given:
        # As the site itself names the form, once somebody comes from a time: one for each choice.
        given.setdefault("form", md5(repr(given).encode(), usedforsecurity=False).hexdigest())
    kept = {key: value for key, value in given.items() if value is not None}
    return f"{reverse(name)}?{urlencode(kept, doseq=True)}"


def send_details(
    browser: Browser, world: World, slot: str | None = SLOT, **changes: Any
) -> "Response":
    """Post the third step; `service` is another than the consultation."""
    asked = {"service": changes.pop("service")} if "service" in changes else {}
    sent = browser.post(address("details", world, slot=slot, **asked), answers(**changes))
    return followed(browser, sent)


def followed(browser: Browser, response: "Response") -> "Response":
    """What a browser shows: a form that was sent in vain leads to the page that says why."""
    return browser.get(response["Location"]) if response.status_code == SEE_OTHER else response


def send(
    browser: Browser, path: str, posted: Mapping[str, Any] | None = None, **options: Any
) -> "Response":
    """Press a form's button and return what a browser then shows."""
    return followed(browser, browser.post(path, posted, **options))


def check_address(browser: Browser, world: World, slot: str = SLOT, **changes: Any) -> str:
    """Answer everything and return the address of the last look."""
    response = send_details(browser, world, slot, **changes)
    assert response.status_code == 302
    return response["Location"]


def carried(browser: Browser, path: str) -> dict[str, str]:
    """What the form of the last look carries: the answers' key, and what the page showed."""
    page = browser.get(path).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(key|shown)" value="([^"]*)"', page))


def press(browser: Browser, path: str) -> "Response":
    """Open the last look and press its button."""
    return followed(browser, browser.post(path, carried(browser, path)))


def book(browser: Browser, world: World, slot: str = SLOT, **changes: Any) -> Booking:
    """Book through the pages."""
    response = press(browser, check_address(browser, world, slot, **changes))
    assert response.status_code == 302
    return Booking.objects.whole().get(uid=response["Location"].split("/")[2])


def open_link(browser: Browser, token: str) -> "Response":
    """Open a private link, and press where that is asked; return what leads on, or the refusal.

    Whoever looks for forged forms is shown the button's token first.
    """
    opened = browser.get(reverse("link", args=[token]))
    if opened.headers.get("Location") != reverse("open"):
        return opened
    page = browser.get(reverse("open")).content.decode()
    proof = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return browser.post(reverse("open"), {"csrfmiddlewaretoken": proof[0], "whose": "mine"})


def rows() -> dict[str, int]:
    """How much is stored of what a booking stores, but for what lets the browser that booked in."""
    tables = (Booking, BookingEvent, Client, Consent, AccessLink, OutgoingMail)
    found = {table.__name__: table._default_manager.count() for table in tables}
    of_browsers = AccessLink.objects.filter(ends_at=F("created_at") + AFTER_BOOKING)
    return {**found, "AccessLink": found["AccessLink"] - of_browsers.count()}


NOTHING = dict.fromkeys(
    ("Booking", "BookingEvent", "Client", "Consent", "AccessLink", "OutgoingMail"), 0
)
# Of somebody new: that they agreed counts once they say so by their mail.
ONE_BOOKING = {
    "Booking": 1,
    "BookingEvent": 1,
    "Client": 1,
    "Consent": 0,
    "AccessLink": 1,
    "OutgoingMail": 2,
}


def text_of(response: "Response") -> str:
    """The page as it is shown, with the breaks that keep a date together as plain spaces."""
    page = as_shown(response.content.decode())
    return page.replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")


def signed_in(therapist: Therapist, role: Role | None = Role.THERAPIST) -> Browser:
    """A therapist's browser, or that of who is one in this role."""
    StaffMember.objects.filter(user=therapist.user_id).delete()
    if role:
        StaffMember.objects.create(user_id=therapist.user_id, role=role)
    return browser_of(User.objects.get(pk=therapist.user_id))


def browser_of(user: User) -> Browser:
    """A browser in which somebody has signed in."""
    browser = Browser()
    browser.force_login(user)
    return browser
