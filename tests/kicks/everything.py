"""So many of everything that is stored, so that each page has so much to show."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from uuid import UUID

import time_machine
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Model
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from academy.models import Article, Topic
from availability.models import Format, Place, Therapist, Weekday, WorkedHoliday
from bookings import leave, lifecycle
from bookings.by import By
from bookings.leave import Decided, Decision
from bookings.lifecycle import Person
from bookings.models import Booking, BookingEvent, FollowUp, Hold, Outcome
from bookings.notices import private_links
from bookings.notices.keys import FOLLOW_UP, about_booking, follow_up_key
from clients.models import Client, Consent, PrivacyNotice
from outbox.models import OutgoingMail
from staff import devices, factors
from staff.models import Role, SecurityEvent, StaffMember, StaffSession
from staff.security_events import Origin, write_down
from tests.clock import set_database_clock
from tests.factories import (
    ALL,
    NOW,
    World,
    book,
    force_booking,
    make_article,
    make_client,
    make_date,
    make_front_page,
    make_gap,
    make_hours,
    make_off,
    make_passage,
    make_pending,
    make_picture,
    make_place,
    make_places,
    make_practice,
    make_service,
    make_session,
    make_therapist,
    make_topic,
    make_user,
    pages_link,
)
from welcome.models import AccessibilityStatement, Passage

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TO_COME = NOW + 2 * DAY + HOUR


@dataclass(frozen=True)
class Shown:
    """Those of everything that have a page; each has so many of all that its page shows of it.

    `rows` is the one of each model that admin shows, by the model's name in addresses.
    """

    world: World
    owner: User
    client: Client
    to_come: Booking
    past: Booking
    owing: Booking
    token: str  # that opens the one to come
    confirm_token: str  # that leads to what is pending
    telling: OutgoingMail  # of what can be taken back
    decision: UUID  # of all that is taken back in one step
    passkey: WebAuthnCredential  # the owner's
    article: Article
    place: Place
    topic: Topic
    rows: dict[str, Model]


def fill_then(world: World, count: int) -> Shown:
    """Store it as it was on the Monday of the factories, where a test lives in real time."""
    set_database_clock(NOW)
    with time_machine.travel(NOW, tick=False):
        shown = fill(world, count)
    set_database_clock(None)
    return shown


def fill(world: World, count: int) -> Shown:
    """Store so many of everything; what has to be there anyway comes on top."""
    owner = make_user(Role.OWNER)
    client = make_client(name="Sam Okafor", email="sam@example.com", accepted_at=NOW)
    make_front_page(reasons="One.\nTwo.")
    AccessibilityStatement.objects.create(text="Words", reviewed_on=NOW.date())
    article, topic = _articles(count)
    Therapist.objects.filter(pk=world.therapist.pk).update(portrait=make_picture())
    for n in range(count):
        _rules(world, n)
        _hours(world, n)
        _diary(world, n, client)
        _people(world, n)
        _staff(world, n, client)
        _consents(world, n, client)
        _home()
    to_come, past = _eventful(client, owner, count)
    telling = _leave(client, world, count)
    passkey = _sign_ins(owner, count)
    return Shown(
        world=world,
        owner=owner,
        client=client,
        to_come=to_come,
        past=past,
        owing=Booking.objects.exclude(late_fee=0)[0],
        token=private_links.to_booking(to_come, NOW),
        confirm_token=[_pending(world, n) for n in range(count)].pop(),
        telling=telling,
        decision=BookingEvent.objects.filter(told_by=telling.key)[0].decision or UUID(int=0),
        passkey=passkey,
        article=article,
        place=world.therapist.places.exclude(picture=None)[0],
        topic=topic,
        rows=_rows(owner, count, {Booking: to_come, OutgoingMail: telling}),
    )


def _rows(owner: User, count: int, chosen: dict[type[Model], Model]) -> dict[str, Model]:
    """Return a row of each model in admin, the first unless one is chosen, each often changed."""
    found = {}
    for model in admin.site._registry:
        row = chosen.get(model) or model._default_manager.earliest("pk")
        found[f"{model._meta.app_label}_{model._meta.model_name}"] = row
        _history(row, owner, count)
    return found


def _sign_ins(owner: User, count: int) -> WebAuthnCredential:
    """Let the owner have so many browsers, sessions, factors, and things that happened."""
    TOTPDevice.objects.create(user=owner, name="App")
    factors.new_codes(owner, NOW)
    for n in range(count):
        origin = Origin("192.0.2.1", "Firefox on Windows")
        met = devices.remember(owner, f"word {n}", origin, NOW, trust=True)
        StaffSession.objects.create(
            session_key=f"{n}", user=owner, device=met.device, expire_date=NOW + DAY
        )
        write_down(SecurityEvent.Kind.SIGNED_IN, user_id=owner.pk, now=NOW, origin=origin)
        passkey = WebAuthnCredential.objects.create(
            user=owner, name=f"Phone {n}", credential_id=b"%d" % n, public_key=b"k", aaguid="0"
        )
    for user in User.objects.exclude(pk=owner.pk):  # whichever is deleted has as much to lose
        factors.new_codes(user, NOW)
        devices.remember(user, "word", origin, NOW, trust=False)
        key = b"%d" % (count + user.pk)
        WebAuthnCredential.objects.create(
            user=user, name="Phone", credential_id=key, public_key=b"k", aaguid="0"
        )
    return passkey


def _articles(count: int) -> tuple[Article, Topic]:
    """Write so many, each about so many topics and with so many questions."""
    topics = [make_topic(f"Topic {n}") for n in range(count)]
    questions = [(f"Question {n}?", "Yes.") for n in range(count)]
    articles = [
        make_article(topics=topics, questions=questions, picture=make_picture())
        for _ in range(count)
    ]
    return articles[0], topics[0]


def _rules(world: World, n: int) -> None:
    """Offer another service, at another place, with another gap, mail afterwards, and hold."""
    therapist, day = world.therapist, TO_COME + (20 + n) * DAY
    place = make_place(therapist, name=f"Gate {n}", picture=make_picture())
    service = make_session(therapist, slug=f"session-{n}", position=n + 2)
    make_gap(therapist, place, Format.ONLINE, 15)
    FollowUp.objects.create(
        therapist=therapist, outcome=Outcome.values[n], subject="Hello", body="Words"
    )
    for held in (service, world.consultation):
        Hold.objects.create(
            therapist=therapist,
            service=held,
            format=Format.ONLINE,
            during=DateTimeTZRange(day, day + HOUR),
            visitor="somebody",
            expires_at=NOW + HOUR,
        )


def _hours(world: World, n: int) -> None:
    """Work at other times: each week, on a date, on a holiday; and have time off."""
    therapist, only, off = world.therapist, world.consultation, TO_COME + (5 + n) * HOUR
    therapist.weekly_hours.create(
        weekday=Weekday.SATURDAY, opens=time(9 + n), closes=time(10 + n), formats=ALL, service=only
    )
    make_date(therapist, date(2026, 12, 7 + n), time(10), time(14), service=only)
    make_off(therapist, off, off + HOUR / 4)
    WorkedHoliday.objects.create(therapist=therapist, day=date(2026, 12, 25 + n))


def _diary(world: World, n: int, client: Client) -> None:
    """Have met the client and others, and be to meet them, or not after all; with the mail."""
    later = n * HOUR
    force_booking(world, NOW - DAY + later, client=client)
    force_booking(world, NOW - 2 * DAY + later)
    own = Person(client.name, client.email, client=client)
    book(world, TO_COME + later, person=own, service=world.session)
    gone = book(world, TO_COME + DAY + later)
    lifecycle.cancel(gone.pk, by=By.therapist(), reason="I am ill.", now=NOW)
    late = {"status": Booking.Status.CANCELLED, "late_fee": Decimal("37.50")}
    force_booking(world, TO_COME + 2 * DAY + later, **late)


def _people(world: World, n: int) -> None:
    """Let others work here and elsewhere."""
    make_practice()
    facts = {"name": f"Robin {n}", "about": "I listen.", "portrait": make_picture()}
    other = make_therapist(practice=world.therapist.practice, **facts)
    make_places(other)
    make_hours(other)
    make_service(other)


def _staff(world: World, n: int, client: Client) -> None:
    """Let somebody assist, and let things be written down about everything that can be."""
    asa = User.objects.create_user(f"asa{n}", f"asa{n}@kicks.example", is_staff=True)
    StaffMember.objects.create(user=asa, role=Role.ASSISTANT)
    world.therapist.assistants.add(asa)
    meeting = client.bookings.earliest("pk")
    for row in (asa, client, meeting, world.therapist):
        about = f"{row._meta.model_name}:{row.pk}"
        write_down(SecurityEvent.Kind.ERASED, user_id=asa.pk, now=NOW, about=about)


def _consents(world: World, n: int, client: Client) -> None:
    """Publish another notice, to which the client agrees, and let them ask for links again."""
    notice = PrivacyNotice.objects.create(version=n + 2, published_on=NOW.date(), body="Words")
    Consent.objects.create(client=client, notice=notice, given_at=NOW)
    Consent.objects.create(client=make_client(), notice=world.notice, given_at=NOW)
    pages_link(client)


def _home() -> None:
    for part in Passage.Part:
        make_passage(part)


def _eventful(client: Client, owner: User, count: int) -> tuple[Booking, Booking]:
    """Return one of the client's to come and one that was: much has happened to both.

    Mail about both bounced.
    """
    to_come = client.bookings.get(during__startswith=TO_COME)
    past = client.bookings.earliest("during")
    for meeting in (to_come, past):
        for n in range(count):
            meeting.events.create(
                at=NOW, actor="therapist", user=owner, action="moved", what=f"{n}", sequence=0
            )
            _bounced(meeting, n)
    return to_come, past


def _bounced(meeting: Booking, n: int) -> None:
    OutgoingMail.objects.create(
        key=follow_up_key(meeting.uid, Outcome.values[n]),
        message_id=f"{meeting.uid}:{n}",
        about=about_booking(meeting.uid),
        kind=FOLLOW_UP,
        to=meeting.client.email,
        subject="Hello",
        due_at=NOW,
        state=OutgoingMail.State.SENT,
        sent_at=NOW,
        fate=OutgoingMail.Fate.BOUNCED,
        fate_at=NOW,
    )


def _leave(client: Client, world: World, count: int) -> OutgoingMail:
    """Cancel so many meetings of one person in one step; return the mail that tells of it."""
    start = TO_COME + 7 * DAY
    met = [force_booking(world, start + n * HOUR, client=client) for n in range(count)]
    decided = [Decided(one.pk, Decision.CANCEL, one.sequence) for one in met]
    leave.apply(decided, by=By.therapist(), reason="I am away.", now=NOW)
    return OutgoingMail.objects.get(key=met[0].events.latest("pk").told_by)


def _pending(world: World, n: int) -> str:
    return make_pending(world, TO_COME + 9 * DAY + n * HOUR)


def _history(row: Model, owner: User, count: int) -> None:
    """Let somebody have changed it so often in admin."""
    for n in range(count):
        LogEntry.objects.create(
            user=owner,
            content_type=ContentType.objects.get_for_model(row),
            object_id=row.pk,
            object_repr=str(row),
            action_flag=CHANGE,
            change_message=f"Change {n}",
        )
