"""A confirmation and a reminder say how to find it; their subject says nothing."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from availability.models import Format, Place, Practice, Therapist
from bookings.models import Booking
from tests.bookings.notices.letters import calendar_of, one, remind, text_of
from tests.factories import NOW, World, book

START = NOW + timedelta(days=1, hours=1)
BOTH = ("text/plain", "text/html")
KINDS = ("confirmation", "reminder")
WAY = {
    "steps": "14 stairs, no lift.",
    "toilet": "A toilet upstairs.",
    "train": "District line to Putney Bridge.",
    "bring": "Bring a jumper.",
    "directions": "Ring the bell.",
}
POINT = {"latitude": 51.4719, "longitude": -0.2084}
MAP = "https://www.openstreetmap.org/?mlat=51.47190&mlon=-0.20840#map=17/51.47190/-0.20840"


@pytest.fixture
def found(world: World) -> Booking:
    """A session in the room, of which everything is written."""
    Place.objects.filter(format=Format.IN_PERSON).update(**WAY, **POINT)
    Practice.objects.update(if_late="We finish on time.", how_to_pay="By transfer.")
    world.session.audience = "new"
    world.session.save()
    world.session.therapist.practice.refresh_from_db()
    return book(world, START, service=world.session, format=Format.IN_PERSON)


def letter(found: Booking, kind: str) -> EmailMessage:
    if kind == "reminder":
        remind(Booking.objects.whole().get(pk=found.pk))
    return one(found, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_both_parts_say_with_whom_where_how_to_get_in_what_if_late_and_how_to_pay(
    found: Booking, kind: str
) -> None:
    told = letter(found, kind)
    for part in BOTH:
        words = " ".join(text_of(told, part).replace("&amp;", "&").split())
        for said in (
            "With Robin Kicks",
            "12 Example Mews, London SW6 0AA",
            *WAY.values(),
            MAP,
            "We finish on time.",
            "you can reach me on",
            "07700 900456",
            "By transfer.",
        ):
            assert said in words, (part, said)


@pytest.mark.parametrize("kind", KINDS)
def test_the_subject_stays_neutral_and_the_calendar_learns_nothing_of_it(
    found: Booking, kind: str
) -> None:
    told = letter(found, kind)
    subject = str(told["Subject"])
    for secret in ("Robin", "session", "Fulham", "stairs", "transfer"):
        assert secret not in subject
    if kind == "confirmation":
        invite = calendar_of(told).decode().replace("\r\n ", "")
        for secret in (*WAY.values(), "51.47", "transfer", "We finish", "openstreetmap", "GEO"):
            assert secret not in invite, secret


def test_what_nobody_wrote_is_left_out(world: World) -> None:
    Practice.objects.update(if_late="", how_to_pay="", phone="")
    Therapist.objects.update(phone="")
    world.consultation.therapist.refresh_from_db()
    told = one(book(world, START), "confirmation")
    for part in BOTH:
        words = text_of(told, part)
        for unsaid in ("you can reach me on", "See it on a map", "stairs"):
            assert unsaid not in words
        assert "Find somewhere you won’t be overheard" in words


@pytest.mark.parametrize("left", ["if_late", "phone"])
def test_of_lateness_and_the_telephone_each_can_stand_alone(world: World, left: str) -> None:
    Practice.objects.update(if_late="We finish on time." if left == "if_late" else "", phone="")
    Therapist.objects.update(phone="07700 900456" if left == "phone" else "")
    world.consultation.therapist.refresh_from_db()
    world.consultation.therapist.practice.refresh_from_db()
    told = one(book(world, START), "confirmation")
    for part in BOTH:
        words = text_of(told, part)
        assert ("We finish on time." in words) == (left == "if_late")
        assert ("you can reach me on" in words) == (left == "phone")


def test_every_mail_bears_the_mark_which_nothing_has_to_be_fetched_for(found: Booking) -> None:
    html = text_of(one(found, "confirmation"), "text/html")
    head = html.partition("<h1")[0]
    assert 'class="mark"' in head
    assert "Kicks Therapy" in head
    for fetched in ("<img", "url(", "src="):
        assert fetched not in html
