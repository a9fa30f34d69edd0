"""What follows from who somebody is here: role, diary, whose diaries; in one transaction."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from availability.models import Format, Practice, Therapist
from bookings import leave, lifecycle
from bookings.errors import BusyError
from bookings.models import Booking
from bookings.notices import staff_letters
from desk.people.invitation import invite
from desk.people.new_diary import Wanted, make_diary
from desk.people.person_form import MEETS_CLIENTS, OF_FORMAT
from staff import lost_factors, people
from staff.models import Role, SecurityEvent
from staff.roles import role_of
from staff.security_events import write_down

Said = Mapping[str, Any]


class DiaryInUseError(Exception):
    """Somebody is to meet no clients whose diary takes bookings, or holds some yet."""

    def __init__(self, coming: int) -> None:
        """Take how many meetings are to come."""
        super().__init__(coming)
        self.coming = coming


class ChangedMeanwhileError(Exception):
    """Somebody else has changed this person since the page was made."""


@contextmanager
def one_at_a_time(by: User) -> Iterator[None]:
    """Hold the transaction in which an owner changes people; raise `BusyError` for a long wait."""
    with lifecycle.refusing(BusyError()), people.one_at_a_time(by):
        yield


def add(said: Said, practice: Practice, *, by: User, now: datetime) -> User:
    """Make a person with all that follows from the form, and invite them.

    Raises `AlreadyHereError`, `NoPlaceError`; then nothing is made.
    """
    with one_at_a_time(by):
        user = people.add(said["name"], said["email"], Role(said["role"]), by=by, now=now)
        _follow(user, practice, said, by, now)
        invite(user, practice, now)
        return user


def change(  # noqa: PLR0913, who changes whom into what
    pk: int, said: Said, practice: Practice, *, seen: str, by: User, now: datetime
) -> User:
    """Make a person who works here what the form says, as they were `seen`.

    Raises `AlreadyHereError`, `ChangedMeanwhileError`, `DiaryInUseError`, `LastOwnerError` and
    `NoPlaceError`; then nothing is changed.
    """
    with one_at_a_time(by):
        user = User.objects.get(pk=pk)
        if seen != state_of(user):
            raise ChangedMeanwhileError
        before = user.email
        people.rename(user, said["name"])
        if may_be_corrected(user):
            people.correct_address(user, said["email"])
        people.give_role(user, Role(said["role"]), by=by, now=now)
        _follow(user, practice, said, by, now)
        if user.email != before:
            invite(user, practice, now)
        return user


def invite_again(pk: int, practice: Practice, *, by: User, now: datetime) -> User | None:
    """Mail a new link to who has no password yet, or has left; None for anybody else.

    Whoever left comes back in the role that they had. Links that were mailed before end.
    """
    with one_at_a_time(by):
        user = User.objects.get(pk=pk)
        if not may_be_invited(user):
            return None
        people.welcome_back(user)
        invite(user, practice, now)
        event = SecurityEvent.Kind.INVITED
        write_down(event, user_id=by.pk, now=now, about=people.about(user))
        return user


def begin_anew(pk: int, *, by: User, now: datetime) -> None:
    """Let somebody set up new second factors who lost all, and tell them who had it done."""
    with one_at_a_time(by):
        user = User.objects.get(pk=pk)
        lost_factors.begin_anew(user, by=by, now=now)
        staff_letters.tell_of_lost_factors(user, people.name_of(by), now)


def may_be_invited(user: User) -> bool:
    """Whether a link by mail is how they come in: no password of theirs counts, and mail goes."""
    return bool(user.email) and (not user.is_active or people.is_invited(user))


def may_begin_anew(user: User, *, by: User) -> bool:
    """Whether there can be factors of theirs that somebody else removes."""
    return user.is_active and user.has_usable_password() and user.pk != by.pk


def may_be_corrected(user: User) -> bool:
    """Whether their address may be changed by an owner: they never came in by it.

    Nor has anybody confided in them: who changes an address can have its password sent, be that
    person, and read what is for them alone.
    """
    diary = diary_of(user)
    never_came = people.is_invited(user) and user.last_login is None
    return never_came and not (diary and is_used(diary))


def is_used(diary: Therapist) -> bool:
    """Whether anything in it was told to its therapist, or is only theirs to read.

    A diary that was ever booked stays whose it is: what clients wrote was for that person.
    """
    booked = Booking.objects.of(diary.pk).exists()
    return booked or diary.time_off.exclude(reason="").exists()


def state_of(user: User) -> str:
    """Return all that the form shows of somebody in one line, to tell whether it has changed."""
    diaries = ",".join(map(str, _assisted(user)))
    role = role_of(user) or "-"
    return f"{role} {diaries or '-'} {user.is_active} {user.email} {people.name_of(user)}"


def diary_of(user: User) -> Therapist | None:
    """Return the diary that is theirs."""
    return Therapist.objects.select_related("practice").filter(user=user).first()


def _assisted(user: User) -> list[int]:
    diaries = Therapist.objects.filter(assistants=user).order_by("pk")
    return list(diaries.values_list("pk", flat=True))


def _follow(user: User, practice: Practice, said: Said, by: User, now: datetime) -> None:
    """Give the diary and the diaries to assist in that belong to the role."""
    diary = diary_of(user)
    if diary and said["role"] not in MEETS_CLIENTS:
        coming = len(list(leave.upcoming([diary.pk], now)))
        if diary.is_active or coming:
            raise DiaryInUseError(coming)
    formats = tuple(map(Format, said.get("formats", ())))
    if formats:
        where = {fmt: said[name] for fmt, name in OF_FORMAT.items()}
        make_diary(user, practice, Wanted(formats, where))
    assign(user, [one.pk for one in said["diaries"]], by=by, now=now)


def assign(user: User, diaries: Iterable[int], *, by: User, now: datetime) -> None:
    """Let somebody assist in these diaries and in no others, and write down whose that changes."""
    before, after = set(_assisted(user)), set(diaries)
    user.assisted_therapists.set(after)
    for therapist_id in sorted(before ^ after):
        event = SecurityEvent.Kind.OWNERSHIP_CHANGED
        write_down(event, user_id=by.pk, now=now, about=f"therapist:{therapist_id}")
