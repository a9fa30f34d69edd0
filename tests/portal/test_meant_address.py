"""Where links are asked for, a likely slip is offered as it was meant before anything is sent."""

import re

from django.test import Client as Browser
from django.urls import reverse

from clients.models import LinkRequest
from tests.factories import World
from tests.pages import stamp, text_of

LINKS = reverse("sessions")
OFFER = "Did you mean sam@gmail.com?"


def asked_for() -> list[str]:
    return [one.email for one in LinkRequest.objects.all()]


def ask(browser: Browser, email: str, **more: str) -> str:
    posted = {"email": email, "rendered": stamp(), **more}
    return text_of(browser.post(LINKS, posted, follow=True))


def hidden(page: str, button: str) -> dict[str, str]:
    """What the form with this button sends besides."""
    form = next(one for one in page.split("<form")[1:] if button in one.partition("</form>")[0])
    return dict(re.findall(r'type="hidden" name="(email|rendered|typed)" value="([^"]*)"', form))


def test_one_press_mends_it(client: Browser, world: World) -> None:
    page = ask(client, "sam@gmial.com")
    assert OFFER in page
    assert "Nothing is sent yet" in page
    assert 'value="sam@gmial.com"' in page
    assert asked_for() == []
    sent = {**hidden(page, "Use sam@gmail.com"), "meant": "1"}
    assert "Check your email" in text_of(client.post(LINKS, sent, follow=True))
    assert asked_for() == ["sam@gmail.com"]


def test_who_means_it_sends_it_once_more(client: Browser, world: World) -> None:
    page = ask(client, "sam@gmial.com")
    typed = hidden(page, "Email me my links")["typed"]
    assert "Check your email" in ask(client, "sam@gmial.com", typed=typed)
    assert asked_for() == ["sam@gmial.com"]


def test_another_slip_is_another_question(client: Browser, world: World) -> None:
    page = ask(client, "sam@hotmial.com", typed="sam@gmial.com")
    assert "Did you mean sam@hotmail.com?" in page
    assert asked_for() == []


def test_what_reads_as_meant_is_asked_nothing(client: Browser, world: World) -> None:
    assert "Check your email" in ask(client, "sam@gmail.com")
    assert asked_for() == ["sam@gmail.com"]
