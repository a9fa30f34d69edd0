"""Signing in, as people who work here do: a password, then whatever else is asked."""

import hashlib
import hmac
import struct
import time

from django.contrib.auth.models import User
from django_otp.plugins.otp_totp.models import TOTPDevice

from attack.browser import Browser, Page
from attack.practice import password_of
from attack.site import Site

LOGIN_PATH, INDEX = "/admin/login/", "/admin/"
LOGIN = f"{LOGIN_PATH}?next={INDEX}"
STEP = 30  # seconds for which a code of an authenticator app holds
CODE = "code"  # the name of its field
TRIES, PAUSE = 20, 1.0
# The last step of each person's app whose code was typed.
_served: dict[int, int] = {}


def give_app(user: User) -> None:
    """Give somebody an authenticator app, with a secret that we can reckon from."""
    TOTPDevice.objects.create(user=user, name="App", confirmed=True, key=secret_of(user).hex())


def secret_of(user: User) -> bytes:
    """Return the secret that somebody's app and the site share."""
    return hashlib.sha1(user.username.encode(), usedforsecurity=False).digest()


def code_of(user: User, moment: float) -> str:
    """Return the six digits that the app shows at a moment (RFC 6238)."""
    counter = struct.pack(">Q", int(moment // STEP))
    digest = hmac.new(secret_of(user), counter, "sha1").digest()
    number = struct.unpack(">I", digest[digest[-1] & 15 :][:4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def sign_in(user: User, browser: Browser, tries: int = TRIES) -> bool:
    """Sign in as the user: whether it worked, however often one was asked to try again."""
    for _ in range(tries):
        page = browser.post(LOGIN, {"username": user.username, "password": password_of(user)})
        page = _proven(user, browser, browser.follow(page))
        if is_in(browser):
            return True
        time.sleep(PAUSE)
    return False


def is_in(browser: Browser) -> bool:
    """Whether the browser's session opens admin."""
    page = browser.get(INDEX)
    return page.status == 200 and b'name="password"' not in page.body


def _proven(user: User, browser: Browser, page: Page) -> Page:
    """Answer the page that asks for the second factor, if it does."""
    if not any(form.is_post and form.has(CODE) for form in page.forms):
        return page
    step = max(int(time.time() // STEP), _served.get(user.pk, 0) + 1)
    time.sleep(max(0, (step - 1) * STEP - time.time()))  # one ahead is taken, two are not
    _served[user.pk] = step  # none counts twice
    return browser.follow(browser.press(page, page.form(CODE), code=code_of(user, step * STEP)))


def staff(site: Site, people: dict[str, User]) -> dict[str, Browser]:
    """Return everybody's browser, signed in, each at an address of their own."""
    found = {}
    for number, (role, user) in enumerate(people.items()):
        give_app(user)
        found[role] = Browser(site, f"203.0.113.{10 + number}")
        if not sign_in(user, found[role]):
            site.web.fail(f"{role} cannot sign in")
    return found
