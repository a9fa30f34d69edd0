"""What the last page before booking shows of the agreement, and what has changed since.

The page's form carries it, signed: what is pressed is what was read. What is booked is compared
with it under the diary's lock, from rows that were read there.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Self

from django.core import signing

from availability.models import Place, Service
from bookings import fee_words, policy
from bookings.errors import Code, NotBookableError
from bookings.kept_facts import before_booking

SALT = "kicks.shown-facts"


@dataclass(frozen=True, slots=True)
class ShownFacts:
    """The agreement in words. `notice` is the version that they agree to; 0 where none is asked.

    `cancelling` is what it costs to cancel this very booking, and from when.
    """

    service: str
    minutes: int
    price: str
    policy: str
    cancelling: str
    place: str
    notice: int

    def signed(self, key: str) -> str:
        """Return it as a form carries it, which shows the answers that go by this key."""
        return signing.dumps(asdict(self), salt=_salt(key))

    @classmethod
    def read(cls, signed: str, key: str) -> Self | None:
        """Return what a form carried that showed the answers of this key.

        None if it is missing, not ours, an older release's, or was signed with other answers.
        """
        try:
            return cls(**signing.loads(signed, salt=_salt(key)))
        except (signing.BadSignature, TypeError):
            return None


def _salt(key: str) -> str:
    return f"{SALT}:{key}"


class FactsChangedError(NotBookableError):
    """What was shown is no longer what would be booked; `was` was shown, `now` is true."""

    def __init__(self, was: ShownFacts, now: ShownFacts) -> None:
        """Take both; the words of each change are found where they are read."""
        super().__init__(Code.FACTS_CHANGED)
        self.was = was
        self.now = now


def shown_facts(
    service: Service, place: Place, start: datetime, notice: int, now: datetime
) -> ShownFacts:
    """Return what a page shows that reads these rows now, of a booking at this start."""
    terms = policy.terms_for(service)
    return ShownFacts(
        service=service.noun,
        minutes=service.length_minutes,
        price=f"{service.price:.2f}",
        policy=policy.words(terms),
        cancelling=fee_words.before_booking(terms, start, now),
        place=", ".join(before_booking(place).lines),
        notice=notice,
    )
