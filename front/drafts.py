"""Answers on their way to becoming a booking: kept in the session, encrypted, one draft a tab.

Its id stands in the address from the first look at the form, so that two tabs are two drafts, the
back button finds its own, and whoever comes next with the same device begins with an empty form.
As they begin, the drafts of before are set aside.
"""

import json
import re
import secrets
import uuid
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse

from availability.catalogue import service_with_id
from bookings.typed_words import Wishes
from encryption.fields import UndecipherableError, seal, unseal
from front.choice import Choice
from front.visitor import ASIDE, DRAFTS
from prose.cleaning import same_mailbox

MOST_DRAFTS = 5
ID = re.compile(r"[\w-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """What has been chosen and answered so far.

    `key` is the idempotency key: it changes whenever an answer does, so that one key always
    means one and the same booking. `client_id` is set when a known client books.
    """

    service_id: int
    format: str
    slot: str
    place_id: int = 0
    name: str = ""
    email: str = ""
    phone: str = ""
    note: str = ""
    pronouns: str = ""
    languages: str = ""
    needs: str = ""
    # Whose clock they see beside the UK's. It changes nothing of what is booked.
    zone: str = ""
    client_id: int | None = None
    # What the last look says above the answers: why the press before booked nothing.
    notices: tuple[str, ...] = ()
    # The version of the privacy notice that they agreed to; 0 where they were not asked.
    notice: int = 0
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def wishes(self) -> Wishes:
        """What would make it easier for them."""
        return Wishes(self.pronouns, self.languages, self.needs)

    @property
    def person(self) -> tuple[int | None, str]:
        """Whose it is, as far as anybody said."""
        return self.client_id, same_mailbox(self.email)

    def changed(self, **answers: Any) -> "Draft":
        """Return the draft with other answers, under a new key if any of the booking's differs."""
        after = replace(self, notices=(), **answers)
        same = replace(after, zone=self.zone) == replace(self, notices=())
        return after if same else replace(after, key=str(uuid.uuid4()))

    def choice(self) -> Choice | None:
        """Return what it is for, if that can still be booked."""
        service, version = service_with_id(self.service_id) or (None, None)
        if service is None or self.format not in service.formats or not service.takes_bookings:
            return None
        return Choice(service, self.format, version, zone=self.zone)


def save(session: SessionBase, draft: Draft, draft_id: str = "") -> str:
    """Keep the draft and return its id; the oldest goes when there are too many.

    So does what somebody with another address typed in this browser.
    """
    draft_id = draft_id if ID.fullmatch(draft_id) else new_id()
    others = _of_same_person(session, draft)
    others.pop(draft_id, None)
    kept = {**others, draft_id: seal(json.dumps(asdict(draft)))}
    session[DRAFTS] = dict(list(kept.items())[-MOST_DRAFTS:])
    session.pop(ASIDE, None)
    return draft_id


def set_aside(session: SessionBase) -> None:
    """Show no draft of before to whoever begins another booking: they may be somebody else.

    Who then sends the same address has them again, and who presses a page that shows one.
    """
    before = session.pop(DRAFTS, None)
    if before:
        aside = {**session.get(ASIDE, {}), **before}
        session[ASIDE] = dict(list(aside.items())[-MOST_DRAFTS:])


def bring_back(session: SessionBase, draft_id: str, key: str) -> None:
    """Let whoever presses a page that shows a draft have it, though another was begun since."""
    sealed = session.get(ASIDE, {}).get(draft_id)
    found = _opened(sealed)
    if found and found.key == key:
        session[DRAFTS] = {**session.get(DRAFTS, {}), draft_id: sealed}


def new_id() -> str:
    """Return an id that nobody guesses: whoever has the page's address has the draft."""
    return secrets.token_urlsafe(9)


def _of_same_person(session: SessionBase, draft: Draft) -> dict[str, str]:
    """Return the sealed drafts of whoever this one is of: of anybody else's nothing is left."""
    return {
        other_id: sealed
        for other_id, sealed in {**session.get(ASIDE, {}), **session.get(DRAFTS, {})}.items()
        if (other := _opened(sealed)) and other.person == draft.person
    }


def load(session: SessionBase, draft_id: str) -> Draft | None:
    """Return the draft, or None when this visitor has none by that id (any more)."""
    return _opened(session.get(DRAFTS, {}).get(draft_id))


def _opened(sealed: str | None) -> Draft | None:
    if sealed is None:
        return None
    try:
        found = json.loads(unseal(sealed))
        return Draft(**{**found, "notices": tuple(found.get("notices", ()))})
    except (UndecipherableError, TypeError):
        # A key was retired, or a new release added an answer: ask again rather than guess.
        return None


def details_url(draft_id: str) -> str:
    """Return the address where its answers are changed."""
    return f"{reverse('details')}?draft={draft_id}"
