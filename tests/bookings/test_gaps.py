"""The minutes between two meetings: the table by format and place, and the services' own.

One booking stands from 12:00 to 13:00; what is wanted takes 30 minutes and may start every five.
So the last start before is 11:30 less the gap, and the first after is 13:00 plus it.
"""

from datetime import date, time, timedelta
from itertools import product

import pytest
from django.test import Client as Browser

from availability.models import Format, Place, Weekday
from bookings import slots
from bookings.errors import TimeRefusedError
from bookings.models import Booking, Hold
from tests import pages
from tests.bookings.diaries import DAY, at, free, refusal
from tests.bookings.refusals import client_is_told
from tests.factories import (
    ALL,
    NOW,
    World,
    book,
    force_booking,
    make_gap,
    make_hours,
    make_off,
    make_place,
    make_world,
)

ROOM, ONLINE, WALK = Format.IN_PERSON, Format.ONLINE, Format.WALKING


@pytest.fixture
def world(db: None) -> World:
    """Open from 9 to 5, for 30 minutes every five."""
    return make_world(length_minutes=30, step_minutes=5)


def booked(world: World, fmt: str, place: Place | None = None, start: str = "12:00") -> Booking:
    """An hour of another service."""
    where = place or world.place(fmt)
    return force_booking(
        world, at(start), service=world.session, minutes=60, format=fmt, place=where
    )


def around(world: World, fmt: str) -> tuple[str, str]:
    """The last start before noon and the first from then on."""
    found = free(world.consultation, fmt)
    return max(t for t in found if t < "12:00"), min(t for t in found if t >= "12:00")


def minus(minutes: int) -> str:
    return f"{at('11:30') - timedelta(minutes=minutes):%H:%M}"


def plus(minutes: int) -> str:
    return f"{at('13:00') + timedelta(minutes=minutes):%H:%M}"


# --- by format


@pytest.mark.parametrize("fmt", ALL)
def test_without_a_row_one_meeting_follows_another_at_once(world: World, fmt: str) -> None:
    booked(world, ONLINE)
    assert around(world, fmt) == ("11:30", "13:00")


def test_each_pair_of_formats_has_a_gap_for_each_way(world: World) -> None:
    pairs = list(product(ALL, ALL))
    minutes = {pair: 10 + 5 * number for number, pair in enumerate(pairs)}
    for (before, after), gap in minutes.items():
        make_gap(world.therapist, before, after, gap)
    for there in ALL:
        booking = booked(world, there)
        for wanted in ALL:
            expected = minus(minutes[wanted, there]), plus(minutes[there, wanted])
            assert around(world, wanted) == expected, (there, wanted)
        booking.delete()


def test_a_row_that_holds_one_way_says_nothing_of_the_way_back(world: World) -> None:
    make_gap(world.therapist, WALK, ONLINE, 20)
    walk = booked(world, WALK)
    assert around(world, ONLINE) == ("11:30", "13:20")
    walk.delete()
    booked(world, ONLINE)
    assert around(world, WALK) == ("11:10", "13:00")


def test_a_row_that_holds_both_ways_is_kept_before_and_after(world: World) -> None:
    make_gap(world.therapist, WALK, ONLINE, 20, both_ways=True)
    walk = booked(world, WALK)
    assert around(world, ONLINE) == ("11:10", "13:20")
    walk.delete()
    booked(world, ONLINE)
    assert around(world, WALK) == ("11:10", "13:20")


@pytest.mark.parametrize(("out", "back"), [(20, 35), (35, 20)])
def test_of_two_rows_that_answer_for_one_way_the_larger_counts(
    world: World, out: int, back: int
) -> None:
    """The pages refuse such a pair; the diary takes what it finds."""
    make_gap(world.therapist, WALK, ONLINE, out)
    make_gap(world.therapist, ONLINE, WALK, back, both_ways=True)
    booked(world, WALK)
    assert around(world, ONLINE) == (minus(back), "13:35")


def test_a_row_says_nothing_of_other_formats(world: World) -> None:
    make_gap(world.therapist, WALK, ONLINE, 60, both_ways=True)
    booked(world, WALK)
    assert around(world, WALK) == around(world, ROOM) == ("11:30", "13:00")


def test_the_table_of_one_therapist_says_nothing_of_another(world: World) -> None:
    make_gap(make_world().therapist, ONLINE, ONLINE, 60, both_ways=True)
    booked(world, ONLINE)
    assert around(world, ONLINE) == ("11:30", "13:00")


