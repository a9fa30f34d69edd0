"""Two cards of one person become one: all that names the one names the other, and the one goes.

Whatever names a client is found by the models themselves, so nothing that comes later is left
behind. What parts the two again is kept, sealed, for a day.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core import serializers
from django.db import models, transaction

from availability import access
from bookings.by import By
from bookings.errors import BusyError, Code, NotBookableError
from bookings.lifecycle.locking import lock_client, lock_diary, refusing
from bookings.models import Booking
from bookings.notices import keys
from clients.models import AccessLink, Client, MergedCard
from encryption.fields import EncryptedTextField, Unreadable
from outbox.models import OutgoingMail

Relation = models.ManyToOneRel
Ids = list[Any]
Moved = dict[str, Ids]
EVERY_DIARY = By.therapist()


def merge(  # noqa: PLR0913, which into which, what it says then, and as it was seen
    kept_id: int, gone_id: int, chosen: Mapping[str, Any], *, seen: str, by: By, now: datetime
) -> MergedCard:
    """Put one card into the other, which then says what was `chosen`; return what undoes it.

    `seen` is `state_of` both as their page showed them. The address is the kept card's: links that
    were sent to the other end by that. Raises `NotBookableError` where it can't be, `BusyError`.
    """
    with refusing(BusyError()), transaction.atomic():
        kept, gone = _locked(kept_id, gone_id)
        _require(kept, gone, by)
        if seen != state_of(kept, gone):
            raise NotBookableError(Code.CARD_CHANGED)
        facts = {"card": serializers.serialize("json", [gone]), "was": _standing(kept, chosen)}
        facts |= {"chosen": _as_json(chosen), "moved": _move(gone, kept)}
        facts["abouts"] = _rename_abouts(gone.pk, kept.pk)
        # What both have one of: the kept card's stays.
        facts["ones"] = [serializers.serialize("json", [row]) for _, row in _rows_of_one(gone)]
        gone.delete()
        _write(kept, chosen)
        return MergedCard.objects.create(
            kept=kept, facts=json.dumps(facts), merged_at=now, user=by.user
        )


def _locked(*ids: int) -> list[Client]:
    """Return both cards, once nobody else writes to a diary of theirs, for them or to their cards.

    Diaries first, then who is booked for, then the rows, each in the order of their ids: whoever
    merges the same cards the other way round waits here and finds one gone.
    """
    theirs = Booking.objects.filter(client__in=ids)
    for therapist_id in sorted(set(theirs.values_list("therapist_id", flat=True))):
        lock_diary(therapist_id, by=EVERY_DIARY)
    for pk in sorted(ids):
        lock_client(pk)
    rows = Client.objects.select_for_update().order_by("pk").in_bulk(ids)
    if len(set(ids)) < len(ids):
        raise NotBookableError(Code.SAME_CARD)
    if len(rows) < len(ids):
        raise NotBookableError(Code.CARD_GONE)
    # Reminders are written under the lock of their booking's row.
    list(theirs.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return [rows[pk] for pk in ids]


def _require(kept: Client, gone: Client, by: By) -> None:
    """Refuse what can't be put together, or not by them."""
    if MergedCard.objects.filter(kept=gone).exists():
        raise NotBookableError(Code.KEPT_ANOTHER)
    _require_diaries(by, kept, gone)
    for relation, row in _rows_of_one(gone):
        if _has_own(kept, relation) and _is_unreadable(row):
            raise NotBookableError(Code.CANNOT_BE_READ)


def _require_diaries(by: By, *cards: Client) -> None:
    """Refuse who doesn't see all diaries in which these people are."""
    if by.user is None or access.sees_all(by.user):
        return
    mine = access.ids_of(by.user)
    if Booking.objects.filter(client__in=cards).exclude(therapist__in=mine).exists():
        raise NotBookableError(Code.MET_BY_ANOTHER)


def state_of(*cards: Client) -> str:
    """Return how both cards stand, unreadably, to tell whether a page showed the same."""
    stand = [_as_json(_columns(card)) for card in sorted(cards, key=lambda card: card.pk)]
    return hashlib.sha256(json.dumps(stand).encode()).hexdigest()


def _columns(card: Client) -> dict[str, Any]:
    return {field.attname: getattr(card, field.attname) for field in card._meta.concrete_fields}


def _as_json(facts: Mapping[str, Any]) -> dict[str, str | None]:
    """Return columns as they are compared and kept."""
    fields = {field.attname: field for field in Client._meta.concrete_fields}
    return {
        name: None if value is None else str(fields[name].get_prep_value(value))
        for name, value in facts.items()
    }


def _standing(kept: Client, chosen: Mapping[str, Any]) -> dict[str, str | None]:
    return _as_json({name: getattr(kept, name) for name in chosen})


