"""Fill an empty database with a practice to try things out on."""

import os
import secrets
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from academy import shipped
from availability.models import (
    Format,
    Gap,
    Practice,
    Service,
    Therapist,
    Weekday,
    WeeklyHours,
)
from clients.models import PrivacyNotice
from demo import words
from demo.front_page import write_home
from demo.places import PLACES
from staff.models import Role, StaffMember

ALL_FORMATS: list[str] = [Format.IN_PERSON, Format.ONLINE, Format.WALKING]
# On which weekdays, from when to when, and how.
HOURS: tuple[tuple[tuple[Weekday, ...], time, time, list[str]], ...] = (
    ((Weekday.TUESDAY, Weekday.THURSDAY), time(9), time(13), [Format.IN_PERSON]),
    (
        (Weekday.TUESDAY, Weekday.THURSDAY),
        time(14),
        time(18),
        [Format.ONLINE, Format.WALKING],
    ),
    ((Weekday.MONDAY, Weekday.WEDNESDAY), time(10), time(16), ALL_FORMATS),
    ((Weekday.WEDNESDAY,), time(17), time(20), [Format.ONLINE]),
    ((Weekday.FRIDAY,), time(10), time(13), [Format.IN_PERSON, Format.WALKING]),
)


class Command(BaseCommand):
    help = "Fill an empty database with a demo practice. A database with a therapist is left alone."

    def handle(self, **_: Any) -> None:
        with transaction.atomic():
            if Therapist.objects.exists():
                self.stdout.write("There is a therapist already: nothing was changed.")
                return
            _practice(_admin(), timezone.localdate())
            write_home()
            shipped.load()
        self.stdout.write("The demo practice is ready. Its admin is “admin”.")


def _admin() -> User:
    """Return the user `admin`, who owns the practice; one that exists keeps its password."""
    user = User.objects.filter(username="admin").first()
    if user is None:
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user("admin", password=password, is_staff=True)
        _keep(password, settings.LOCAL_DIR / "admin-password")
    StaffMember.objects.update_or_create(user=user, defaults={"role": Role.OWNER})
    return user


def _practice(user: User, today: date) -> None:
    practice = Practice.objects.create(
        name="Kicks Therapy",
        email="hello@kicks.example",
        phone="020 7946 0123",
        summary="Fulham, London SW6, and online across the UK.",
        introduction=words.INTRODUCTION,
        how_to_pay=words.HOW_TO_PAY,
        insurers=words.INSURERS,
        receipts=words.RECEIPTS,
    )
    therapist = Therapist.objects.create(
        practice=practice,
        user=user,
        name="Robin Kicks",
        slug="robin",
        email="robin@kicks.example",
        phone="07700 900456",
        registration=words.REGISTRATION,
        **words.REGISTER,
        about=words.ABOUT,
    )
    _places(therapist)
    _services(therapist)
    _hours(therapist)
    _gaps(therapist)
    if not PrivacyNotice.objects.filter(version=1).exists():
        notice = PrivacyNotice(version=1, published_on=today, body=words.NOTICE)
        notice.full_clean()
        notice.save()


def _places(therapist: Therapist) -> None:
    for position, facts in enumerate(PLACES):
        walks = facts["format"] == Format.WALKING
        therapist.places.create(position=position, daylight_only=walks, **facts)


def _services(therapist: Therapist) -> None:
    Service.objects.create(
        therapist=therapist,
        name="Consultation",
        slug="consultation",
        audience=Service.Audience.NEW,
        summary="A chance to ask questions and see how it feels.",
        length_minutes=15,
        price=Decimal(0),
        formats=ALL_FORMATS,
        gap_minutes=15,
        notice_hours=12,
        horizon_days=42,
        step_minutes=30,
    )
    Service.objects.create(
        therapist=therapist,
        name="Session",
        slug="session",
        audience=Service.Audience.MET,
        summary="Fifty minutes, as often as suits you.",
        length_minutes=50,
        price=Decimal(75),
        formats=ALL_FORMATS,
        gap_minutes=10,
        notice_hours=24,
        horizon_days=84,
        step_minutes=60,
        move_notice_hours=24,
        cancel_notice_hours=48,
        late_fee_percent=100,
        position=1,
    )


def _hours(therapist: Therapist) -> None:
    for weekdays, opens, closes, formats in HOURS:
        for weekday in weekdays:
            WeeklyHours.objects.create(
                therapist=therapist, weekday=weekday, opens=opens, closes=closes, formats=formats
            )


def _gaps(therapist: Therapist) -> None:
    """Set the time to change between the room and a walk, and between the two walks."""
    for fmt in (Format.IN_PERSON, Format.ONLINE):
        Gap.objects.create(therapist=therapist, before=fmt, after=Format.WALKING, minutes=30)
    gate, common = therapist.places.filter(format=Format.WALKING)
    walking = Format.WALKING
    Gap.objects.create(
        therapist=therapist,
        before=walking,
        before_place=gate,
        after=walking,
        after_place=common,
        minutes=40,
    )


def _keep(password: str, path: Path) -> None:
    """Write the password where only this user reads it: never to a log or a terminal's history."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)
