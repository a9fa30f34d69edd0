"""A client's address is corrected: from that moment all that opens or tells goes to the new one.

Whoever reads mail at the old one may be somebody else: every link that was sent there ends with
every session that it opened, and its calendar is told to let the meetings go, without a word of
what they were.

A booking that came with the old address and that nobody has confirmed may be anybody's: it stays
with that address, on a card of its own, unless the therapist says that it is the client's.
"""

import re
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from availability import access
from bookings.by import By
from bookings.errors import BusyError, Code, NotBookableError
from bookings.lifecycle.events import CHANGED, write_line
from bookings.lifecycle.locking import lock_diary, locked, refusing
from bookings.lifecycle.prove import prove
from bookings.models import Booking, BookingEvent
from bookings.notices import keys, letters, private_links, questions
from bookings.whose_client import is_met
from clients.cards import card_for
from clients.models import Client
from outbox.models import OutgoingMail
from outbox.queue import Letter, queue, readdress, withdraw
from outbox.tasks import send_on_commit

# An address is the client's, not one diary's: who corrects it does so for all who meet them.
EVERY_DIARY = By.therapist()
# What no new confirmation says, so that it has to reach them all the same.
STILL_TOLD = (keys.CANCELLATION, keys.FEE_WAIVED, keys.FOLLOW_UP, keys.REARRANGED)


def new_address(
    client: Client, *, by: By, now: datetime, theirs: Collection[int] = ()
) -> list[Booking] | None:
    """Store a client whose address was changed, and tell the new address of each meeting to come.

    Of the bookings that nobody has confirmed, those with an id in `theirs` are confirmed by that.
    An address may be their first, or go: then nothing is mailed to them. Return these meetings;
    None where the address is the same but for its case: then the client is stored, and that is
    all. Raises `BusyError` where somebody writes to a diary for too long, and `NotBookableError`
    for who is signed in and doesn't meet them.
    """
    with refusing(BusyError()), transaction.atomic():
        _lock(client)
        _require_theirs(client, by)
        was = Client.objects.select_for_update().values_list("email", flat=True).get(pk=client.pk)
        client.save()
        if was.lower() == client.email.lower():
            return None
        # Where there was none, nothing was sent to it, and nobody typed it who may be anybody.
        if was:
            _part(client, was, by, theirs, now)
        withdrawn = _take_from(was, client, now) if was else []
        coming = client.bookings.holding().filter(during__startswith__gt=now).order_by("during")
        told = [locked(pk, by=EVERY_DIARY) for pk in coming.values_list("pk", flat=True)]
        queue([*withdrawn, *(letter for one in told for letter in _tell(one, was, by, now))])
        for about in (keys.about_client(client.pk), *_abouts(told)):
            send_on_commit(about)
        return told


def _lock(client: Client) -> None:
    """Wait until nobody else writes mail to them: in a diary of theirs, or a reminder.

    Diaries before the client's row, like whoever books: the other way round both would wait. A
    reminder is written under the lock of its booking's row; what is locked here it passes over.
    """
    for therapist_id in sorted(set(client.bookings.values_list("therapist_id", flat=True))):
        lock_diary(therapist_id, by=EVERY_DIARY)
    list(client.bookings.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _require_theirs(client: Client, by: By) -> None:
    """Refuse who doesn't meet them; who does corrects the address for all who do."""
    if by.user is None or access.sees_all(by.user):
        return
    if not is_met(client, access.ids_of(by.user)):
        raise NotBookableError(Code.NOT_YOUR_DIARY)


def unconfirmed(client: Client, by: By) -> QuerySet[Booking]:
    """Return what came with their address and nobody has confirmed, as far as `by` may see it."""
    found = client.bookings.filter(proven_at=None).whole().defer("note").order_by("-during", "pk")
    if by.user is None or access.sees_all(by.user):
        return found
    return found.filter(therapist__in=access.ids_of(by.user))


def _part(client: Client, was: str, by: By, theirs: Collection[int], now: datetime) -> None:
    """Confirm what is theirs of what nobody has confirmed; leave the rest with the old address."""
    for one in unconfirmed(client, by).filter(pk__in=theirs):
        prove(one, now=now)
    left = list(client.bookings.filter(proven_at=None).whole().defer("note").order_by("pk"))
    if left:
        name, phone = left[0].typed_name, left[0].contact_phone
        card = card_for(name, was, phone, now, exactly=True)
        Booking.objects.filter(pk__in=[one.pk for one in left]).update(client=card)
        client.links.filter(about__in=_abouts(left)).update(client=card)


def _abouts(bookings: list[Booking]) -> list[str]:
    return [keys.about_booking(one.uid) for one in bookings]


def _take_from(was: str, client: Client, now: datetime) -> list[Letter]:
    """End what the old address has or would get; return what its calendar is still to hear.

    Mail that nobody has tried to send goes to the new address, and so do the links in it: no other
    mailbox has them.
    """
    all_of_theirs = list(client.bookings.whole().defer("note"))
    abouts = [keys.about_client(client.pk), *_abouts(all_of_theirs)]
    cancelled = OutgoingMail.objects.unsent().filter(
        about__in=abouts, kind=keys.CANCELLATION, to__iexact=was
    )
    unheard = set(cancelled.values_list("about", flat=True))
    kept = readdress(*abouts, kinds=STILL_TOLD, was=was, to=client.email)
    withdraw(*abouts, to=was)
    tokens = [token for text in kept for token in re.findall(r"/b/([\w-]+)/", text)]
    carried = client.links.of_tokens(tokens)
    client.links.exclude(pk__in=carried.values("pk")).revoke(now)
    carried.update(sent_to=client.email.lower())
    gone = [one for one in all_of_theirs if keys.about_booking(one.uid) in unheard]
    return [letters.left_address(one, was, now) for one in gone]


def _tell(booking: Booking, was: str, by: By, now: datetime) -> list[Letter]:
    """Take a meeting out of the old calendar, and put it into the new one.

    Both may be one calendar, if the old address hands on its mail: the invitation has the later
    SEQUENCE, so that the entry stands in whatever order they come.
    """
    booking.sequence += 1
    booking.changed_at = now
    # To nobody, where there was no address.
    letter = letters.left_address(booking, was, now)
    booking.sequence += 1
    booking.save(update_fields=CHANGED)
    write_line(booking, now, BookingEvent.Action.READDRESSED, by=by)
    token = private_links.to_booking(booking, now)
    return [letter, letters.details(booking, token, now), *_question(booking, token, now)]


def _question(booking: Booking, token: str, now: datetime) -> list[Letter]:
    """Ask once more whom I asked to choose another time: the old address was asked."""
    if not booking.is_asked_to_move:
        return []
    asked = booking.events.filter(action=BookingEvent.Action.ASKED, is_undone=False).last()
    reason = asked.reason if asked else ""
    return [questions.asked(booking, reason, token, booking.events.count(), now)]
