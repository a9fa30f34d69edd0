"""A booking is moved: same booking, same UID; until all is well the old time is kept."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from availability import walltime
from availability.models import Format, Gap, Place
from availability.walltime import utc
from bookings import lifecycle, slots
from bookings.by import By
from bookings.errors import NotBookableError, SlotTakenError, TimeRefusedError, WarnedError
from bookings.lifecycle import Change
from bookings.models import Booking, BookingEvent
from bookings.notices.keys import about_booking
from outbox.models import OutgoingMail
from prose.dates import UK, slot_value
from tests.bookings.notices.letters import calendar_of, event_of, one
from tests.bookings.notices.letters import text_of as words_of
from tests.bookings.refusals import client_is_told, therapist_is_told
from tests.factories import NOW, World, book, force_booking, make_date
from tests.meanwhile import LOCK, meanwhile
from tests.pages import book as book_by_page
from tests.pages import open_link, rows, send, text_of

CLIENT, THERAPIST = By.client(), By.therapist()
START = datetime(2026, 11, 25, 10, tzinfo=UK)
LATER = START + timedelta(hours=3)


def to(booking: Booking, start: datetime = LATER, **facts: Any) -> Change:
    """Where it goes; what is not said stays."""
    fresh = {"format": booking.format, "place": booking.place, "seen": booking.sequence}
    return Change(start, **{**fresh, **facts})


def move(booking: Booking, change: Change, actor: By = CLIENT, **facts: Any) -> Booking:
    return lifecycle.reschedule(booking.pk, change, by=actor, now=facts.pop("now", NOW), **facts)


def free(world: World, start: datetime) -> bool:
    day = walltime.whole_days(start.date(), start.date(), UK)
    found = slots.free_starts(world.consultation, Format.ONLINE, day, NOW)
    return int(start.timestamp()) in found


# --- what a move does


def test_a_moved_booking_is_the_same_booking_at_another_time(world: World) -> None:
    made = book(world, START)
    moved = move(made, to(made), now=NOW + timedelta(minutes=5))
    assert (moved.pk, moved.uid, moved.reference) == (made.pk, made.uid, made.reference)
    assert (moved.start, moved.end) == (LATER, LATER + timedelta(minutes=15))
    assert moved.sequence == 1
    assert moved.changed_at == NOW + timedelta(minutes=5)
    stored = Booking.objects.get()
    assert (stored.start, stored.sequence, stored.price) == (LATER, 1, made.price)


def test_its_old_time_is_free_at_once_and_its_new_one_is_taken(world: World) -> None:
    made = book(world, START)
    assert (free(world, START), free(world, LATER)) == (False, True)
    move(made, to(made))
    assert (free(world, START), free(world, LATER)) == (True, False)


def test_its_history_says_who_moved_it_from_where_to_where_and_why(world: World) -> None:
    made = book(world, START)
    user = User.objects.get(pk=world.therapist.user_id)
    move(made, to(made), By.therapist(user), reason="I’m at a funeral")
    event = made.events.get(action=BookingEvent.Action.MOVED)
    assert (event.actor, event.user, event.sequence) == ("therapist", user, 1)
    assert event.reason == "I’m at a funeral"
    assert event.what.replace("\N{NO-BREAK SPACE}", " ") == (
        "It was Wednesday 25 November 2026, 10am to 10:15am UK time, online at Video room. "
        "It became Wednesday 25 November 2026, 1pm to 1:15pm UK time, online at Video room."
    )


def test_the_client_gets_one_mail_that_moves_the_entry_in_their_calendar(world: World) -> None:
    made = book(world, START, email="sam@example.com")
    moved = move(made, to(made), reason="the school called")
    letter = one(moved, "moved")
    subject = letter["Subject"].replace("\N{NO-BREAK SPACE}", " ").strip()
    assert subject == "Changed: your appointment on Wednesday 25 November 2026, 1pm UK time"
    words = " ".join(words_of(letter).split())
    assert "It’s now: Wednesday 25 November 2026 1pm to 1:15pm UK time" in words
    assert "It was: Wednesday 25 November 2026, 10am to 10:15am UK time" in words
    assert "the school called" not in words
    event = event_of(calendar_of(letter))
    assert str(event["UID"]) == str(made.uid)
    assert event["SEQUENCE"] == 1
    assert event["DTSTART"].dt == LATER
    assert b"METHOD:REQUEST" in calendar_of(letter)


def test_the_therapist_is_told_by_mail_that_a_client_moved_and_that_a_reason_waits(
    world: World,
) -> None:
    made = book(world, START)
    letter = one(move(made, to(made), reason="the school called"), "therapist_moved")
    words = words_of(letter)
    assert letter["To"] == "robin@kicks.example"
    assert "Sam Okafor changed this booking" in words
    assert "They left a reason" in words
    assert "the school called" not in words


def test_a_move_by_the_therapist_tells_the_client_why_and_nobody_else(world: World) -> None:
    made = book(world, START)
    moved = move(made, to(made), THERAPIST, reason="The boiler broke. I’m sorry.")
    kinds = OutgoingMail.objects.filter(about=about_booking(made.uid), key__contains=":1:")
    assert sorted(kinds.values_list("kind", flat=True)) == ["moved"]
    words = words_of(one(moved, "moved"))
    assert "I’ve had to change our appointment" in words
    assert "The boiler broke." in words


def test_the_link_of_the_first_mail_and_that_of_the_last_open_the_same_page(
    world: World, client: Browser
) -> None:
    made = book_by_page(Browser(), world)
    move(made, to(made))
    for kind in ("confirmation", "moved"):
        text = OutgoingMail.objects.get(kind=kind).text
        token = text.partition("/b/")[2].partition("/")[0]
        browser = Browser()
        page = browser.get(open_link(browser, token)["Location"])
        assert "1pm to 1:15pm UK time" in text_of(page)


# --- what may be moved where


def test_a_booking_is_not_in_its_own_way(world: World) -> None:
    world.session.gap_minutes = 30
    world.session.step_minutes = 30
    world.session.save()
    made = force_booking(world, START, service=world.session)
    assert move(made, to(made, START + timedelta(minutes=30))).start == START + timedelta(
        minutes=30
    )


def test_when_the_new_time_is_taken_the_old_one_is_kept(world: World) -> None:
    made, other = book(world, START), book(world, LATER)
    before = rows()
    with pytest.raises(SlotTakenError):
        move(made, to(made))
    made.refresh_from_db()
    assert (made.start, made.sequence, other.start) == (START, 0, LATER)
    assert rows() == before


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (START.replace(hour=3), "isn’t one of the times"),
        (START + timedelta(minutes=7), "isn’t one of the times"),
        (NOW + timedelta(hours=2), "too soon"),
        (NOW - timedelta(hours=1), "has passed"),
        (START + timedelta(days=100), "too far ahead"),
    ],
)
def test_every_rule_is_asked_of_the_new_time(world: World, start: datetime, words: str) -> None:
    made = book(world, START)
    with client_is_told(TimeRefusedError, match=words):
        move(made, to(made, start))


def test_the_therapist_is_warned_of_notice_and_horizon_and_may_go_on(world: World) -> None:
    made = book(world, START)
    for start in (NOW + timedelta(hours=2), START + timedelta(days=98)):
        with pytest.raises(WarnedError) as caught:
            move(made, to(made, start), THERAPIST)
        assert move(made, to(made, start), THERAPIST, despite=caught.value.warned.keys)
        made.refresh_from_db()
        assert made.start == start
    with client_is_told(TimeRefusedError, match="has passed"):
        move(made, to(made, NOW - timedelta(hours=1)), THERAPIST)


def test_the_way_to_meet_can_change_while_the_time_stays_however_near_it_is(world: World) -> None:
    made = force_booking(
        world, NOW + timedelta(hours=3), format=Format.WALKING, place=world.place(Format.WALKING)
    )
    change = to(made, made.start, format=Format.ONLINE, place=world.place())
    moved = move(made, change)
    assert (moved.start, moved.format, moved.place) == (made.start, Format.ONLINE, world.place())
    assert moved.sequence == 1


def test_the_gaps_are_asked_again_when_the_way_to_meet_changes(world: World) -> None:
    Gap.objects.create(
        therapist=world.therapist, before=Format.ONLINE, after=Format.WALKING, minutes=60
    )
    book(world, START - timedelta(minutes=30))
    made = book(world, START)
    walk = to(made, START, format=Format.WALKING, place=world.place(Format.WALKING))
    with client_is_told(TimeRefusedError, match="too close"):
        move(made, walk)


def test_a_place_of_another_format_is_refused(world: World) -> None:
    made = book(world, START)
    with pytest.raises(NotBookableError):
        move(made, to(made, place=world.place(Format.WALKING)))
    with therapist_is_told(TimeRefusedError, match="in this way, or not at this place"):
        move(made, to(made, place=world.place(Format.WALKING)), THERAPIST)


def test_doing_it_twice_changes_nothing_more(world: World) -> None:
    made = book(world, START)
    change = to(made)
    move(made, change)
    before = rows()
    assert move(made, change).sequence == 1
    assert rows() == before


def test_whoever_saw_an_older_state_is_told_where_it_stands(world: World) -> None:
    made = book(world, START)
    stale = to(made, START + timedelta(hours=1))
    move(made, to(made), THERAPIST)
    with client_is_told(NotBookableError, match="has been changed meanwhile"):
        move(made, stale)
    assert Booking.objects.get().start == LATER


def test_what_was_cancelled_or_has_begun_stays_where_it_is(world: World) -> None:
    made = book(world, START)
    lifecycle.cancel(made.pk, by=CLIENT, reason="", now=NOW)
    with client_is_told(NotBookableError, match="was cancelled"):
        move(made, to(made))
    begun = force_booking(world, NOW - timedelta(minutes=5))
    with client_is_told(NotBookableError, match="already begun"):
        move(begun, to(begun))


# --- the client's pages


@pytest.fixture
def booked(world: World, client: Browser) -> Booking:
    """A booking that was made in this browser, for Tuesday at ten."""
    return book_by_page(client, world)


def move_page(booking: Booking, start: datetime, **query: str) -> str:
    asked = "&".join(f"{k}={v}" for k, v in {"slot": slot_value(start), **query}.items())
    return f"{reverse('move', args=[booking.uid])}?{asked}"


def post(client: Browser, booking: Booking, start: datetime, **said: Any) -> Any:
    query = {"how": said.pop("how")} if "how" in said else {}
    if query and "where" not in said:
        page: Any = client.get(move_page(booking, start, **query))
        said["where"] = page.context["form"]["where"].value()
    form = {"decision": "change", "reason": "", "seen": booking.sequence, **said}
    return send(client, move_page(booking, start, **query), form)


def test_the_client_chooses_another_time_and_confirms_it(
    client: Browser, world: World, booked: Booking
) -> None:
    page = text_of(client.get(reverse("booking", args=[booked.uid])))
    assert reverse("change", args=[booked.uid]) in page
    times = text_of(client.get(f"{reverse('change', args=[booked.uid])}?day=2026-11-25"))
    assert "Choose another time" in times
    assert "Tuesday 24 November 2026, 10am to 10:15am" in times
    assert 'value="2026-11-25T13:00"' in times
    asked = text_of(client.get(move_page(booked, LATER)))
    assert "Wednesday 25 November 2026, 1pm to 1:15pm UK time" in asked
    done = post(client, booked, LATER)
    assert done.status_code == 302
    page = text_of(client.get(done["Location"]))
    assert "<h1>It’s moved. Nothing to pay.</h1>" in page
    assert "Wednesday 25 November 2026" in page
    assert Booking.objects.get().start == LATER


def test_the_time_it_has_is_no_change_and_none_is_claimed(
    client: Browser, world: World, booked: Booking
) -> None:
    asked = client.get(move_page(booked, booked.start))
    assert asked.status_code == 422
    assert "That’s the time you have now. Choose another, or go back to keep it." in text_of(asked)
    mails = OutgoingMail.objects.count()
    done = post(client, booked, booked.start)
    assert done["Location"] == reverse("booking", args=[booked.uid])
    assert (OutgoingMail.objects.count(), Booking.objects.get().sequence) == (mails, 0)
    # Another way to meet at that time is a change.
    other = text_of(client.get(move_page(booked, booked.start, how="in_person")))
    assert "Change this consultation?" in other


def test_a_press_that_is_repeated_still_says_that_it_is_changed(
    client: Browser, world: World, booked: Booking
) -> None:
    first, second = (post(client, booked, LATER) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert "moved=1" in first["Location"]


def test_a_press_that_another_overtakes_says_that_it_is_changed(
    client: Browser, world: World, booked: Booking
) -> None:
    with meanwhile("availability_weeklyhours", lambda: move(booked, to(booked))):
        answer = post(client, booked, LATER)
    assert answer["Location"] == f"{reverse('booking', args=[booked.uid])}?moved=1"
    booked.refresh_from_db()
    assert (booked.start, booked.sequence) == (LATER, 1)


OWN = 'value="2026-11-24T10:00"'


def test_the_time_it_has_is_not_offered(client: Browser, booked: Booking) -> None:
    here = reverse("change", args=[booked.uid])
    page = text_of(client.get(f"{here}?day=2026-11-24"))
    assert OWN not in page
    assert 'value="2026-11-24T09:30"' in page
    # In another way it would be a change, as in another place of the same way.
    assert OWN in text_of(client.get(f"{here}?day=2026-11-24&how=walking"))
    Place.objects.create(
        therapist=booked.therapist, format=Format.ONLINE, name="Second room", video_url="https://x"
    )
    assert OWN in text_of(client.get(f"{here}?day=2026-11-24"))


def test_where_only_its_own_time_is_free_none_is(
    client: Browser, world: World, booked: Booking
) -> None:
    world.therapist.weekly_hours.all().delete()
    world.therapist.places.exclude(format=Format.ONLINE).update(is_active=False)
    make_date(world.therapist, booked.start.date(), time(10), time(10, 15))
    page = text_of(client.get(reverse("change", args=[booked.uid])))
    assert "No free times" in page
    assert "The next free time is" not in page


def test_the_client_changes_how_to_meet_and_keeps_the_time(
    client: Browser, world: World, booked: Booking
) -> None:
    page = text_of(client.get(reverse("change", args=[booked.uid])))
    assert "See walking times" in page
    done = post(client, booked, booked.start, how=Format.WALKING)
    assert done.status_code == 302
    moved = Booking.objects.get()
    assert (moved.format, moved.start) == (Format.WALKING, booked.start)
    assert moved.place == world.place(Format.WALKING)


def test_with_two_places_the_client_chooses_one_that_is_free(
    client: Browser, world: World, booked: Booking
) -> None:
    other = Place.objects.create(
        therapist=world.therapist, format=Format.WALKING, name="Barnes Common", address="SW13"
    )
    refused = post(client, booked, LATER, how=Format.WALKING)
    assert refused.status_code == 422
    assert "Choose where to meet" in text_of(refused)
    assert post(client, booked, LATER, how=Format.WALKING, place=other.pk).status_code == 302
    assert Booking.objects.get().place == other


def test_the_page_says_where_in_the_words_that_the_booking_keeps(
    client: Browser, world: World, booked: Booking
) -> None:
    Place.objects.filter(pk=booked.place_id).update(name="The new room")
    page = text_of(client.get(move_page(booked, LATER)))
    assert page.count("Video room") >= 2
    assert "The new room" not in page
    Place.objects.create(
        therapist=world.therapist, format=Format.ONLINE, name="Other room", position=9
    )
    asked: Any = client.get(move_page(booked, LATER))
    choices = [label for _, label in asked.context["form"].fields["place"].choices]
    assert choices == ["Video room", "Other room"]
    assert post(client, booked, LATER, place=booked.place_id).status_code == 302
    made = Booking.objects.get()
    assert (made.where.name, made.place_id) == ("Video room", booked.place_id)


def test_a_move_that_changes_the_place_says_so_and_is_not_pressed_unseen(
    client: Browser, world: World, booked: Booking
) -> None:
    before: Any = client.get(move_page(booked, LATER))
    where = before.context["form"]["where"].value()
    assert "This changes where we meet" not in text_of(before)
    other = Place.objects.create(
        therapist=world.therapist, format=Format.ONLINE, name="Other room", position=9
    )
    Place.objects.filter(pk=booked.place_id).update(is_active=False)
    again = post(client, booked, LATER, where=where)
    assert (again.status_code, Booking.objects.get().sequence) == (422, 0)
    assert post(client, booked, LATER).status_code == 422
    page = text_of(again)
    assert "Where we can meet has changed. Please check it once more." in page
    assert "This changes where we meet." in page
    assert "Other room" in page
    shown = again.context["form"]["where"].value()
    assert post(client, booked, LATER, where=shown).status_code == 302
    assert Booking.objects.get().place == other


def test_a_press_without_a_choice_changes_nothing_nor_does_looking(
    client: Browser, booked: Booking
) -> None:
    before = rows()
    for _ in range(3):
        client.get(reverse("change", args=[booked.uid]))
        client.get(move_page(booked, LATER))
    refused = send(client, move_page(booked, LATER), {"seen": 0})
    assert refused.status_code == 422
    assert "Choose whether to change or keep it" in text_of(refused)
    assert rows() == before
    kept = post(client, booked, LATER, decision="keep")
    assert kept["Location"] == reverse("booking", args=[booked.uid])
    assert rows() == before


def test_a_time_that_was_taken_meanwhile_shows_the_nearest_and_keeps_the_old(
    client: Browser, world: World, booked: Booking
) -> None:
    client.get(move_page(booked, LATER))
    book(world, LATER)
    refused = post(client, booked, LATER)
    assert refused.status_code == 422
    page = text_of(refused)
    assert "1pm UK time has just been taken" in page
    assert reverse("move", args=[booked.uid]) in page
    booked.refresh_from_db()
    assert booked.sequence == 0


def test_a_time_that_is_taken_as_the_button_is_pressed_shows_the_nearest_too(
    client: Browser, world: World, booked: Booking
) -> None:
    with meanwhile(LOCK, lambda: force_booking(world, LATER)):
        refused = post(client, booked, LATER)
    assert refused.status_code == 422
    page = text_of(refused)
    assert "1pm UK time has just been taken" in page
    assert reverse("move", args=[booked.uid]) in page
    booked.refresh_from_db()
    assert booked.sequence == 0


def test_a_page_that_is_older_than_the_booking_is_told_so(client: Browser, booked: Booking) -> None:
    move(booked, to(booked, START), THERAPIST)
    refused = post(client, booked, LATER)
    assert refused.status_code == 422
    assert "has been changed meanwhile" in text_of(refused)
    # Who confirms again on that page has seen how it stands.
    seen = refused.context["form"]["seen"].value()
    again = post(client, booked, LATER, seen=seen)
    assert again.status_code == 302
    booked.refresh_from_db()
    assert (booked.start, booked.sequence) == (LATER, seen + 1)


@pytest.mark.parametrize("name", ["change", "move"])
def test_another_visitors_booking_has_one_404_and_an_ended_one_leads_to_its_page(
    client: Browser, booked: Booking, name: str
) -> None:
    path = reverse(name, args=[booked.uid])
    assert Browser().get(path).status_code == 404
    lifecycle.cancel(booked.pk, by=CLIENT, reason="", now=NOW)
    assert client.get(path)["Location"] == reverse("booking", args=[booked.uid])


@pytest.mark.parametrize(
    "query",
    [
        "slot=",
        "slot=x",
        "slot=2026-11-25T13:07",
        "slot=%00",
        "slot=2026-10-25T01:30",
        "how=flying",
        "how=%00&day=9999-99-99",
        "from=" + "9" * 5000,
    ],
)
def test_an_address_that_makes_no_sense_gets_the_times(
    client: Browser, booked: Booking, query: str
) -> None:
    for name in ("change", "move"):
        page = client.get(f"{reverse(name, args=[booked.uid])}?{query}")
        assert page.status_code in (200, 422)
        assert "Choose another time" in text_of(page)


def test_the_history_tells_the_client_what_changed_and_never_why(
    client: Browser, booked: Booking
) -> None:
    move(booked, to(booked), THERAPIST, reason="I overslept")
    page = text_of(client.get(reverse("booking", args=[booked.uid])))
    assert "Changed by me, Monday 23 November 2026, 9am" in page
    assert "10am to 10:15am UK time, online at Video room. It became" in page
    assert "I overslept" not in page


def test_discretion_shows_a_client_who_moves_every_time(
    client: Browser, world: World, booked: Booking
) -> None:
    world.therapist.is_discreet = True
    world.therapist.save()
    page = text_of(client.get(f"{reverse('change', args=[booked.uid])}?day=2026-11-25"))
    assert page.count('name="slot"') == 16


# --- the therapist's page


@pytest.fixture
def owner(world: World) -> Browser:
    """The practice's owner, logged in."""
    browser = Browser()
    browser.force_login(User.objects.create_superuser("owner"))
    return browser


