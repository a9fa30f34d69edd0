"""Whose role is what."""

import pytest
from django.contrib.auth.models import AnonymousUser, User

from staff.models import Role, StaffMember
from staff.roles import role_of

pytestmark = pytest.mark.django_db


def test_a_role_is_one_choice_and_ends_with_the_work() -> None:
    user = User.objects.create(username="ash")
    assert role_of(user) is None
    member = StaffMember.objects.create(user=user, role=Role.MANAGER)
    assert role_of(user) is Role.MANAGER
    assert str(member) == "Manager"
    user.is_active = False
    assert role_of(user) is None


def test_who_was_made_by_the_command_is_an_owner_and_a_stranger_nothing() -> None:
    assert role_of(User.objects.create(username="first", is_superuser=True)) is Role.OWNER
    assert role_of(AnonymousUser()) is None
