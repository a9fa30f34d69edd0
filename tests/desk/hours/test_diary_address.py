"""The address of a diary may be where its therapist's new password is mailed to."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from staff.models import Role, StaffMember
from tests.desk.people.owners import browser_of, somebody
from tests.desk.tab import Tab
from tests.factories import World

NEW = "mallory@kicks.example"


def saved(world: World, user: User) -> str:
    """What the address is once this person has tried to change it."""
    path = reverse("admin:availability_therapist_change", args=[world.therapist.pk])
    assert Tab(browser_of(user), path).save(email=NEW) == 302
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
    assert saved(world, robin) == NEW
