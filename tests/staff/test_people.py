"""Who joins, changes role and leaves: an owner always remains, and each change is written down."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser

from staff import people
from staff.models import Role, SecurityEvent, StaffSession
from staff.people import AlreadyHereError, LastOwnerError
from staff.roles import role_of
from tests.desk.people.owners import browser_of, events, somebody
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db: None) -> User:
    return somebody(Role.OWNER, "Olive Owner")


def test_a_role_is_given_and_written_down_by_ids(owner: User) -> None:
    mo = somebody(Role.MANAGER)
    assert people.give_role(mo, Role.THERAPIST, by=owner, now=NOW)
    assert role_of(mo) is Role.THERAPIST
    assert not people.give_role(mo, Role.THERAPIST, by=owner, now=NOW)
    assert events() == [("role_changed", f"user:{mo.pk}:therapist")]
    assert SecurityEvent.objects.get().user_id == owner.pk


def test_who_had_every_right_has_those_of_their_role_from_then_on(owner: User) -> None:
    first = User.objects.create_superuser("first", password="x")  # noqa: S106
    assert people.give_role(first, Role.MANAGER, by=owner, now=NOW)
    first = User.objects.get(pk=first.pk)
    assert (first.is_superuser, first.is_staff, role_of(first)) == (False, True, Role.MANAGER)


def test_the_last_owner_who_can_sign_in_stays_one(owner: User) -> None:
    invited = somebody(Role.OWNER, "Not Yet", password=None)
    gone = somebody(Role.OWNER, "Long Gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for role in (Role.MANAGER, Role.THERAPIST, Role.ASSISTANT):
        with pytest.raises(LastOwnerError):
            people.give_role(owner, role, by=owner, now=NOW)
    with pytest.raises(LastOwnerError):
        people.end(owner, by=owner, now=NOW)
    assert role_of(owner) is Role.OWNER
    assert events() == []
    people.end(invited, by=owner, now=NOW)  # who never came in holds nothing up
    somebody(Role.OWNER, "Second Owner")
    people.end(owner, by=owner, now=NOW)
    assert role_of(User.objects.get(pk=owner.pk)) is None


def test_who_leaves_is_out_of_every_browser_at_once(owner: User) -> None:
    mo = somebody(Role.MANAGER)
    theirs, other = browser_of(mo), browser_of(owner)
    assert theirs.get("/admin/").status_code == 200
    before = StaffSession.objects.count()
    people.end(mo, by=owner, now=NOW)
    assert StaffSession.objects.count() == before - 1
    assert theirs.get("/admin/").status_code == 302
    assert other.get("/admin/").status_code == 200
    given = {"username": mo.username, "password": "only-for-this-test"}
    assert Browser().post("/admin/login/", given).status_code == 200
    assert events() == [("left", f"user:{mo.pk}"), ("sign_in_failed", f"user:{mo.pk}")]


def test_a_copy_of_a_session_opens_nothing_even_for_who_comes_back(owner: User) -> None:
    mo = somebody(Role.MANAGER)
    theirs = browser_of(mo)
    copy = dict(theirs.session)
    people.end(mo, by=owner, now=NOW)
    people.welcome_back(mo)
    again = Browser()
    session = again.session
    session.update(copy)
    session.save()
    again.cookies["sessionid"] = str(session.session_key)
    assert again.get("/admin/").status_code == 302


def test_a_superuser_who_leaves_keeps_no_right_and_the_role_they_had(owner: User) -> None:
    first = User.objects.create_superuser("first", password="x")  # noqa: S106
    people.end(first, by=owner, now=NOW)
    first = User.objects.get(pk=first.pk)
    assert (first.is_superuser, first.is_active) == (False, False)
    assert first.staff_member.role == Role.OWNER


def test_who_never_had_a_role_can_leave_too(owner: User) -> None:
    nobody = somebody(None)
    people.end(nobody, by=owner, now=NOW)
    assert not User.objects.get(pk=nobody.pk).is_active


def test_an_address_is_somebodys_once_whatever_its_case(owner: User) -> None:
    mo = somebody(Role.MANAGER)
    with pytest.raises(AlreadyHereError) as caught:
        people.add("Mo", mo.email.upper(), Role.OWNER, by=owner, now=NOW)
    assert caught.value.user == mo
    invited = people.add("Bo", "Bo@kicks.example", Role.OWNER, by=owner, now=NOW)
    assert (invited.username, invited.email) == ("bo@kicks.example", "Bo@kicks.example")
    with pytest.raises(AlreadyHereError):
        people.correct_address(invited, mo.email)


def test_a_name_and_an_address_are_corrected(owner: User) -> None:
    mo = somebody(Role.THERAPIST)
    people.rename(mo, "Mo New")
    people.correct_address(mo, "Right@kicks.example")
    mo.refresh_from_db()
    assert (mo.get_full_name(), mo.username) == ("Mo New", "right@kicks.example")
    people.correct_address(mo, "right@kicks.example")  # their own is nobody else's


def test_only_who_owns_the_practice_at_that_moment_changes_anybody(owner: User) -> None:
    with people.one_at_a_time(owner):
        pass
    manager = somebody(Role.MANAGER)
    with pytest.raises(PermissionDenied), people.one_at_a_time(manager):
        raise AssertionError
