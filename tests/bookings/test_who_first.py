"""Who may book when: the evening before, clients first, what is shown, hours of one service."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client as Browser
from django.utils.html import strip_tags

from availability.models import Format, Service, Weekday, WeeklyHours, WorkedHoliday
from availability.window import last_day
from bookings import slots
from bookings.errors import TimeRefusedError
from front import picker
from front.choice import Choice
from front.visitor import Viewer
from prose.dates import UK
from tests import pages
from tests.bookings.diaries import DAY, at, counts_shown, free, is_free, refusal, times_shown
from tests.bookings.refusals import client_is_told
from tests.clock import Clock
from tests.factories import (
    ALL,
    NOW,
    World,
    book,
    make_client,
    make_date,
    make_hours,
    make_session,
    make_world,
    pages_link,
)
from tests.pages import open_link

ONLINE = Format.ONLINE
TUESDAY, THURSDAY = DAY - timedelta(days=1), DAY + timedelta(days=1)
JIFFY = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
HALF_HOURS = [f"{hour:02}:{minute:02}" for hour in range(9, 17) for minute in (0, 30)]


# --- until 6pm the day before


@pytest.fixture
def evening(db: None) -> World:
    """Every day from 9 to 5, booked until 6pm the day before and without other notice."""
    world = make_world(notice_hours=0, book_by=time(18))
    make_hours(world.therapist, (Weekday.SATURDAY, Weekday.SUNDAY))
    return world


def first_day(world: World, now: datetime) -> date:
    """The first UK day on which the consultation is offered."""
    found = slots.next_free(world.consultation, ONLINE, now)
    assert found is not None
    return datetime.fromtimestamp(found, UK).date()


def test_a_day_can_be_booked_until_the_moment_of_the_day_before_and_not_later(
    evening: World,
) -> None:
    six = at("18:00", TUESDAY)
    for now in (at("00:00", TUESDAY), at("17:00", TUESDAY), six - SECOND, six):
        assert free(evening.consultation, now=now) == HALF_HOURS
    for now in (six + JIFFY, six + SECOND, at("23:59", TUESDAY), at("00:00"), at("08:00")):
        assert free(evening.consultation, now=now) == []
        assert free(evening.consultation, day=THURSDAY, now=now) == HALF_HOURS


def test_nothing_of_today_is_offered(evening: World) -> None:
    assert first_day(evening, at("06:00")) == THURSDAY


def test_a_booking_a_moment_too_late_is_told_until_when_it_could_have_been_made(
    evening: World,
) -> None:
    six = at("18:00", TUESDAY)
    slots.require_free(evening.consultation, ONLINE, at("16:30"), six)
    assert refusal(evening.consultation, at("16:30"), now=six + SECOND) == (
        "That time is too soon: I need to hear from you by 6pm UK time the day before. "
        "Choose a later time."
    )
    with client_is_told(TimeRefusedError, match="by 6pm UK time the day before"):
        book(evening, at("16:30"), six + SECOND)


def test_the_hours_of_notice_count_beside_it(evening: World) -> None:
    evening.consultation.notice_hours = 24
    evening.consultation.save()
    noon = at("12:00", TUESDAY)
    assert free(evening.consultation, now=noon)[0] == "12:00"  # of tomorrow, in time
    assert free(evening.consultation, now=at("18:01", TUESDAY)) == []
    assert refusal(evening.consultation, at("10:00"), now=noon) == (
        "That time is too soon: I need 24 hours’ notice and to hear from you by 6pm UK time the "
        "day before. Choose a later time."
    )


def test_a_longer_notice_reaches_beyond_the_day_before(evening: World) -> None:
    evening.consultation.notice_hours = 48
    evening.consultation.save()
    assert free(evening.consultation, now=at("12:00", TUESDAY)) == []
    assert free(evening.consultation, day=THURSDAY, now=at("12:00", TUESDAY))[0] == "12:00"


def test_midnight_is_the_beginning_of_the_day_before(evening: World) -> None:
    evening.consultation.book_by = time(0)
    evening.consultation.save()
    midnight = at("00:00", TUESDAY)
    assert free(evening.consultation, now=midnight) == HALF_HOURS
    assert free(evening.consultation, now=midnight + SECOND) == []
    assert "by 12am UK time the day before" in refusal(
        evening.consultation, at("10:00"), now=midnight + SECOND
    )


@pytest.mark.parametrize(
    ("day", "last_moment"),
    [
        # The clocks go back on Sunday 25 October at 1am UTC, and forward on 28 March at 1am UTC.
        (date(2026, 10, 25), datetime(2026, 10, 24, 17, tzinfo=UTC)),
        (date(2026, 10, 26), datetime(2026, 10, 25, 18, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 27, 18, tzinfo=UTC)),
        (date(2027, 3, 29), datetime(2027, 3, 28, 17, tzinfo=UTC)),
    ],
)
def test_the_moment_is_the_uk_clocks_over_its_changes(
    evening: World, day: date, last_moment: datetime
) -> None:
    assert first_day(evening, last_moment) == day
    assert first_day(evening, last_moment + JIFFY) == day + timedelta(days=1)


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28)])
def test_what_was_too_late_stays_too_late_through_an_hour_that_comes_twice_or_never(
    evening: World, day: date
) -> None:
    evening.consultation.book_by = time(1, 30)
    evening.consultation.save()
    begin = at("00:00", day).astimezone(UTC)
    moments = [begin + timedelta(minutes=10 * number) for number in range(24)]
    offered = [first_day(evening, moment) for moment in moments]
    assert offered == sorted(offered)
    assert {offered[0], offered[-1]} == {day + timedelta(days=1), day + timedelta(days=2)}


def test_the_moment_is_the_uks_wherever_the_therapist_is(evening: World) -> None:
    evening.therapist.zone_name = "Pacific/Auckland"
    evening.therapist.save()
    make_hours(evening.therapist, tuple(Weekday), time(0), time(23, 59))
    six = at("18:00", TUESDAY)
    assert first_day(evening, six) == DAY
    assert first_day(evening, six + JIFFY) == THURSDAY


# --- clients first


@pytest.fixture
def patient(world: World) -> World:
    """Sessions can be booked 42 days ahead, and clients see each day a week before new people."""
    return clients_first(world, 7)


def clients_first(world: World, days: int) -> World:
    """Set the days, and forget what the therapist's row has said so far."""
    world.therapist.early_days = days
    world.therapist.save()
    vars(world.therapist).pop("sessions_horizon", None)
    return world