def _write(card: Client, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        setattr(card, name, value)
    if facts:
        card.save(update_fields=list(facts))


def _relations(*, one: bool) -> Iterator[Relation]:
    """Yield what names a client: of which each has many rows, or `one`; but for the merges."""
    for relation in Client._meta.get_fields(include_hidden=True):
        if not isinstance(relation, Relation) or relation.related_model is MergedCard:
            continue
        if isinstance(relation, models.OneToOneRel) is one:
            yield relation


def _rows_of_one(client: Client) -> Iterator[tuple[Relation, models.Model]]:
    """Yield the rows of which a client has one each."""
    for relation in _relations(one=True):
        row = _rows(relation, client).first()
        if row:
            yield relation, row


def _has_own(client: Client, relation: Relation) -> bool:
    return bool(_rows(relation, client).exists())


def _rows(relation: Relation, client: Client) -> models.QuerySet[Any]:
    """Return the rows that name a client so."""
    model: Any = relation.related_model
    found: models.QuerySet[Any] = model._base_manager.filter(**{relation.field.name: client})
    return found


def _is_unreadable(row: models.Model) -> bool:
    return any(
        isinstance(field, EncryptedTextField) and isinstance(getattr(row, field.name), Unreadable)
        for field in row._meta.concrete_fields
    )


def _move(gone: Client, kept: Client) -> Moved:
    """Let everything name the kept card; return the ids of what did not before, by its column."""
    relations = [
        *_relations(one=False),
        *(one for one, _ in _rows_of_one(gone) if not _has_own(kept, one)),
    ]
    return {_name(relation): _renamed(relation, gone, kept) for relation in relations}


def _name(relation: Relation) -> str:
    model: Any = relation.related_model
    return f"{model._meta.label_lower}:{relation.field.name}"


def _renamed(relation: Relation, was: Client, becomes: Client, only: Ids | None = None) -> Ids:
    """Let rows that name the one card name the other; return their ids."""
    rows = _rows(relation, was)
    rows = rows if only is None else rows.filter(pk__in=only)
    ids = list(rows.values_list("pk", flat=True))
    rows.update(**{relation.field.name: becomes})
    return ids


def _rename_abouts(was: int, becomes: int, only: Moved | None = None) -> Moved:
    """Let mail and links that are about the one person be about the other; return their ids."""
    about, moved = keys.about_client(was), {}
    for model in (OutgoingMail, AccessLink):
        rows = model._base_manager.filter(about=about)
        rows = rows if only is None else rows.filter(pk__in=only[model._meta.label_lower])
        moved[model._meta.label_lower] = list(rows.values_list("pk", flat=True))
        rows.update(about=keys.about_client(becomes))
    return moved


def undo_merge(merged_id: int, *, by: By, now: datetime) -> Client:
    """Part two cards again, as they were: what came to the kept card since stays there.

    What was changed on it since stays too. Return the card that is back. Raises
    `NotBookableError` once a day has passed, and where somebody else has its address by now.
    """
    with refusing(BusyError()), transaction.atomic():
        merged = MergedCard.objects.standing(now).select_for_update().filter(pk=merged_id).first()
        if merged is None:
            raise NotBookableError(Code.TOO_LATE_TO_UNDO)
        [kept] = _locked(merged.kept_id)
        _require_diaries(by, kept)
        if isinstance(merged.facts, Unreadable):
            raise NotBookableError(Code.CANNOT_BE_READ)
        facts = json.loads(merged.facts)
        card = _put_back(facts["card"])
        _move_back(facts, kept, card)
        _write(kept, _unchanged_since(kept, facts))
        merged.delete()
        return card


def _put_back(stored: str) -> Client:
    """Store the card that had gone, under its own id."""
    [found] = serializers.deserialize("json", stored)
    card: Any = found.object
    if Client.objects.at(card.email).exists():
        raise NotBookableError(Code.ADDRESS_TAKEN)
    # Saved as any other: a deserialized row would be written raw, past what seals its columns.
    card.save(force_insert=True)
    back: Client = card
    return back


def _move_back(facts: Mapping[str, Any], kept: Client, card: Client) -> None:
    for relation in (*_relations(one=False), *_relations(one=True)):
        _renamed(relation, kept, card, facts["moved"].get(_name(relation), []))
    _rename_abouts(kept.pk, card.pk, facts["abouts"])
    for one in facts["ones"]:
        for found in serializers.deserialize("json", one):
            found.object.save(force_insert=True)


def _unchanged_since(kept: Client, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the kept card said before, of what it still says as it was chosen."""
    stands = _as_json({name: getattr(kept, name) for name in facts["chosen"]})
    fields = {field.attname: field for field in Client._meta.concrete_fields}
    return {
        name: fields[name].to_python(was)
        for name, was in facts["was"].items()
        if stands[name] == facts["chosen"][name]
    }
