"""Rows for tests: a whole small practice, and each part of it with the one fact that matters."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.text import slugify

from academy.models import Article, Topic
from academy.save_article import store
from availability.models import (
    DifferentHours,
    Format,
    Gap,
    Place,
    Practice,
    Service,
    Therapist,
    TimeOff,
    Weekday,
    WeeklyHours,
)
from bookings import lifecycle
from bookings.by import By
from bookings.lifecycle import Person, Request
from bookings.models import Booking, Hold, PendingBooking
from bookings.notices import private_links
from clients.models import Client, PrivacyNotice
from pictures.models import Picture
from pictures.variants import WIDTHS
from prose.cleaning import same_mailbox
from staff.models import Role, StaffMember
from welcome.models import FrontPage, Passage

ALL: list[str] = [Format.IN_PERSON, Format.ONLINE, Format.WALKING]
# A Monday in winter, at which the clock of a test stands still; most tests live in this week. What
# is made here asks the clock, so that it fits a test in real time as well.
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_number = count(1)


@dataclass(frozen=True)
class World:
    """A practice of one that is open on weekdays from 9 to 5, for everything."""

    therapist: Therapist
    consultation: Service
    session: Service
    notice: PrivacyNotice

    def place(self, fmt: str = Format.ONLINE) -> Place:
        return self.therapist.places.filter(format=fmt)[0]


def make_practice(**facts: Any) -> Practice:
    fresh = {
        "name": "Kicks Therapy",
        "email": "hello@kicks.example",
        "summary": "Fulham, London SW6.",
        "reminders_from": timezone.now(),
    }
    return Practice.objects.create(**{**fresh, **facts})


def make_therapist(**facts: Any) -> Therapist:
    n = next(_number)
    user = User.objects.create_user(f"therapist{n}", password="x", is_staff=True)  # noqa: S106
    StaffMember.objects.create(user=user, role=Role.THERAPIST)
    practice = facts.pop("practice", None) or make_practice()
    fresh = {
        "name": "Robin Kicks",
        "slug": f"robin{n}",
        "email": "robin@kicks.example",
        "phone": "07700 900456",
        # Most tests ask about hours on days of their own choosing.
        "bank_holidays_off": False,
    }
    return Therapist.objects.create(practice=practice, user=user, **{**fresh, **facts})


def make_user(role: Role | None = Role.OWNER, *given: Therapist) -> User:
    """Somebody who signs in to admin, in this role; an assistant, for the therapists `given`."""
    user = User.objects.create_user(f"somebody{next(_number)}", is_staff=True)
    if role:
        StaffMember.objects.create(user=user, role=role)
    for therapist in given:
        therapist.assistants.add(user)
    return user


def make_places(therapist: Therapist) -> None:
    for fmt, name, address, url in (
        (Format.IN_PERSON, "The Fulham room", "12 Example Mews, London SW6 0AA", ""),
        (Format.ONLINE, "Video room", "", "https://meet.example.org/kicks"),
        (Format.WALKING, "Bishop’s Park gate", "Bishop’s Avenue, London SW6 6EA", ""),
    ):
        Place.objects.create(
            therapist=therapist, format=fmt, name=name, address=address, video_url=url
        )


def make_service(therapist: Therapist, **facts: Any) -> Service:
    fresh: dict[str, Any] = {
        "name": "Consultation",
        "slug": "consultation",
        "audience": Service.Audience.NEW,
        "length_minutes": 15,
        "price": Decimal(0),
        "formats": ALL,
        "gap_minutes": 0,
        "notice_hours": 12,
        "horizon_days": 42,
        "step_minutes": 30,
    }
    return Service.objects.create(therapist=therapist, **{**fresh, **facts})


def make_session(therapist: Therapist, **facts: Any) -> Service:
    fresh = {
        "name": "Session",
        "slug": "session",
        "audience": Service.Audience.MET,
        "length_minutes": 50,
        "price": Decimal(75),
        "step_minutes": 60,
        "position": 1,
    }
    return make_service(therapist, **{**fresh, **facts})


def make_hours(
    therapist: Therapist,
    weekdays: tuple[int, ...] = (
        Weekday.MONDAY,
        Weekday.TUESDAY,
        Weekday.WEDNESDAY,
        Weekday.THURSDAY,
        Weekday.FRIDAY,
    ),
    opens: time = time(9),
    closes: time = time(17),
    formats: Sequence[str] = ALL,
) -> None:
    for weekday in weekdays:
        WeeklyHours.objects.create(
            therapist=therapist, weekday=weekday, opens=opens, closes=closes, formats=list(formats)
        )


def make_notice() -> PrivacyNotice:
    notice, _ = PrivacyNotice.objects.get_or_create(
        version=1, defaults={"published_on": date(2026, 1, 1), "body": "We keep little."}
    )
    return notice


def make_place(therapist: Therapist, **facts: Any) -> Place:
    """One more place: a walk begins there unless another format is given."""
    fresh = {
        "format": Format.WALKING,
        "name": "Putney Bridge",
        "address": "Putney Bridge Approach, London SW6 3UH",
    }
    return Place.objects.create(therapist=therapist, **{**fresh, **facts})


def make_gap(
    therapist: Therapist,
    before: str | Place,
    after: str | Place,
    minutes: int,
    *,
    both_ways: bool = False,
) -> Gap:
    """A row of the gap table, one way unless said; a side is a format or one place."""
    sides = {"before": before, "after": after}
    facts: dict[str, Any] = {}
    for name, side in sides.items():
        facts[name] = side.format if isinstance(side, Place) else side
        facts[f"{name}_place"] = side if isinstance(side, Place) else None
    return Gap.objects.create(therapist=therapist, minutes=minutes, both_ways=both_ways, **facts)


def make_off(
    therapist: Therapist, starts_at: datetime, ends_at: datetime, elsewhere: str = ""
) -> TimeOff:
    """Leave, or an appointment elsewhere if its format is given."""
    return TimeOff.objects.create(
        therapist=therapist, starts_at=starts_at, ends_at=ends_at, elsewhere=elsewhere
    )


def make_date(
    therapist: Therapist, day: date, opens: time, closes: time, **facts: Any
) -> DifferentHours:
    """Hours of one date, instead of the usual ones unless they `adds`."""
    fresh = {"formats": ALL}
    return DifferentHours.objects.create(
        therapist=therapist, day=day, opens=opens, closes=closes, **{**fresh, **facts}
    )


def make_world(**service: Any) -> World:
    """A practice that takes bookings. `service` changes the consultation."""
    therapist = make_therapist()
    make_places(therapist)
    make_hours(therapist)
    return World(
        therapist=therapist,
        consultation=make_service(therapist, **service),
        session=make_session(therapist),
        notice=make_notice(),
    )


def make_client(**facts: Any) -> Client:
    n, now = next(_number), timezone.now()
    email = facts.pop("email", f"client{n}@example.com")
    return Client.objects.create(
        name=facts.pop("name", "Sam Okafor"),
        email=email,
        mailbox=same_mailbox(email),
        created_at=facts.pop("created_at", now),
        **{"reminders_from": now, **facts},
    )


def make_topic(name: str = "Starting therapy", **facts: Any) -> Topic:
    slug = facts.pop("slug", slugify(name))
    return Topic.objects.get_or_create(slug=slug, defaults={"name": name, **facts})[0]


def make_article(
    *, topics: Sequence[Topic] = (), questions: Sequence[tuple[str, str]] = (), **facts: Any
) -> Article:
    """An article that everybody may read since a week ago, unless other facts are given."""
    fresh: dict[str, Any] = {
        "title": f"Article {next(_number)}",
        "summary": "What a first conversation is for, and what you can leave out of it.",
        "state": Article.State.PUBLISHED,
        "published_on": timezone.localdate() - timedelta(days=7),
        "cover_is_decorative": True,
        "body": "Some words.\n\n## A part\n\nMore words.\n\n## Another part\n\nThe last words.",
    }
    known = {**fresh, **facts}
    article = Article(**{"slug": slugify(known["title"]), **known})
    return store(article, topics=topics, questions=questions)


def make_front_page(**facts: Any) -> FrontPage:
    """The home page with nothing but these words: what ships is taken away."""
    blank = {"reassurance": "", **facts}
    FrontPage.objects.all().delete()
    return FrontPage.objects.create(**blank)


def make_picture(**facts: Any) -> Picture:
    """What somebody uploaded, without its files."""
    fresh: dict[str, Any] = {
        "name": uuid.uuid4().hex,
        "width": 1440,
        "height": 1728,
        "widths": list(WIDTHS),
        "alt": "Soft shapes",
        "added_at": timezone.now(),
    }
    return Picture.objects.create(**{**fresh, **facts})


def make_passage(part: str = Passage.Part.QUESTION, **facts: Any) -> Passage:
    """A passage of the home page that is there; its words differ from any other's."""
    n = next(_number)
    fresh = {"title": f"Title {n}", "text": f"Words {n}."}
    return Passage.objects.create(page=FrontPage.objects.get(), part=part, **{**fresh, **facts})


