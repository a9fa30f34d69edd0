"""What a client left goes for good only after the password, and that it went is written down."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db.models import CASCADE, Model
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse

from availability.models import Service
from bookings.models import PendingBooking
from clients.models import AccessLink, Client, Consent, PrivacyNotice
from desk.erasure import Erases, holds_data_of_a_client
from encryption.rotation import sealed_columns
from staff.models import Role, SecurityEvent
from tests.desk.people.owners import GIVEN, browser_of, events, somebody
from tests.desk.tab import Tab
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_client,
    make_pending,
    make_service,
    pages_link,
)
from tests.pages import text_of

ASKED = "Your password, please"
LIST = reverse("admin:clients_client_changelist")


@pytest.fixture
def owner(world: World) -> User:
    return somebody(Role.OWNER)


@pytest.fixture
def browser(owner: User) -> Browser:
    return browser_of(owner)


@pytest.fixture
def sam(world: World) -> Client:
    """A card with all that hangs on it."""
    sam = make_client(name="Sam Okafor")
    Consent.objects.create(client=sam, notice=world.notice, given_at=NOW)
    pages_link(sam)
    return sam


def delete_page(row: Model) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_delete"
    return reverse(name, args=[row.pk])


def test_a_card_goes_after_the_password_and_it_is_written_down(
    browser: Browser, owner: User, sam: Client
) -> None:
    pk, path = sam.pk, delete_page(sam)
    asked = browser.post(path, {"post": "yes"})
    assert ASKED in text_of(asked)
    assert ("post", "yes") in asked.context["kept"]
    assert ASKED in text_of(browser.post(path, {"post": "yes", "password_again": "wrong"}))
    assert Client.objects.filter(pk=pk).exists()
    assert {kind for kind, _ in events()} == {"sign_in_failed"}
    assert browser.post(path, {"post": "yes", **GIVEN}).status_code == 302
    assert not Client.objects.filter(pk=pk).exists()
    assert not Consent.objects.exists()
    assert not AccessLink.objects.exists()
    erased = SecurityEvent.objects.exclude(kind="sign_in_failed").get()
    said = (erased.kind, erased.about, erased.user_id, erased.at)
    assert said == ("erased", f"client:{pk}", owner.pk, NOW)


def test_no_name_stays_in_the_history_of_admin(browser: Browser, sam: Client) -> None:
    pk = sam.pk
    change = reverse("admin:clients_client_change", args=[pk])
    assert Tab(browser, change).save(phone="07700 900123") == 302
    assert LogEntry.objects.get().object_repr == "Sam Okafor"
    browser.post(delete_page(sam), {"post": "yes", **GIVEN})
    assert {*LogEntry.objects.values_list("object_repr", flat=True)} == {f"client {pk}"}
    assert LogEntry.objects.count() == 2


@pytest.mark.parametrize(
    "action",
    [
        {"action": "delete_selected"},
        # Two lists of actions, above and below the rows, and which of them counts.
        {"action": ["delete_selected", "accept"], "index": "0"},
        {"action": ["accept", "delete_selected"], "index": "1"},
    ],
    ids=str,
)
def test_several_cards_go_after_the_password_each_written_down(
    browser: Browser, action: dict[str, Any]
) -> None:
    pks = [make_client().pk for _ in range(2)]
    chosen = {**action, "_selected_action": pks}
    assert "Are you sure" in text_of(browser.post(LIST, chosen))
    assert ASKED in text_of(browser.post(LIST, {**chosen, "post": "yes"}))
    assert Client.objects.count() == 2
    assert browser.post(LIST, {**chosen, "post": "yes", **GIVEN}).status_code == 302
    assert not Client.objects.exists()
    assert events() == [("erased", f"client:{pk}") for pk in sorted(map(str, pks))]


def test_other_actions_on_cards_ask_for_nothing(browser: Browser, sam: Client) -> None:
    done = browser.post(LIST, {"action": "accept", "_selected_action": [sam.pk]}, follow=True)
    assert "1 accepted." in text_of(done)


def test_a_card_with_bookings_stays_and_nothing_is_written_down(
    browser: Browser, world: World
) -> None:
    card = make_client()
    force_booking(world, NOW + timedelta(days=1), client=card)
    done = browser.post(delete_page(card), {"post": "yes", **GIVEN})
    assert done.status_code in (200, 302, 403)
    assert Client.objects.filter(pk=card.pk).exists()
    assert events() == []


def test_a_service_takes_who_waits_to_be_confirmed_for_it_and_that_is_erasing_too(
    browser: Browser, world: World
) -> None:
    service = make_service(world.therapist, slug="short-lived")
    make_pending(world, NOW + timedelta(days=1), service=service)
    waiting = PendingBooking.objects.get()
    path = delete_page(service)
    assert ASKED in text_of(browser.post(path, {"post": "yes"}))
    assert PendingBooking.objects.exists()
    assert browser.post(path, {"post": "yes", **GIVEN}).status_code == 302
    assert not Service.objects.filter(pk=service.pk).exists()
    assert events() == [("erased", f"pending booking:{waiting.pk}")]


def test_a_service_that_nobody_waits_for_goes_unasked(browser: Browser, world: World) -> None:
    service = make_service(world.therapist, slug="short-lived")
    assert browser.post(delete_page(service), {"post": "yes"}).status_code == 302
    assert not Service.objects.filter(pk=service.pk).exists()
    assert events() == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.THERAPIST, Role.ASSISTANT])
def test_who_may_not_delete_is_refused_before_any_password(
    world: World, sam: Client, role: Role
) -> None:
    theirs = browser_of(somebody(role, "Mo Other"))
    done = theirs.post(delete_page(sam), {"post": "yes", **GIVEN})
    assert ASKED not in text_of(done)
    assert Client.objects.filter(pk=sam.pk).exists()
    assert events() == []


def test_a_row_that_is_not_there_is_said_to_be_gone(browser: Browser, sam: Client) -> None:
    path = delete_page(sam)
    Client.objects.all().delete()
    assert "Perhaps it was deleted?" in text_of(browser.post(path, {"post": "yes"}, follow=True))


# Every page of the desk.


def deletable(owner: User) -> Iterator[tuple[Any, type[Model]]]:
    """Each page of a model whose rows the owner may delete, and the parts of each page."""
    request: Any = RequestFactory().get("/")
    request.user = owner
    for model, page in site._registry.items():
        if page.has_delete_permission(request):
            yield page, model
        for part in page.get_inline_instances(request):
            if part.can_delete and part.has_delete_permission(request):
                yield part, part.model


def goes_along(model: type[Model]) -> set[type[Model]]:
    """The models of which rows go with a row of this one."""
    found = {model}
    for relation in model._meta.get_fields(include_hidden=True):
        below: Any = relation.related_model
        is_below = relation.auto_created and getattr(relation, "on_delete", None) is CASCADE
        if is_below and below not in found:
            found |= goes_along(below)
    return found


def test_whatever_takes_a_clients_data_along_asks_first(owner: User) -> None:
    """A model that comes to hold such data, or a page that deletes it, fails here."""
    taking = {
        page
        for page, model in deletable(owner)
        if any(holds_data_of_a_client(one) for one in goes_along(model))
    }
    assert {page for page in taking if not isinstance(page, Erases)} == set()
    assert {page.model for page in taking} == {Client, PrivacyNotice, Service}


def test_what_holds_a_clients_data_is_known_by_its_columns() -> None:
    held = {model for model in apps.get_models() if holds_data_of_a_client(model)}
    assert held >= {*sealed_columns(), Client, Consent, AccessLink}
    assert Service not in held
