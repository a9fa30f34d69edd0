"""Which passwords are taken, and what a new one ends."""

import io

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import (
    get_default_password_validators,
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.fixtures import Settings

from staff import factors
from staff.models import SecurityEvent, StaffSession

pytestmark = pytest.mark.django_db


def is_taken(password: str, user: User | None = None) -> bool:
    try:
        validate_password(password, user)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "password",
    [
        "eightlet",
        "fourteen chars",
        "password1234567",
        "!!!!qwertyuiop!!!!",
        "sunshinesunshine",
        "aaaaaaaaaaaaaaaaaaaa",
        "121212121212121212",
        "31415926535897932",
        "PasswordPassword2026",
    ],
)
def test_what_is_guessed_first_is_not_taken(password: str) -> None:
    assert not is_taken(password)


@pytest.mark.parametrize("password", ["fifteen letters", "tulip ravine lamp", "ünïcödé wörter!"])
def test_fifteen_characters_of_any_kind_are_taken(password: str) -> None:
    assert is_taken(password)


@pytest.mark.parametrize(
    "password",
    ["KicksTherapy2026!", "fulhamcounselling1", "client-booking-diary", "hartpractice2026"],
)
def test_what_anybody_would_try_here_is_not_taken(settings: Settings, password: str) -> None:
    settings.SITE_URL = "https://book.hart-therapy.example"
    assert not is_taken(password)


def test_such_words_may_stand_beside_others(settings: Settings) -> None:
    assert is_taken("therapy tulip ravine lamp")
    assert is_taken("4829 tulipwren 1023")  # nothing is asked of what they are made of
    assert is_taken("hartlepool hartlepool wren")
    settings.SITE_URL = "https://hartlepool.example"
    assert not is_taken("hartlepool hartlepool wren")


@pytest.mark.parametrize("length", [64, 200])
def test_a_long_password_is_taken_as_it_was_typed(length: int) -> None:
    long = (" Tulip Ravine  Lamp" * 20)[:length]
    assert is_taken(long)
    user = User.objects.create_user("robin", password=long)
    assert user.check_password(long)
    for other in (long[:-1], long.lower(), long.strip()):
        assert not user.check_password(other)


def test_twelve_are_enough_for_who_has_a_second_factor() -> None:
    user = User.objects.create_user("robin")
    assert not is_taken("tulip ravine", user)
    TOTPDevice.objects.create(user=user, name="App")
    assert is_taken("tulip ravine", user)
    assert not is_taken("tulip ravin", user)
    assert not is_taken("tulip ravine", User(username="not stored"))


def test_each_rule_says_itself() -> None:
    texts = password_validators_help_texts(get_default_password_validators())
    assert "At least 15 characters, or 12 once you have a second factor." in texts
    assert all(texts)


def test_a_new_password_ends_sessions_wherever_it_was_changed() -> None:
    user = User.objects.create_user("robin")
    make_session(user)
    user.set_password("correct horse battery")
    user.save()
    assert not StaffSession.objects.exists()
    event = SecurityEvent.objects.get()
    assert (event.kind, event.about, event.user_id) == (
        "password_changed",
        f"user:{user.pk}",
        None,
    )


def test_a_person_who_is_not_stored_has_nothing_to_end() -> None:
    for validator in get_default_password_validators():
        if hasattr(validator, "password_changed"):
            validator.password_changed("correct horse battery", None)
            validator.password_changed("correct horse battery", User())
    assert not SecurityEvent.objects.exists()


def make_session(user: User) -> None:
    store = StaffSession.get_session_store_class()()
    store["_auth_user_id"] = str(user.pk)
    store.create()
    assert StaffSession.objects.get().user == user


def test_who_lost_everything_gets_a_new_beginning_from_whoever_runs_the_server() -> None:
    user = User.objects.create_user("robin")
    TOTPDevice.objects.create(user=user, name="App")
    factors.new_codes(user, user.date_joined)
    make_session(user)
    said = io.StringIO()
    call_command("reset_second_factor", "robin", stdout=said)
    assert "1 sessions ended" in said.getvalue()
    assert not factors.has_factor(user)
    assert not factors.codes_left(user)
    assert not StaffSession.objects.exists()
    kinds = list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["factor_added", "factor_removed", "sessions_ended"]


def test_a_name_that_nobody_has_resets_nothing() -> None:
    with pytest.raises(CommandError, match="Nobody signs in by that name"):
        call_command("reset_second_factor", "nobody")
