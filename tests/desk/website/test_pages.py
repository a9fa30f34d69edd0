"""The therapist edits what the website says."""

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client as Browser
from django.urls import reverse

from staff.models import Role
from tests.desk.tab import as_opened
from tests.factories import make_front_page, make_passage, make_practice, make_user
from tests.pages import browser_of, text_of
from welcome import words
from welcome.models import AccessibilityStatement, FrontPage, OnlyRow, Passage

pytestmark = pytest.mark.django_db

HOME, STATEMENT = "admin:welcome_frontpage", "admin:welcome_accessibilitystatement"
EACH = pytest.mark.parametrize(
    ("table", "name"), [(FrontPage, HOME), (AccessibilityStatement, STATEMENT)]
)
PREFIXES = {"step": "passages", "approach": "passages-2", "question": "passages-3"}


def filled(**changes: Any) -> dict[str, Any]:
    """The form of the home page as a browser sends it, with no passage."""
    fields = ("headline", "reassurance", "for_whom", "reasons", "in_person", "online", "walking")
    more = ("approach", "fees_note", "invitation")
    form: dict[str, Any] = {name: f"My {name}" for name in (*fields, *more)} | {"picture": "river"}
    for prefix in PREFIXES.values():
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return form | changes


def passage(part: str, title: str, text: str) -> dict[str, Any]:
    """One new passage, as the form sends it."""
    prefix = PREFIXES[part]
    return {
        f"{prefix}-TOTAL_FORMS": 1,
        f"{prefix}-0-page": 1,
        f"{prefix}-0-title": title,
        f"{prefix}-0-text": text,
        f"{prefix}-0-position": 0,
    }


@EACH
def test_its_list_leads_to_the_one_there_is_or_to_the_form_that_makes_it(
    admin_client: Browser, table: type[OnlyRow], name: str
) -> None:
    table._default_manager.all().delete()
    page = admin_client.get(reverse(f"{name}_changelist"), follow=True)
    assert page.redirect_chain == [(reverse(f"{name}_add"), 302)]
    table().save()
    page = admin_client.get(reverse(f"{name}_changelist"), follow=True)
    assert page.redirect_chain == [(reverse(f"{name}_change", args=[1]), 302)]
    assert page.status_code == 200


@EACH
def test_no_second_one_is_made_and_none_is_deleted(
    admin_client: Browser, table: type[OnlyRow], name: str
) -> None:
    table._default_manager.all().delete()
    table().save()
    change = reverse(f"{name}_change", args=[1])
    assert admin_client.post(reverse(f"{name}_add"), filled())["Location"] == change
    assert "_addanother" not in text_of(admin_client.get(change))
    delete = admin_client.post(reverse(f"{name}_delete", args=[1]), {"post": "yes"})
    assert delete.status_code == 403
    assert table._default_manager.count() == 1


@EACH
def test_who_may_not_see_it_does_not(table: type[OnlyRow], name: str) -> None:
    table._default_manager.all().delete()
    table().save()
    stranger = browser_of(make_user(Role.THERAPIST))
    for path in (reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[1])):
        assert stranger.get(path).status_code == 403
    assert reverse(f"{name}_changelist") not in text_of(stranger.get(reverse("settings")))


def test_who_does_not_run_the_practice_changes_nothing() -> None:
    make_front_page(headline="Mine")
    path = reverse(f"{HOME}_change", args=[1])
    assert browser_of(make_user(Role.THERAPIST)).post(path, filled()).status_code == 403
    assert FrontPage.current().headline == "Mine"


def test_the_settings_lead_there(admin_client: Browser) -> None:
    page = text_of(admin_client.get(reverse("settings")))
    for name in (HOME, STATEMENT):
        assert f'href="{reverse(f"{name}_changelist")}"' in page


