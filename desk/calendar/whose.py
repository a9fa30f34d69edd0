"""Whose calendar is looked at: one of the diaries that the reader may see."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser, User
from django.http import Http404, HttpRequest
from django.urls import reverse

from availability import access
from availability.models import Therapist
from bookings.models import Booking
from bookings.typed_words import WISHES
from bookings.whose_client import with_is_met
from prose.dates import slot_value
from prose.parameters import param

WHOSE = "whose"


@dataclass(frozen=True)
class Whose:
    """The diary that is shown, of those that could be; `user` reads it."""

    therapist: Therapist
    choices: list[Therapist]
    user: User | AnonymousUser

    @property
    def is_choice(self) -> bool:
        """Whether there are several to choose from."""
        return len(self.choices) > 1

    @property
    def reads_notes(self) -> bool:
        """Whether what is confided to this therapist is the reader's."""
        return access.reads_notes(self.user, self.therapist)

    def week(self, day: date) -> str:
        """Return the address of the week of a date."""
        return self.address("calendar", day=f"{day:%Y-%m-%d}")

    def month(self, day: date) -> str:
        """Return the address of the month of a date."""
        return self.address("calendar_month", day=f"{day:%Y-%m-%d}")

    def free_time(self, start: datetime) -> str:
        """Return the address of what can be done with a free time; it is scrolled to."""
        return f"{self.address('calendar_free', start=slot_value(start))}#open"

    def address(self, name: str, **query: str) -> str:
        """Return an address of this diary's; whose it is stands there where it was chosen."""
        whose = {WHOSE: str(self.therapist.pk)} if self.is_choice else {}
        return reverse(name, query={**query, **whose})


def whose(request: HttpRequest) -> Whose | None:
    """Return the diary that is asked for; else the reader's own, or the first that they may see.

    None for who has none to look at. Raises Http404 for one that isn't theirs to see.
    """
    user, asked = request.user, param(request, WHOSE)
    choices = list(access.therapists_of(user))
    if not choices:
        return None
    if asked:
        return _one(choices, asked, user)
    own = next((one for one in choices if one.user_id == user.pk), choices[0])
    return Whose(own, choices, user)


def whose_meeting(request: HttpRequest, booking: Booking) -> Whose:
    """Return the diary of a meeting that they may see."""
    choices = list(access.therapists_of(request.user))
    return _one(choices, str(booking.therapist_id), request.user)


def _one(choices: list[Therapist], pk: str, user: User | AnonymousUser) -> Whose:
    found = next((one for one in choices if str(one.pk) == pk), None)
    if found is None:
        raise Http404
    return Whose(found, choices, user)


def meeting_of(request: HttpRequest, pk: int) -> Booking:
    """Return a meeting in a diary of theirs, without what was confided. Raises Http404."""
    rows = with_is_met(Booking.objects.whole()).defer("note", *WISHES)
    found = access.narrowed(rows, "therapist", request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
