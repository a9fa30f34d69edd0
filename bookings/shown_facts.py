"""What the last page before booking shows of the agreement, and what has changed since.

The page's form carries it, signed: what is pressed is what was read. What is booked is compared
with it under the diary's lock, from rows that were read there.
"""

from dataclasses import asdict, dataclass
from typing import Self

from django.core import signing

from availability.models import Place, Service
from bookings import policy
from bookings.errors import Code, NotBookableError

SALT = "kicks.shown-facts"


@dataclass(frozen=True, slots=True)
class ShownFacts:
    """The agreement in words. `notice` is the version that they agree to; 0 where none is asked."""

    service: str
    minutes: int
    price: str
    policy: str
    place: str
    notice: int

    def signed(self) -> str:
        """Return it as a form carries it."""
        return signing.dumps(asdict(self), salt=SALT)

    @classmethod
    def read(cls, signed: str) -> Self | None:
        """Return what a form carried; None if it is missing, not ours, or an older release's."""
        try:
            return cls(**signing.loads(signed, salt=SALT))
        except (signing.BadSignature, TypeError):
            return None


class FactsChangedError(NotBookableError):
    """What was shown is no longer what would be booked; `was` was shown, `now` is true."""

    def __init__(self, was: ShownFacts, now: ShownFacts) -> None:
        """Take both; the words of each change are found where they are read."""
        super().__init__(Code.FACTS_CHANGED)
        self.was = was
        self.now = now


def shown_facts(service: Service, place: Place, notice: int) -> ShownFacts:
    """Return what a page shows that reads these rows."""
    return ShownFacts(
        service=service.noun,
        minutes=service.length_minutes,
        price=f"{service.price:.2f}",
        policy=policy.words(policy.terms_for(service)),
        place=", ".join(place.lines),
        notice=notice,
    )
