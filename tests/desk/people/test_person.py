"""A person's page: one choice is their role, and the owner alone makes it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Therapist
from desk.page_state import STATE
from outbox.models import OutgoingMail
from staff.models import Role
from staff.roles import role_of
from tests.desk.people.owners import browser_of, events, give_role, press, somebody
from tests.factories import NOW, World, book, make_practice
from tests.meanwhile import meanwhile
from tests.pages import text_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def practice(world: World) -> World:
    return world


def as_shown(browser: Browser, user: User) -> dict[str, Any]:
    """What the form of a person's page sends as it stands."""
    context = browser.get(reverse("person", args=[user.pk])).context
    form = context["form"]
    said = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in said.items() if value} | {STATE: context["told"].state}


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_role_is_one_choice_and_counts_at_once(browser: Browser) -> None:
    mo = somebody(Role.MANAGER)
    assert (
        press(browser, "person", mo.pk, **as_shown(browser, mo) | {"role": "owner"}).status_code
        == 302
    )
    assert role_of(fresh(mo)) is Role.OWNER
    assert events() == [("role_changed", f"user:{mo.pk}:owner")]
    assert browser_of(mo).get(reverse("people")).status_code == 200


def test_what_is_saved_as_it_stood_changes_nothing(world: World, browser: Browser) -> None:
    for user in (
        give_role(world.therapist),
        somebody(Role.MANAGER),
        User.objects.create_superuser("first", password="x"),  # noqa: S106
    ):
        before = User.objects.filter(pk=user.pk).values().get()
        assert press(browser, "person", user.pk, **as_shown(browser, user)).status_code == 302
        after = User.objects.filter(pk=user.pk).values().get()
        assert after == {**before, "first_name": before["first_name"] or before["username"]}
    assert events() == []
    assert not OutgoingMail.objects.exists()


def test_the_last_owner_stays_one(browser: Browser, owner: User) -> None:
    page = press(browser, "person", owner.pk, **as_shown(browser, owner) | {"role": "manager"})
    assert "Nobody else is an owner who can sign in." in text_of(page)
    assert role_of(fresh(owner)) is Role.OWNER


def test_an_assistant_gets_and_loses_diaries(world: World, browser: Browser) -> None:
    mo, whose = somebody(Role.ASSISTANT), world.therapist
    said = as_shown(browser, mo)
    press(browser, "person", mo.pk, **said | {"diaries": [whose.pk]})
    assert list(whose.assistants.all()) == [mo]
    press(browser, "person", mo.pk, **as_shown(browser, mo) | {"role": "manager", "diaries": []})
    assert not whose.assistants.exists()
    diary = ("ownership_changed", f"therapist:{whose.pk}")
    assert events() == [diary, ("role_changed", f"user:{mo.pk}:manager"), diary]


def test_who_becomes_a_therapist_gets_a_diary(world: World, browser: Browser) -> None:
    mo = somebody(Role.MANAGER)
    said = as_shown(browser, mo) | {"role": "therapist"}
    assert "Tick at least one" in text_of(press(browser, "person", mo.pk, **said))
    press(browser, "person", mo.pk, **said | {"formats": [Format.WALKING]})
    assert fresh(mo).therapist.places.get().name == "Bishop’s Park gate"
    said = as_shown(browser, mo) | {"formats": [Format.WALKING]}
    press(browser, "person", mo.pk, **said)  # there is one: a second isn't made
    assert Therapist.objects.count() == 2


@pytest.mark.parametrize("role", ["manager", "assistant"])
def test_who_still_meets_clients_keeps_a_role_that_does(
    world: World, browser: Browser, role: str
) -> None:
    robin, other = give_role(world.therapist), somebody(Role.THERAPIST)
    Therapist.objects.create(
        practice=world.therapist.practice, user=other, name="Mo", slug="mo", email="mo@k.example"
    )
    booking = book(world, NOW + DAY + HOUR)
    taken = Therapist.objects.get(user=other).pk
    said = as_shown(browser, robin) | {
        "role": role,
        "diaries": [taken] if role == "assistant" else [],
    }
    page = text_of(press(browser, "person", robin.pk, **said))
    assert "Their diary takes bookings and holds 1 meeting to come." in page
    Therapist.objects.filter(pk=world.therapist.pk).update(is_active=False)
    assert "holds 1 meeting to come" in text_of(press(browser, "person", robin.pk, **said))
    type(booking).objects.update(status="cancelled")
    assert press(browser, "person", robin.pk, **said).status_code == 302
    assert role_of(fresh(robin)) == role


