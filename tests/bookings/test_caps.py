"""How much the therapist works: sessions a day, consultations a week, sessions in a row."""

from datetime import date, datetime, time, timedelta

import pytest

from availability.models import Format, Service, Weekday
from bookings import lifecycle
from bookings.by import By
from bookings.errors import TimeRefusedError
from bookings.models import Booking, Hold
from tests.bookings.diaries import DAY, at, free, refusal
from tests.bookings.refusals import client_is_told
from tests.factories import (
    ALL,
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_hours,
    make_off,
    make_session,
    make_world,
)

ONLINE, WALK = Format.ONLINE, Format.WALKING
NEXT_DAY = DAY + timedelta(days=1)
MONDAY = date(2026, 11, 30)  # of the week after NOW's
SUNDAY = date(2026, 12, 6)
ALL_DAY = time(0), time(23, 59)


@pytest.fixture
def world(db: None) -> World:
    """From 8am to 6pm on weekdays, every ten minutes, and no cap yet."""
    world = make_world(step_minutes=10)
    world.therapist.weekly_hours.all().delete()
    make_hours(world.therapist, opens=time(8), closes=time(18))
    world.session.step_minutes = 10
    world.session.save()
    return world


def cap(world: World, **facts: object) -> None:
    """Set caps: `most_sessions_a_day`, `most_consultations_a_week`, `most_in_a_row`..."""
    for name, value in facts.items():
        setattr(world.therapist, name, value)
    world.therapist.save()


def sessions(world: World, *starts: str, day: date = DAY, **facts: object) -> list[Booking]:
    """Sessions of 50 minutes, booked for one day."""
    return [
        force_booking(world, at(start, day), service=world.session, **facts) for start in starts
    ]


def consultations(world: World, *starts: str, day: date = DAY) -> list[Booking]:
    """Consultations of 15 minutes."""
    return [force_booking(world, at(start, day)) for start in starts]


def hold(world: World, service: Service, start: datetime, **facts: object) -> Hold:
    fresh = {"visitor": "somebody", "expires_at": NOW + timedelta(minutes=1), "format": ONLINE}
    end = start + timedelta(minutes=service.length_minutes)
    return Hold.objects.create(
        therapist=world.therapist, service=service, during=(start, end), **{**fresh, **facts}
    )


def cancel(booking: Booking) -> None:
    actor = By.therapist()
    lifecycle.cancel(booking.pk, by=actor, reason="", now=NOW)


# --- sessions a day


def test_a_day_takes_as_many_sessions_as_the_cap_and_no_more(world: World) -> None:
    cap(world, most_sessions_a_day=2)
    sessions(world, "09:00")
    assert free(world.session)
    sessions(world, "15:00")
    assert [free(world.session, fmt) for fmt in ALL] == [[], [], []]
    assert free(world.session, day=DAY - timedelta(days=1))
    assert free(world.session, day=NEXT_DAY)
    assert refusal(world.session, at("12:00")) == "That day is full. Choose another day."


def test_sessions_of_every_service_and_format_count_towards_the_day(world: World) -> None:
    cap(world, most_sessions_a_day=2)
    couple = make_session(world.therapist, slug="couple", length_minutes=80)
    force_booking(world, at("09:00"), service=couple, format=WALK)
    sessions(world, "15:00")
    assert free(world.session) == free(couple) == []


def test_a_full_day_still_takes_consultations_and_these_do_not_fill_it(world: World) -> None:
    cap(world, most_sessions_a_day=1)
    consultations(world, "09:00", "10:00", "11:00")
    assert free(world.session)
    sessions(world, "15:00")
    assert free(world.session) == []
    assert free(world.consultation)
    assert book(world, at("12:00")).service == world.consultation


def test_a_cancelled_session_gives_its_day_back(world: World) -> None:
    cap(world, most_sessions_a_day=1)
    [booking] = sessions(world, "15:00")
    assert free(world.session) == []
    cancel(booking)
    assert "15:00" in free(world.session)