def test_the_gap_is_kept_from_every_meeting_and_not_only_from_the_nearest(world: World) -> None:
    make_gap(world.therapist, WALK, ROOM, 90, both_ways=True)
    booked(world, WALK)
    for start in ("11:30", "13:00"):
        force_booking(world, at(start))  # online, half an hour on either side
    assert around(world, ROOM) == (minus(90), plus(90))
    assert around(world, ONLINE) == ("11:00", "13:30")


def test_a_cancelled_meeting_keeps_no_gap(world: World) -> None:
    make_gap(world.therapist, WALK, ONLINE, 20, both_ways=True)
    force_booking(world, at("12:00"), format=WALK, status=Booking.Status.CANCELLED)
    assert "12:00" in free(world.consultation)


# --- by place


def test_a_row_that_names_a_place_wins_over_the_formats_also_when_it_asks_for_less(
    world: World,
) -> None:
    gate, bridge = world.place(WALK), make_place(world.therapist)
    make_gap(world.therapist, WALK, ONLINE, 40, both_ways=True)
    make_gap(world.therapist, bridge, ONLINE, 15)
    at_gate = booked(world, WALK, gate)
    assert around(world, ONLINE) == (minus(40), plus(40))
    at_gate.delete()
    booked(world, WALK, bridge)
    assert around(world, ONLINE) == (minus(40), plus(15))  # the way back is the formats'


def test_a_row_of_no_minutes_for_a_place_wins_too(world: World) -> None:
    bridge = make_place(world.therapist)
    make_gap(world.therapist, WALK, ONLINE, 40, both_ways=True)
    make_gap(world.therapist, bridge, ONLINE, 0, both_ways=True)
    booked(world, WALK, bridge)
    assert around(world, ONLINE) == ("11:30", "13:00")


def test_a_row_that_names_both_places_wins_over_those_that_name_one(world: World) -> None:
    room, bridge = world.place(ROOM), make_place(world.therapist)
    world.therapist.places.filter(name="Bishop’s Park gate").update(is_active=False)
    make_gap(world.therapist, room, WALK, 50)
    make_gap(world.therapist, ROOM, bridge, 60)
    make_gap(world.therapist, ROOM, WALK, 70)
    make_gap(world.therapist, room, bridge, 5)
    booked(world, ROOM, room)
    assert around(world, WALK) == ("11:30", "13:05")


@pytest.mark.parametrize(("from_room", "to_bridge"), [(20, 35), (35, 20)])
def test_of_two_rows_that_name_one_place_each_the_larger_counts(
    world: World, from_room: int, to_bridge: int
) -> None:
    room, bridge = world.place(ROOM), make_place(world.therapist)
    world.therapist.places.filter(name="Bishop’s Park gate").update(is_active=False)
    make_gap(world.therapist, room, WALK, from_room)
    make_gap(world.therapist, ROOM, bridge, to_bridge)
    booked(world, ROOM, room)
    assert around(world, WALK) == ("11:30", "13:35")


@pytest.mark.parametrize(("out", "back"), [(20, 35), (35, 20)])
def test_of_a_row_and_another_that_holds_both_ways_the_larger_counts(
    world: World, out: int, back: int
) -> None:
    """From gate to bridge, each row names one of them, the second on its way back."""
    gate, bridge = world.place(WALK), make_place(world.therapist)
    make_gap(world.therapist, gate, WALK, out)
    make_gap(world.therapist, bridge, WALK, back, both_ways=True)
    booked(world, WALK, gate)
    world.therapist.places.filter(pk=gate.pk).update(is_active=False)
    assert around(world, WALK) == (minus(back), "13:35")


def test_two_meetings_of_one_day_keep_the_gaps_of_their_own_places(world: World) -> None:
    gate, bridge = world.place(WALK), make_place(world.therapist)
    make_gap(world.therapist, gate, ONLINE, 40)
    make_gap(world.therapist, bridge, ONLINE, 10)
    booked(world, WALK, gate, "09:00")  # to 10:00
    booked(world, WALK, bridge, "12:00")
    assert free(world.consultation)[0] == "10:40"
    assert around(world, ONLINE) == ("11:30", "13:10")


def test_a_row_between_two_places_holds_for_no_third_place(world: World) -> None:
    gate, bridge = world.place(WALK), make_place(world.therapist)
    make_gap(world.therapist, gate, bridge, 45, both_ways=True)
    booked(world, WALK, gate)
    assert around(world, WALK) == ("11:30", "13:00")  # at the gate
    world.therapist.places.filter(pk=gate.pk).update(is_active=False)
    assert around(world, WALK) == (minus(45), plus(45))


