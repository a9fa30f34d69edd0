"""The first steps of a diary and of a practice, and which of them are done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from availability import access
from availability.models import Practice, Therapist
from clients.models import PrivacyNotice
from staff.models import Role
from staff.roles import role_of

INDEX = "admin:index"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, where it is done, and whether it is."""

    title: str
    why: str
    url: str
    is_done: bool
    # Without it nobody can be booked: it is asked for at each sign-in until it is done.
    is_needed: bool = True


def landing(user: User, now: datetime) -> str:
    """Return where somebody begins who asked for no page: their first steps while any is left."""
    steps = steps_of(user, timezone.localdate(now))
    left = any(step.is_needed and not step.is_done for step in steps)
    return reverse("first_steps" if left else INDEX)


def steps_of(user: User | AnonymousUser, today: date) -> list[Step]:
    """Return what there is to do for who runs a diary or owns a practice, in the order to do it."""
    diary = access.own(user)
    is_owner = role_of(user) is Role.OWNER
    return [
        *(_of_practice() if is_owner else ()),
        *(_of_diary(diary, today) if diary and diary.is_active else ()),
    ]


def _of_practice() -> Iterator[Step]:
    """What an owner does first: without these no page takes bookings."""
    practice = Practice.objects.exists()
    yield Step(
        "Enter the practice",
        "Its name, and how people reach it. Both stand on every page and in every email.",
        reverse("admin:availability_practice_changelist"),
        practice,
    )
    yield Step(
        "Write a privacy notice",
        "Whoever books agrees to it, so without one nobody can.",
        reverse("admin:clients_privacynotice_changelist"),
        PrivacyNotice.objects.exists(),
    )
    if practice and not Therapist.objects.exists():
        yield Step(
            "Add whoever meets clients",
            "Invite them. If that’s you, begin your own diary under Therapists.",
            reverse("person_add"),
            is_done=False,
        )


def _of_diary(diary: Therapist, today: date) -> Iterator[Step]:
    hours = _has_hours(diary, today)
    offered = {fmt for one in diary.services.filter(is_active=True) for fmt in one.formats}
    places = set(diary.places.filter(is_active=True).values_list("format", flat=True))
    own = reverse("admin:availability_therapist_change", args=[diary.pk])
    yield Step(
        "Enter your hours",
        "The hours of your week in which clients can book. Nothing is offered outside them.",
        own,
        hours,
    )
    yield Step(
        "Look over your services",
        "What can be booked, for how long and at what price.",
        reverse("admin:availability_service_changelist"),
        bool(offered),
    )
    yield Step(
        "Say where you meet",
        "A room, a video link or a place to start walking: one for each way that you offer.",
        reverse("admin:availability_place_changelist"),
        bool(offered) and offered <= places,
    )
    yield Step(
        "Introduce yourself",
        "Your registration and a few words about you, for the home page.",
        own,
        bool(diary.about),
        is_needed=False,
    )


def _has_hours(diary: Therapist, today: date) -> bool:
    """Whether there are hours in the week that have not ended, or a date with hours of its own."""
    lasting = Q(last_day=None) | Q(last_day__gte=today)
    dated = diary.different_hours.filter(day__gte=today)
    return diary.weekly_hours.filter(lasting).exists() or dated.exists()