def test_what_is_typed_is_on_the_home_page_each_passage_in_its_part(
    admin_client: Browser, client: Browser
) -> None:
    make_front_page()
    make_practice()
    typed = filled(
        **passage("step", "First", "We meet."),
        **passage("approach", "Gestalt", "We notice."),
        **passage("question", "Is it private?", "Yes."),
    )
    path = reverse(f"{HOME}_change", args=[1])
    saved = admin_client.post(path, {**as_opened(admin_client, path), **typed})
    assert saved.status_code == 302, saved.context["errors"]
    parts = {one.part: (one.title, one.text) for one in Passage.objects.all()}
    assert parts == {
        "step": ("First", "We meet."),
        "approach": ("Gestalt", "We notice."),
        "question": ("Is it private?", "Yes."),
    }
    page = text_of(client.get("/"))
    for said in ("My headline", "My for_whom", "My reasons", "My approach", "Is it private?"):
        assert said in page


def test_a_part_shows_its_own_passages_and_changes_no_other(admin_client: Browser) -> None:
    make_front_page()
    step, question = make_passage("step"), make_passage("question")
    path = reverse(f"{HOME}_change", args=[1])
    page = text_of(admin_client.get(path))
    assert "a link is written [fees](/fees/)" in page
    assert page.count(f'value="{step.title}"') == page.count(f'value="{question.title}"') == 1
    change = passage("question", "Changed?", "Yes.") | {
        "passages-3-INITIAL_FORMS": 1,
        "passages-3-0-id": question.pk,
        "passages-TOTAL_FORMS": 1,
        "passages-INITIAL_FORMS": 1,
        "passages-0-id": step.pk,
        "passages-0-page": 1,
        "passages-0-DELETE": "on",
    }
    opened = as_opened(admin_client, path)
    assert admin_client.post(path, {**opened, **filled(**change)}).status_code == 302
    [left] = Passage.objects.all()
    assert (left.pk, left.title, left.part) == (question.pk, "Changed?", "question")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"headline": ""}, "This field is required."),
        ({"headline": "x" * 81}, "at most 80 characters"),
        ({"picture": "a cat"}, "Select a valid choice"),
        ({"reasons": "a\x00b"}, "Null characters are not allowed."),
        (passage("question", "", "An answer to nothing."), "This field is required."),
    ],
    ids=["empty", "long", "unknown", "NUL", "half a question"],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    admin_client: Browser, change: dict[str, Any], said: str
) -> None:
    make_front_page(headline="Before")
    path = reverse(f"{HOME}_change", args=[1])
    page = admin_client.post(path, {**as_opened(admin_client, path), **filled(**change)})
    assert page.status_code == 200
    assert said in text_of(page)
    assert "My for_whom" in text_of(page)
    assert FrontPage.current().headline == "Before"
    assert not Passage.objects.exists()


def test_the_statement_begins_as_it_ships_and_is_what_was_typed_from_then_on(
    admin_client: Browser, client: Browser
) -> None:
    page = admin_client.get(reverse(f"{STATEMENT}_changelist"), follow=True)
    [first, *_] = words.STATEMENT.splitlines()
    assert first in text_of(page)
    typed = {"text": "## Ask me\n\nI’ll help.", "reviewed_on": "03/12/2026"}
    assert admin_client.post(reverse(f"{STATEMENT}_add"), typed).status_code == 302
    shown = text_of(client.get(reverse("accessibility")))
    assert '<h2 id="h-ask-me">Ask me</h2><p>I’ll help.</p>' in shown
    assert "Last reviewed on Thursday 3 December 2026." in shown
    assert first not in shown


@pytest.mark.parametrize(
    ("table", "path"), [(FrontPage, "/"), (AccessibilityStatement, "/accessibility/")]
)
def test_each_page_leads_to_where_everybody_reads_it(
    admin_client: Browser, table: type[OnlyRow], path: str
) -> None:
    row = table._default_manager.get_or_create()[0]
    kind = ContentType.objects.get_for_model(table)
    led = admin_client.get(reverse("admin:view_on_site", args=[kind.pk, row.pk]))
    assert led["Location"] == f"http://testserver{path}"