def admin_page(booking: Booking) -> str:
    return reverse("admin:bookings_booking_move", args=[booking.pk])


def test_the_therapist_moves_a_booking_inside_the_notice_with_a_reason(
    world: World, owner: Browser
) -> None:
    made = book(world, START)
    posted: dict[str, Any] = {
        "start": "2026-11-23T14:00",
        "place": made.place_id,
        "reason": "The boiler broke.",
        "seen": 0,
    }
    page: Any = owner.post(admin_page(made), posted)
    assert "it is too soon" in text_of(page)
    posted["despite"] = page.context["despite"]
    page = owner.post(admin_page(made), posted, follow=True)
    assert "Moved. Sam Okafor is told by email." in text_of(page)
    made.refresh_from_db()
    assert made.start == datetime(2026, 11, 23, 14, tzinfo=UK)
    event = made.events.get(action="moved")
    assert (event.actor, event.user) == ("therapist", User.objects.get(username="owner"))


def test_one_click_offers_to_move_a_walk_online_at_the_same_time(
    world: World, owner: Browser
) -> None:
    walk = book(world, START, format=Format.WALKING)
    page = text_of(owner.get(reverse("admin:bookings_booking_change", args=[walk.pk])))
    assert f"{admin_page(walk)}?how=online" in page
    form: Any = owner.get(f"{admin_page(walk)}?how=online").context["form"]
    owner.post(admin_page(walk), {**form.initial, "reason": ""})
    walk.refresh_from_db()
    assert (walk.format, walk.start, walk.place) == (Format.ONLINE, START, world.place())


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"start": "2026-11-20T13:00"}, "That time has passed"),
        ({"start": "2026-10-25T01:30"}, "it may be ambiguous"),
        ({"start": "x"}, "Enter a valid date/time"),
        ({"start": "99999-01-01T10:00"}, "Enter a valid date/time"),
        ({"place": "0"}, "Select a valid choice"),
        ({"seen": "7"}, "has been changed meanwhile"),
    ],
)
def test_a_move_that_cannot_be_done_is_told_at_its_field(
    world: World, owner: Browser, posted: dict[str, str], words: str
) -> None:
    made = book(world, START)
    right = {"start": "2026-11-25T13:00", "place": str(made.place_id), "reason": "", "seen": "0"}
    page: Any = owner.post(admin_page(made), {**right, **posted})
    assert page.status_code == 200
    assert words in text_of(page)
    made.refresh_from_db()
    assert made.sequence == 0


def test_another_therapists_booking_cannot_be_moved(world: World) -> None:
    made = book(world, START)
    stranger = Browser()
    stranger.force_login(User.objects.create_user("other", is_staff=True))
    assert stranger.get(admin_page(made)).status_code == 403
    assert utc(int(made.start.timestamp())) == Booking.objects.get().start