def test_an_appointment_elsewhere_and_leave_are_no_sessions(world: World) -> None:
    cap(world, most_sessions_a_day=1)
    make_off(world.therapist, at("09:00"), at("10:00"), Format.IN_PERSON)
    make_off(world.therapist, at("11:00"), at("12:00"))
    assert "14:00" in free(world.session)


def test_the_sessions_of_one_therapist_do_not_fill_the_day_of_another(world: World) -> None:
    other = make_world()
    cap(world, most_sessions_a_day=1)
    sessions(other, "15:00")
    assert free(world.session)


def test_a_session_over_midnight_counts_on_the_day_it_starts(world: World) -> None:
    cap(world, most_sessions_a_day=1)
    make_hours(world.therapist, tuple(Weekday), *ALL_DAY)
    sessions(world, "23:30")
    assert free(world.session) == []
    assert free(world.session, day=NEXT_DAY)[0] == "00:20"


def test_a_day_is_the_therapists_and_not_the_uks(world: World) -> None:
    """In Auckland, 13 hours ahead, the 25th ends at 11am of the UK's."""
    cap(world, most_sessions_a_day=1, zone_name="Pacific/Auckland")
    make_hours(world.therapist, tuple(Weekday), *ALL_DAY)
    [booking] = sessions(world, "10:00")
    assert free(world.session)[0] == "11:00"
    assert free(world.session, day=DAY - timedelta(days=1))[-1] == "10:00"  # 11:00 is the 25th
    cancel(booking)
    sessions(world, "11:00")
    assert free(world.session)[-1] == "10:00"
    assert free(world.session, day=NEXT_DAY)[0] == "11:00"


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28)])
def test_a_day_of_25_hours_or_of_23_is_one_day(world: World, day: date) -> None:
    cap(world, most_sessions_a_day=1)
    make_hours(world.therapist, tuple(Weekday), *ALL_DAY)
    now = at("12:00", day - timedelta(days=3))
    sessions(world, "00:00", day=day)
    assert free(world.session, day=day, now=now) == []
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    assert free(world.session, day=before, now=now)[-1] == "23:00"  # to 23:50, before midnight's
    assert free(world.session, day=after, now=now)[0] == "00:00"


def test_a_time_that_another_holds_counts_while_it_lasts_and_ones_own_does_not(
    world: World,
) -> None:
    cap(world, most_sessions_a_day=1)
    held = hold(world, world.session, at("15:00"))
    assert free(world.session) == []
    assert "12:00" in free(world.session, visitor=held.visitor)
    assert "15:00" in free(world.session, now=held.expires_at)


# --- consultations a week


def consulting(world: World, count: int = 1) -> None:
    cap(world, most_consultations_a_week=count)
    make_hours(world.therapist, (Weekday.SATURDAY, Weekday.SUNDAY))


@pytest.mark.parametrize("number", range(7))
def test_a_consultation_on_any_day_fills_its_week_from_monday_to_sunday(
    world: World, number: int
) -> None:
    consulting(world)
    consultations(world, "12:00", day=MONDAY + timedelta(days=number))
    week = [free(world.consultation, day=MONDAY + timedelta(days=shift)) for shift in range(7)]
    assert week == [[]] * 7
    assert free(world.consultation, day=MONDAY - timedelta(days=1))
    assert free(world.consultation, day=SUNDAY + timedelta(days=1))


def test_a_week_takes_as_many_consultations_as_the_cap(world: World) -> None:
    consulting(world, 3)
    consultations(world, "09:00", day=MONDAY)
    consultations(world, "09:00", day=SUNDAY)
    assert free(world.consultation, day=DAY + timedelta(days=7))
    [last] = consultations(world, "12:00", day=DAY + timedelta(days=7))
    assert free(world.consultation, WALK, day=MONDAY) == []
    words = refusal(world.consultation, at("15:00", MONDAY))
    assert words == "That week is full. Choose a day in another week."
    cancel(last)
    assert free(world.consultation, day=MONDAY)