# --- with the services' own gaps


@pytest.mark.parametrize(
    ("own", "others", "table", "kept"),
    [
        (0, 0, 30, 30),
        (45, 0, 30, 45),
        (0, 45, 30, 45),
        (20, 10, 30, 30),
        (10, 20, 0, 20),
        (20, 10, 0, 20),
    ],
)
def test_the_largest_of_both_services_gaps_and_the_tables_is_kept(
    world: World, own: int, others: int, table: int, kept: int
) -> None:
    world.consultation.gap_minutes, world.session.gap_minutes = own, others
    world.consultation.save()
    world.session.save()
    make_gap(world.therapist, WALK, ONLINE, table, both_ways=True)
    booked(world, WALK)
    assert around(world, ONLINE) == (minus(kept), plus(kept))


def test_a_gap_of_one_way_leaves_the_services_gap_on_the_other(world: World) -> None:
    world.session.gap_minutes = 10
    world.session.save()
    make_gap(world.therapist, WALK, ONLINE, 30)
    booked(world, WALK)
    assert around(world, ONLINE) == (minus(10), plus(30))


# --- beside what is no booking


def test_an_appointment_elsewhere_keeps_the_gaps_of_its_format(world: World) -> None:
    make_gap(world.therapist, ROOM, ONLINE, 30)
    make_gap(world.therapist, ONLINE, ROOM, 10)
    make_off(world.therapist, at("12:00"), at("13:00"), ROOM)
    assert around(world, ONLINE) == (minus(10), plus(30))
    assert around(world, WALK) == ("11:30", "13:00")


def test_an_appointment_elsewhere_is_at_no_place_of_the_table(world: World) -> None:
    make_gap(world.therapist, world.place(ROOM), ONLINE, 60, both_ways=True)
    make_gap(world.therapist, ROOM, ONLINE, 15, both_ways=True)
    make_off(world.therapist, at("12:00"), at("13:00"), ROOM)
    assert around(world, ONLINE) == (minus(15), plus(15))


def test_a_meeting_keeps_its_own_gap_from_an_appointment_elsewhere(world: World) -> None:
    world.consultation.gap_minutes = 20
    world.consultation.save()
    make_off(world.therapist, at("12:00"), at("13:00"), ROOM)
    assert around(world, ONLINE) == (minus(20), plus(20))


@pytest.mark.parametrize("fmt", ALL)
def test_leave_keeps_no_gap_whatever_the_table_says(world: World, fmt: str) -> None:
    world.consultation.gap_minutes = 20
    world.consultation.save()
    for pair in product(ALL, ALL):
        make_gap(world.therapist, *pair, 60)
    make_off(world.therapist, at("12:00"), at("13:00"))
    assert around(world, fmt) == ("11:30", "13:00")


def test_a_time_that_another_holds_keeps_the_formats_gap_and_no_places(world: World) -> None:
    make_gap(world.therapist, WALK, ONLINE, 15, both_ways=True)
    make_gap(world.therapist, world.place(WALK), ONLINE, 60, both_ways=True)
    Hold.objects.create(
        therapist=world.therapist,
        service=world.session,
        format=WALK,
        during=(at("12:00"), at("13:00")),
        visitor="somebody",
        expires_at=NOW + timedelta(minutes=1),
    )
    assert around(world, ONLINE) == (minus(15), plus(15))


# --- over midnight and over a change of clocks


def test_the_longest_gap_reaches_over_midnight_from_both_sides(world: World) -> None:
    make_hours(world.therapist, tuple(Weekday), time(0), time(23, 59), [ONLINE])
    make_gap(world.therapist, WALK, ONLINE, 240, both_ways=True)
    for start in (at("22:30", DAY - timedelta(days=1)), at("00:30", DAY + timedelta(days=1))):
        force_booking(world, start, format=WALK, place=world.place(WALK))
    found = free(world.consultation)
    assert (found[0], found[-1]) == ("03:00", "20:00")  # from 23:00, and until 00:30


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2027, 3, 28), "04:00"),  # 00:30 GMT and 150 minutes: 03:00 GMT
        (date(2026, 10, 25), "02:00"),  # 00:30 BST and 150 minutes: 02:00 GMT
    ],
)
def test_a_gap_is_minutes_that_pass(world: World, day: date, first: str) -> None:
    make_hours(world.therapist, tuple(Weekday), time(0), time(23, 59), [ONLINE])
    world.consultation.gap_minutes = 150
    world.consultation.save()
    now = at("09:00", day - timedelta(days=3))
    force_booking(world, at("00:00", day), minutes=30)
    assert free(world.consultation, day=day, now=now)[0] == first


