"""What the page of a client tells: in few questions, and nothing of another therapist's diary."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import (
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat

from availability import access
from availability.models import Therapist
from bookings.models import Booking
from bookings.notices import keys
from bookings.whose_client import met_by
from clients.models import AccessLink, Client, Consent, MergedCard
from notes.models import Note
from outbox.models import OutgoingMail
from staff.models import SecurityEvent

# Of each list the page shows so many; the rest is on a page of its own.
MEETINGS, MAILS = 5, 6


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: among which cards, in which diaries, and what is confided to whom they are."""

    cards: QuerySet[Client]
    user: User | AnonymousUser

    @property
    def own(self) -> QuerySet[Therapist]:
        """Return the therapist that they are, if they are one."""
        return access.notes_read_by(self.user)

    def theirs(self, bookings: QuerySet[Booking]) -> Any:
        """Return those that are in their diaries, as a question that goes on."""
        return access.narrowed(bookings, "therapist", self.user)


def with_facts(reader: Reader, now: datetime) -> QuerySet[Any]:
    """Read with each card what its page counts, and whether what is confided is the reader's."""
    its = Booking.objects.filter(client=OuterRef("pk"))
    theirs, held = reader.theirs(its), reader.theirs(its).holding()
    links = AccessLink.objects.filter(client=OuterRef("pk")).standing(now)
    opening = links.exclude(purpose=AccessLink.Purpose.REMINDERS)
    notes = Note.objects.filter(client=OuterRef("pk")).read_by(reader.own)
    merged = MergedCard.objects.standing(now).filter(kept=OuterRef("pk")).order_by("-pk")
    theirs_alone = met_by(Client.objects.filter(pk=OuterRef("pk")), reader.own)
    return reader.cards.select_related("emergency", "new_address").annotate(
        is_theirs=Exists(theirs_alone),
        merged_pk=Subquery(merged.values("pk")[:1]),
        merged_at=Subquery(merged.values("merged_at")[:1]),
        look_alike=Subquery(_look_alikes(reader).values("pk")[:1]),
        sessions=_of(held.filter(during__endswith__lte=now), Count("pk")),
        since=_of(held, Min("during__startswith")),
        owed=_of(theirs.filter(fee_waived=False), Sum("late_fee")),
        link_count=_of(opening, Count("pk")),
        note_count=_of(notes, Count("pk")),
        note_at=_of(notes, Max("versions__written_at")),
        opened=_of_events(Note.objects.filter(client=OuterRef(OuterRef("pk"))).read_by(reader.own)),
    )


def _of(rows: QuerySet[Any], reckoned: Any) -> Subquery:
    """Return what is reckoned of the rows of one client."""
    grouped = rows.order_by().values("client").annotate(reckoned=reckoned)
    return Subquery(grouped.values("reckoned"))


def _of_events(notes: QuerySet[Note]) -> Subquery:
    """Return how often these notes were opened; they are named from inside of the question."""
    name = Concat(Value("note:"), Cast(F("pk"), TextField()), output_field=TextField())
    names = notes.annotate(name=name).values("name")
    opened = SecurityEvent.objects.filter(kind=SecurityEvent.Kind.NOTE_OPENED, about__in=names)
    counted = opened.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk"))
    return Subquery(counted.values("n"))


def meetings(client: Client, reader: Reader, now: datetime) -> dict[str, list[Booking]]:
    """Return the next meetings and the last ones, what was cancelled too, in one question."""
    all_theirs = reader.theirs(Booking.objects.filter(client=client))
    coming = all_theirs.holding().filter(during__endswith__gt=now).order_by("during")[:MEETINGS]
    past = all_theirs.exclude(pk__in=all_theirs.holding().filter(during__endswith__gt=now))
    wanted = Q(pk__in=coming.values("pk")) | Q(
        pk__in=past.order_by("-during").values("pk")[:MEETINGS]
    )
    found = Booking.objects.filter(wanted).whole().defer("note", "pronouns", "languages", "needs")
    rows = list(found.order_by("during"))
    next_ones = [one for one in rows if one.end > now and not one.is_cancelled]
    last_ones = [one for one in reversed(rows) if one not in next_ones]
    return {"coming": next_ones, "past": last_ones}


def mails_to(client: Client) -> QuerySet[OutgoingMail]:
    """Return all mail to a client, wherever it went."""
    of_bookings = Booking.objects.filter(client=client).values_list(keys.abouts_of_bookings("uid"))
    about = Q(about__in=of_bookings) | Q(about=keys.about_client(client.pk))
    return OutgoingMail.objects.filter(about).exclude(kind__startswith=keys.TO_THERAPIST)


def last_mails(client: Client, readable: QuerySet[OutgoingMail]) -> list[OutgoingMail]:
    """Return the last mails to them of those that the reader may see; not one is opened."""
    shown = ("subject", "state", "fate", "kind", "about", "due_at", "sent_at")
    mine = mails_to(client) & readable
    return list(mine.only(*shown).order_by("-due_at", "-pk")[:MAILS])


def consents(client: Client) -> QuerySet[Consent]:
    """Return what they agreed to, the last first."""
    return client.consents.select_related("notice").order_by("-given_at")


def _look_alikes(reader: Reader) -> QuerySet[Client]:
    """Return cards that may be the same person's: the same phone number, or the very same name."""
    same = Q(name__iexact=OuterRef("name")) | (~Q(phone="") & Q(phone=OuterRef("phone")))
    return reader.cards.order_by("pk").exclude(pk=OuterRef("pk")).filter(same)
