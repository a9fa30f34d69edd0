"""What somebody new asks to book while more is booked than a day can mean: their mail decides.

The time is kept for half an hour, nobody else gets it. The mailed link books it: within that time
surely, later if it is still free. Who asks, presses or opens twice has one booking.
"""

from datetime import datetime, timedelta

from django.db import transaction

from bookings import holds, lifecycle
from bookings.by import By
from bookings.errors import Asked, SlotTakenError
from bookings.lifecycle import Person, Request
from bookings.models import Booking, PendingBooking
from bookings.notices import confirm_address
from bookings.signed_agreement import ShownFacts
from bookings.typed_words import WISHES, Wishes
from bookings.unproven import asks_for_proof
from clients import rate_limits
from encryption.fields import UndecipherableError, readable
from outbox.queue import queue
from outbox.tasks import send_on_commit
from prose.cleaning import same_mailbox

KEPT = timedelta(minutes=30)


def book_or_ask(request: Request, now: datetime) -> Booking | PendingBooking:
    """Book for a client; or keep the time and mail a link, if they are new and too many come.

    Raises as `lifecycle.book` does. Whose address was typed makes no difference.
    """
    known = request.person.client is not None or request.person.is_proven
    if known or not asks_for_proof(request.service.therapist.practice, now):
        return lifecycle.book(request, by=By.client(), now=now)
    return _ask(request, now)


def _ask(request: Request, now: datetime) -> Booking | PendingBooking:
    with lifecycle.refusing(SlotTakenError(Asked(request.start))), transaction.atomic():
        lifecycle.lock_diary(request.service.therapist_id, by=By.client())
        done = _done(request)
        if done:
            return done
        request, _ = lifecycle.bookable(request, By.client(), now)
        _forget_earlier(request)
        holds.promise(request, now + KEPT)
        return _write(request, now)


def _done(request: Request) -> Booking | PendingBooking | None:
    """Return what an earlier press of the same button made."""
    booking = Booking.objects.filter(idempotency_key=request.key).first()
    return booking or PendingBooking.objects.filter(key=request.key).first()


def _forget_earlier(request: Request) -> None:
    """Let the link of the same visitor's earlier answers open nothing: they put something right.

    It may have gone to somebody else's address by a slip.
    """
    mine = PendingBooking.objects.filter(visitor=request.visitor, is_booked=False)
    mine.filter(therapist=request.service.therapist, start=request.start).delete()


def _write(request: Request, now: datetime) -> PendingBooking:
    """Store what is asked and queue its mail; one mailbox gets so many of these an hour."""
    person, service = request.person, request.service
    pending = PendingBooking(
        therapist=service.therapist,
        service=service,
        place=request.place,
        notice=request.notice,
        format=request.format,
        start=request.start,
        length_minutes=service.length_minutes,
        name=person.name,
        email=person.email,
        phone=person.phone,
        note=request.note,
        **request.wishes.columns,
        key=request.key,
        visitor=request.visitor,
        kept_until=now + KEPT,
        created_at=now,
    )
    token = pending.new_token()
    pending.save()
    letter = confirm_address.letter(pending, token)
    if rate_limits.allow("pending-email", same_mailbox(person.email)):
        queue([letter])
        send_on_commit(letter.about)
    return pending


def confirm(pending: PendingBooking, shown: ShownFacts | None, now: datetime) -> Booking:
    """Book it for whoever opened its link; raises as `lifecycle.book` does where it can't be had.

    `shown` is what the page with the button showed.
    """
    person = Person(pending.name, pending.email, pending.phone, is_proven=True)
    request = Request(
        service=pending.service,
        format=pending.format,
        place=pending.place,
        start=pending.start,
        person=person,
        note=confided(pending.note),
        wishes=wishes_of(pending),
        notice=pending.notice,
        key=pending.key,
        visitor=pending.visitor,
        shown=shown,
    )
    with transaction.atomic():
        booking = lifecycle.book(request, by=By.client(), now=now)
        # Booked without a mail by an earlier press, it is confirmed by this one.
        lifecycle.prove(booking, now=now)
        PendingBooking.objects.filter(pk=pending.pk).update(is_booked=True)
    return booking


def confided(text: str) -> str:
    """Return what they confided; a note that no key opens costs nobody their booking."""
    try:
        return readable(text)
    except UndecipherableError:
        return ""


def wishes_of(pending: PendingBooking) -> Wishes:
    """Return what would make it easier for them, as far as it opens."""
    return Wishes(**{name: confided(getattr(pending, name)) for name in WISHES})


def booked(pending: PendingBooking) -> Booking | None:
    """Return what has become of it."""
    return Booking.objects.filter(idempotency_key=pending.key).whole().first()