def test_a_consultation_that_took_place_this_week_counts_and_last_weeks_does_not(
    world: World,
) -> None:
    consulting(world)
    [booking] = consultations(world, "12:00", day=date(2026, 11, 22))  # the Sunday before NOW
    assert free(world.consultation)
    booking.delete()
    consultations(world, "08:00", day=date(2026, 11, 23))  # this morning
    assert free(world.consultation) == []
    assert free(world.consultation, day=MONDAY)


def test_a_full_week_still_takes_sessions_and_these_do_not_fill_it(world: World) -> None:
    consulting(world)
    sessions(world, "09:00", "11:00", day=MONDAY)
    assert free(world.consultation, day=MONDAY)
    consultations(world, "13:00", day=MONDAY)
    assert free(world.consultation, day=MONDAY) == []
    assert free(world.session, day=MONDAY)


def test_a_week_is_the_therapists_and_not_the_uks(world: World) -> None:
    """In Honolulu, 10 hours behind, the week begins at 10am of the UK's Monday."""
    cap(world, most_consultations_a_week=1, zone_name="Pacific/Honolulu")
    make_hours(world.therapist, tuple(Weekday), *ALL_DAY)
    [booking] = consultations(world, "09:00", day=MONDAY)  # still Sunday there
    assert free(world.consultation, day=MONDAY)[0] == "10:00"
    assert free(world.consultation, day=date(2026, 11, 28)) == []
    booking.delete()
    consultations(world, "10:00", day=MONDAY)
    assert free(world.consultation, day=MONDAY)[-1] == "09:40"  # to 09:55
    assert free(world.consultation, day=SUNDAY) == []
    assert free(world.consultation, day=SUNDAY + timedelta(days=1))[0] == "10:00"


@pytest.mark.parametrize("sunday", [date(2026, 10, 25), date(2027, 3, 28)])
def test_a_week_whose_sunday_has_25_hours_or_23_ends_at_its_midnight(
    world: World, sunday: date
) -> None:
    cap(world, most_consultations_a_week=1)
    make_hours(world.therapist, tuple(Weekday), *ALL_DAY)
    now = at("12:00", sunday - timedelta(days=9))
    monday, next_monday = sunday - timedelta(days=6), sunday + timedelta(days=1)
    [last] = consultations(world, "23:40", day=sunday)  # to 23:55
    assert free(world.consultation, day=monday, now=now) == []
    assert free(world.consultation, day=sunday, now=now) == []
    assert free(world.consultation, day=next_monday, now=now)[0] == "00:00"
    last.delete()
    consultations(world, "00:00", day=next_monday)
    assert free(world.consultation, day=sunday, now=now)[-1] == "23:40"
    assert free(world.consultation, day=next_monday, now=now) == []
    assert free(world.consultation, day=sunday + timedelta(days=7), now=now) == []


def test_a_consultation_that_another_holds_counts_towards_the_week(world: World) -> None:
    consulting(world)
    held = hold(world, world.consultation, at("12:00", SUNDAY))
    assert free(world.consultation, day=MONDAY) == []
    assert free(world.consultation, day=MONDAY, visitor=held.visitor)


# --- sessions in a row


@pytest.fixture
def two_in_a_row(world: World) -> None:
    cap(world, most_in_a_row=2, break_minutes=30)


def beside(world: World, service: Service | None = None) -> tuple[str, str]:
    """The last start that is offered before 10 and the first from then on."""
    found = free(service or world.session)
    return max(t for t in found if t < "10:00"), min(t for t in found if t >= "10:00")


