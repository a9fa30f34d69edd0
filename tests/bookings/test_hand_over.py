"""A meeting goes to another therapist where they are free; what was confided stays where it was."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from availability.models import Format, Place, Service, Therapist
from bookings import hand_over as handing
from bookings import lifecycle, policy
from bookings.by import By
from bookings.errors import Code, NotBookableError
from bookings.hand_over import Fate, HandOver
from bookings.models import Booking
from bookings.notices.keys import about_booking, about_client
from outbox.models import OutgoingMail
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_hours,
    make_off,
    make_place,
    make_places,
    make_service,
    make_session,
    make_therapist,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = NOW + DAY + HOUR  # Tuesday, 10 o'clock
PRACTICE = By.therapist()
REASON = "Robin is moving away."


@pytest.fixture
def other(world: World) -> World:
    """Ash Lane in the same house, with the same hours, services and kinds of places."""
    whose = make_therapist(
        practice=world.therapist.practice, name="Ash Lane", email="ash@k.example"
    )
    make_places(whose)
    make_hours(whose)
    consultation, session = make_service(whose, price=5), make_session(whose, price=90)
    return replace(world, therapist=whose, consultation=consultation, session=session)


def hand(world: World, to: World | None, **facts: object) -> list[Fate]:
    taker = to.therapist if to else None
    asked = HandOver(world.therapist, taker, REASON, **facts)  # type: ignore[arg-type]
    return handing.hand_over(asked, by=PRACTICE, now=NOW)


def test_it_is_at_the_same_time_at_the_price_that_was_agreed_and_free_to_cancel(
    world: World, other: World
) -> None:
    client = make_client(accepted_at=NOW)
    old = force_booking(
        world, START, service=world.session, client=client, price=Decimal(60), minutes=50
    )
    [fate] = hand(world, other)
    assert fate.handed
    made = Booking.objects.get(pk=fate.handed.made.pk)
    assert made.therapist == other.therapist
    assert (made.during, made.format, made.price) == (old.during, old.format, Decimal(60))
    assert made.service == other.session
    assert made.place == other.place(Format.ONLINE)
    assert made.client == client
    assert policy.terms_of(made) == policy.Terms()
    old.refresh_from_db()
    assert old.is_cancelled
    assert old.fee_label == ""


def test_what_the_client_confided_stays_with_whom_they_told_it(world: World, other: World) -> None:
    old = book(world, START, note="My brother hits me.")
    [fate] = hand(world, other)
    assert fate.handed
    made = Booking.objects.get(pk=fate.handed.made.pk)
    assert made.note == ""
    assert [line.reason for line in made.events.all()] == [""]
    old.refresh_from_db()
    assert (old.therapist, old.note) == (world.therapist, "My brother hits me.")
    for mail in OutgoingMail.objects.all():
        assert "brother" not in mail.text + mail.html + mail.invite


def test_what_a_stranger_typed_is_proven_by_nobody_who_hands_it_over(
    world: World, other: World
) -> None:
    typed = book(world, START, email="sam@example.com")
    assert not typed.client.is_proven
    [fate] = hand(world, other)
    assert fate.handed
    made = Booking.objects.select_related("client").get(pk=fate.handed.made.pk)
    assert made.proven_at is None
    assert not made.client.is_proven


def test_each_calendar_is_told_by_its_own_organizer(world: World, other: World) -> None:
    old = book(world, START)
    OutgoingMail.objects.update(state=OutgoingMail.State.SENT)
    [fate] = hand(world, other)
    assert fate.handed
    gone = OutgoingMail.objects.get(about=about_booking(old.uid), kind="cancellation")
    new = OutgoingMail.objects.get(about=about_booking(fate.handed.made.uid), kind="confirmation")
    assert (gone.invite_method, new.invite_method) == ("CANCEL", "REQUEST")
    assert "robin@kicks.example" in gone.sender
    assert "ash@k.example" in new.sender
    assert f"UID:{old.uid}" in gone.invite
    assert "SEQUENCE:1" in gone.invite
    assert f"UID:{fate.handed.made.uid}" in new.invite
    assert "SEQUENCE:0" in new.invite
    assert gone.due_at == new.due_at  # of what begins nobody hears before what ends
    assert gone.pk < new.pk
    words = " ".join(gone.text.split())
    assert "Robin is moving away. Ash Lane can meet you at the same time instead" in words
    assert "it costs nothing" in words
    theirs = OutgoingMail.objects.get(kind="therapist_new", to="ash@k.example")
    assert theirs.subject.startswith("New booking: SO")


def test_one_mail_tells_a_client_of_all_that_ends(world: World, other: World) -> None:
    client = make_client()
    for days in (1, 2, 3):
        force_booking(world, NOW + days * DAY + HOUR, client=client)
    make_off(other.therapist, NOW + 3 * DAY, NOW + 4 * DAY)
    fates = hand(world, other, ends_others=True)
    assert [bool(fate.handed) for fate in fates] == [True, True, False]
    [mail] = OutgoingMail.objects.filter(about=about_client(client.pk), kind="rearranged")
    words = " ".join(mail.text.replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Ash Lane can meet you at the same time instead: Tuesday 24 November 2026" in words
    assert "Wednesday 25 November 2026" in words.partition("If that doesn’t suit")[0]
    assert "Thursday 26" not in words.partition("If that doesn’t suit")[0]
    assert mail.invite.count("METHOD:CANCEL") == 3
    assert not OutgoingMail.objects.filter(kind="cancellation").exists()
    assert OutgoingMail.objects.filter(kind="confirmation", to=client.email).count() == 2


def test_without_a_taker_all_are_cancelled_in_the_words_that_were_given(world: World) -> None:
    client = make_client()
    for days in (1, 2):
        force_booking(world, NOW + days * DAY + HOUR, client=client)
    begun = force_booking(world, NOW - HOUR / 8)
    fates = hand(world, None, ends_others=True)
    assert [fate.ended is not None for fate in fates] == [True, True]
    begun.refresh_from_db()
    assert not begun.is_cancelled
    mail = OutgoingMail.objects.get(kind="rearranged")
    assert REASON in mail.text
    assert "can meet you" not in mail.text


def test_what_ended_so_cannot_be_taken_back(world: World, other: World) -> None:
    old = book(world, START)
    hand(world, other)
    mail = OutgoingMail.objects.get(about=about_booking(old.uid), kind="cancellation")
    assert lifecycle.way_back(old) is None
    with pytest.raises(NotBookableError) as caught:
        lifecycle.take_back(mail.key, by=PRACTICE, now=NOW)
    assert caught.value.code == Code.MAIL_HAS_LEFT


def test_of_one_client_only_theirs_go_and_what_cannot_stays(world: World, other: World) -> None:
    sam, tom = make_client(), make_client()
    first = force_booking(world, START, client=sam)
    force_booking(world, START + HOUR, client=tom)
    late = force_booking(world, NOW + DAY + 9 * HOUR, client=sam)  # after Ash's hours
    fates = hand(world, other, client=sam)
    assert [fate.booking.pk for fate in fates] == [first.pk, late.pk]
    assert fates[1].handed is None
    assert fates[1].gone is None
    late.refresh_from_db()
    assert not late.is_cancelled
    assert Booking.objects.filter(client=tom).count() == 1


# --- where the other can't


def refused(world: World, other: World) -> NotBookableError:
    [fate] = hand(world, other)
    assert fate.refusal
    assert Booking.objects.holding().count() == 1 + Booking.objects.of(other.therapist.pk).count()
    assert not fate.booking.is_cancelled
    return fate.refusal


def test_only_where_the_other_is_free(world: World, other: World) -> None:
    book(world, START)
    force_booking(other, START)
    assert refused(world, other).code == Code.NOT_OFFERED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"formats": [Format.WALKING]}, Code.NO_SUCH_SERVICE),
        ({"length_minutes": 20}, Code.NO_SUCH_SERVICE),
        ({"audience": Service.Audience.MET}, Code.NO_SUCH_SERVICE),
        ({"is_active": False}, Code.NO_SUCH_SERVICE),
    ],
)
def test_only_what_the_other_offers_as_well(
    world: World, other: World, change: dict[str, object], code: Code
) -> None:
    book(world, START)
    Service.objects.filter(pk=other.consultation.pk).update(**change)
    assert refused(world, other).code == code


def test_only_where_the_other_has_a_place(world: World, other: World) -> None:
    book(world, START)
    Place.objects.filter(therapist=other.therapist, format=Format.ONLINE).update(is_active=False)
    assert refused(world, other).code == Code.NO_PLACE


def test_not_with_who_takes_no_bookings(world: World, other: World) -> None:
    book(world, START)
    Therapist.objects.filter(pk=other.therapist.pk).update(is_active=False)
    assert refused(world, other).code == Code.NO_SUCH_SERVICE


def test_a_start_between_those_that_are_offered_will_do_inside_the_hours(
    world: World, other: World
) -> None:
    force_booking(world, START + timedelta(minutes=7))
    [fate] = hand(world, other)
    assert fate.handed


def test_a_meeting_that_ends_after_the_hours_will_not(world: World, other: World) -> None:
    force_booking(world, NOW + DAY + timedelta(hours=7, minutes=50))
    assert refused(world, other).code == Code.NOT_OFFERED


def test_notice_and_who_may_book_what_stand_in_nobodys_way(world: World, other: World) -> None:
    """The client has the meeting already: it only changes who is there."""
    stranger = make_client()  # never accepted for sessions
    force_booking(world, NOW + HOUR, service=world.session, client=stranger)
    [fate] = hand(world, other)
    assert fate.handed
    assert fate.handed.made.start == NOW + HOUR
    assert fate.handed.made.events.get().despite == "notice,not met yet"


def test_of_several_places_the_one_of_the_same_name(world: World, other: World) -> None:
    make_place(world.therapist, name="River gate", format=Format.WALKING)
    make_place(other.therapist, name="River gate", format=Format.WALKING, position=9)
    place = world.therapist.places.get(name="River gate")
    force_booking(world, START, format=Format.WALKING, place=place)
    [fate] = hand(world, other)
    assert fate.handed
    assert fate.handed.made.place.name == "River gate"


def test_of_several_services_the_one_of_the_same_name(world: World, other: World) -> None:
    make_service(other.therapist, slug="first-talk", name="First talk", position=0)
    Service.objects.filter(pk=other.consultation.pk).update(position=5)
    book(world, START)
    [fate] = hand(world, other)
    assert fate.handed
    assert fate.handed.made.service == other.consultation


def test_a_meeting_that_was_changed_since_is_not_handed_over(world: World, other: World) -> None:
    old = book(world, START)
    with pytest.raises(NotBookableError) as caught:
        lifecycle.hand_over(
            old.pk, old.sequence + 1, other.therapist, by=PRACTICE, reason=REASON, now=NOW
        )
    assert caught.value.code == Code.CHANGED_MEANWHILE


def test_not_where_a_meeting_of_theirs_only_overlaps(world: World, other: World) -> None:
    book(world, START)
    force_booking(other, START - timedelta(minutes=10))
    assert refused(world, other).code == Code.NOT_OFFERED
