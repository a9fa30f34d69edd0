"""What the therapist cannot enter as a rule of the diary: said at its field, in words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from math import inf, nan
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.forms import ModelForm, modelform_factory

from availability.models import (
    DifferentHours,
    Format,
    Gap,
    Place,
    Therapist,
    TimeOff,
    Weekday,
    WeeklyHours,
    WorkedHoliday,
)
from prose.dates import UK
from tests.factories import (
    ALL,
    World,
    make_date,
    make_gap,
    make_place,
    make_service,
    make_session,
    make_world,
)

ROOM, ONLINE, WALK = Format.IN_PERSON, Format.ONLINE, Format.WALKING
DAY = date(2026, 11, 25)


def errors(row: models.Model) -> dict[str, list[str]]:
    """The messages of a row that must be refused, by field."""
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    found: dict[str, list[str]] = caught.value.message_dict
    assert all(text for texts in found.values() for text in texts)
    return found


def at_field(row: models.Model, *names: str) -> str:
    """The words at the fields, which must be the only ones that are wrong."""
    found = errors(row)
    assert sorted(found) == sorted(names)
    return " ".join(text for texts in found.values() for text in texts)


# --- gaps


def gap(world: World, **facts: Any) -> Gap:
    fresh = {"before": WALK, "after": ONLINE, "minutes": 20}
    return Gap(therapist=world.therapist, **{**fresh, **facts})


@pytest.mark.parametrize("minutes", [0, 1, 240])
def test_a_gap_is_from_none_to_four_hours(world: World, minutes: int) -> None:
    gap(world, minutes=minutes).full_clean()


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-5, "greater than or equal to 0"),
        (241, "less than or equal to 240"),
        (10**9, "less than or equal to"),
        (None, "cannot be null"),
        ("ten", "must be an integer"),
    ],
)
def test_no_other_gap_is_taken(world: World, minutes: object, words: str) -> None:
    assert words in at_field(gap(world, minutes=minutes), "minutes")


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_side_of_a_gap_is_a_way_to_meet(world: World, side: str) -> None:
    assert "not a valid choice" in at_field(gap(world, **{side: "zoom"}), side)
    assert "cannot be blank" in at_field(gap(world, **{side: ""}), side)


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_side_that_is_no_way_to_meet_is_refused_with_a_place_as_well(
    world: World, side: str
) -> None:
    row = gap(world, **{side: "zoom", f"{side}_place": world.place(WALK)})
    assert side in errors(row)


@pytest.mark.parametrize("side", ["before", "after"])
def test_the_place_of_a_gap_is_one_of_its_format(world: World, side: str) -> None:
    row = gap(world, **{side: WALK, f"{side}_place": world.place(ROOM)})
    words = at_field(row, f"{side}_place")
    assert words == "The Fulham room is not a place for meeting walking."


@pytest.mark.parametrize("side", ["before", "after"])
def test_the_place_of_a_gap_is_the_therapists(world: World, side: str) -> None:
    row = gap(world, **{side: WALK, f"{side}_place": make_world().place(WALK)})
    assert at_field(row, f"{side}_place") == "Bishop’s Park gate is another therapist’s place."


def test_a_gap_between_two_places_of_the_therapist_is_taken(world: World) -> None:
    gap(world, before_place=world.place(WALK), after_place=world.place(ONLINE)).full_clean()


@pytest.mark.parametrize("both_ways", [True, False])
def test_one_gap_is_said_once(world: World, both_ways: bool) -> None:  # noqa: FBT001
    make_gap(world.therapist, WALK, ONLINE, 15, both_ways=not both_ways)
    words = " ".join(
        text for texts in errors(gap(world, both_ways=both_ways)).values() for text in texts
    )
    assert "There is a row for this already: change that one." in words


def test_one_gap_between_two_places_is_said_once(world: World) -> None:
    places = {"before_place": world.place(WALK), "after_place": world.place(ONLINE)}
    make_gap(world.therapist, places["before_place"], places["after_place"], 15)
    assert "There is a row for this already" in str(errors(gap(world, **places)))
    for place in places:
        gap(world, **{**places, place: None}).full_clean()


@pytest.mark.parametrize(
    ("stored", "typed", "refused"),
    [(True, True, True), (True, False, True), (False, True, True), (False, False, False)],
)
def test_the_way_back_is_said_once_too(
    world: World,
    stored: bool,  # noqa: FBT001
    typed: bool,  # noqa: FBT001
    refused: bool,  # noqa: FBT001
) -> None:
    make_gap(world.therapist, ONLINE, WALK, 15, both_ways=stored)
    row = gap(world, both_ways=typed)
    if refused:
        assert at_field(row, "after").startswith("There is an answer for the way back: online to")
    else:
        row.full_clean()


def test_the_way_back_of_places_is_that_of_the_same_places(world: World) -> None:
    walk, room = world.place(WALK), world.place(ROOM)
    make_gap(world.therapist, room, walk, 15, both_ways=True)
    assert "after" in errors(gap(world, after=ROOM, before_place=walk, after_place=room))
    gap(world, after=ROOM, before_place=walk).full_clean()
    gap(world, after=ROOM, before_place=make_place(world.therapist), after_place=room).full_clean()


def test_a_gap_within_one_format_is_its_own_way_back(world: World) -> None:
    row = gap(world, after=WALK)
    row.full_clean()
    row.save()
    row.minutes = 30
    row.full_clean()


def test_a_gap_of_another_therapist_is_no_answer(world: World) -> None:
    make_gap(make_world().therapist, WALK, ONLINE, 15, both_ways=True)
    gap(world).full_clean()


def test_a_gap_names_itself(world: World) -> None:
    bridge = make_place(world.therapist)
    assert str(make_gap(world.therapist, bridge, ONLINE, 15)) == (
        "walking (Putney Bridge) to online one way: 15 minutes"
    )
    assert str(make_gap(world.therapist, ROOM, ROOM, 5, both_ways=True)) == (
        "in person to in person and back: 5 minutes"
    )


def test_a_gap_without_a_therapist_is_refused_at_that_field(db: None) -> None:
    assert "cannot be null" in at_field(Gap(before=WALK, after=ONLINE, minutes=5), "therapist")


# --- daylight


def walk(world: World, **facts: Any) -> Place:
    place = world.place(WALK)
    fresh = {"daylight_only": True, "latitude": 51.4696, "longitude": -0.2127}
    for name, value in {**fresh, **facts}.items():
        setattr(place, name, value)
    return place


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(51.4696, -0.2127), (90, 180), (-90, -180), (0, 0)]
)
def test_daylight_is_asked_for_anywhere_on_the_map(
    world: World, latitude: float, longitude: float
) -> None:
    walk(world, latitude=latitude, longitude=longitude).full_clean()


@pytest.mark.parametrize(
    "missing", [("latitude", "longitude"), ("latitude",), ("longitude",)], ids="-".join
)
def test_daylight_without_coordinates_is_refused_at_those_that_lack(
    world: World, missing: tuple[str, ...]
) -> None:
    words = at_field(walk(world, **dict.fromkeys(missing)), *missing)
    assert words.count("Enter both numbers, or untick daylight.") == len(missing)


def test_a_place_without_daylight_needs_no_coordinates(world: World) -> None:
    walk(world, daylight_only=False, latitude=None, longitude=None).full_clean()


def test_half_of_a_point_is_no_point(world: World) -> None:
    words = at_field(walk(world, daylight_only=False, longitude=None), "longitude")
    assert words == "Enter both numbers, or neither."


@pytest.mark.parametrize("daylight", [True, False])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("latitude", 91),
        ("latitude", -90.001),
        ("latitude", nan),
        ("latitude", inf),
        ("latitude", "north"),
        ("longitude", 181),
        ("longitude", -180.5),
        ("longitude", nan),
        ("longitude", -inf),
    ],
)
def test_a_place_that_is_not_on_the_map_is_refused(
    world: World,
    name: str,
    value: object,
    daylight: bool,  # noqa: FBT001
) -> None:
    assert at_field(walk(world, **{name: value, "daylight_only": daylight}), name)


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "1e400", "91", "51,4696", "51.4696N"])
def test_a_form_takes_no_such_number_either(world: World, text: str) -> None:
    kind = modelform_factory(Place, fields=["daylight_only", "latitude", "longitude"])
    posted = {"daylight_only": "on", "latitude": text, "longitude": "-0.2127"}
    assert list(kind(posted, instance=world.place(WALK)).errors) == ["latitude"]


@pytest.mark.parametrize("minutes", [0, 180])
def test_the_margin_is_up_to_three_hours(world: World, minutes: int) -> None:
    walk(world, daylight_margin=minutes).full_clean()


@pytest.mark.parametrize("minutes", [-1, 181, None])
def test_no_other_margin_is_taken(world: World, minutes: int | None) -> None:
    assert at_field(walk(world, daylight_margin=minutes), "daylight_margin")


def test_the_database_keeps_daylight_on_the_map(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(pk=world.place(WALK).pk).update(daylight_only=True)


# --- caps, breaks, clients first, until 6pm


@pytest.mark.parametrize(
    "name", ["most_sessions_a_day", "most_consultations_a_week", "most_in_a_row"]
)
def test_a_cap_is_empty_or_from_one_to_fifty(world: World, name: str) -> None:
    for value in (None, 1, 50):
        setattr(world.therapist, name, value)
        world.therapist.full_clean()
    for value in (0, -1, 51, 10**6):
        setattr(world.therapist, name, value)
        assert "Ensure this value is" in at_field(world.therapist, name)


def test_a_break_is_from_five_minutes_to_two_hours(world: World) -> None:
    for minutes in (5, 120):
        world.therapist.break_minutes = minutes
        world.therapist.full_clean()
    for minutes in (4, 121, -30):
        world.therapist.break_minutes = minutes
        assert "Ensure this value is" in at_field(world.therapist, "break_minutes")


def early(world: World, days: int) -> Therapist:
    """The therapist as the page reads them, with the days changed."""
    therapist = Therapist.objects.get(pk=world.therapist.pk)
    therapist.early_days = days
    return therapist


def test_clients_come_first_by_fewer_days_than_sessions_are_offered(world: World) -> None:
    """Sessions are offered for 42 days."""
    for days in (0, 1, 41):
        early(world, days).full_clean()
    for days in (42, 43, 365):
        words = at_field(early(world, days), "early_days")
        assert words == (
            "Clients can book 42 days ahead, so new people would never see a time. "
            "Enter fewer days."
        )


@pytest.mark.parametrize("days", [-1, 366])
def test_clients_come_first_by_no_other_number(world: World, days: int) -> None:
    assert "Ensure this value is" in at_field(early(world, days), "early_days")


def test_the_longest_of_the_sessions_in_use_counts(world: World) -> None:
    make_session(world.therapist, slug="long", horizon_days=56)
    make_session(world.therapist, slug="old", horizon_days=300, is_active=False)
    make_service(world.therapist, slug="first", horizon_days=300)
    make_session(make_world().therapist, slug="others", horizon_days=300)
    early(world, 55).full_clean()
    assert "Clients can book 56 days ahead" in at_field(early(world, 57), "early_days")


def test_clients_cannot_come_first_without_a_session_for_them(world: World) -> None:
    world.session.is_active = False
    world.session.save()
    early(world, 0).full_clean()
    assert at_field(early(world, 1), "early_days") == (
        "There is no session that clients could book first. Add one under Services."
    )


def test_the_evening_before_is_a_time_of_day_or_nothing(world: World) -> None:
    for value in (None, time(0), time(18), time(23, 59)):
        world.consultation.book_by = value
        world.consultation.full_clean()
    kind = modelform_factory(type(world.consultation), fields=["book_by"])
    for text in ("25:00", "6 o’clock", "18:60"):
        assert list(kind({"book_by": text}, instance=world.consultation).errors) == ["book_by"]


# --- hours of one service


Row = WeeklyHours | DifferentHours
Make = Callable[..., Row]


def weekly(world: World, **facts: Any) -> WeeklyHours:
    """A Saturday's, on which the world has no hours yet."""
    fresh = {"weekday": Weekday.SATURDAY, "opens": time(9), "closes": time(12), "formats": ALL}
    return WeeklyHours(therapist=world.therapist, **{**fresh, **facts})


