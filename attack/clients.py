"""Booking as anybody does, through the public pages; the mail that comes of it."""

import email
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from email.policy import default
from functools import cache
from typing import NamedTuple

from django.core import signing

from attack import words
from attack.browser import Browser, Page
from attack.site import Site, mails
from availability.models import Format, Service
from front import forms
from front.choice import Choice

LINK = re.compile(r"/b/([A-Za-z0-9_-]{20,})/")
AGO = 30  # seconds since the form was shown: a person took so long
PATIENCE, TICK = 20, 0.2


class Answers(NamedTuple):
    """What somebody types."""

    email: str
    name: str = f"{words.NAME} Okafor"
    phone: str = words.PHONE
    note: str = words.NOTE
    pronouns: str = words.PRONOUNS
    languages: str = words.LANGUAGES
    needs: str = words.NEEDS


def details_path(service: Service, slot: str) -> str:
    """Return where the details for an online meeting are typed."""
    return Choice(service, Format.ONLINE).link("details", slot=slot)


def fill_in(browser: Browser, service: Service, slot: str, said: Answers) -> list[Page]:
    """Type the details; return the form, its answer and the last page before the booking."""
    page = browser.follow(browser.get(details_path(service, slot)))
    form = page.form("rendered")
    rendered = signing.dumps(time.time() - AGO, salt=forms.SALT)
    asked = {name: value for name, value in said._asdict().items() if form.has(name)}
    agreed = {"agree": "on"} if form.has("agree") else {}
    answer = browser.press(page, form, **asked, **agreed, rendered=rendered)
    return [page, answer, browser.follow(answer)]


def book(browser: Browser, service: Service, slot: str, said: Answers) -> list[Page]:
    """Book; return every page on the way, the press and what it led to last."""
    pages = fill_in(browser, service, slot, said)
    pressed = browser.press(pages[-1], pages[-1].form("key"))
    return [*pages, pressed, browser.follow(pressed)]


def ask_for_links(browser: Browser, address: str) -> list[Page]:
    """Ask for the links of an address; return the form, its answer and what it led to."""
    page = browser.get("/book/link/")
    rendered = signing.dumps(time.time() - AGO, salt=forms.SALT)
    answer = browser.press(page, page.form("email"), email=address, rendered=rendered)
    return [page, answer, browser.follow(answer)]


def messages(site: Site) -> Iterator[EmailMessage]:
    """Yield every mail that has left, read."""
    return map(_read, mails(site))


@cache
def _read(mail: bytes) -> EmailMessage:
    found = email.message_from_bytes(mail, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def said_in(message: EmailMessage) -> str:
    """Return all that a mail says: its headers, and its parts decoded."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    bodies = (part.get_payload(decode=True) for part in parts)
    text = [body.decode(errors="replace") for body in bodies if isinstance(body, bytes)]
    headers = [f"{name}: {value}" for name, value in message.items()]
    return "\n".join([*headers, *text])


def tokens_to(site: Site, address: str, known: frozenset[str] = frozenset()) -> list[str]:
    """Wait for mail to an address that brings links other than those known; return its tokens.

    None if no such mail comes.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for message in reversed(list(messages(site))):
            if address in str(message["To"]):
                found = dict.fromkeys(LINK.findall(said_in(message)))
                if found.keys() - known:
                    return [one for one in found if one not in known]
        time.sleep(TICK)
    return []


def tokens(site: Site) -> dict[str, str]:
    """Return every token that was mailed to the victim's clients so far, under a name for it."""
    found: dict[str, str] = {}
    with suppress(FileNotFoundError):
        for message in messages(site):
            for token in LINK.findall(said_in(message)) if words.EMAIL in message["To"] else ():
                found[f"a link to {message['To']} ({len(found)})"] = token
    return found
