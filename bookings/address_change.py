"""A client's new address counts once whoever reads mail there has pressed a button.

The therapist types it, on the telephone perhaps, where a letter is soon misheard. Until the press
the old one stands with all that goes there.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from availability import access
from availability.models import Therapist
from bookings import lifecycle
from bookings.by import By
from bookings.errors import BusyError, Code, NotBookableError
from bookings.models import Booking
from bookings.notices import keys, new_address_link
from clients.models import Client, NewAddress
from outbox.queue import queue, withdraw
from outbox.tasks import send_on_commit
from prose.cleaning import same_mailbox

ONCE = "client_email_once"


def ask(client: Client, email: str, *, by: By, now: datetime) -> NewAddress:
    """Mail a link to the new address, in place of any that was asked for before.

    Raises `NotBookableError` where the address is another client's.
    """
    with lifecycle.refusing(BusyError()), transaction.atomic():
        held = Client.objects.select_for_update(no_key=True).get(pk=client.pk)
        _require_free(held, email)
        whose = _therapist(held, by)
        _take_back(held)
        asked, token = NewAddress.mint(held, email, now)
        asked.save()
        letter = new_address_link.letter(asked, whose, token)
        queue([letter])
        send_on_commit(letter.about)
        return asked


def _therapist(client: Client, by: By) -> Therapist:
    """Return in whose name it is written: who asks, or who meets them."""
    own = access.own(by.user) if by.user else None
    last = client.bookings.select_related("therapist").order_by("-during").first()
    return own or (last.therapist if last else Therapist.objects.earliest("pk"))


def take_back(client: Client) -> bool:
    """Let the link that was sent open nothing; False if there is none."""
    with transaction.atomic():
        Client.objects.select_for_update(no_key=True).get(pk=client.pk)
        return _take_back(client)


def _take_back(client: Client) -> bool:
    withdraw(keys.about_client(client.pk), kind=keys.NEW_ADDRESS)
    gone, _ = NewAddress.objects.filter(client=client).delete()
    return bool(gone)


def _require_free(client: Client, email: str) -> None:
    if Client.objects.at(email).exclude(pk=client.pk).exists():
        raise NotBookableError(Code.ADDRESS_TAKEN)


def confirm(asked: NewAddress, *, by: By, now: datetime) -> list[Booking]:
    """Let the address count, and tell it of each meeting to come; return these meetings.

    Of two presses one counts. Raises `NotBookableError` where it is another client's by now, and
    where it was taken back, or asked for anew, since the page was shown.
    """
    try:
        with lifecycle.refusing(BusyError()), transaction.atomic():
            stands = NewAddress.objects.select_for_update().filter(pk=asked.pk).first()
            if stands is None:
                raise NotBookableError(Code.NO_LONGER_ASKED)
            told = count(stands.client, stands.email, by=by, now=now)
            stands.delete()
            return told
    except IntegrityError as error:
        if ONCE not in str(error):
            raise
        raise NotBookableError(Code.ADDRESS_TAKEN) from None


def count(client: Client, email: str, *, by: By, now: datetime) -> list[Booking]:
    """Let an address count at once. Raises `NotBookableError` where it is another client's."""
    _require_free(client, email)
    client.email, client.mailbox, client.proven_at = email, same_mailbox(email), now
    return lifecycle.new_address(client, by=by, now=now) or []
