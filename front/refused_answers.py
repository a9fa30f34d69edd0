"""Answers that a form refused, kept for the page that is asked for next.

A form that was sent in vain leads to its own page, so that the Back button finds nothing to send
again. What was typed is sealed in the session until the form is sent well, or somebody else begins.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from encryption.fields import UndecipherableError, seal, unseal
from front.visitor import REFUSED

MOST_FORMS = 5
# The longest answers that a page asks for fit many times; who sends more gets the page at once.
LONGEST = 40_000


@dataclass(frozen=True, slots=True)
class Refused:
    """What was sent in vain, and when: judged at that moment it is refused for the same reasons."""

    answers: QueryDict
    at: datetime


def keep(session: SessionBase, form_id: str, answers: QueryDict, at: datetime) -> bool:
    """Keep what was sent, unless it is too long; the oldest goes when there are too many forms."""
    sent = answers.urlencode()
    if len(sent) > LONGEST:
        return False
    others = {one: sealed for one, sealed in session.get(REFUSED, {}).items() if one != form_id}
    kept = {**others, form_id: seal(json.dumps([sent, at.timestamp()]))}
    session[REFUSED] = dict(list(kept.items())[-MOST_FORMS:])
    return True


def kept(session: SessionBase, form_id: str) -> Refused | None:
    """Return what this visitor sent in vain; None where nothing is kept."""
    sealed = session.get(REFUSED, {}).get(form_id)
    if sealed is None:
        return None
    try:
        sent, at = json.loads(unseal(sealed))
    except UndecipherableError:
        return None  # a key was retired: the form is empty again
    return Refused(QueryDict(sent), datetime.fromtimestamp(at, UTC))


def forget(session: SessionBase, form_id: str) -> None:
    """Let go of it, once the form was sent well."""
    if form_id in session.get(REFUSED, {}):
        others = {one: sealed for one, sealed in session[REFUSED].items() if one != form_id}
        session[REFUSED] = others
