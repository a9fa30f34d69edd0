"""The owner reads what happened in words and by name; nobody else does, and nobody edits it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from staff.models import Role, SecurityEvent
from staff.security_events import Origin, write_down
from tests.desk.people.owners import browser_of, somebody
from tests.factories import NOW, World, book
from tests.pages import text_of

Kind = SecurityEvent.Kind
LIST = reverse("admin:staff_securityevent_changelist")


def lines(browser: Browser, query: str = "") -> list[list[str]]:
    """Each event on the page: what, who, about, address, device."""
    body = text_of(browser.get(LIST + query)).split("<table")[1].split("</table>")[0]
    cells = (re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in body.split("<tr")[2:])
    shown = ([re.sub("<[^>]+>", "", cell).strip() for cell in row] for row in cells)
    return [row for row in shown if row]


def text(browser: Browser, query: str = "") -> str:
    return " ".join(re.sub("<[^>]+>", " ", text_of(browser.get(LIST + query))).split())


def test_ids_become_names_on_the_page_alone(world: World, owner: User, browser: Browser) -> None:
    mo, booking = somebody(Role.MANAGER), book(world, NOW + timedelta(days=1, hours=1))
    for kind, about in (
        (Kind.ROLE_CHANGED, f"user:{mo.pk}:owner"),
        (Kind.NOTE_OPENED, f"booking:{booking.pk}"),
        (Kind.ERASED, f"client:{booking.client_id}"),
        (Kind.OWNERSHIP_CHANGED, f"therapist:{world.therapist.pk}"),
        (Kind.ERASED, "client:99999"),
        (Kind.KEYS_ROTATED, "everything"),
        (Kind.KEYS_ROTATED, ""),
    ):
        write_down(kind, user_id=owner.pk, now=NOW, about=about)
    write_down(Kind.SIGN_IN_FAILED, user_id=None, now=NOW, origin=Origin("192.0.2.7", "Firefox"))
    write_down(Kind.SIGNED_IN, user_id=99999, now=NOW)
    page = text(browser)
    for words in (
        "Role changed Olive Owner Mo Reed: owner",
        f"Note opened Olive Owner {booking.reference}",
        "Data erased Olive Owner Sam Okafor",
        "Diary or client given to somebody else Olive Owner the diary of Robin Kicks",
        "Data erased Olive Owner client 99999",
        "Encryption keys rotated Olive Owner everything",
        "Encryption keys rotated Olive Owner –",
        "Sign-in failed Nobody who is signed in – 192.0.2.7 Firefox",
        "Signed in A former user, 99999",
    ):
        assert words in page, words


def test_it_is_narrowed_by_kind_person_and_date(owner: User, browser: Browser) -> None:
    mo = somebody(Role.MANAGER)
    write_down(Kind.SIGNED_IN, user_id=mo.pk, now=NOW)
    write_down(Kind.LEFT, user_id=owner.pk, now=NOW - timedelta(days=20))
    write_down(Kind.ERASED, user_id=owner.pk, now=NOW - timedelta(days=200))

    def kinds(query: str) -> list[str]:
        found = browser.get(LIST + query).context["cl"].result_list
        return [event.kind for event in found]

    assert kinds("") == ["signed_in", "left", "erased"]
    assert kinds(f"?who={mo.pk}") == ["signed_in"]
    assert kinds("?when=30") == ["signed_in", "left"]
    assert kinds("?kind__exact=erased") == ["erased"]
    for odd in ("?who=x", "?who=99999", "?when=x", "?who=%F0%9F%8C%8A", "?p=99"):
        assert browser.get(LIST + odd).status_code in {200, 302}


@pytest.mark.parametrize("query", ["?at__year=99999", "?about__contains=x", "?user_id__exact=1"])
def test_it_takes_no_question_that_no_filter_asks(browser: Browser, query: str) -> None:
    assert browser.get(LIST + query).status_code in {302, 400}


def test_nobody_edits_it_the_owner_neither(owner: User, browser: Browser) -> None:
    event = write_down(Kind.SIGNED_IN, user_id=owner.pk, now=NOW)
    first = browser_of(User.objects.create_superuser("first", password="x"))  # noqa: S106
    for one in (browser, first):
        for view in ("add", "delete"):
            args = [event.pk] if view == "delete" else []
            path = reverse(f"admin:staff_securityevent_{view}", args=args)
            assert one.get(path).status_code == 403
            assert one.post(path, {"post": "yes", "kind": "left"}).status_code == 403
        path = reverse("admin:staff_securityevent_change", args=[event.pk])
        assert one.get(path).status_code == 200
        assert one.post(path, {"kind": "left"}).status_code == 403
        action = {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"}
        one.post(LIST, action)
    assert SecurityEvent.objects.get().kind == "signed_in"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.THERAPIST, Role.ASSISTANT, None])
def test_nobody_but_the_owner_reads_it(owner: User, role: Role | None) -> None:
    event = write_down(Kind.SIGNED_IN, user_id=owner.pk, now=NOW)
    other = browser_of(somebody(role, "Somebody Else"))
    assert other.get(LIST).status_code == 403
    for view in ("change", "history", "delete"):
        path = reverse(f"admin:staff_securityevent_{view}", args=[event.pk])
        assert other.get(path).status_code == 403
    assert "Security events" not in other.get("/admin/").content.decode()


@pytest.mark.parametrize("count", [1, 5])
def test_names_are_asked_for_once_a_kind(world: World, browser: Browser, count: int) -> None:
    for _ in range(count):
        mo = somebody(Role.MANAGER, f"Mo {SecurityEvent.objects.count()}")
        write_down(Kind.ROLE_CHANGED, user_id=mo.pk, now=NOW, about=f"user:{mo.pk}:owner")
    browser.get(LIST)
    with CaptureQueriesContext(connection) as asked:
        browser.get(LIST)
    assert len(asked) == 8
