"""The address of a diary may be where its therapist's new password is mailed to."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from staff.models import Role, StaffMember
from tests.desk.people.owners import GIVEN, WORD, browser_of, somebody
from tests.desk.tab import Tab
from tests.factories import World, make_therapist

NEW = "mallory@kicks.example"


def path_of(world: World) -> str:
    return reverse("admin:availability_therapist_change", args=[world.therapist.pk])


def saved(world: World, user: User) -> str:
    """What the address is once this person has tried to change it, with their password."""
    assert Tab(browser_of(user), path_of(world)).save(email=NEW, **GIVEN) == 302
    world.therapist.refresh_from_db()
    return world.therapist.email


@pytest.fixture
def robin(world: World) -> User:
    """Whose diary it is: a therapist who has no address but the diary's."""
    user = User.objects.get(pk=world.therapist.user_id)
    User.objects.filter(pk=user.pk).update(email="", is_superuser=False)
    StaffMember.objects.update_or_create(user=user, defaults={"role": Role.THERAPIST})
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OWNER])
def test_nobody_leads_the_link_for_anothers_password_to_themselves(
    world: World, robin: User, role: Role
) -> None:
    before = world.therapist.email
    assert saved(world, somebody(role)) == before
    User.objects.filter(pk=robin.pk).update(email="robin@example.org")
    assert saved(world, User.objects.get(first_name="Mo Reed")) == NEW


def test_ones_own_is_ones_own_to_change(world: World, robin: User) -> None:
    robin.set_password(WORD)
    robin.save()
    assert saved(world, robin) == NEW


def test_an_open_screen_is_not_enough_to_lead_the_link_for_the_password_away(
    world: World, robin: User
) -> None:
    robin.set_password(WORD)
    robin.save()
    tab = Tab(browser_of(robin), path_of(world))
    before = world.therapist.email
    tab.browser.post(tab.path, {**tab.filled, "email": NEW})
    world.therapist.refresh_from_db()
    assert world.therapist.email == before
    asked = tab.browser.post(tab.path, {**tab.filled, "email": NEW, "about": "Warmly."})
    assert 'id="ask-again"' in asked.content.decode()
    assert f'name="email" value="{NEW}"' in asked.content.decode()
    assert tab.save(email=NEW, about="Warmly.", **GIVEN) == 302
    world.therapist.refresh_from_db()
    assert (world.therapist.email, world.therapist.about) == (NEW, "Warmly.")


def test_what_leads_no_link_away_asks_for_no_password(world: World, robin: User) -> None:
    browser = browser_of(robin)
    assert Tab(browser, path_of(world)).save(phone="07700 900111") == 302
    assert browser.post(path_of(world), {"phone": "x"}).status_code == 200
    User.objects.filter(pk=robin.pk).update(email="robin@example.org")
    assert Tab(browser, path_of(world)).save(email=NEW) == 302
    gone = reverse("admin:availability_therapist_change", args=[0])
    assert browser.post(gone, {"email": NEW}).status_code == 302


def test_nobody_takes_the_address_that_a_colleague_signs_in_with(world: World, robin: User) -> None:
    """Neither an account's own nor, where that has none, a diary's."""
    robin.set_password(WORD)
    robin.save()
    colleague = make_therapist(practice=world.therapist.practice, email="ash@kicks.example")
    somebody(Role.OWNER, "Olive Owner")
    browser, before = browser_of(robin), world.therapist.email
    for taken in ("olive.owner@kicks.example", "Ash@kicks.example"):
        tab = Tab(browser, path_of(world))
        assert tab.save(email=taken, **GIVEN) == 200
        assert "A colleague signs in with this address" in tab.html
    User.objects.filter(pk=colleague.user_id).update(email="ash@example.org")
    assert Tab(browser, path_of(world)).save(email="ash@kicks.example", **GIVEN) == 302
    world.therapist.refresh_from_db()
    assert (before, world.therapist.email) == ("robin@kicks.example", "ash@kicks.example")
    User.objects.filter(pk=colleague.user_id).update(email="ash@kicks.example")
    assert Tab(browser, path_of(world)).save(phone="07700 900111") == 302  # as it was already