def different(world: World, **facts: Any) -> DifferentHours:
    fresh = {"day": DAY, "opens": time(9), "closes": time(12), "formats": ALL}
    return DifferentHours(therapist=world.therapist, **{**fresh, **facts})


@pytest.fixture(params=[weekly, different])
def make(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


def test_hours_for_another_therapists_service_are_refused(world: World, make: Make) -> None:
    row = make(world, service=make_world().session)
    assert at_field(row, "service") == "Session is another therapist’s service."
    make(world, service=world.session).full_clean()


@pytest.mark.parametrize(
    ("opens", "closes", "refused"),
    [
        (time(9), time(12), True),
        (time(11, 59), time(13), True),
        (time(8), time(9, 1), True),
        (time(10), time(11), True),
        (time(12), time(13), False),
        (time(8), time(9), False),
    ],
)
def test_hours_of_one_service_may_touch_and_not_overlap(
    world: World,
    make: Make,
    opens: time,
    closes: time,
    refused: bool,  # noqa: FBT001
) -> None:
    make(world, service=world.session).save()
    row = make(world, service=world.session, opens=opens, closes=closes)
    if refused:
        assert "These hours overlap" in at_field(row, "opens")
    else:
        row.full_clean()


def test_hours_of_one_service_may_lie_within_those_for_all_and_for_another(
    world: World, make: Make
) -> None:
    make(world).save()
    make(world, service=world.consultation).save()
    make(world, service=world.session, opens=time(10), closes=time(11)).full_clean()
    assert "These hours overlap" in at_field(make(world, opens=time(10)), "opens")


def test_hours_of_one_service_in_other_formats_do_not_overlap(world: World, make: Make) -> None:
    make(world, service=world.session, formats=[ONLINE]).save()
    make(world, service=world.session, formats=[WALK, ROOM]).full_clean()
    assert "opens" in errors(make(world, service=world.session, formats=[WALK, ONLINE]))


def test_hours_as_well_do_not_overlap_hours_instead_of_the_same_date(world: World) -> None:
    make_date(world.therapist, DAY, time(9), time(12))
    assert "These hours overlap" in at_field(different(world, adds=True), "opens")
    different(world, adds=True, opens=time(12), closes=time(13)).full_clean()


def test_hours_of_one_service_end_after_they_begin(world: World, make: Make) -> None:
    row = make(world, service=world.session, closes=time(9))
    assert "must be later than the start" in at_field(row, "closes")


def test_hours_of_one_service_name_it_where_they_are_listed(world: World) -> None:
    row = weekly(world, service=world.session, formats=[ONLINE], first_day=DAY)
    assert row.get_inline_title() == (
        "Saturday 09:00 to 12:00, online, only session, from 25 November 2026"
    )


def test_the_row_of_a_deleted_service_goes_with_it(world: World, make: Make) -> None:
    row = make(world, service=world.session)
    row.save()
    world.session.delete()
    assert not type(row)._default_manager.filter(pk=row.pk).exists()


# --- appointments elsewhere


def test_an_appointment_elsewhere_is_one_of_the_ways_to_meet_or_leave(world: World) -> None:
    off = TimeOff(
        therapist=world.therapist,
        starts_at=datetime(2026, 11, 25, 10, tzinfo=UK),
        ends_at=datetime(2026, 11, 25, 11, tzinfo=UK),
    )
    for value in ("", *ALL):
        off.elsewhere = value
        off.full_clean()
    off.elsewhere = "zoom"
    assert "not a valid choice" in at_field(off, "elsewhere")


# --- dates that no diary reaches


@contextmanager
def no_other_exception() -> Iterator[None]:
    try:
        yield
    except (ArithmeticError, ValueError, TypeError) as error:
        pytest.fail(f"{type(error).__name__}: {error}")


WEEKLY = {"weekday": "0", "opens": "18:00", "closes": "19:00", "formats": "online"}
DIFFERENT = {"day": "2026-11-25", "opens": "18:00", "closes": "19:00", "formats": "online"}
OFF = {"starts_at": "2026-11-25 10:00", "ends_at": "2026-11-25 11:00"}
FORMS: list[tuple[type[models.Model], dict[str, str], str]] = [
    (WeeklyHours, WEEKLY, "first_day"),
    (WeeklyHours, WEEKLY, "last_day"),
    (DifferentHours, DIFFERENT, "day"),
    (TimeOff, OFF, "starts_at"),
    (TimeOff, OFF, "ends_at"),
    (WorkedHoliday, {}, "day"),
]


def form(model: type[models.Model], world: World, posted: dict[str, str]) -> "ModelForm[Any]":
    kind = modelform_factory(model, exclude=["therapist"])
    return kind(posted, instance=model(therapist=world.therapist))


@pytest.mark.parametrize(
    "text",
    [
        "99999-01-01",
        "10000-01-01",
        "0000-01-01",
        "0001-01-01",
        "1999-12-31",
        "2200-01-01",
        "9999-12-31",
    ],
)
@pytest.mark.parametrize(("model", "posted", "name"), FORMS)
def test_a_date_outside_every_diary_is_refused_at_its_field(
    world: World, model: type[models.Model], posted: dict[str, str], name: str, text: str
) -> None:
    when = f"{text} 10:00" if model is TimeOff else text
    with no_other_exception():
        found = form(model, world, {**posted, name: when}).errors
    assert name in found
    assert all(found[name])


def test_the_forms_take_what_is_right(world: World) -> None:
    for model, posted, name in FORMS[:-1]:
        assert form(model, world, posted).errors == {}, (model, name)
    assert form(WorkedHoliday, world, {"day": "2026-12-25"}).errors == {}
