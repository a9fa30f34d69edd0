"""What a place says of the way there: each sentence where it was written, and none invented."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from availability.models import Fact, Format, Place, Practice
from tests.factories import World, make_place, make_practice

SENTENCES = ("steps", "toilet", "inside", "train", "bus", "parking")


def test_a_place_of_which_nothing_is_written_says_nothing() -> None:
    place = Place(name="Gate")
    assert (place.access, place.travel, place.bring) == ([], [], "")


def test_the_steps_stand_first_and_each_sentence_has_its_drawing() -> None:
    place = Place(**{name: f"About {name}." for name in SENTENCES})
    found = [*place.access, *place.travel]
    assert found == [Fact(name, f"About {name}.") for name in SENTENCES]
    assert Place(bus="Near.").travel == [Fact("bus", "Near.")]


@pytest.mark.parametrize(
    ("north", "east", "point"),
    [(51.4716, -0.2169, (51.4716, -0.2169)), (None, -0.2, None), (51.4, None, None)],
)
def test_a_point_needs_both_numbers(
    north: float | None, east: float | None, point: tuple[float, float] | None
) -> None:
    assert Place(latitude=north, longitude=east).point == point


def test_the_point_of_no_degrees_is_a_point() -> None:
    assert Place(latitude=0.0, longitude=0.0).point == (0.0, 0.0)


@pytest.mark.parametrize("missing", ["latitude", "longitude"])
def test_half_a_point_is_refused_beside_the_number_that_is_missing(
    world: World, missing: str
) -> None:
    place = make_place(world.therapist, latitude=51.4716, longitude=-0.2169)
    setattr(place, missing, None)
    with pytest.raises(ValidationError) as refused:
        place.full_clean()
    assert refused.value.message_dict == {missing: ["Enter both numbers, or neither."]}


@pytest.mark.parametrize("name", [*SENTENCES, "bring", "area"])
def test_no_sentence_takes_hidden_characters(world: World, name: str) -> None:
    place = world.place(Format.WALKING)
    setattr(place, name, "a\N{RIGHT-TO-LEFT OVERRIDE}b")
    with pytest.raises(ValidationError) as refused:
        place.full_clean()
    assert list(refused.value.message_dict) == [name]


def test_a_release_before_adds_a_place_and_a_practice_that_say_nothing_new(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO availability_place (therapist_id, format, name, address, directions,"
            " video_url, daylight_only, daylight_margin, position, is_active)"
            " VALUES (%s, 'walking', 'Old gate', '1 Road', '', '', false, 20, 0, true)"
            " RETURNING id",
            [world.therapist.pk],
        )
        [pk] = cursor.fetchone()
    place = Place.objects.get(pk=pk)
    assert (place.access, place.travel, place.bring, place.area) == ([], [], "", "")
    assert place.address_shown == Place.AddressShown.STEPS


def test_a_new_practice_says_what_happens_if_somebody_is_late_and_how_one_pays() -> None:
    new = Practice()
    assert "We’ll still finish at the time we planned" in new.if_late
    assert new.how_to_pay
    assert (new.insurers, new.receipts) == ("", "")


@pytest.mark.django_db
def test_what_is_taken_out_of_a_practice_stays_out() -> None:
    practice = make_practice(if_late="", how_to_pay="")
    practice.refresh_from_db()
    assert (practice.if_late, practice.how_to_pay) == ("", "")
