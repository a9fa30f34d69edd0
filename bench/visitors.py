"""Visitors of the bench who have answered everything: each is a session with a draft."""

from datetime import datetime, time, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from availability.models import Format, Place, Service
from bench.day import today
from bench.diary import DAYS, HALF_AN_HOUR, OPEN
from bookings.signed_agreement import shown_facts
from clients.models import PrivacyNotice
from front import drafts
from prose.dates import UK, slot_value

# A visitor's number, session, draft, its key, and what the last page showed.
Prepared = tuple[int, str, str, str, str]


def prepare(first: int, count: int, *, rivals: bool = False) -> list[Prepared]:
    """Prepare visitors who have answered everything.

    Each wants a time of their own, spread over the days; `rivals` want the one of the first.
    """
    service = Service.objects.get(slug=OPEN)
    place = service.therapist.places.get(format=Format.ONLINE)
    notice = PrivacyNotice.objects.get()
    found = []
    for number in range(first, first + count):
        nth, day = divmod(first if rivals else number, DAYS)
        wanted = today() + timedelta(days=2 + day)
        start = datetime.combine(wanted, time(6), UK) + nth * HALF_AN_HOUR
        email = f"visitor{number}@example.com"
        session, draft, key = answered(service, place, start, email)
        shown = shown_facts(service, place, start, notice.version, timezone.now())
        found.append((number, session, draft, key, shown.signed(key)))
    return found


def answered(service: Service, place: Place, start: datetime, email: str) -> tuple[str, str, str]:
    """Return session, draft and key of somebody who has only the last button to press."""
    session = SessionStore()
    draft = drafts.Draft(
        service_id=service.pk,
        format=place.format,
        slot=slot_value(start),
        place_id=place.pk,
        name="Sam Okafor",
        email=email,
        note="I’d like to talk about work.",
    )
    draft_id = drafts.save(session, draft)
    session.create()
    return str(session.session_key), draft_id, draft.key
