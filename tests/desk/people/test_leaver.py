"""A leaver is one act, seen before it is done: no sign-in, no session, no diary, clients told."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Therapist
from bookings.models import Booking
from desk.page_state import STATE
from outbox.models import OutgoingMail
from staff.models import Role, StaffMember
from tests.desk.people.owners import GIVEN, browser_of, events, give_role, press, somebody
from tests.factories import (
    NOW,
    World,
    book,
    force_booking,
    make_client,
    make_hours,
    make_places,
    make_service,
    make_session,
    make_therapist,
)
from tests.pages import rows, text_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = NOW + DAY + HOUR
REASON = "Robin is moving away at the end of the month."


@pytest.fixture
def robin(world: World) -> User:
    return give_role(world.therapist)


@pytest.fixture
def other(world: World) -> World:
    whose = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    make_places(whose)
    make_hours(whose)
    return replace(
        world,
        therapist=whose,
        consultation=make_service(whose),
        session=make_session(whose),
    )


def shown_in(page: bytes) -> str:
    """What the preview carries of itself."""
    found = re.search(r'name="shown" value="([^"]*)"', page.decode())
    return found[1] if found else ""


def leave(browser: Browser, user: User, **said: object) -> bytes:
    """See it, then confirm it; return the page that comes then."""
    preview = press(browser, "person_leave", user.pk, **said)
    assert "Nothing has happened yet." in text_of(preview)
    confirmed = {**said, "shown": shown_in(preview.content), "confirmed": "1", **GIVEN}
    path = reverse("person_leave", args=[user.pk])
    return bytes(browser.post(path, confirmed, follow=True).content)


def test_the_preview_says_what_becomes_of_each_meeting_and_does_nothing(
    world: World, other: World, robin: User, browser: Browser
) -> None:
    book(world, START)
    late = force_booking(world, NOW + DAY + 9 * HOUR, client=make_client(name="Tom Ashe"))
    before = rows()
    page = press(browser, "person_leave", robin.pk, to=other.therapist.pk, reason=REASON)
    text = re.sub("<[^>]+>", " ", text_of(page))
    text = " ".join(text.split())
    assert "What becomes of 2 meetings" in text
    assert "Goes to Ash Lane, Video room" in text
    assert f"Tom Ashe: {late.title}" in text
    assert "Cancelled. The other diary says: It would begin at 6pm, which is outside" in text
    assert rows() == before
    assert events() == []
    assert User.objects.get(pk=robin.pk).is_active
    assert Therapist.objects.get(pk=world.therapist.pk).is_active


def test_it_ends_everything_in_one_act_and_tells_each_client(
    world: World, other: World, robin: User, browser: Browser, owner: User
) -> None:
    theirs = browser_of(robin)
    handed = book(world, START, email="sam@example.com")
    ended = force_booking(world, NOW + DAY + 9 * HOUR, client=make_client(name="Tom Ashe"))
    said = leave(browser, robin, to=other.therapist.pk, reason=REASON)
    assert "can no longer sign in." in said.decode()
    robin.refresh_from_db()
    assert (robin.is_active, robin.has_usable_password()) == (False, False)
    assert theirs.get(reverse("admin:index")).status_code == 302
    assert not Therapist.objects.get(pk=world.therapist.pk).is_active
    for booking in (handed, ended):
        booking.refresh_from_db()
        assert booking.is_cancelled
    new = Booking.objects.of(other.therapist.pk).get()
    assert (new.start, new.client) == (START, handed.client)
    for booking in (handed, ended):
        mail = OutgoingMail.objects.get(to=booking.client.email, kind="cancellation")
        assert REASON in " ".join(mail.text.split())
    assert events() == [
        ("ownership_changed", f"client:{handed.client_id}"),
        ("left", f"user:{robin.pk}"),
    ]


def test_a_closed_diary_cancels_all_with_a_link_to_book_anew(
    world: World, robin: User, browser: Browser
) -> None:
    booking = book(world, START)
    leave(browser, robin, to="", reason=REASON)
    booking.refresh_from_db()
    assert booking.is_cancelled
    mail = OutgoingMail.objects.get(kind="cancellation")
    assert "Book another time:" in mail.text
    assert mail.invite_method == "CANCEL"
    history = booking.events.latest("pk")
    assert (history.actor, history.user) == (
        "therapist",
        User.objects.get(first_name="Olive Owner"),
    )


def test_what_is_booked_after_the_preview_is_shown_before_it_ends(
    world: World, robin: User, browser: Browser
) -> None:
    book(world, START)
    said = {"to": "", "reason": REASON}
    preview = press(browser, "person_leave", robin.pk, **said)
    book(world, START + HOUR)
    confirmed = {**said, "shown": shown_in(preview.content), "confirmed": "1"}
    page = press(browser, "person_leave", robin.pk, **confirmed)
    assert "Something was booked or changed meanwhile. Look again." in text_of(page)
    assert "What becomes of 2 meetings" in text_of(page)
    assert Booking.objects.holding().count() == 2
    assert User.objects.get(pk=robin.pk).is_active
    leave(browser, robin, **said)
    assert not Booking.objects.holding().exists()


def test_another_taker_than_the_one_that_was_shown_is_shown_first(
    world: World, other: World, robin: User, browser: Browser
) -> None:
    book(world, START)
    preview = press(browser, "person_leave", robin.pk, to="", reason=REASON)
    said = {"to": other.therapist.pk, "reason": REASON, "confirmed": "1"}
    page = press(browser, "person_leave", robin.pk, shown=shown_in(preview.content), **said)
    assert "Goes to Ash Lane" in text_of(page)
    assert Booking.objects.holding().count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": ""}, "This field is required."),
        ({"reason": "x" * 501}, "at most 500 characters"),
        ({"reason": "a\0b"}, "Null characters are not allowed."),
        ({"to": "999"}, "Select a valid choice."),
        ({"to": "own"}, "Select a valid choice."),
        ({"to": "closed"}, "Select a valid choice."),
    ],
)
def test_bad_answers_are_told_and_nobody_leaves(
    world: World, other: World, browser: Browser, change: dict[str, str], words: str
) -> None:
    robin = give_role(world.therapist)
    book(world, START)
    Therapist.objects.filter(pk=other.therapist.pk).update(is_active="closed" not in str(change))
    ids = {"own": world.therapist.pk, "closed": other.therapist.pk}
    said = {name: ids.get(value, value) for name, value in change.items()}
    given = {"to": "", "reason": REASON, "confirmed": "1", **said}
    page = press(browser, "person_leave", robin.pk, **given)
    assert words in text_of(page)
    assert User.objects.get(pk=robin.pk).is_active
    assert Booking.objects.holding().count() == 1


def test_who_has_no_diary_is_asked_for_nothing(browser: Browser, world: World) -> None:
    mo = somebody(Role.ASSISTANT)
    world.therapist.assistants.add(mo)
    page = browser.get(reverse("person_leave", args=[mo.pk]))
    assert "What the clients read" not in text_of(page)
    leave(browser, mo)
    mo.refresh_from_db()
    assert not mo.is_active
    assert not world.therapist.assistants.exists()
    assert events() == [
        ("ownership_changed", f"therapist:{world.therapist.pk}"),
        ("left", f"user:{mo.pk}"),
    ]


def test_an_invitation_that_waits_never_leaves(world: World, browser: Browser) -> None:
    invited = somebody(Role.MANAGER, "Not Yet", password=None)
    press(browser, "person_invite", invited.pk)
    link = default_token_generator.make_token(User.objects.get(pk=invited.pk))
    leave(browser, invited)
    mail = OutgoingMail.objects.get(kind="staff_invitation")
    assert mail.state == OutgoingMail.State.WITHDRAWN
    # Nor does it open anything, had it left before.
    assert not default_token_generator.check_token(User.objects.get(pk=invited.pk), link)


def test_the_last_owner_cannot_leave(owner: User, browser: Browser) -> None:
    preview = press(browser, "person_leave", owner.pk)
    page = press(browser, "person_leave", owner.pk, shown=shown_in(preview.content), confirmed="1")
    assert "Nobody else is an owner who can sign in." in text_of(page)
    assert User.objects.get(pk=owner.pk).is_active


def test_an_owner_who_leaves_is_out_themselves(owner: User, browser: Browser) -> None:
    somebody(Role.OWNER, "Second Owner")
    page = leave(browser, owner)
    assert "log" in page.decode().lower()
    assert browser.get(reverse("people")).status_code == 302


def test_who_has_left_leaves_once(browser: Browser) -> None:
    mo = somebody(Role.MANAGER)
    leave(browser, mo)
    assert press(browser, "person_leave", mo.pk).status_code == 404
    for nobody in (10**9, 10**30):
        assert browser.get(reverse("person_leave", args=[nobody])).status_code == 404


@pytest.mark.parametrize("role", [Role.MANAGER, Role.THERAPIST, Role.ASSISTANT, None])
def test_nobody_but_the_owner_lets_anybody_leave(robin: User, role: Role | None) -> None:
    other = browser_of(somebody(role, "Somebody Else"))
    assert other.get(reverse("person_leave", args=[robin.pk])).status_code == 403
    assert press(other, "person_leave", robin.pk, confirmed="1", shown="").status_code == 403
    assert User.objects.get(pk=robin.pk).is_active


def test_who_comes_back_is_what_they_were_and_chooses_a_new_password(
    world: World, robin: User, browser: Browser
) -> None:
    leave(browser, robin)
    page = text_of(browser.get(reverse("person", args=[robin.pk])))
    assert "They have left and can’t sign in." in page
    assert "Let them come back: send a link" in page
    press(browser, "person_invite", robin.pk)
    robin.refresh_from_db()
    assert (robin.is_active, robin.has_usable_password()) == (True, False)
    assert StaffMember.objects.get(user=robin).role == Role.THERAPIST
    assert OutgoingMail.objects.get(kind="staff_invitation").to == robin.email


def test_nobody_becomes_a_therapist_by_letting_them_go_and_come_back(
    world: World, robin: User, browser: Browser
) -> None:
    """An owner who could then change the address would read what was confided to somebody else."""
    book(world, START, note="Confided")
    leave(browser, robin, to="", reason=REASON)
    press(browser, "person_invite", robin.pk)
    context = browser.get(reverse("person", args=[robin.pk])).context
    said = {"name": "Robin Kicks", "role": "therapist", STATE: context["told"].state}
    page = press(browser, "person", robin.pk, email="owner@kicks.example", **said)
    assert page.status_code == 302
    robin.refresh_from_db()
    assert robin.email != "owner@kicks.example"
    assert OutgoingMail.objects.get(kind="staff_invitation").to == robin.email
