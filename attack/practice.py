"""The practice under attack: one therapist's whole diary, and everybody who should not read it.

The victim's rows hold words that stand nowhere else. Whoever attacks works here too, in each role
that there is, and has every tick box of Django's besides: what is left over of them must mean
nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import Permission, User
from django.utils import timezone

from attack import words
from availability.models import Format, Therapist, TimeOff, WorkedHoliday
from availability.models import Practice as House
from bookings import lifecycle
from bookings.by import By
from bookings.lifecycle import Person
from bookings.models import Booking, FollowUp, Outcome
from bookings.typed_words import NO_WISHES, Wishes
from clients.models import EmergencyContact
from notes.write import Wanted, write
from prose.dates import UK
from staff.models import Role, StaffMember
from tests.factories import (
    World,
    book,
    force_booking,
    make_date,
    make_gap,
    make_hours,
    make_places,
    make_service,
    make_session,
    make_therapist,
    make_world,
)

PASSWORD = "four-plain-words-{name}"  # noqa: S105, of people who do not exist
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
VICTIM = "victim"
WISHES = Wishes(words.PRONOUNS, words.LANGUAGES, words.NEEDS)
MOST_STRANGERS = 1_000  # the most that the setting takes
EARLIEST = 3  # days from now: every booking's notice lies before it


@dataclass(frozen=True)
class Practice:
    """Whose diary it is, and who attacks it, by role."""

    victim: World
    rival: World
    people: dict[str, User]

    @property
    def therapist(self) -> Therapist:
        """The victim."""
        return self.victim.therapist


def slot(number: int, clock: time = time(9)) -> datetime:
    """Return a start on the weekday of that number, counted from where all notice has passed."""
    days = (timezone.localdate() + timedelta(days=n) for n in range(EARLIEST, EARLIEST + 400))
    working = [day for day in days if day.weekday() < 5]
    return datetime.combine(working[number], clock, UK)


def fill() -> Practice:
    """Make the practice: two diaries, and the people."""
    victim = make_world(horizon_days=120, notice_hours=1)
    _is_called(victim.therapist.user, VICTIM, Role.THERAPIST)
    victim.therapist.slug = VICTIM
    victim.therapist.save()
    rival = _rival(victim)
    for world in (victim, rival):
        _diary(world)
    # A day's worth of strangers who book: only one attack wants the site to grow suspicious.
    House.objects.update(unproven_most=MOST_STRANGERS)
    people = {
        VICTIM: victim.therapist.user,
        Role.THERAPIST: rival.therapist.user,
        Role.OWNER: _person("owner", Role.OWNER),
        Role.MANAGER: _person("manager", Role.MANAGER),
        Role.ASSISTANT: _person("assistant", Role.ASSISTANT),
        "no role": _person("norole", None),
    }
    rival.therapist.assistants.add(people[Role.ASSISTANT])
    return Practice(victim, rival, people)


def _rival(victim: World) -> World:
    """Return the world of another therapist of the same practice."""
    whose = make_therapist(practice=victim.therapist.practice, name="Ash Lane")
    make_places(whose)
    make_hours(whose)
    _is_called(whose.user, "therapist", Role.THERAPIST)
    return replace(
        victim,
        therapist=whose,
        consultation=make_service(whose, slug="talk", horizon_days=120),
        session=make_session(whose, slug="talk-session"),
    )


def _person(name: str, role: Role | None) -> User:
    user = User.objects.create_user(name, f"{name}@kicks.example", is_staff=True)
    return _is_called(user, name, role)


def _is_called(user: User, name: str, role: Role | None) -> User:
    """Give a user a name, a password, a role and every tick box that there is.

    An owner on a server is made by `createsuperuser`.
    """
    user.username, user.email = name, f"{name}@kicks.example"
    user.is_superuser = role == Role.OWNER
    user.set_password(password_of(user))
    user.save()
    user.user_permissions.set(Permission.objects.all())
    if role:
        StaffMember.objects.update_or_create(user=user, defaults={"role": role})
    return user


def password_of(user: User) -> str:
    """Return the password by which somebody signs in."""
    return PASSWORD.format(name=user.username)


def _diary(world: World) -> None:
    """Fill a diary with one of everything that a page of admin shows."""
    whose, now = world.therapist, timezone.now()
    is_victim, walk = whose.slug == VICTIM, world.place(Format.WALKING)
    TimeOff.objects.create(
        therapist=whose,
        starts_at=now + 90 * DAY,
        ends_at=now + 91 * DAY,
        reason=words.LEAVE if is_victim else "Leave",
    )
    make_gap(whose, walk, Format.ONLINE, 15)
    make_date(whose, slot(30).date(), time(18), time(19), service=world.session)
    WorkedHoliday.objects.create(therapist=whose, day=slot(40).date())
    FollowUp.objects.create(therapist=whose, outcome=Outcome.CONTINUE, subject="Hi", body="Words")
    client = _book(world, 0).client
    _cancel(_book(world, 1, time(12)), words.REASON if is_victim else "Ill")
    note: dict[str, Any] = {"client": client, "note": words.NOTE if is_victim else "Words"}
    note |= WISHES.columns if is_victim else {}
    held = force_booking(world, now - DAY, **note)
    own = words.OF_MINE if is_victim else "Words"
    write(Wanted(client, whose, own, held), user=whose.user, now=now)
    called = words.CALLED if is_victim else "Somebody"
    EmergencyContact.objects.create(client=client, person=called, gp=called)
    force_booking(world, slot(2, time(14)), late_fee=30, **note)
    force_booking(world, slot(3, time(14)), service=world.session, **note)


def _book(world: World, number: int, clock: time = time(9)) -> Booking:
    """Book as a client does, through the lifecycle."""
    name, phone, note, box = "Sam Okafor", "07700 900123", "Words", f"rival{number}"
    if world.therapist.slug == VICTIM:
        name, phone, note = f"{words.NAME} Okafor", words.PHONE, words.NOTE
        box = f"{words.EMAIL}{number}"
    person = Person(name, f"{box}@example.com", phone)
    wishes = WISHES if world.therapist.slug == VICTIM else NO_WISHES
    return book(world, slot(number, clock), person=person, note=note, wishes=wishes)


def _cancel(booking: Booking, reason: str) -> None:
    """Cancel as the client, who tells the therapist why."""
    lifecycle.cancel(booking.pk, by=By.client(), reason=reason, now=timezone.now())
