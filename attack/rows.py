"""Whose rows are whose, as the database has them: what nobody else may change."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import ForeignKey, Model, Q

from availability.models import Practice, Therapist
from bookings.models import Booking
from bookings.notices.keys import about_booking
from clients.models import Client
from outbox.models import OutgoingMail

# Whole tables that are the practice's own.
SHARED = {"academy", "welcome"}
SHARED_MODELS = {"availability.practice", "clients.privacynotice", "staff.staffmember"}
# What happened, and what is kept of a visit: these grow while somebody looks.
PASSING = {"admin.logentry", "sessions.session", "staff.securityevent", "bookings.hold"}
ELSEWHERE = {"auth", "axes", "contenttypes", "otp_static", "otp_totp", "otp_webauthn", "sessions"}
# Who may sign in, as whom, with which password.
WHO = """
SELECT 'auth.user', concat_ws(',', id, username, email, password, is_active, is_staff, is_superuser)
FROM auth_user
"""
Pks = dict[type[Model], set[Any]]


class Rows:
    """One therapist's rows, and all that points at them, by model."""

    def __init__(self, whose: Therapist) -> None:
        """Find them, from the therapist outwards."""
        self._found: Pks = defaultdict(set)
        self._found[Therapist] = {whose.pk}
        clients = Client.objects.filter(bookings__therapist=whose)
        self._found[Client] = {*clients.values_list("pk", flat=True)}
        while self._reach():
            pass
        self._found[Practice], self._found[User] = {whose.practice_id}, {whose.user_id}
        self._found[OutgoingMail] |= _mail(whose)
        self._statement, self._ids = self._asked()

    def of(self, model: type[Model]) -> list[Any]:
        """Return the ids of one model; where none is the victim's, of any row that there is."""
        own = sorted(self._found.get(model, ()), key=_by_age)
        return own or list(model._default_manager.values_list("pk", flat=True)[:2]) or [1]

    def all(self) -> dict[type[Model], list[Any]]:
        """Return the ids by model."""
        return {model: sorted(pks, key=_by_age) for model, pks in self._found.items() if pks}

    def stored(self) -> set[tuple[str, str]]:
        """Return each row as it stands, and each that points at one: its model, all its columns."""
        with connection.cursor() as cursor:
            cursor.execute(self._statement, self._ids)
            return set(cursor.fetchall())

    def _reach(self) -> bool:
        """Add what points at what was found; whether there was anything new."""
        before = sum(map(len, self._found.values()))
        for model in _models():
            where = Q()
            for key, pks in self._pointing(model):
                where |= Q(**{f"{key.name}__in": pks})
            if where:
                own = model._base_manager.filter(where)
                self._found[model] |= {*own.values_list("pk", flat=True)}
        return sum(map(len, self._found.values())) > before

    def _pointing(self, model: type[Model]) -> Iterator[tuple[Any, set[Any]]]:
        """Yield a model's columns that point at what was found, with the ids there."""
        for key, pointed in foreign_keys(model):
            pks = self._found.get(pointed)
            if pks and pointed not in (Practice, User):
                yield key, pks

    def _asked(self) -> tuple[str, list[list[str]]]:
        """Return the one statement that reads all of them, and its ids."""
        parts, ids = [WHO], []
        for model in _models():
            meta = model._meta
            columns = [(meta.pk, self._found.get(model, set())), *self._pointing(model)]
            where = " OR ".join(f'"{key.column}"::text = ANY(%s)' for key, _ in columns)
            if meta.app_label in SHARED or meta.label_lower in SHARED_MODELS:
                where = "true"
            else:
                ids += [[str(pk) for pk in pks] for _, pks in columns]
            table = connection.ops.quote_name(meta.db_table)
            parts.append(f"SELECT '{meta.label_lower}', t::text FROM {table} t WHERE {where}")
        return " UNION ALL ".join(parts), ids


def _by_age(pk: object) -> tuple[int, str]:
    """Order ids by size, numbers or not."""
    return len(str(pk)), str(pk)


def foreign_keys(model: type[Model]) -> Iterator[tuple["ForeignKey[Any, Any]", type[Model]]]:
    """Yield a model's columns that point at rows, with the model of these."""
    for key in model._meta.fields:
        if isinstance(key, ForeignKey) and key.related_model != "self":
            yield key, key.related_model


def _mail(whose: Therapist) -> set[int]:
    uids = Booking.objects.filter(therapist=whose).values_list("uid", flat=True)
    about = [about_booking(uid) for uid in uids]
    return {*OutgoingMail.objects.filter(about__in=about).values_list("pk", flat=True)}


def _models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if label not in PASSING and model._meta.app_label not in ELSEWHERE:
            yield model
