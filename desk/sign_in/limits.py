"""Whether a password is looked at at all: asked before any hashing, which is what costs.

Three ways lead to a look, each with buckets of its own, so that who guesses empties only theirs: a
browser in which the person signed in before, an address from which they did, and, for everybody
else, by the address they come from and by the account.

No guess at one account takes what another has: some looks are each account's own, whatever else
goes on, and only those beyond them come out of a bucket that all share. So guesses at names that
nobody has, however many, hold nobody back. What all accounts have together is one number, however
many they are: where more sign in, fewer looks are each one's own. Guesses at somebody's own account
hold back a *new* browser of theirs, and never one that is known; who needs a new one at such a time
has a link mailed (password_reset.py): it makes the browser known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from weakref import WeakKeyDictionary

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest

from clients.rate_limits import address_of, allow, allow_visitor
from desk.sign_in import device_cookie
from desk.sign_in.account import account_of, count_with_password
from staff import devices

SITE, NOBODY = "all", "nobody"


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
    """Somebody types a password: for which account if it is one, from where, in which browser."""

    typed: str
    account: User | None
    meta: Mapping[str, str]
    word: str

    @property
    def account_id(self) -> int:
        """The account's; 0, which nobody has, asks the same questions for a name that is none."""
        return self.account.pk if self.account else 0

    @property
    def subject(self) -> str:
        """What an account's buckets are named by: the person, however they were typed."""
        return f"user:{self.account_id}" if self.account else f"name:{self.typed.casefold()}"

    @property
    def is_in_own_browser(self) -> bool:
        """Whether the person themselves signed in there before, or came by a mailed link."""
        return devices.is_known(self.account_id, self.word)

    def may_be_looked_at(self, now: datetime) -> bool:
        """Take a token of the bucket that is this one's; False when none is left."""
        if self.is_in_own_browser:
            return allow("sign-in-own-browser", f"{self.subject} {devices.digest_of(self.word)}")
        address = address_of(self.meta)
        if devices.knows_address(self.account_id, address, now) and allow(
            "sign-in-own-address", f"{self.subject} {address}"
        ):
            return True
        return allow_visitor("sign-in-address", self.meta) and self._account_may_be_tried()

    def _account_may_be_tried(self) -> bool:
        """Take of what is the account's own; beyond that, of what all share."""
        own, shared = shares(count_with_password())
        if allow("sign-in-account", self.subject, own):
            return True
        return allow("sign-in-account-more", self.subject) and allow(
            "sign-in-strangers", SITE, shared
        )


def shares(accounts: int) -> tuple[int, int]:
    """Return how many looks are each account's own, and how many all share beyond those.

    All together are what "sign-in-strangers" says, until each account has one look and there are as
    many accounts. None is ever without a look of its own, or guesses at other names would hold it
    back. What is reckoned with is the same for each name that is typed, whether there is one or
    not.
    """
    limits = settings.RATE_LIMITS
    most, own, more = (
        limits[f"sign-in-{name}"][0] for name in ("strangers", "account", "account-more")
    )
    own = max(1, min(own, (most - more) // max(1, accounts)))
    return own, max(1, most - own * accounts)


# Of each request that is being answered: several ask, one looks.
_tries: WeakKeyDictionary[HttpRequest, Try] = WeakKeyDictionary()


def try_of(request: HttpRequest, typed: str) -> Try:
    """Return who tries."""
    known = _tries.get(request)
    if known is None or known.typed != typed:
        word = device_cookie.word_of(request)
        known = _tries[request] = Try(typed, account_of(typed), request.META, word)
    return known
