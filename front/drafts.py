"""Answers on their way to becoming a booking: kept in the session, encrypted, one draft a tab.

Its id stands in the address, so that two tabs are two drafts and the back button finds its own.
"""

import json
import secrets
import uuid
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse

from availability.models import Service
from clients.models import PrivacyNotice
from encryption.fields import UndecipherableError, seal, unseal
from front.choice import Choice

MOST_DRAFTS = 5
_DRAFTS = "drafts"


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
    # Whose clock they see beside the UK's. It changes nothing of what is booked.
    zone: str = ""
    client_id: int | None = None
    # The version of the privacy notice that they agreed to; 0 where they were not asked.
    notice: int = 0
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    def changed(self, **answers: Any) -> "Draft":
        """Return the draft with other answers, under a new key if any of the booking's differs."""
        after = replace(self, **answers)
        same = replace(after, zone=self.zone) == self
        return after if same else replace(after, key=str(uuid.uuid4()))

    def choice(self) -> Choice | None:
        """Return what it is for, if that is still offered."""
        service = Service.objects.offered().filter(pk=self.service_id).first()
        if service is None or self.format not in service.formats:
            return None
        return Choice(service, self.format, zone=self.zone)


def save(session: SessionBase, draft: Draft, draft_id: str = "") -> str:
    """Keep the draft and return its id; the oldest goes when there are too many."""
    drafts = dict(session.get(_DRAFTS, {}))
    draft_id = draft_id if draft_id in drafts else secrets.token_urlsafe(9)
    drafts.pop(draft_id, None)
    drafts[draft_id] = seal(json.dumps(asdict(draft)))
    session[_DRAFTS] = dict(list(drafts.items())[-MOST_DRAFTS:])
    return draft_id


def load(session: SessionBase, draft_id: str) -> Draft | None:
    """Return the draft, or None when this visitor has none by that id (any more)."""
    sealed = session.get(_DRAFTS, {}).get(draft_id) if draft_id else None
    if sealed is None:
        return None
    try:
        return Draft(**json.loads(unseal(sealed)))
    except (UndecipherableError, TypeError):
        # A key was retired, or a new release added an answer: ask again rather than guess.
        return None


def find(session: SessionBase, service_id: int, fmt: str, slot: str) -> tuple[str, Draft | None]:
    """Return the newest draft for this very time and its id, or an empty id and None."""
    wanted = (service_id, fmt, slot)
    for draft_id in reversed(session.get(_DRAFTS, {})):
        draft = load(session, draft_id)
        if draft and (draft.service_id, draft.format, draft.slot) == wanted:
            return draft_id, draft
    return "", None


def details_url(draft_id: str) -> str:
    """Return the address where its answers are changed."""
    return f"{reverse('details')}?draft={draft_id}"


def notice_version() -> int:
    """Return the version of the notice that somebody new agrees to; 0 while there is none."""
    notice = PrivacyNotice.objects.current()
    return notice.version if notice else 0
