"""What a booking is made of: who asks, for what, where and when, and what they were told."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from availability.models import Place, Service
from bookings import policy
from bookings.signed_agreement import ShownFacts
from bookings.typed_words import NO_WISHES, Wishes
from clients.models import Client, PrivacyNotice


@dataclass(frozen=True, slots=True)
class Person:
    """Who books: a client we know, or what somebody typed (validated by the form).

    `is_proven` if whoever typed it has opened a link that was mailed to this very address.
    """

    name: str
    email: str
    phone: str = ""
    client: Client | None = None
    is_proven: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed before: it stands whatever the service asks of others today."""

    price: Decimal
    terms: policy.Terms


@dataclass(frozen=True, slots=True)
class Request:
    """Everything a booking is made of. `key` is the same for every retry of the same request.

    `visitor` is the name under which the time may be held; `shown` what the page that was pressed
    showed of the agreement, None where no page did. Without a `notice` no consent is kept: the
    therapist books for somebody who has been told otherwise, maybe the notice that they were `told`
    by phone. Where something was `agreed` before, the service's price and terms of today don't
    count; a `price` is for this booking instead of the service's. Unless it `tells`, they are not
    mailed that it is booked; unless it `reminds`, nor that it comes near.
    """

    service: Service
    format: str
    place: Place
    start: datetime
    person: Person
    note: str
    notice: PrivacyNotice | None
    key: uuid.UUID
    visitor: str = ""
    shown: ShownFacts | None = None
    agreed: Agreed | None = None
    wishes: Wishes = NO_WISHES
    price: Decimal | None = None
    tells: bool = True
    reminds: bool = True
    told: PrivacyNotice | None = None