def test_a_diary_that_is_open_and_empty_is_in_the_way_too(world: World, browser: Browser) -> None:
    robin = give_role(world.therapist)
    page = press(browser, "person", robin.pk, **as_shown(browser, robin) | {"role": "manager"})
    assert "Their diary takes bookings. In this role they meet nobody" in text_of(page)


def test_what_another_owner_changed_meanwhile_is_told_and_kept(browser: Browser) -> None:
    mo = somebody(Role.MANAGER)
    stale = as_shown(browser, mo)
    press(browser, "person", mo.pk, **stale | {"role": "owner"})
    page = press(browser, "person", mo.pk, **stale | {"name": "Mo New"})
    assert "Nothing was saved: this was changed since you opened it" in text_of(page)
    changes = [(one.label, one.is_typed) for one in page.context["told"].changes]
    assert changes == [("Role", False)]
    assert (role_of(fresh(mo)), fresh(mo).first_name) == (Role.OWNER, "Mo Reed")
    assert 'value="Mo New"' in page.content.decode()
    again = stale | {"name": "Mo New", "role": page.context["form"]["role"].value()}
    again |= {STATE: page.context["told"].state}
    assert press(browser, "person", mo.pk, **again).status_code == 302
    assert (role_of(fresh(mo)), fresh(mo).first_name) == (Role.OWNER, "Mo New")


def test_what_another_owner_changes_at_the_same_instant_is_told(browser: Browser) -> None:
    mo = somebody(Role.MANAGER)
    said = as_shown(browser, mo) | {"role": "owner"}
    rename = User.objects.filter(pk=mo.pk)
    with meanwhile("SELECT pg_advisory_xact_lock", lambda: rename.update(first_name="Mo Ray")):
        page = press(browser, "person", mo.pk, **said)
    assert "Somebody changed this meanwhile. Look again, then save." in text_of(page)
    assert role_of(fresh(mo)) is Role.MANAGER


@pytest.mark.parametrize("state", [None, "nonsense"])
def test_a_page_that_doesnt_say_what_it_showed_changes_nobody(
    browser: Browser, state: str | None
) -> None:
    mo = somebody(Role.MANAGER)
    said = as_shown(browser, mo) | {"role": "owner"}
    del said[STATE]
    page = press(browser, "person", mo.pk, **said | ({STATE: state} if state else {}))
    assert "Nothing was saved: this page was out of date" in text_of(page)
    [change] = page.context["told"].changes
    assert (change.label, change.now.split(":")[0], change.typed.split(":")[0]) == (
        "Role",
        "Manager",
        "Owner",
    )
    assert role_of(fresh(mo)) is Role.MANAGER
    again = said | {STATE: page.context["told"].state}
    assert press(browser, "person", mo.pk, **again).status_code == 302
    assert role_of(fresh(mo)) is Role.OWNER


def test_an_address_stays_once_somebody_signs_in_by_it(browser: Browser) -> None:
    mo = somebody(Role.MANAGER)
    said = as_shown(browser, mo) | {"email": "owner@kicks.example", "name": "Mo New"}
    assert press(browser, "person", mo.pk, **said).status_code == 302
    assert (fresh(mo).email, fresh(mo).first_name) == ("mo.reed@kicks.example", "Mo New")
    shown = browser.get(reverse("person", args=[mo.pk])).content.decode()
    assert re.search(r'<input[^>]+name="email"[^>]+disabled', shown)


@pytest.mark.parametrize("what", ["signed in", "booked"])
def test_an_address_stays_once_somebody_came_or_was_confided_in(
    world: World, browser: Browser, what: str
) -> None:
    robin = give_role(world.therapist)
    robin.set_unusable_password()
    robin.last_login = NOW if what == "signed in" else None
    robin.save()
    if what == "booked":
        book(world, NOW + DAY + HOUR, note="Confided")
    said = as_shown(browser, robin) | {"email": "owner@kicks.example"}
    assert press(browser, "person", robin.pk, **said).status_code == 302
    assert fresh(robin).email == robin.email
    assert not OutgoingMail.objects.filter(kind="staff_invitation").exists()


