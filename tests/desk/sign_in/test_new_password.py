"""Somebody is told by email that their password was changed, wherever that was done."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client as Browser
from django.utils import timezone

from desk.sign_in.forms import PASSWORD as AGAIN
from outbox.models import OutgoingMail
from tests.desk.sign_in.people import PASSWORD, app_of, come_in, make_owner
from tests.desk.sign_in.test_password_reset import ask, choose

pytestmark = pytest.mark.django_db

NEW = "four words without sense"


def told() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="staff_new_password"))


def test_who_changes_it_in_admin_is_told_without_details(owner: User) -> None:
    browser = Browser(headers={"user-agent": "Firefox (Windows)"}, REMOTE_ADDR="192.0.2.1")
    come_in(browser, owner, app_of(owner))
    given = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert browser.post("/admin/password_change/", given).status_code == 302
    [mail] = told()
    assert mail.to == "owner@example.org"
    assert mail.subject == "Your password for Kicks was changed"
    for part in (mail.text, mail.html):
        assert "If it wasn’t" in part
        assert "/admin/sign-in/forgotten/" in part
        for detail in (NEW, PASSWORD, "192.0.2.1", "Firefox"):
            assert detail not in part


def test_who_chooses_it_by_a_link_is_told(owner: User) -> None:
    come_in(Browser(), owner, app_of(owner))
    assert choose(Browser(), ask("owner@example.org")) == 302
    assert [mail.to for mail in told()] == ["owner@example.org"]


def test_whose_password_is_set_on_the_server_is_told(owner: User) -> None:
    come_in(Browser(), owner, app_of(owner))
    owner.refresh_from_db()
    owner.set_password(NEW)
    owner.save()
    assert len(told()) == 1


def test_who_never_came_in_is_not_told_of_their_first(db: None) -> None:
    call_command("createsuperuser", username="first", email="a@example.org", interactive=False)
    user = User.objects.get()
    user.set_password(NEW)
    user.save()
    assert told() == []


def test_who_has_no_address_is_told_nothing(db: None) -> None:
    user = make_owner("bare", email="", last_login=timezone.now())
    user.set_password(NEW)
    user.save()
    assert told() == []


def test_a_password_that_is_only_asked_for_again_is_none_that_changed(owner: User) -> None:
    browser = Browser()
    browser.force_login(owner)
    browser.post("/admin/sign-in/recovery-codes/", {AGAIN: PASSWORD})
    assert told() == []
