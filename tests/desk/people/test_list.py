"""The list says who works here, as what, in whose diary, and since when they were not seen."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from staff.models import Role
from tests.desk.people.owners import browser_of, give_role, somebody
from tests.factories import NOW, World, make_therapist
from tests.pages import text_of


def table(browser: Browser) -> list[list[str]]:
    """The rows of the list, each as its cells."""
    body = text_of(browser.get(reverse("people"))).split("<tbody>")[1].split("</tbody>")[0]
    rows = body.split("</tr>")[:-1]
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows)
    return [[re.sub("<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def test_each_line_says_who_it_is(world: World, browser: Browser) -> None:
    give_role(world.therapist)
    User.objects.filter(pk=world.therapist.user_id).update(last_login=NOW)
    world.therapist.assistants.add(somebody(Role.ASSISTANT, "Asa Still"))
    somebody(Role.MANAGER, "Not Yet", password=None)
    somebody(None, "Who Knows")
    User.objects.create_superuser("first", password="x")  # noqa: S106
    gone = somebody(Role.THERAPIST, "Long Gone")
    make_therapist(practice=world.therapist.practice, name="Long Gone", is_active=False)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    browser.get("/admin/")
    User.objects.filter(first_name="Olive Owner").update(last_login=None)
    found = {row[0]: row[1:] for row in table(browser)}
    *facts, last = found["Robin Kicks"]
    assert facts == ["Therapist", "Works here", "Robin Kicks", "Yes"]
    assert last == "Monday 23 November 2026, 9am UK time"
    assert found["Asa Still"] == ["Assistant", "Works here", "Robin Kicks (assists)", "–", "Never"]
    assert found["Not Yet"] == ["Manager", "Invited", "None", "–", "Never"]
    assert found["Who Knows"] == ["No role", "Works here", "None", "–", "Never"]
    assert found["first"] == ["Owner", "Works here", "None", "–", "Never"]
    assert found["Long Gone"] == ["Therapist", "Has left", "None", "–", "Never"]
    assert [row[0] for row in table(browser)][-1] == "Long Gone"


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_same_however_many_work_here(
    world: World, browser: Browser, count: int
) -> None:
    for n in range(count):
        whose = make_therapist(practice=world.therapist.practice)
        whose.assistants.add(somebody(Role.ASSISTANT, f"Asa {n}"))
    browser.get(reverse("people"))
    with CaptureQueriesContext(connection) as asked:
        browser.get(reverse("people"))
    # The session, who it is, their role; the practice, twice; people, whom they assist; the menu's
    # rights, twice; whether mail is in trouble.
    assert len(asked) == 7


@pytest.mark.parametrize("role", [Role.MANAGER, Role.THERAPIST, Role.ASSISTANT, None])
def test_it_is_the_owners_alone(role: Role | None, db: None) -> None:
    other = browser_of(somebody(role, "Somebody Else"))
    for name in ("people", "person_add", "client_hand_over"):
        assert other.get(reverse(name)).status_code == 403
        assert other.post(reverse(name)).status_code == 403
        assert Browser().get(reverse(name)).status_code == 302


def test_the_owner_comes_there_from_the_settings(db: None) -> None:
    browser = browser_of(User.objects.create_superuser("first", password="x"))  # noqa: S106
    page = browser.get(reverse("settings")).content.decode()
    for name in ("people", "admin:staff_securityevent_changelist"):
        assert f'href="{reverse(name)}"' in page
    assert browser.post(reverse("people")).status_code == 405
