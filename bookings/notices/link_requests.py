"""New private links for a client who asks: the old ones end as a new one is opened, not before.

Anybody may ask for anybody's: that alone takes nothing away.

Whoever asks is written down and answered by a worker: what the page does, and how long it takes,
tells nobody whether the address is a client's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from celery import shared_task
from django.db import transaction

from availability.models import Therapist
from bookings.eligibility import may_book_sessions
from bookings.models import Booking
from bookings.notices import private_links
from bookings.notices.answer_requests import answer_all
from bookings.notices.keys import LINKS, about_booking, about_client, links_key
from bookings.notices.layout import bodies
from bookings.notices.letter import house, opens, sender
from bookings.notices.neutral_words import neutral_bodies
from bookings.notices.summary import card
from clients.models import Client, LinkRequest
from outbox import wake
from outbox.queue import Letter, queue
from outbox.tasks import send_on_commit
from prose.names import greeting_name

# More would make a long mail: the later ones keep the links they have.
MOST = 30


def ask(email: str, now: datetime, wanted: str = "") -> None:
    """Write down that somebody asked for the links of this address, and ring for a worker.

    `wanted` is what they had chosen to book, as a link says it: the one to book sessions leads on.
    """
    LinkRequest.objects.create(email=email, asked_at=now, wanted=wanted)
    wake.ring_on_commit(answer)


@shared_task(name="bookings.links.answer")
def answer() -> int:
    """Answer all who asked, each once however many workers look; return how many."""
    return answer_all(LinkRequest, "links", send)


def send(email: str, now: datetime, wanted: str = "") -> None:
    """Mail the client whose mailbox this is new links, each in place of older ones once opened.

    They go to the address on the card, whichever spelling was asked for.

    One for each booking, and the one to book sessions for who may. Nobody else hears of it.
    """
    client = Client.objects.reading(email).first()
    if client is not None:
        send_to(client, now, wanted)


def send_to(client: Client, now: datetime, wanted: str = "") -> bool:
    """Mail a client new links as `send` does; False if none is sent."""
    bookings = _concerned(client, now)
    therapist = bookings[0].therapist if bookings else _any_therapist()
    # Anybody may ask for anybody's: what they have here is told in no mailbox that isn't safe.
    if therapist is None or not client.mailed_at:
        return False
    minted = [private_links.booking_link(booking, now, replaces=True) for booking in bookings]
    if may_book_sessions(client, now):
        pages = private_links.pages_link(client, therapist.practice, now, replaces=True)
        minted.append(pages)
    if minted:
        with transaction.atomic():
            private_links.store(minted)
            tokens = {link.about: token for link, token in minted}
            queue([letter(client, therapist, bookings, tokens, now, wanted)])
            send_on_commit(about_client(client.pk))
    return bool(minted)


def _concerned(client: Client, now: datetime) -> list[Booking]:
    """Return the bookings to come, the next first; without any the latest."""
    # What the client confided is not read: a note that no key opens keeps nobody out.
    known = client.bookings.whole().defer("note")
    return list(known.upcoming(now)[:MOST]) or list(known.order_by("-during")[:1])


def _any_therapist() -> Therapist | None:
    return Therapist.objects.taking_bookings().select_related("practice").first()


def letter(  # noqa: PLR0913, whose links, to what, and when
    client: Client,
    therapist: Therapist,
    bookings: Sequence[Booking],
    tokens: Mapping[str, str],
    now: datetime,
    wanted: str = "",
) -> Letter:
    """The mail with a link for each booking, and one to book sessions if that has a token.

    It leads on to what was `wanted`, if anything was.
    """
    several = len({booking.therapist_id for booking in bookings}) > 1
    told = [_told(one, tokens[about_booking(one.uid)], now, named=several) for one in bookings]
    about = about_client(client.pk)
    to_book = tokens.get(about)
    words = {
        "greeting": greeting_name(client.name),
        "links": told,
        "book_url": _to_book(to_book, wanted) if to_book else "",
        "is_wanted": bool(wanted),
    }
    context = {**house(therapist), **words}
    return Letter(
        key=links_key(client.pk, now),
        about=about,
        kind=LINKS,
        to=client.email,
        sender=sender(therapist, neutral=client.neutral_words),
        subject="Your appointment links",
        **(neutral_bodies if client.neutral_words else bodies)(LINKS, context),
    )


def _to_book(token: str, wanted: str) -> str:
    return f"{opens(token)}?{wanted}" if wanted else opens(token)


def _told(booking: Booking, token: str, now: datetime, *, named: bool) -> dict[str, Any]:
    """What the mail says of a booking; with whom it is if there are `named` therapists."""
    return {
        "booking": card(booking, now),
        "url": opens(token),
        "therapist": booking.therapist.name if named else "",
    }
