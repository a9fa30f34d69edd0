"""A client is given to another therapist by the owner alone: what is to come goes, nothing else."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Booking
from outbox.models import OutgoingMail
from staff.models import Role
from tests.desk.people.owners import browser_of, events, press, somebody
from tests.desk.people.test_leaver import other, shown_in
from tests.factories import NOW, World, book, force_booking, make_client
from tests.pages import rows, text_of

__all__ = ["other"]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = NOW + DAY + HOUR
REASON = "Ash has more time for you."


def asked(world: World, other: World, booking: Booking, **changes: object) -> dict[str, object]:
    return {
        "client": booking.client_id,
        "whose": world.therapist.pk,
        "to": other.therapist.pk,
        "reason": REASON,
        **changes,
    }


def test_their_meetings_go_once_it_was_seen_what_becomes_of_each(
    world: World, other: World, browser: Browser, owner: User
) -> None:
    client = make_client(name="Sam Okafor")
    past = force_booking(world, NOW - DAY, client=client, note="Confided")
    first = force_booking(world, START, client=client)
    late = force_booking(world, NOW + DAY + 9 * HOUR, client=client)
    toms = force_booking(world, START + HOUR, client=make_client(name="Tom Ashe"))
    before, said = rows(), asked(world, other, first)
    preview = press(browser, "client_hand_over", **said)
    text = text_of(preview)
    assert "Goes to Ash Lane, Video room" in text
    assert "Stays as it is. The other diary says: It would begin at 6pm" in text
    assert "Tom Ashe: " not in text
    assert rows() == before
    path = reverse("client_hand_over")
    done = browser.post(
        path, {**said, "shown": shown_in(preview.content), "confirmed": "1"}, follow=True
    )
    assert "1 meeting goes to Ash Lane. Sam Okafor is told by email." in text_of(done)
    assert [one.start for one in Booking.objects.of(other.therapist.pk)] == [START]
    assert [one.is_cancelled for one in Booking.objects.of(world.therapist.pk).order_by("pk")] == [
        False,
        True,
        False,
        False,
    ]
    assert {past.pk, late.pk, toms.pk} == set(
        Booking.objects.of(world.therapist.pk).holding().values_list("pk", flat=True)
    )
    assert events() == [("ownership_changed", f"client:{client.pk}")]
    history = Booking.objects.of(other.therapist.pk).get().events.get()
    assert (history.actor, history.user) == ("therapist", owner)
    mail = OutgoingMail.objects.get(kind="cancellation")
    assert REASON in mail.text


def test_several_meetings_go_in_one_act(world: World, other: World, browser: Browser) -> None:
    client = make_client()
    first = force_booking(world, START, client=client)
    force_booking(world, START + DAY, client=client)
    said = asked(world, other, first)
    preview = press(browser, "client_hand_over", **said)
    said |= {"shown": shown_in(preview.content), "confirmed": "1"}
    done = browser.post(reverse("client_hand_over"), said, follow=True)
    assert "2 meetings go to Ash Lane." in text_of(done)


def test_what_changed_since_it_was_seen_is_shown_first(
    world: World, other: World, browser: Browser
) -> None:
    booking = book(world, START)
    said = asked(world, other, booking)
    preview = press(browser, "client_hand_over", **said)
    force_booking(world, START + HOUR, client=booking.client)
    said |= {"shown": shown_in(preview.content), "confirmed": "1"}
    page = press(browser, "client_hand_over", **said)
    assert "Something was booked or changed meanwhile. Look again." in text_of(page)
    assert not Booking.objects.of(other.therapist.pk).exists()


def test_where_nothing_can_go_nothing_is_done(world: World, other: World, browser: Browser) -> None:
    booking = force_booking(world, NOW + DAY + 9 * HOUR)
    said = asked(world, other, booking)
    preview = press(browser, "client_hand_over", **said)
    said |= {"shown": shown_in(preview.content), "confirmed": "1"}
    assert press(browser, "client_hand_over", **said).status_code == 200
    assert not Booking.objects.of(other.therapist.pk).exists()
    assert events() == []


def test_of_clients_only_those_who_have_something_to_come_are_named(
    world: World, other: World, browser: Browser
) -> None:
    force_booking(world, NOW - DAY, client=make_client(email="past@example.com"))
    coming = book(world, START, email="sam@example.com")
    page = text_of(browser.get(reverse("client_hand_over")))
    assert "Sam Okafor (sam@example.com)" in page
    assert "past@example.com" not in page
    chosen = f"{reverse('client_hand_over')}?client={coming.client_id}&whose={world.therapist.pk}"
    selected = re.findall(r'<option value="(\d+)" selected', browser.get(chosen).content.decode())
    assert selected == [str(coming.client_id), str(world.therapist.pk)]


@pytest.mark.parametrize(
    "query", ["?client=%27", "?client=" + "9" * 5000, "?whose=x", "?client=-1"]
)
def test_a_bad_address_shows_the_empty_form(world: World, browser: Browser, query: str) -> None:
    assert browser.get(reverse("client_hand_over") + query).status_code == 200


def test_bad_answers_are_told_and_nothing_goes(
    world: World, other: World, browser: Browser
) -> None:
    booking, elsewhere = book(world, START), book(world, START + HOUR)
    force_booking(other, START + 2 * HOUR, client=elsewhere.client)
    elsewhere.delete()
    for change, words in (
        ({"to": world.therapist.pk}, "That is who meets them now. Choose another therapist."),
        ({"to": ""}, "This field is required."),
        ({"to": "x"}, "Select a valid choice."),
        ({"client": "999"}, "Select a valid choice."),
        ({"client": elsewhere.client_id}, "Sam Okafor has no meeting to come with Robin Kicks."),
        ({"whose": ""}, "This field is required."),
        ({"reason": ""}, "This field is required."),
    ):
        page = press(browser, "client_hand_over", **asked(world, other, booking, **change))
        assert words in text_of(page), change
    assert Booking.objects.of(other.therapist.pk).count() == 1
    assert events() == []


def test_a_therapist_gives_nobody_away(world: World, other: World) -> None:
    booking = book(world, START)
    for role in (Role.MANAGER, Role.THERAPIST, Role.ASSISTANT):
        theirs = browser_of(somebody(role, f"Person {role}"))
        said = asked(world, other, booking, confirmed="1", shown="")
        assert press(theirs, "client_hand_over", **said).status_code == 403
    assert not Booking.objects.of(other.therapist.pk).exists()
