"""The rows of one therapist, each with words that nobody else may read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, models

from availability.models import Format, Therapist, TimeOff, WorkedHoliday
from bookings import lifecycle
from bookings.by import By
from bookings.models import Booking, BookingEvent, FollowUp, Outcome
from bookings.notices.keys import about_booking
from bookings.typed_words import WISHES
from clients.models import Client, EmergencyContact
from encryption.fields import EncryptedTextField
from notes.models import Note, NoteVersion
from notes.write import Wanted, write
from outbox.models import OutgoingMail
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_client,
    make_date,
    make_gap,
    make_picture,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# In every text of the first therapist's rows, and nowhere else.
CANARY = "zanzibar"
SEARCHED = "zanzi"
# In those among them that the therapist alone reads, whoever else sees the diary.
PRIVATE = "samarkand"
# Texts that are read by machines: as they are, rows find one another by them.
NO_WORDS = {
    ("therapist", "zone_name"),
    ("booking", "idempotency_key"),
    ("bookingevent", "told_by"),
    ("outgoingmail", "about"),
    ("outgoingmail", "key"),
    ("outgoingmail", "kind"),
}


@dataclass(frozen=True)
class Diary:
    """Everything of one therapist that a page of admin shows, by the model's name in addresses."""

    world: World
    rows: dict[str, models.Model]
    past: Booking
    asked: Booking  # whose client is asked to choose another time
    mail: OutgoingMail  # that can be taken back
    # What has no pages of its own in admin, but on its client's.
    things: dict[str, models.Model]

    @property
    def therapist(self) -> Therapist:
        return self.world.therapist


def diary_of(world: World) -> Diary:
    """Fill a diary with one of everything."""
    whose, walk = world.therapist, world.place(Format.WALKING)
    whose.portrait, walk.picture = make_picture(), make_picture()
    whose.save()
    walk.save()
    off = TimeOff.objects.create(
        therapist=whose, starts_at=NOW + 30 * DAY, ends_at=NOW + 31 * DAY, reason="Leave"
    )
    FollowUp.objects.create(therapist=whose, outcome=Outcome.CONTINUE, subject="Hi", body="Words")
    client = make_client(phone="07700 900123")
    past = force_booking(world, NOW - DAY, client=client, note="Words", policy="Terms")
    owing = force_booking(world, NOW + 3 * DAY, client=client, note="Words", late_fee=30)
    asked = force_booking(world, NOW + 5 * DAY, client=client, note="Words", asked_at=NOW - DAY)
    gone = force_booking(world, NOW + 4 * DAY, client=client, note="Words")
    lifecycle.cancel(gone.pk, by=By.therapist(), reason="I am ill.", now=NOW)
    mail = OutgoingMail.objects.get(key=gone.events.latest("pk").told_by)
    for actor in ("therapist", "client"):
        owing.events.create(at=NOW, actor=actor, action="moved", reason="Why", sequence=0)
    rows: tuple[models.Model, ...] = (
        whose,
        world.session,
        walk,
        make_gap(whose, walk, Format.ONLINE, 15),
        make_date(whose, date(2026, 12, 14), time(18), time(19), service=world.session),
        off,
        WorkedHoliday.objects.create(therapist=whose, day=date(2026, 12, 25)),
        client,
        owing,
        mail,
        whose.practice,
        world.notice,
    )
    things = things_of(world, client, past, mail)
    return Diary(world, {name_of(type(row)): row for row in rows}, past, asked, mail, things)


def things_of(
    world: World, client: Client, past: Booking, mail: OutgoingMail
) -> dict[str, models.Model]:
    """What a client's own pages are about: a note, a mail, a card like theirs, one that went."""
    EmergencyContact.objects.create(client=client, person="Somebody", gp="Somebody")
    wanted = Wanted(client, world.therapist, "Words", past)
    note = write(wanted, user=world.therapist.user, now=NOW)
    twin = make_client(name="Twin")
    force_booking(world, NOW - 5 * DAY, client=twin)
    gone = make_client(name="Gone")
    seen = lifecycle.state_of(client, gone)
    merged = lifecycle.merge(client.pk, gone.pk, {}, seen=seen, by=By.therapist(), now=NOW)
    return {name_of(type(row)): row for row in (note, mail, twin, merged)}


def name_of(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def write_canaries(diary: Diary) -> None:
    """Put the word into every text that is the therapist's own."""
    for row in everything(diary):
        texts = [
            field
            for field in row._meta.fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and (row._meta.model_name, field.name) not in NO_WORDS
        ]
        type(row)._base_manager.filter(pk=row.pk).update(**{f.name: word(f, row) for f in texts})
    User.objects.filter(pk=diary.therapist.user_id).update(username=f"{CANARY}user")


def word(field: Any, row: models.Model) -> Any:
    said = f"{PRIVATE if is_private(field.name, row) else CANARY}{row.pk}"
    if isinstance(field, EncryptedTextField):
        return field.sealed(said, getattr(row, field.row))
    if said.startswith(PRIVATE):
        return said
    shapes = {models.EmailField: f"{CANARY}{row.pk}@example.com", models.URLField: "https://{}.uk/"}
    return shapes.get(type(field), f"{CANARY}{row.pk}").format(CANARY)[: field.max_length]


def is_private(name: str, row: models.Model) -> bool:
    """Whether it was confided to the therapist, or says why they are away."""
    if isinstance(row, EmergencyContact | NoteVersion):
        return isinstance(row._meta.get_field(name), EncryptedTextField)
    confided = {Booking: ("note", *WISHES), TimeOff: ("reason",)}
    by_client = isinstance(row, BookingEvent) and row.actor == "client"
    return name in confided.get(type(row), ()) or (by_client and name == "reason")


def everything(diary: Diary) -> Iterator[models.Model]:
    """Yield all rows that belong to the diary."""
    whose = diary.therapist
    yield whose
    for rows in (whose.services, whose.places, whose.time_off, whose.bookings):
        yield from rows.all()
    yield from FollowUp.objects.filter(therapist=whose)
    yield from Client.objects.filter(bookings__therapist=whose).distinct()
    yield from EmergencyContact.objects.filter(client__bookings__therapist=whose).distinct()
    yield from Note.objects.filter(therapist=whose)
    yield from NoteVersion.objects.filter(note__therapist=whose)
    yield from BookingEvent.objects.filter(booking__therapist=whose)
    yield from OutgoingMail.objects.filter(
        about__in=[about_booking(one.uid) for one in whose.bookings.all()]
    )


class Watch:
    """Knows whether anything that the diary says, or that points into it, has changed.

    One question to Postgres: a walk asks it after each of its steps.
    """

    def __init__(self, diary: Diary) -> None:
        parts = dict.fromkeys(part for row in everything(diary) for part in _parts(row))
        self.query = " UNION ALL ".join(parts)
        self.before = self._now()

    def has_seen_a_change(self) -> bool:
        return self._now() != self.before

    def _now(self) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(self.query)
            return list(cursor.fetchall())


def _parts(row: models.Model) -> Iterator[str]:
    """Yield what reads a row, and what reads the rows that point to it."""
    yield _digest(type(row), "id", row)
    for relation in row._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            yield _digest(relation.related_model, relation.field.column, row)


def _digest(model: Any, column: str, row: models.Model) -> str:
    table = model._meta.db_table
    return (
        f"(SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM {table} t"  # noqa: S608, our names
        f" WHERE t.{column} = {row.pk})"
    )