@pytest.mark.usefixtures("two_in_a_row")
def test_after_as_many_sessions_as_the_cap_a_pause_of_exactly_the_break_must_follow(
    world: World,
) -> None:
    sessions(world, "10:00", "11:00")  # to 11:50
    assert beside(world) == ("08:40", "12:20")  # 08:40 ends at 09:30
    assert refusal(world.session, at("12:10")) == (
        "I need a break around that time. Choose another time."
    )
    assert refusal(world.session, at("08:50")).startswith("I need a break")


@pytest.mark.usefixtures("two_in_a_row")
def test_fewer_sessions_than_the_cap_need_no_break(world: World) -> None:
    sessions(world, "10:00")
    assert beside(world) == ("09:10", "10:50")


@pytest.mark.parametrize(
    ("minutes", "last", "first"), [(5, "09:00", "11:50"), (120, None, "13:40")]
)
def test_the_break_can_be_changed(world: World, minutes: int, last: str | None, first: str) -> None:
    cap(world, most_in_a_row=2, break_minutes=minutes)
    sessions(world, "10:00", "10:50")  # to 11:40
    found = free(world.session)
    assert max((t for t in found if t < "10:00"), default=None) == last
    assert min(t for t in found if t >= "10:00") == first


@pytest.mark.usefixtures("two_in_a_row")
def test_sessions_with_a_break_between_them_are_two_rows(world: World) -> None:
    sessions(world, "10:00", "11:20")  # half an hour between
    # Each takes one more: 08:40 leaves a break, 09:00 joins the first, 12:10 the second.
    assert {"08:40", "09:00", "12:10", "12:40"} <= set(free(world.session))


@pytest.mark.usefixtures("two_in_a_row")
def test_a_session_that_joins_the_rows_on_both_sides_counts_with_both(world: World) -> None:
    sessions(world, "10:00", "12:00")  # 70 minutes between, of which it would leave 20
    found = free(world.session)
    assert [t for t in found if "10:00" <= t < "12:00"] == []
    assert "09:10" in found
    assert "12:50" in found


@pytest.mark.usefixtures("two_in_a_row")
def test_a_session_that_leaves_a_break_on_one_side_joins_only_the_other(world: World) -> None:
    sessions(world, "10:00", "12:10")  # 80 minutes between, of which it leaves 30
    assert [t for t in free(world.session) if "10:00" <= t < "12:10"] == [
        "10:50",  # to 11:40
        "11:20",  # from half an hour after the first
    ]


@pytest.mark.usefixtures("two_in_a_row")
def test_rows_of_a_cap_of_three_are_added_up(world: World) -> None:
    cap(world, most_in_a_row=3)
    sessions(world, "09:00", "10:00", "12:00")  # two, 70 minutes, one
    found = free(world.session)
    assert [t for t in found if "10:50" <= t < "12:00"] == []
    assert "12:50" in found
    assert "08:10" in found


@pytest.mark.usefixtures("two_in_a_row")
def test_a_consultation_between_sessions_neither_counts_nor_breaks_the_row(world: World) -> None:
    sessions(world, "10:00", "11:30")  # two rows of one
    assert "12:20" in free(world.session)
    consultations(world, "11:00")  # ten minutes after the one, 15 before the other
    assert beside(world) == ("08:40", "12:50")


def test_consultations_and_appointments_within_a_row_are_no_sessions(world: World) -> None:
    cap(world, most_in_a_row=3, break_minutes=30)
    sessions(world, "10:00", "12:00")
    consultations(world, "11:00")
    make_off(world.therapist, at("11:30"), at("11:45"), ONLINE)
    assert beside(world) == ("09:10", "12:50")  # a third, on either side
    sessions(world, "12:50")
    assert beside(world) == ("08:40", "14:10")


@pytest.mark.usefixtures("two_in_a_row")
def test_a_consultation_beside_a_row_that_is_full_does_not_make_it_longer(world: World) -> None:
    sessions(world, "10:00", "11:00")
    found = free(world.consultation)
    assert {"09:40", "11:50", "12:00"} <= set(found)