def test_a_wrong_address_is_corrected_before_that_and_a_new_link_leaves(browser: Browser) -> None:
    mo = somebody(Role.MANAGER, password=None)
    press(browser, "person_invite", mo.pk)
    old = default_token_generator.make_token(fresh(mo))
    said = as_shown(browser, mo) | {"email": "right@kicks.example"}
    press(browser, "person", mo.pk, **said)
    first, second = OutgoingMail.objects.filter(kind="staff_invitation").order_by("pk")
    assert (first.state, second.state) == ("withdrawn", "pending")
    assert second.to == "right@kicks.example"
    assert not default_token_generator.check_token(fresh(mo), old)
    page = press(
        browser, "person", mo.pk, **as_shown(browser, mo) | {"email": "olive.owner@kicks.example"}
    )
    assert "has this address already." in text_of(page)


def test_an_invitation_is_sent_again_and_the_older_link_ends(browser: Browser) -> None:
    mo = somebody(Role.MANAGER, password=None)
    press(browser, "person_invite", mo.pk)
    old = default_token_generator.make_token(fresh(mo))
    page = browser.post(reverse("person_invite", args=[mo.pk]), follow=True)
    assert "A new link leaves now for mo.reed@kicks.example." in text_of(page)
    assert not default_token_generator.check_token(fresh(mo), old)
    assert OutgoingMail.objects.filter(state="pending").count() == 1
    assert events() == [("invited", f"user:{mo.pk}")] * 2
    assert browser.get(reverse("person_invite", args=[mo.pk])).status_code == 405


def test_who_has_a_password_or_no_address_gets_no_link(browser: Browser) -> None:
    mo, bo = somebody(Role.MANAGER), somebody(Role.MANAGER, "Bo", password=None)
    User.objects.filter(pk=bo.pk).update(email="")
    for user in (mo, bo):
        path = reverse("person_invite", args=[user.pk])
        response = press(browser, "person_invite", user.pk)
        assert "Nothing was sent" in text_of(browser.get(response["Location"]))
        assert path not in browser.get(reverse("person", args=[user.pk])).content.decode()
    assert not OutgoingMail.objects.exists()
    assert fresh(mo).has_usable_password()


def test_without_a_practice_no_link_can_be_mailed(browser: Browser, world: World) -> None:
    mo = somebody(Role.MANAGER, password=None)
    practice = world.therapist.practice
    said = as_shown(browser, mo)
    for row in (*world.therapist.services.all(), *world.therapist.places.all(), world.therapist):
        row.delete()
    practice.delete()
    assert press(browser, "person_invite", mo.pk)["Location"] == reverse("people")
    page = press(browser, "person", mo.pk, **said | {"role": "owner"})
    assert "Add the practice first" in text_of(page)
    assert role_of(fresh(mo)) is Role.MANAGER
    make_practice()


def test_a_diary_is_linked_from_its_persons_page(world: World, browser: Browser) -> None:
    robin = give_role(world.therapist)
    page = browser.get(reverse("person", args=[robin.pk])).content.decode()
    for name, pk in (
        ("admin:availability_therapist_change", world.therapist.pk),
        ("diary_give", world.therapist.pk),
        ("person_leave", robin.pk),
    ):
        assert f'href="{reverse(name, args=[pk])}"' in page
    assert 'name="formats"' not in page


def test_nobody_changes_who_has_left(browser: Browser) -> None:
    mo = somebody(Role.MANAGER)
    said = as_shown(browser, mo)
    User.objects.filter(pk=mo.pk).update(is_active=False)
    page = press(browser, "person", mo.pk, **said | {"role": "owner"})
    assert "They have left and can’t sign in." in text_of(page)
    assert fresh(mo).staff_member.role == Role.MANAGER
    assert browser.get(reverse("person", args=[10**9])).status_code == 404


@pytest.mark.parametrize("role", [Role.MANAGER, Role.THERAPIST, Role.ASSISTANT, None])
def test_nobody_makes_an_owner_of_themselves(role: Role | None) -> None:
    mo = somebody(role)
    theirs = browser_of(mo)
    said = {"name": "Mo", "email": mo.email, "role": "owner", "seen": "x"}
    for page in ("person", "person_invite"):
        assert press(theirs, page, mo.pk, **said).status_code == 403
    assert theirs.get(reverse("person", args=[mo.pk])).status_code == 403
    assert theirs.get(reverse("people")).status_code == 403
    assert role_of(fresh(mo)) is role
