"""What somebody may do follows from their role, and from nothing else."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.test import Client as Browser
from django.urls import NoReverseMatch, reverse

from staff.models import Role, StaffMember
from staff.rights import MAY, RIGHTS
from staff.roles import role_of
from tests.factories import make_therapist, make_user
from tests.pages import browser_of

pytestmark = pytest.mark.django_db

first_roles = import_module("availability.migrations.0011_roles_of_those_who_are_here")
OWN_ACTIONS = {"record", "waive"}


def test_each_right_is_over_a_model_that_there_is() -> None:
    for may in MAY.values():
        for model, actions in may.items():
            usual = set(apps.get_model(model)._meta.default_permissions)
            assert set(actions) <= usual | OWN_ACTIONS, model


def test_each_role_has_its_rights_and_another_has_others() -> None:
    assert set(RIGHTS) == set(Role)
    for role in Role:
        assert make_user(role).get_all_permissions() == RIGHTS[role]
    assert RIGHTS[Role.ASSISTANT] < RIGHTS[Role.THERAPIST] | RIGHTS[Role.OWNER]
    assert make_user(None).get_all_permissions() == set()


def test_of_one_row_and_of_whoever_has_left_there_is_no_right() -> None:
    owner = make_user(Role.OWNER)
    assert owner.has_perm("bookings.view_booking")
    assert not owner.has_perm("bookings.view_booking", owner)
    assert owner.has_module_perms("bookings")
    owner.is_active = False
    assert not owner.has_perm("bookings.view_booking")


def test_boxes_that_were_ticked_before_give_nothing() -> None:
    user, group = make_user(None), Group.objects.create(name="Old")
    group.permissions.set(Permission.objects.all())
    user.user_permissions.set(Permission.objects.all())
    user.groups.add(group)
    again = User.objects.get(pk=user.pk)
    assert not again.has_perm("bookings.view_booking")
    assert again.get_user_permissions() | again.get_group_permissions() == set()
    assert not browser_of(again).get(reverse("admin:index")).context["available_apps"]


def test_a_sign_in_ends_with_the_work() -> None:
    user = make_user(Role.THERAPIST)
    browser = browser_of(user)
    assert browser.get(reverse("admin:index")).status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert browser.get(reverse("admin:index")).status_code == 302
    User.objects.filter(pk=user.pk).delete()
    assert browser.get(reverse("admin:index")).status_code == 302


def test_a_changed_role_counts_at_once() -> None:
    browser = Browser()
    browser.force_login(make_user(Role.MANAGER))
    practices, home = (
        reverse("admin:availability_practice_add"),
        reverse("admin:welcome_frontpage_changelist"),
    )
    assert (browser.get(practices).status_code, browser.get(home).status_code) == (403, 302)
    StaffMember.objects.update(role=Role.ASSISTANT)
    assert browser.get(home).status_code == 403
    StaffMember.objects.update(role=Role.OWNER)
    assert browser.get(practices).status_code == 200


@pytest.mark.parametrize("role", [*Role, "superuser"])
def test_nobody_reaches_users_rights_or_others_passwords_in_admin(role: str) -> None:
    """A user who might change users made themselves the owner there."""
    user = User.objects.create_superuser("owner") if role == "superuser" else make_user(Role(role))
    browser, other = browser_of(user), make_user(Role.THERAPIST)
    for name in ("user", "group"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:auth_{name}_changelist")
    for path in ("user/", f"user/{other.pk}/change/", f"user/{other.pk}/password/", "group/add/"):
        sent = {"is_superuser": "on", "password1": "x", "user_permissions": ["1"]}
        assert browser.get(f"/admin/auth/{path}").status_code == 404
        assert browser.post(f"/admin/auth/{path}", sent).status_code == 404
    assert not User.objects.get(pk=other.pk).is_superuser
    assert "/admin/auth/" not in browser.get(reverse("admin:index")).content.decode()


def test_whoever_signed_in_before_gets_the_role_that_they_had() -> None:
    owner = User.objects.create_superuser("owner")
    both = make_therapist().user
    User.objects.filter(pk=both.pk).update(is_superuser=True)
    therapist = make_therapist().user
    clerk = User.objects.create_user("clerk", is_staff=True)
    StaffMember.objects.all().delete()
    chosen = make_user(Role.ASSISTANT)
    first_roles.give_roles(apps, None)
    first_roles.give_roles(apps, None)  # what has a role keeps it
    found = {
        one.pk: role_of(User.objects.get(pk=one.pk)) for one in (owner, both, therapist, clerk)
    }
    assert list(found.values()) == [Role.OWNER, Role.OWNER, Role.THERAPIST, None]
    assert StaffMember.objects.get(user=owner).role == Role.OWNER
    assert StaffMember.objects.get(user=chosen).role == Role.ASSISTANT
    assert StaffMember.objects.count() == 4