@pytest.mark.usefixtures("two_in_a_row")
def test_a_consultation_that_would_join_two_rows_into_one_too_long_is_refused(
    world: World,
) -> None:
    world.consultation.length_minutes = 30
    world.consultation.save()
    sessions(world, "10:00", "12:00", "13:00")  # one, 70 minutes, two
    assert [t for t in free(world.consultation) if "10:00" <= t < "12:00"] == [
        "10:50",  # leaves 40 minutes to the second row
        "11:00",  # leaves 30
        "11:20",  # leaves 30 after the first row
        "11:30",
    ]
    assert "I need a break" in refusal(world.consultation, at("11:10"))


@pytest.mark.usefixtures("two_in_a_row")
def test_an_appointment_elsewhere_joins_sessions_to_a_row(world: World) -> None:
    sessions(world, "10:00", "11:50")  # an hour between
    assert "12:40" in free(world.session)
    make_off(world.therapist, at("11:00"), at("11:30"), ONLINE)
    assert beside(world) == ("08:40", "13:10")


@pytest.mark.usefixtures("two_in_a_row")
def test_leave_is_a_break(world: World) -> None:
    sessions(world, "10:00", "11:50")
    make_off(world.therapist, at("11:00"), at("11:30"))
    assert {"09:10", "12:40"} <= set(free(world.session))


@pytest.mark.usefixtures("two_in_a_row")
def test_the_pause_is_counted_from_the_end_of_the_longest_meeting_so_far(world: World) -> None:
    """The appointment begins before the session and ends after it: no pause begins between."""
    make_off(world.therapist, at("09:00"), at("11:30"), ONLINE)
    sessions(world, "10:00", "11:40")
    assert min(t for t in free(world.session) if t > "11:30") == "13:00"  # 12:30 and a break


@pytest.mark.usefixtures("two_in_a_row")
def test_a_cancelled_session_is_in_no_row(world: World) -> None:
    _, second = sessions(world, "10:00", "11:00")
    cancel(second)
    assert beside(world) == ("09:10", "10:50")


@pytest.mark.usefixtures("two_in_a_row")
def test_a_time_that_another_holds_is_in_the_row(world: World) -> None:
    sessions(world, "10:00")
    held = hold(world, world.session, at("11:00"))
    assert beside(world) == ("08:40", "12:20")
    assert "10:50" in free(world.session, visitor=held.visitor)


@pytest.mark.usefixtures("two_in_a_row")
def test_a_row_goes_on_over_midnight(world: World) -> None:
    make_hours(world.therapist, tuple(Weekday), *ALL_DAY)
    sessions(world, "22:10", "23:10")  # to midnight
    assert free(world.session, day=NEXT_DAY)[0] == "00:30"


@pytest.mark.usefixtures("two_in_a_row")
def test_a_row_of_one_day_says_nothing_of_the_next(world: World) -> None:
    sessions(world, "15:00", "16:00", "17:00")
    assert free(world.session, day=NEXT_DAY)[0] == "08:00"


# --- together


def test_without_caps_a_day_fills_up(world: World) -> None:
    starts = [f"{hour:02}:00" for hour in range(8, 17)]
    sessions(world, *starts)
    assert free(world.session) == ["16:50", "17:00", "17:10"]


def test_the_caps_are_asked_when_it_is_booked(world: World) -> None:
    cap(world, most_sessions_a_day=1, most_consultations_a_week=1)
    met = make_client(accepted_at=NOW)
    person = lifecycle.Person(met.name, met.email, client=met)
    book(world, at("10:00"))
    with client_is_told(TimeRefusedError, match="week is full"):
        book(world, at("12:00", DAY + timedelta(days=1)))
    book(world, at("11:00"), service=world.session, person=person)
    with client_is_told(TimeRefusedError, match="day is full"):
        book(world, at("14:00"), service=world.session, person=person)