def last(service: Service) -> date:
    return last_day(service, NOW)


def test_new_people_see_so_many_days_less_than_clients(patient: World) -> None:
    monday = date(2026, 12, 28)  # 35 days from NOW
    assert last(patient.consultation) == monday
    assert free(patient.consultation, day=monday) == HALF_HOURS
    assert free(patient.consultation, day=monday + timedelta(days=1)) == []
    assert refusal(patient.consultation, at("09:00", monday + timedelta(days=1))) == (
        "That time is too far ahead: I take bookings for the next 35 days."
    )


def test_sessions_are_offered_as_far_as_ever(patient: World) -> None:
    assert last(patient.session) == date(2027, 1, 4)
    assert free(patient.session, day=date(2027, 1, 4))


def test_a_day_opens_for_new_people_that_many_days_after_it_opened_for_clients(
    patient: World,
) -> None:
    day = date(2027, 1, 4)
    for number in range(8):
        now = NOW + timedelta(days=number)
        assert free(patient.session, day=day, now=now)
        assert bool(free(patient.consultation, day=day, now=now)) == (number == 7)


@pytest.mark.parametrize(
    ("own", "early", "days"),
    [(42, 0, 42), (42, 1, 41), (14, 7, 14), (36, 7, 35), (35, 7, 35), (366, 7, 35), (42, 41, 1)],
)
def test_the_shorter_of_both_horizons_counts(world: World, own: int, early: int, days: int) -> None:
    world.consultation.horizon_days = own
    world.consultation.save()
    clients_first(world, early)
    assert last(world.consultation) == NOW.date() + timedelta(days=days)


