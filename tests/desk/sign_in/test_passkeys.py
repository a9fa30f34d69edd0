"""What the script of the passkey pages asks, when somebody else than a browser answers.

A real browser makes and shows passkeys in tests/flows/test_sign_in.py.
"""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django_otp_webauthn.models import WebAuthnCredential
from pytest_django.fixtures import Settings

from desk.sign_in.passkeys import Helper
from tests.desk.sign_in.people import app_of, come_in, give, is_in

pytestmark = pytest.mark.django_db

AT = "/admin/sign-in/passkey/"
BROKEN = (
    "",
    "[]",
    "null",
    "{",
    "{}",
    '{"id": 1}',
    '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
    '{"id": "x", "rawId": "!!", "type": "public-key", "response": []}',
    json.dumps(
        {
            "id": "eA",
            "rawId": "eA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "e30",
                "attestationObject": "oA",
                "authenticatorData": "oA",
                "signature": "oA",
            },
        }
    ),
    "\x00",
    "9" * 5000,
    '{"response": {"clientDataJSON": null}}',
)


def post(browser: Browser, name: str, body: str = "{}") -> Any:
    return browser.post(f"{AT}{name}/", body, content_type="application/json")


def passkey_of(user: User) -> WebAuthnCredential:
    return WebAuthnCredential.objects.create(
        user=user, name="Phone", credential_id=b"x", public_key=b"k", aaguid="0"
    )


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_new_passkey_is_refused_in_words(owner: User, body: str) -> None:
    browser = Browser()
    give(browser)
    asked = post(browser, "make").json()
    assert asked["rp"]["name"] == "Kicks"
    response = post(browser, "made", body)
    assert response.status_code == 403
    assert "wasn’t taken" in response.json()["message"]
    assert not WebAuthnCredential.objects.exists()
    assert not is_in(browser)


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_passkey_lets_nobody_in(owner: User, body: str) -> None:
    passkey_of(owner)
    browser = Browser()
    give(browser)
    assert post(browser, "show").json()["allowCredentials"]
    response = post(browser, "shown", body)
    assert response.status_code == 403
    assert not is_in(browser)


@pytest.mark.parametrize("name", ["made", "shown"])
def test_an_answer_to_no_question_is_refused(owner: User, name: str) -> None:
    if name == "shown":
        passkey_of(owner)
    browser = Browser()
    give(browser)
    assert post(browser, name).status_code == 403


@pytest.mark.parametrize("name", ["make", "made", "show", "shown"])
def test_nobody_is_asked_for_a_passkey_before_the_password(owner: User, name: str) -> None:
    response = post(Browser(), name)
    assert response.status_code == 403
    assert "begin again" in response.json()["message"]


def test_signed_in_the_password_is_asked_for_before_a_passkey_is_added(
    owner: User, settings: Settings
) -> None:
    browser = Browser()
    come_in(browser, owner, app_of(owner))
    assert post(browser, "make").status_code == 200
    browser.force_login(owner)
    session = Browser()
    session.force_login(owner)
    assert post(session, "make").status_code == 403


def test_questions_are_limited(owner: User, settings: Settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"sign-in-code": (1, 900)}
    passkey_of(owner)
    browser = Browser()
    give(browser)
    assert [post(browser, "show").status_code for _ in range(2)] == [200, 403]


@pytest.mark.parametrize(
    ("url", "origin", "name"),
    [
        ("https://book.example.org", "https://book.example.org", "book.example.org"),
        ("http://127.0.0.1:8000", "http://localhost:8000", "localhost"),
    ],
)
def test_passkeys_belong_to_the_sites_name(
    settings: Settings, url: str, origin: str, name: str
) -> None:
    settings.SITE_URL = url
    helper = Helper(None)
    assert helper.get_allowed_origins() == [origin]
    assert helper.get_relying_party_domain() == name
