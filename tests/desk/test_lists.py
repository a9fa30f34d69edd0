"""What a list says that has nothing to show, and what its cells are called on a phone."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse

from staff.models import Role
from tests.factories import World, make_user
from tests.kicks.everything import fill
from tests.pages import browser_of, text_of

# Their list leads to the one row, or to the form that adds it.
LEADS_ON = ("FrontPage", "AccessibilityStatement")
LISTS = [page for page in admin.site._registry.values() if page.model.__name__ not in LEADS_ON]


def address(page: Any) -> str:
    return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")


@pytest.mark.parametrize("page", LISTS, ids=lambda page: page.model.__name__)
@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.ASSISTANT])
def test_an_empty_list_says_what_would_be_there_and_offers_what_they_may_do(
    db: None, role: Role, page: Any
) -> None:
    rows = page.model._base_manager.all()
    if rows.exists():  # what comes with Kicks
        rows.delete()
    answer = browser_of(make_user(role)).get(address(page))
    may_see = page.has_view_permission(answer.wsgi_request)
    assert answer.status_code == (200 if may_see else 403)
    if may_see:
        said = text_of(answer).split('id="nothing-here"')[1]
        assert page.when_empty in said
        assert "Create a new item" not in said
        may_add = page.has_add_permission(answer.wsgi_request)
        assert (f"Add {page.opts.verbose_name}" in said) == may_add


@pytest.mark.parametrize("page", admin.site._registry.values(), ids=lambda page: str(page.opts))
def test_no_form_squeezes_more_than_two_fields_into_a_row(
    db: None, rf: RequestFactory, page: Any
) -> None:
    """At 1280 pixels three leave a word's width to what each says."""
    request = rf.get("/")
    request.user = make_user(Role.OWNER)
    for _, facts in page.get_fieldsets(request):
        assert all(isinstance(row, str) or len(row) <= 2 for row in facts["fields"])


def test_a_search_that_finds_nothing_leads_back_to_all(world: World) -> None:
    browser = browser_of(make_user(Role.OWNER))
    shown = text_of(browser.get(reverse("admin:clients_client_changelist"), {"q": "nobody"}))
    assert "Nothing matches" in shown
    assert re.search(r'href="\?"[^>]*>\s*Show all', shown)


@pytest.mark.parametrize("page", LISTS, ids=lambda page: page.model.__name__)
def test_each_cell_is_called_as_its_column_is(world: World, page: Any) -> None:
    """Unfold calls the first cell of a row "Select record", whatever is in it."""
    browser = Browser()
    browser.force_login(fill(world, 1).owner)
    asked = "?when=all" if "when" in str(page.list_filter) else ""
    shown = text_of(browser.get(address(page) + asked))
    assert "data-label=" in shown
    for cell in re.findall(r"<t[dh][^>]*data-label=\"Select record\"[^>]*>", shown):
        assert "action-checkbox" in cell