def test_the_longest_horizon_of_the_sessions_counts_and_of_those_in_use(world: World) -> None:
    make_session(world.therapist, slug="short", horizon_days=10)
    make_session(world.therapist, slug="long", horizon_days=45)
    make_session(world.therapist, slug="old", horizon_days=300, is_active=False)
    make_session(make_world().therapist, slug="others", horizon_days=300)
    clients_first(world, 10)
    assert last(world.consultation) == NOW.date() + timedelta(days=35)


def test_without_a_session_nobody_comes_first(world: World) -> None:
    world.session.delete()
    clients_first(world, 7)
    assert last(world.consultation) == date(2027, 1, 4)
    assert free(world.consultation, day=date(2027, 1, 4)) == HALF_HOURS


def test_a_horizon_that_shrank_below_the_days_leaves_new_people_nothing_in_kind_words(
    patient: World, client: Browser
) -> None:
    patient.session.horizon_days = 5
    patient.session.save()
    clients_first(patient, 7)
    assert slots.next_free(patient.consultation, ONLINE, NOW) is None
    response = client.get(pages.address("time", patient))
    assert (response.status_code, times_shown(pages.text_of(response))) == (200, [])
    words = refusal(patient.consultation, at("10:00"))
    assert words == "I take no bookings for this just now. Please write to me instead."
    assert "-" not in words


def test_the_strip_of_new_people_ends_with_their_last_day(patient: World) -> None:
    choice = Choice(patient.consultation, ONLINE)
    found = picker.read_strip(choice, date(2027, 1, 4), NOW)
    assert (found.monday, found.last) == (date(2026, 12, 14), date(2026, 12, 28))
    assert found.later is None
    assert found.on(date(2026, 12, 28))
    assert not found.on(date(2026, 12, 29))


def test_the_page_follows_a_change_of_the_days_or_of_the_sessions_at_once(
    world: World, client: Browser
) -> None:
    address = pages.address("time", world, day="2027-01-04")

    def last_shown() -> str:
        return max(counts_shown(pages.text_of(client.get(address))))

    assert last_shown() == "2027-01-04"
    clients_first(world, 7)
    assert last_shown() == "2026-12-28"
    Service.objects.filter(pk=world.session.pk).update(horizon_days=40)
    assert last_shown() == "2026-12-25"  # 33 days: Saturday, so Friday's
    Service.objects.filter(pk=world.session.pk).update(is_active=False)
    assert last_shown() == "2027-01-04"


# --- what is shown


@pytest.fixture
def discreet(db: None) -> World:
    """From 9am to 8pm every half an hour, of which strangers see some."""
    world = make_world()
    world.therapist.is_discreet = True
    world.therapist.save()
    make_hours(world.therapist, opens=time(17), closes=time(20))
    return world


STRANGER = Viewer()


def seen(world: World, viewer: Viewer = STRANGER) -> list[str]:
    """The times of one day on the page."""
    strip = picker.read_strip(Choice(world.consultation, ONLINE), DAY, NOW, viewer)
    return [f"{datetime.fromtimestamp(start, UK):%H:%M}" for start in strip.on(DAY)]


def test_strangers_see_the_first_time_of_each_morning_afternoon_and_evening(
    discreet: World,
) -> None:
    assert seen(discreet) == seen(discreet, Viewer("a visitor")) == ["09:00", "12:00", "17:00"]
    for start in ("09:00", "12:00", "17:00"):
        book(discreet, at(start))
    assert seen(discreet) == ["09:30", "12:30", "17:30"]


def test_clients_see_all(discreet: World) -> None:
    every = free(discreet.consultation)
    assert len(every) == 22
    assert seen(discreet, Viewer("", is_client=True)) == every


def test_without_discretion_everybody_sees_all(world: World) -> None:
    assert seen(world) == HALF_HOURS


