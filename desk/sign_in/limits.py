"""Whether a password is looked at at all: asked before any hashing, which is what costs.

Three ways lead to a look, each with a bucket of its own, so that who guesses empties only theirs:
a browser in which the person signed in before, an address from which they did, and for everybody
else a small one by account and one for the whole site. Someone else's guesses therefore slow a new
browser down, and never one that is known; who needs a new one at such a time has a link mailed
(password_reset.py): it makes the browser known.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from weakref import WeakKeyDictionary

from django.http import HttpRequest

from clients.rate_limits import address_of, allow
from desk.sign_in import device_cookie
from staff import devices

SITE = "all"


class Refusal(Enum):
    """Why a password was not looked at."""

    BUSY = "busy"
    HELD_BACK = "held back"


_refusals: WeakKeyDictionary[HttpRequest, Refusal] = WeakKeyDictionary()


def refuse(request: HttpRequest, why: Refusal) -> None:
    """Keep for the page that asked why the password was not looked at."""
    _refusals[request] = why


def refusal_of(request: HttpRequest) -> Refusal | None:
    """Return why the password of this request was not looked at; None if it was."""
    return _refusals.get(request)


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody types a password: for which account, from where, in which browser."""

    username: str
    address: str
    word: str

    @property
    def is_in_own_browser(self) -> bool:
        """Whether the person themselves signed in there before, or came by a mailed link."""
        return devices.is_known(self.username, self.word)

    def may_be_looked_at(self, now: datetime) -> bool:
        """Take a token of the bucket that is this one's; False when none is left."""
        name = self.username.casefold()
        if self.is_in_own_browser:
            return allow("sign-in-own-browser", f"{name} {devices.digest_of(self.word)}")
        if devices.knows_address(self.username, self.address, now) and allow(
            "sign-in-own-address", f"{name} {self.address}"
        ):
            return True
        return allow("sign-in-account", name) and allow("sign-in-strangers", SITE)


def try_of(request: HttpRequest, username: str) -> Try:
    """Return who tries."""
    return Try(username, address_of(request.META), device_cookie.word_of(request))
