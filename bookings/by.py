"""Who acts: an argument of everything that writes a booking."""

from dataclasses import dataclass
from typing import Self

from django.contrib.auth.models import User

from bookings.models import BookingEvent

Actor = BookingEvent.Actor


@dataclass(frozen=True, slots=True)
class By:
    """On which side somebody acts, and as which user, if they are signed in.

    Whoever isn't the client acts for the practice: limits that bind clients are not theirs.
    """

    actor: Actor
    user: User | None = None

    @property
    def is_client(self) -> bool:
        """Whether limits that bind clients are asked, and the practice is told of it."""
        return self.actor == Actor.CLIENT

    @classmethod
    def client(cls) -> Self:
        """Return a client, who has a private link and no user."""
        return cls(Actor.CLIENT)

    @classmethod
    def system(cls) -> Self:
        """Return the site itself, which does what a setting says."""
        return cls(Actor.SYSTEM)

    @classmethod
    def therapist(cls, user: User | None = None) -> Self:
        """Return the therapist, or who runs the practice and is signed in to admin."""
        return cls(Actor.THERAPIST, user)

    @classmethod
    def assistant(cls, user: User) -> Self:
        """Return an assistant, who books and moves for the therapists that they were given."""
        return cls(Actor.ASSISTANT, user)