@pytest.mark.parametrize(
    ("opens", "closes", "shown"),
    [
        (time(11, 30), time(12, 30), ["11:30", "12:00"]),
        (time(16, 30), time(17, 30), ["16:30", "17:00"]),
        (time(13), time(17), ["13:00"]),
        (time(18), time(20), ["18:00"]),
        (time(0), time(23, 59), ["00:00", "12:00", "17:00"]),
    ],
)
def test_the_parts_of_a_day_begin_at_noon_and_at_five(
    discreet: World, opens: time, closes: time, shown: list[str]
) -> None:
    make_date(discreet.therapist, DAY, opens, closes)
    assert seen(discreet) == shown


def test_the_parts_of_a_day_are_the_uks_wherever_the_therapist_is(discreet: World) -> None:
    """In New York, five hours behind, 9am to 8pm is 2pm to 1am."""
    discreet.therapist.zone_name = "America/New_York"
    discreet.therapist.save()
    assert seen(discreet) == ["00:00", "14:00", "17:00"]


def test_the_page_and_its_strip_show_and_count_the_same_times(
    discreet: World, client: Browser
) -> None:
    page = pages.text_of(client.get(pages.address("time", discreet, day=str(DAY))))
    assert times_shown(page) == [f"{DAY}T{text}" for text in ("09:00", "12:00", "17:00")]
    counts = counts_shown(page)
    assert len(counts) == 14  # the weekdays of three weeks, but for the Monday that is today
    assert set(counts.values()) == {3}


def test_somebody_with_a_private_link_sees_all_on_the_page(
    discreet: World, client: Browser
) -> None:
    met = make_client(accepted_at=NOW)
    open_link(client, pages_link(met))
    address = pages.address("time", discreet, day=str(DAY))
    page = pages.text_of(client.get(address))
    assert len(times_shown(page)) == counts_shown(page)[str(DAY)] == 22
    stranger = pages.text_of(Browser().get(address))
    assert len(times_shown(stranger)) == counts_shown(stranger)[str(DAY)] == 3


def test_a_time_that_is_hidden_can_be_booked_all_the_same(discreet: World, client: Browser) -> None:
    slot = f"{DAY}T10:30"
    page = pages.text_of(client.get(pages.address("time", discreet, day=str(DAY))))
    assert slot not in page
    assert pages.book(client, discreet, slot).start == at("10:30")


def test_a_refused_time_names_only_times_that_are_shown_as_its_nearest(
    discreet: World, client: Browser
) -> None:
    book(discreet, at("10:00"))
    response = client.get(pages.address("details", discreet, slot=f"{DAY}T10:00"))
    assert response.status_code == 422
    labels = [
        strip_tags(near["label"]).replace("\N{NO-BREAK SPACE}", " ")
        for near in response.context["nearest"]
    ]
    assert labels == [
        "Wednesday 25 November 2026, 9am UK time",
        "Wednesday 25 November 2026, 12pm UK time",
    ]


def test_the_switch_works_at_once(discreet: World, client: Browser) -> None:
    address = pages.address("time", discreet, day=str(DAY))
    assert len(times_shown(pages.text_of(client.get(address)))) == 3
    discreet.therapist.is_discreet = False
    discreet.therapist.save()
    assert len(times_shown(pages.text_of(client.get(address)))) == 22


# --- hours of one service


def add_hours(
    world: World, opens: int, closes: int, service: Service | None, formats: Sequence[str] = ALL
) -> None:
    """Hours of Wednesdays."""
    WeeklyHours.objects.create(
        therapist=world.therapist,
        weekday=Weekday.WEDNESDAY,
        opens=time(opens),
        closes=time(closes),
        formats=list(formats),
        service=service,
    )


def own_hours_only(service: Service) -> None:
    service.only_own_hours = True
    service.save()


def hours_of(service: Service, fmt: str = ONLINE, day: date = DAY) -> list[int]:
    """The hours in which it is offered."""
    return sorted({int(text[:2]) for text in free(service, fmt, day)})


USUAL = list(range(9, 17))


def test_hours_for_one_service_are_hours_of_no_other(world: World) -> None:
    add_hours(world, 18, 20, world.consultation)
    assert hours_of(world.consultation) == [*USUAL, 18, 19]
    assert hours_of(world.session) == USUAL


