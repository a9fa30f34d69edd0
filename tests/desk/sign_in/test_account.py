"""People sign in with their email address; an account that was made by a username keeps it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser

from desk.sign_in.account import account_of
from tests.desk.sign_in.people import CODE, LOGIN, PASSWORD, app_of, give, make_owner
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["owner", "Owner", "owner@example.org", "OWNER@Example.org"])
def test_either_name_lets_in(owner: User, typed: str) -> None:
    app_of(owner)
    assert give(Browser(), typed).headers["Location"] == CODE


def test_a_diarys_address_is_that_of_an_account_without_one(world: World) -> None:
    user = User.objects.get(pk=world.therapist.user_id)
    assert user.email == ""
    assert account_of("Robin@kicks.example") == user
    user.email = "elsewhere@example.org"
    user.save()
    assert account_of("robin@kicks.example") is None
    assert account_of("elsewhere@example.org") == user


def test_nobody_is_let_in_by_a_guess_who_is_meant(owner: User) -> None:
    other = make_owner("other")  # with the same address
    assert account_of("owner@example.org") is None
    assert account_of("other") == other
    assert account_of("owner") == owner


def test_a_username_comes_before_somebody_elses_address(owner: User) -> None:
    named = make_owner("owner@example.org", email="named@example.org")
    assert account_of("owner@example.org") == named
    small, large = make_owner("twin", email=""), make_owner("Twin", email="")
    assert [account_of(name) for name in ("twin", "Twin", "TWIN")] == [small, large, None]


def test_an_accounts_own_address_comes_before_a_diarys(owner: User, world: World) -> None:
    """Or a colleague who gave their diary the owner's address would shut the owner out."""
    world.therapist.email = "Owner@example.org"
    world.therapist.save()
    assert account_of("owner@example.org") == owner
    app_of(owner)
    assert give(Browser(), "owner@example.org").headers["Location"] == CODE


def test_who_works_here_comes_before_who_left_with_the_same_address(owner: User) -> None:
    left = make_owner("left", email="owner@example.org", is_active=False)
    assert account_of("owner@example.org") == owner
    assert account_of("left") == left
    owner.delete()
    assert account_of("owner@example.org") == left


def test_nothing_typed_is_nobody(owner: User) -> None:
    User.objects.update(email="")
    assert account_of("") is None


def test_an_address_longer_than_a_username_can_be_typed_whole(db: None) -> None:
    email = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example.org"
    make_owner("long", email=email)
    assert give(Browser(), email).status_code == 302


def test_the_page_says_email_and_tells_a_password_manager_which_is_which(db: None) -> None:
    page = Browser().get(LOGIN).content.decode()
    assert "Email" in page
    assert "Username" not in page
    for part in (
        'autocomplete="username"',
        'autocomplete="current-password"',
        'inputmode="email"',
        'autocapitalize="none"',
    ):
        assert part in page, part


def test_a_page_that_lacks_something_says_what(owner: User) -> None:
    said = Browser().post(LOGIN, {"username": "", "password": ""}).content.decode()
    assert "Enter your email address." in said
    assert "Enter your password." in said
    wrong = give(Browser(), password=f"{PASSWORD} ").content.decode()
    assert "don’t let anybody in here" in wrong
