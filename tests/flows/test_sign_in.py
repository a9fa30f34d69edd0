"""Signing in as a person does: a passkey of Chromium's own, an app's codes, the way back."""

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.contrib.auth.models import User
from django_otp.oath import TOTP
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from bookings.notices import reset_requests
from outbox.models import OutgoingMail
from staff.models import AuthenticatorApp, StaffSession
from tests.flows.visits import DESK, PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("sign_in")]

PASSWORD, NEW = "correct horse battery", "four words without sense"
REFUSING = """() => {
  const no = () => Promise.reject(new DOMException("", "NotAllowedError"));
  navigator.credentials.get = no;
}"""
STRICT = "script-src 'self'"


@pytest.fixture(autouse=True)
def _as_on_a_server(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def owner(transactional_db: None) -> User:
    return User.objects.create_superuser("owner", "owner@example.org", PASSWORD)


def give_password(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Email").fill("owner")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def heading(page: Page, words: str) -> None:
    """Wait for the page, and look it over: axe, its width, and what may run on it."""
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words))
    page.evaluate(AXE_SCRIPT)
    result = AxeResults(page.evaluate("axe.run()"))
    assert result.violations_count == 0, result.generate_report()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    picture(page, words)


def picture(page: Page, words: str) -> None:
    folder = os.environ.get("KICKS_SCREENS")
    if folder:
        name = re.sub(r"\W+", "-", f"sign-in {words} {page.viewport_size}")
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def virtual_authenticator(page: Page) -> None:
    """Give the window a phone that says yes, as DevTools does."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable", {"enableUI": False})
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def code_of(user: User, *, confirmed: bool = True, later: int = 0) -> str:
    device = AuthenticatorApp.objects.get(user=user, confirmed=confirmed)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.t0 -= later * device.step
    return f"{totp.token():06d}"


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_passkey_is_made_and_lets_in(visits: Visits, owner: User, width: int) -> None:
    page = visits.open("/admin/", width=width)
    virtual_authenticator(page)
    give_password(page)
    heading(page, "One more thing")
    page.get_by_role("link", name="Make a passkey").click()
    heading(page, "Make a passkey")
    page.get_by_role("button", name="Make a passkey").click()
    heading(page, "Recovery codes")
    page.get_by_role("button", name="Show me recovery codes").click()
    heading(page, "Your recovery codes")
    page.get_by_role("link", name="I’ve kept them").click()
    expect(page.get_by_role("link", name="Today").first).to_be_visible()

    sign_out(page)
    page.goto("/admin/")
    give_password(page)
    heading(page, "Is it you")
    page.get_by_label("Don’t ask for a code").check()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("link", name="Today").first).to_be_visible()
    page.goto("/admin/sign-in/")
    expect(page.get_by_text("this one")).to_be_visible()
    expect(page.get_by_text("It isn’t asked for a second factor until")).to_be_visible()
    picture(page, "own")
    page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate("axe.run('#own-sign-in')"))
    assert found.violations_count == 0, found.generate_report()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_a_passkey_that_the_browser_will_not_show_is_said_in_words(
    visits: Visits, owner: User
) -> None:
    page = visits.open("/admin/")
    virtual_authenticator(page)
    give_password(page)
    page.goto("/admin/sign-in/set-up/passkey/")
    page.get_by_role("button", name="Make a passkey").click()
    heading(page, "Recovery codes")
    sign_out(page)

    other = visits.open("/admin/")
    tools = other.context.new_cdp_session(other)
    tools.send("WebAuthn.enable", {"enableUI": False})
    give_password(other)
    heading(other, "Is it you")
    other.evaluate(REFUSING)
    other.get_by_role("button", name="Use my passkey").click()
    expect(other.get_by_role("alert")).to_contain_text("told no, or took too long")
    StaffSession.objects.all().delete()
    other.get_by_role("button", name="Use my passkey").click()
    expect(other.get_by_role("alert")).to_contain_text("begin again with your password")


def sign_out(page: Page) -> None:
    page.goto("/admin/")
    page.evaluate("document.querySelector('form[action$=\"/logout/\"]').requestSubmit()")
    expect(page.get_by_text("Thanks for spending")).to_be_visible()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_an_app_is_set_up_by_its_letters_and_lets_in(
    visits: Visits, owner: User, width: int
) -> None:
    page = visits.open("/admin/", width=width)
    give_password(page)
    page.get_by_role("link", name="Set up an app").click()
    heading(page, "Set up an authenticator app")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Use this app").click()
    expect(page.locator(".kt-errors")).to_contain_text("isn’t right")
    picture(page, "app error")
    page.wait_for_timeout(1100)  # after a wrong one
    page.get_by_label("Code").fill(code_of(owner, confirmed=False))
    page.get_by_role("button", name="Use this app").click()
    heading(page, "Recovery codes")

    sign_out(page)
    page.goto("/admin/")
    give_password(page)
    heading(page, "Is it you")
    page.get_by_label("Code", exact=True).fill(code_of(owner, later=1))  # the last was used
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("link", name="Today").first).to_be_visible()


def test_a_forgotten_password_is_chosen_anew_by_the_mailed_link(
    visits: Visits, owner: User
) -> None:
    AuthenticatorApp.objects.create(user=owner, name="App")
    page = visits.open("/admin/")
    page.get_by_role("link", name="I can’t sign in").click()
    heading(page, "A link to sign in")
    page.get_by_label("Email").fill("owner@example.org")
    page.get_by_role("button", name="Email me a link").click()
    heading(page, "Check your email")
    reset_requests.answer()
    found = re.search(r"https?://[^/\s]+(/admin/choose\S+)", OutgoingMail.objects.get().text)
    assert found
    page.goto(found[1])
    heading(page, "Choose a password")
    for label in ("New password", "Once more"):
        page.get_by_label(label).fill("short")
    page.get_by_role("button", name="Use this password").click()
    expect(page.locator(".kt-errors")).to_contain_text("Use at least 12")
    for label in ("New password", "Once more"):
        page.get_by_label(label).fill(NEW)
    page.get_by_role("button", name="Use this password").click()
    expect(page.get_by_text("That’s your new password")).to_be_visible()
    give_password(page, NEW)
    heading(page, "Is it you")
    page.goto(found[1])
    heading(page, "That link has ended")


def test_the_pages_of_a_second_factor_run_our_own_files_alone(visits: Visits, owner: User) -> None:
    page = visits.open("/admin/")
    give_password(page)
    for path in ("", "app/", "passkey/"):
        response = page.goto(f"/admin/sign-in/set-up/{path}")
        assert response
        policy = response.headers["content-security-policy"]
        assert STRICT in [part.strip() for part in policy.split(";")]  # they come in any order
        assert "publickey-credentials-create=(self)" in response.headers["permissions-policy"]
    response = page.goto("/")
    assert response
    assert "publickey-credentials-create=()" in response.headers["permissions-policy"]