def test_a_service_in_hours_of_its_own_is_not_offered_in_the_hours_of_all(world: World) -> None:
    add_hours(world, 18, 20, world.session)
    assert hours_of(world.session) == [*USUAL, 18, 19]
    own_hours_only(world.session)
    assert hours_of(world.session) == [18, 19]
    assert hours_of(world.consultation) == USUAL
    assert "isn’t one of the times" in refusal(world.session, at("10:00"))


def test_a_service_in_hours_of_its_own_that_has_none_is_not_offered(world: World) -> None:
    own_hours_only(world.session)
    add_hours(world, 18, 20, world.consultation)
    assert hours_of(world.session) == []
    assert slots.next_free(world.session, ONLINE, NOW) is None


def test_hours_of_its_own_may_lie_within_the_hours_of_all(world: World) -> None:
    own_hours_only(world.session)
    add_hours(world, 10, 12, world.session)
    assert hours_of(world.session) == [10, 11]
    assert hours_of(world.consultation) == USUAL


def test_hours_of_its_own_name_their_formats(world: World) -> None:
    own_hours_only(world.session)
    add_hours(world, 18, 20, world.session, [Format.WALKING])
    assert hours_of(world.session, Format.WALKING) == [18, 19]
    assert hours_of(world.session) == []


def test_hours_of_two_services_share_one_diary(world: World) -> None:
    own_hours_only(world.session)
    add_hours(world, 10, 12, world.session)
    book(world, at("10:30"))
    assert free(world.session) == ["11:00"]


# --- dates of one service, dates that extend


def test_a_date_instead_for_one_service_leaves_every_other_without_hours(world: World) -> None:
    make_date(world.therapist, DAY, time(18), time(20), service=world.session)
    assert hours_of(world.session) == [18, 19]
    assert hours_of(world.consultation) == []
    assert hours_of(world.session, day=THURSDAY) == USUAL


def test_a_date_instead_for_all_is_not_for_a_service_in_hours_of_its_own(world: World) -> None:
    own_hours_only(world.session)
    add_hours(world, 10, 12, world.session)
    make_date(world.therapist, DAY, time(18), time(20))
    assert hours_of(world.session) == []
    assert hours_of(world.consultation) == [18, 19]
    assert hours_of(world.session, day=DAY + timedelta(days=7)) == [10, 11]


def test_a_date_as_well_comes_on_top_of_the_usual_hours(world: World) -> None:
    make_date(world.therapist, DAY, time(18), time(20), adds=True)
    assert hours_of(world.consultation) == [*USUAL, 18, 19]
    assert hours_of(world.consultation, day=THURSDAY) == USUAL


def test_a_date_as_well_counts_for_the_formats_and_the_service_that_it_names(
    world: World,
) -> None:
    make_date(
        world.therapist,
        DAY,
        time(18),
        time(20),
        adds=True,
        service=world.session,
        formats=[Format.WALKING],
    )
    assert hours_of(world.session, Format.WALKING) == [*USUAL, 18, 19]
    assert hours_of(world.session) == hours_of(world.consultation, Format.WALKING) == USUAL


def test_a_date_as_well_for_all_is_not_for_a_service_in_hours_of_its_own(world: World) -> None:
    own_hours_only(world.session)
    add_hours(world, 10, 12, world.session)
    make_date(world.therapist, DAY, time(18), time(20), adds=True)
    assert hours_of(world.session) == [10, 11]
    make_date(world.therapist, DAY, time(18), time(19), adds=True, service=world.session)
    assert hours_of(world.session) == [10, 11, 18]


def test_rows_instead_and_rows_as_well_of_one_date_are_both_kept(world: World) -> None:
    make_date(world.therapist, DAY, time(7), time(8))
    make_date(world.therapist, DAY, time(18), time(20), adds=True)
    assert hours_of(world.consultation) == [7, 18, 19]