def request_for(world: World, start: datetime, **facts: Any) -> Request:
    """What a new client asks for; pass any field of `lifecycle.Request`, or `email`."""
    n = next(_number)
    email = facts.pop("email", f"person{n}@example.com")
    service = facts.pop("service", world.consultation)
    fmt = facts.pop("format", Format.ONLINE)
    fresh: dict[str, Any] = {
        "place": world.place(fmt),
        "person": Person("Sam Okafor", email, "07700 900123"),
        "note": "",
        "notice": world.notice,
        "key": uuid.uuid4(),
    }
    return Request(service=service, format=fmt, start=start, **{**fresh, **facts})


def book(world: World, start: datetime, now: datetime | None = None, **facts: Any) -> Booking:
    """Book through the lifecycle, as the site does."""
    when = now or timezone.now()
    return lifecycle.book(request_for(world, start, **facts), by=By.client(), now=when)


def make_pending(world: World, start: datetime, **facts: Any) -> str:
    """What waits for a mailed link; return the link's token."""
    now = timezone.now()
    service = world.consultation
    fresh: dict[str, Any] = {
        "therapist": world.therapist,
        "service": service,
        "place": world.place(),
        "notice": world.notice,
        "format": Format.ONLINE,
        "start": start,
        "length_minutes": service.length_minutes,
        "name": "Kim Li",
        "email": "kim@example.com",
        "key": uuid.uuid4(),
        "visitor": "somebody else",
        "kept_until": now + timedelta(minutes=30),
        "created_at": now,
    }
    pending = PendingBooking(**{**fresh, **facts})
    token = pending.new_token()
    pending.save()
    return token


def lapse_holds() -> None:
    """Let what visitors hold lapse, as ten minutes do."""
    Hold.objects.update(expires_at=timezone.now() - timedelta(days=1))


def force_booking(world: World, start: datetime, **facts: Any) -> Booking:
    """Write a booking past every rule: for what the rules would refuse, such as the past."""
    service, now = facts.pop("service", world.consultation), timezone.now()
    length = timedelta(minutes=facts.pop("minutes", service.length_minutes))
    fresh: dict[str, Any] = {
        "client": facts.pop("client", None) or make_client(),
        "format": Format.ONLINE,
        "place": facts.get("place") or world.place(),
        "price": service.price,
        "idempotency_key": uuid.uuid4(),
        "created_at": now,
        "changed_at": now,
    }
    return Booking.objects.create(
        therapist=world.therapist,
        service=service,
        during=DateTimeTZRange(start, start + length),
        **{**fresh, **facts},
    )


def pages_link(client: Client, now: datetime = NOW) -> str:
    """The token of a link by which a client books sessions."""
    return private_links.to_pages(client, Practice.objects.first() or make_practice(), now)