# --- where there are two places


@pytest.fixture
def walks(world: World) -> tuple[Place, Place]:
    """The gate is an hour from the room, the bridge ten minutes; a meeting ends there at 10."""
    gate, bridge = world.place(WALK), make_place(world.therapist)
    make_gap(world.therapist, ROOM, gate, 60)
    make_gap(world.therapist, ROOM, bridge, 10)
    booked(world, ROOM, start="09:00")
    return gate, bridge


def test_a_start_is_offered_when_one_place_is_free(
    world: World, walks: tuple[Place, Place]
) -> None:
    gate, bridge = walks
    assert free(world.consultation, WALK)[0] == "10:10"
    ids = {start: list_places(world, start) for start in ("10:10", "10:55", "11:00")}
    assert ids == {"10:10": {bridge.pk}, "10:55": {bridge.pk}, "11:00": {gate.pk, bridge.pk}}


def list_places(world: World, start: str) -> set[int]:
    return set(slots.require_free(world.consultation, WALK, at(start), NOW))


def test_the_place_that_is_too_far_is_refused_and_the_other_books(
    world: World, walks: tuple[Place, Place]
) -> None:
    gate, bridge = walks
    assert "too close" in refusal(world.consultation, at("10:30"), WALK, place=gate)
    with client_is_told(TimeRefusedError, match="too close"):
        book(world, at("10:30"), format=WALK, place=gate)
    assert book(world, at("10:30"), format=WALK, place=bridge).place == bridge


def test_a_place_out_of_use_is_refused(world: World, walks: tuple[Place, Place]) -> None:
    _, bridge = walks
    bridge.is_active = False
    bridge.save()
    with pytest.raises(TimeRefusedError):
        book(world, at("15:00"), format=WALK, place=bridge)


def slot(text: str) -> str:
    return f"{DAY}T{text}"


def test_the_details_page_offers_only_the_places_that_are_free(
    world: World, client: Browser, walks: tuple[Place, Place]
) -> None:
    gate, bridge = walks
    pier = make_place(world.therapist, name="Putney Pier", address="Embankment, London SW15 1LB")
    for text, names in (
        ("10:30", {bridge.name, pier.name}),
        ("11:00", {gate.name, bridge.name, pier.name}),
    ):
        response = client.get(pages.address("details", world, how=WALK, slot=slot(text)))
        assert {place.name for place in response.context["form"].places.values()} == names
        shown = pages.text_of(response)
        assert {place.name for place in (gate, bridge, pier) if place.name in shown} == names


def test_a_place_that_was_not_offered_cannot_be_sent(
    world: World, client: Browser, walks: tuple[Place, Place]
) -> None:
    gate, _ = walks
    make_place(world.therapist, name="Putney Pier", address="Embankment, London SW15 1LB")
    path = pages.address("details", world, how=WALK, slot=slot("10:30"))
    response = pages.followed(client, client.post(path, pages.answers(place=gate.pk)))
    assert response.status_code == 422
    assert response.context["form"].errors == {"place": ["Choose one of these places"]}


def test_with_one_place_left_nothing_is_asked_and_that_place_is_booked(
    world: World, client: Browser, walks: tuple[Place, Place]
) -> None:
    path = pages.address("details", world, how=WALK, slot=slot("10:30"))
    assert "Where shall we meet?" not in pages.text_of(client.get(path))
    check = client.post(path, pages.answers())["Location"]
    assert pages.press(client, check).status_code == 302
    assert Booking.objects.get(service=world.consultation).place == walks[1]


def test_a_place_that_became_too_far_meanwhile_is_refused_at_the_last_press(
    world: World, client: Browser, walks: tuple[Place, Place]
) -> None:
    path = pages.address("details", world, how=WALK, slot=slot("15:00"))
    check = client.post(path, pages.answers(place=walks[0].pk))["Location"]
    booked(world, ROOM, start="13:30")  # until 14:30, half an hour before
    response = pages.press(client, check)
    assert (response.status_code, "too close" in pages.text_of(response)) == (422, True)
    assert not Booking.objects.filter(service=world.consultation).exists()


def test_no_place_in_use_is_said(world: World) -> None:
    world.therapist.places.filter(format=WALK).update(is_active=False)
    assert free(world.consultation, WALK) == []
    assert "no place for meeting this way" in refusal(world.consultation, at("10:00"), WALK)
