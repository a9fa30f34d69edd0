"""The key of an authenticator app is sealed for its row; one that was kept plainly becomes so."""

from datetime import timedelta
from importlib import import_module
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.fixtures import Settings

from staff import factors, housekeeping
from staff.factors import Checked
from staff.models import AppKey, AuthenticatorApp, ResetRequest
from tests.clock import Clock
from tests.desk.sign_in.people import CODE, code_of, give, make_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db: None) -> User:
    return make_owner()


@pytest.fixture
def app(user: User) -> AuthenticatorApp:
    """In use, set up by this release."""
    device = factors.begin_app(user, timezone.now())
    assert factors.confirm_app(user, code_of(device), timezone.now()) is Checked.RIGHT
    found: AuthenticatorApp = AuthenticatorApp.objects.get(user=user)
    return found


@pytest.fixture
def plain(db: None) -> TOTPDevice:
    """Somebody else's in use, set up by a release before."""
    other = make_owner("other")
    device: TOTPDevice = TOTPDevice.objects.create(user=other, name="App")
    return device


def stored() -> str:
    """All that the two tables hold of keys, as it is in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM otp_totp_totpdevice UNION ALL SELECT key FROM staff_appkey")
        return " ".join(key for (key,) in cursor.fetchall())


def test_a_key_is_nowhere_but_in_its_seal(app: AuthenticatorApp) -> None:
    assert app.bin_key.hex() not in stored()
    assert app.bin_key != bytes.fromhex(app.key)
    assert stored().count("v2.") == 1


def test_what_django_otps_own_column_holds_lets_nobody_in(app: AuthenticatorApp) -> None:
    foreign = TOTPDevice.objects.get()
    assert factors.check_code(app.user, code_of(foreign, steps=1)) is Checked.WRONG


def test_a_code_counts_once(app: AuthenticatorApp, clock: Clock) -> None:
    clock.shift(timedelta(minutes=1))
    code = code_of(app)
    assert factors.check_code(app.user, code) is Checked.RIGHT
    assert factors.check_code(app.user, code) is not Checked.RIGHT


def test_one_that_was_plain_is_sealed_as_its_next_code_is_checked(plain: TOTPDevice) -> None:
    key = plain.key
    assert factors.check_code(plain.user, code_of(plain)) is Checked.RIGHT
    assert key not in stored()
    assert AuthenticatorApp.objects.get(pk=plain.pk).bin_key.hex() == key


def test_a_wrong_code_seals_it_too(plain: TOTPDevice) -> None:
    assert factors.check_code(plain.user, "000000") is Checked.WRONG
    assert plain.key not in stored()
    assert AuthenticatorApp.objects.get().throttling_failure_count == 1


@pytest.mark.parametrize("how", ["at night", "by the command"])
def test_all_that_were_plain_are_sealed(plain: TOTPDevice, app: AuthenticatorApp, how: str) -> None:
    sealed = app.bin_key
    if how == "at night":
        housekeeping.forget_old(timezone.now())
    else:
        call_command("rotate_keys", stdout=StringIO())
    assert plain.key not in stored()
    assert AuthenticatorApp.objects.get(pk=plain.pk).bin_key.hex() == plain.key
    assert AppKey.objects.count() == AuthenticatorApp.objects.count() == 2
    assert AuthenticatorApp.objects.get(pk=app.pk).bin_key == sealed
    assert factors.seal_keys() == 0


def test_one_that_went_meanwhile_is_nobodys(plain: TOTPDevice) -> None:
    plain.delete()
    assert factors._sealed(0) is False


def test_keys_are_rotated_with_all_else_that_is_sealed(
    app: AuthenticatorApp, settings: Settings
) -> None:
    key, old = app.bin_key, stored()
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    assert "staff.appkey: 1 written anew" in said.getvalue()
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert AuthenticatorApp.objects.get().bin_key == key
    assert stored() != old


def test_a_sealed_key_opens_for_no_other_app(app: AuthenticatorApp) -> None:
    other = factors.begin_app(make_owner("other"), timezone.now())
    mine, theirs = (AppKey.objects.get(device=one.pk) for one in (app, other))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE staff_appkey SET key = (SELECT key FROM staff_appkey WHERE id = %s)"
            " WHERE id = %s",
            [theirs.pk, mine.pk],
        )
    assert not AuthenticatorApp.objects.get(pk=app.pk).is_readable


def test_who_can_still_use_a_recovery_code_is_told_so(
    app: AuthenticatorApp, settings: Settings
) -> None:
    [code, *_] = factors.new_codes(app.user, timezone.now())
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    settings.SECOND_FACTOR_REQUIRED = True
    browser = Browser()
    assert give(browser).headers["Location"] == CODE
    page = browser.post(CODE, {"code": "123456"})
    assert page.status_code == 422
    assert "The key of your app can’t be read just now" in page.content.decode()
    assert browser.post(CODE, {"code": code}).status_code == 302


def test_one_that_is_being_set_up_and_is_unreadable_is_begun_anew(
    user: User, settings: Settings
) -> None:
    first = factors.begin_app(user, timezone.now())
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    second = factors.begin_app(user, timezone.now())
    assert second.pk != first.pk
    assert factors.begin_app(user, timezone.now()) == second
    assert AppKey.objects.count() == 1


def test_the_database_lets_a_key_go_with_its_app(app: AuthenticatorApp) -> None:
    with connection.cursor() as cursor:  # as a process of the release before does
        cursor.execute("DELETE FROM otp_totp_totpdevice")
    assert not AppKey.objects.exists()


def test_undone_a_release_before_finds_the_keys_where_it_left_them(app: AuthenticatorApp) -> None:
    key = app.bin_key.hex()
    ResetRequest.objects.create(email="a@example.org", asked_at=timezone.now())
    import_module("staff.migrations.0005_keys_go_back").put_back(apps, None)
    assert TOTPDevice.objects.get().key == key
    assert not ResetRequest.objects.exists()


def test_a_row_is_named_without_its_key(app: AuthenticatorApp) -> None:
    assert str(AppKey.objects.get()) == f"key of app {app.pk}"
