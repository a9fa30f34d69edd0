"""What a page answered to a form sent in vain: at an address of its own, for them alone."""

from cryptography.fernet import Fernet
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse
from pytest_django.fixtures import Settings

from clients.models import AccessLink
from front.visitor import ANSWER
from portal import kept_answer
from tests.factories import NOW, World
from tests.pages import book, text_of

CHOOSE = "Choose whether to cancel or keep it"


def refused(browser: Browser, world: World) -> tuple[str, str]:
    """Press without a choice; return the page's address and the one that it led to."""
    path = reverse("cancel", args=[book(browser, world).uid])
    sent = browser.post(path, {"seen": 0, "reason": "I am ill"})
    assert sent.status_code == 303
    return path, sent["Location"]


def test_it_shows_what_is_missing_and_what_was_typed_as_often_as_it_is_asked_for(
    client: Browser, world: World
) -> None:
    path, led_to = refused(client, world)
    assert led_to.startswith(f"{path}?again=")
    for _ in range(2):
        shown = client.get(led_to)
        assert shown.status_code == 422
        assert CHOOSE in text_of(shown)
        assert "I am ill" in text_of(shown)
    # The page itself is as if nothing had been pressed.
    assert CHOOSE not in text_of(client.get(path))
    assert "I am ill" not in str(client.session[ANSWER])


def test_another_name_another_page_and_another_browser_show_none_of_it(
    client: Browser, world: World
) -> None:
    path, led_to = refused(client, world)
    elsewhere = reverse("reminders", args=path.split("/")[2:3])
    for address in (f"{path}?again=guess", f"{elsewhere}?again={led_to.partition('=')[2]}"):
        assert "I am ill" not in text_of(client.get(address))
    assert Browser().get(led_to).status_code == 404


def test_it_closes_with_the_link_and_goes_with_who_has_finished(
    client: Browser, world: World
) -> None:
    _, led_to = refused(client, world)
    AccessLink.objects.all().update(revoked_at=NOW)
    assert client.get(led_to).status_code == 404
    client.post(reverse("finish"))
    assert ANSWER not in client.session


def test_after_a_key_was_retired_the_page_is_as_it_is_asked_for_first(
    client: Browser, world: World, settings: Settings
) -> None:
    _, led_to = refused(client, world)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    assert client.get(led_to).status_code == 200


def test_one_that_is_too_long_is_given_at_once() -> None:
    answer = HttpResponse("a" * (kept_answer.LONGEST + 1), status=422)
    request: HttpRequest = RequestFactory().post("/")
    assert kept_answer.lead_to(request, answer) is answer
