"""Requests that were written down with an address, answered by a worker: each once, then gone.

What the page that took one does, and how long it takes, tells nobody whether the address is known.
"""

import logging
from collections.abc import Callable

from django.db import Error, transaction
from django.utils import timezone

from clients.models import LinkRequest
from encryption.fields import readable
from staff.models import ResetRequest

log = logging.getLogger(__name__)

Request = LinkRequest | ResetRequest
Kind = type[LinkRequest] | type[ResetRequest]
# With what they had chosen, if anything, behind the address and the moment.
Send = Callable[..., None]


def answer_all(kind: Kind, what: str, send: Send) -> int:
    """Answer all who asked, however many workers look; return how many. `what` is for the log."""
    try:
        asked = list(kind._default_manager.order_by("pk").values_list("pk", flat=True))  # noqa: SLF001, Django's documented name
    except Error as error:  # what is due does not wait for this
        log.warning("who asked for %s could not be read: %s", what, type(error).__name__)
        return 0
    return sum(_answer(kind, pk, what, send) for pk in asked)


def _answer(kind: Kind, pk: int, what: str, send: Send) -> bool:
    """Answer one, and forget the address with it. No exception passes: the others wait behind."""
    rows = kind._default_manager.filter(pk=pk)  # noqa: SLF001, Django's documented name
    try:
        with transaction.atomic():
            asked = rows.select_for_update(skip_locked=True).first()
            if asked is None:  # another worker's
                return False
            address = _address(asked)
            if address:  # it may have been given up, as no key opened it
                send(address, timezone.now(), *_chosen(asked))
            asked.delete()
    except Exception as error:  # noqa: BLE001, whatever is wrong with one row
        log.warning("%s asked for, request %s: %s", what, pk, type(error).__name__)
        return False
    return True


def _chosen(asked: Request) -> tuple[str, ...]:
    wanted = asked.wanted if isinstance(asked, LinkRequest) else ""
    return (wanted,) if wanted else ()


def _address(asked: Request) -> str:
    return asked.address if isinstance(asked, ResetRequest) else readable(asked.email)