def test_rows_as_well_come_on_top_of_rows_instead_that_are_for_another(world: World) -> None:
    make_date(world.therapist, DAY, time(7), time(8), service=world.session)
    make_date(world.therapist, DAY, time(18), time(20), adds=True, service=world.consultation)
    assert hours_of(world.session) == [7]
    assert hours_of(world.consultation) == [18, 19]


def test_a_date_as_well_begins_a_grid_of_its_own_beside_the_usual_hours(world: World) -> None:
    make_date(world.therapist, DAY, time(16, 10), time(17, 45), adds=True)
    assert [text for text in free(world.consultation) if text >= "16:00"] == [
        "16:00",
        "16:10",
        "16:30",
        "16:40",
        "17:10",  # and 17:40 would end at 17:55
    ]


def test_rows_are_not_joined_to_one_long_opening(world: World) -> None:
    make_date(world.therapist, DAY, time(17), time(17, 30), adds=True)
    assert free(world.session)[-1] == "16:00"  # 50 minutes fit neither from 16:30 nor from 17:00
    assert not is_free(world.session, at("17:00"))


# --- on a bank holiday


CHRISTMAS = date(2026, 12, 25)


@pytest.fixture
def resting(world: World) -> World:
    """Closed on bank holidays."""
    world.therapist.bank_holidays_off = True
    world.therapist.save()
    return world


def test_a_date_as_well_opens_a_bank_holiday_for_its_hours_alone(resting: World) -> None:
    assert hours_of(resting.consultation, day=CHRISTMAS) == []
    make_date(resting.therapist, CHRISTMAS, time(18), time(20), adds=True)
    assert hours_of(resting.consultation, day=CHRISTMAS) == [18, 19]


def test_a_date_instead_opens_a_bank_holiday_for_its_hours(resting: World) -> None:
    make_date(resting.therapist, CHRISTMAS, time(10), time(12))
    assert hours_of(resting.consultation, day=CHRISTMAS) == [10, 11]


def test_a_date_as_well_comes_on_top_of_a_bank_holiday_that_is_worked(resting: World) -> None:
    WorkedHoliday.objects.create(therapist=resting.therapist, day=CHRISTMAS)
    make_date(resting.therapist, CHRISTMAS, time(18), time(20), adds=True)
    assert hours_of(resting.consultation, day=CHRISTMAS) == [*USUAL, 18, 19]


def test_a_date_for_one_service_opens_a_bank_holiday_for_that_service_alone(
    resting: World,
) -> None:
    make_date(resting.therapist, CHRISTMAS, time(18), time(20), adds=True, service=resting.session)
    assert hours_of(resting.session, day=CHRISTMAS) == [18, 19]
    assert hours_of(resting.consultation, day=CHRISTMAS) == []


def test_hours_of_one_service_rest_on_a_bank_holiday_as_others_do(resting: World) -> None:
    own_hours_only(resting.session)
    WeeklyHours.objects.create(
        therapist=resting.therapist,
        weekday=Weekday.FRIDAY,
        opens=time(18),
        closes=time(20),
        formats=ALL,
        service=resting.session,
    )
    assert hours_of(resting.session, day=CHRISTMAS) == []
    assert hours_of(resting.session, day=CHRISTMAS - timedelta(days=7)) == [18, 19]


# --- a page that was read before is not shown after a change


@pytest.mark.parametrize("kind", ["week", "date"])
def test_new_hours_of_one_service_are_on_the_page_at_once(
    world: World, client: Browser, clock: Clock, kind: str
) -> None:
    address = pages.address("time", world, day=str(DAY))
    assert f"{DAY}T18:00" not in times_shown(pages.text_of(client.get(address)))
    if kind == "week":
        add_hours(world, 18, 20, world.consultation)
    else:
        make_date(world.therapist, DAY, time(18), time(20), adds=True, service=world.consultation)
    assert f"{DAY}T18:00" in times_shown(pages.text_of(client.get(address)))
    own_hours_only(world.consultation)
    shown = times_shown(pages.text_of(client.get(address)))
    assert shown == [f"{DAY}T{hour}:{minute}" for hour in (18, 19) for minute in ("00", "30")]
