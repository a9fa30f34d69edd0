"""No list of admin, asked for any column in any way, and no form filled in by an address, fails."""

import io
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.db import transaction
from django.db.models import Field, Model
from django.test import Client as Browser
from django.urls import reverse

from availability.models import DifferentHours, TimeOff
from bookings.models import Booking
from clients.models import Client
from tests.factories import World
from tests.kicks.everything import fill

VALUES = ("", "x", "99999", "9" * 30, "\N{ARABIC-INDIC DIGIT THREE}", "\0")
# What Django asks of a list beside its columns.
OWN = ("q", "o", "p", "all", "e", "_popup", "_to_field", "_facets", "_changelist_filters", "s")
# Of some twenty models each some hundred addresses: what broke once is asked by name further down.
EVERY_LIST = pytest.mark.parametrize(
    "model",
    [pytest.param(model, marks=pytest.mark.drill) for model in admin.site._registry],
    ids=lambda model: model.__name__,
)


class Owner(Browser):
    """The owner's browser, and all that the site logs meanwhile; what fails is an answer."""

    printed: io.StringIO

    def fails(self, path: str) -> bool:
        """Whether it does, or is an error in the log; what it broke in the test is undone."""
        self.printed.truncate(0)
        with transaction.atomic():
            status = self.get(path).status_code
            transaction.set_rollback(True)
        return status >= 500 or " ERROR " in self.printed.getvalue()


@pytest.fixture
def owner(world: World, printed: io.StringIO) -> Owner:
    """At a practice with one of everything."""
    browser = Owner(raise_request_exception=False)
    browser.printed = printed
    browser.force_login(fill(world, 1).owner)
    return browser


def names(model: type[Model]) -> Iterator[str]:
    """Every column and relation, and of one of each kind every comparison that Postgres knows."""
    yield from ("pk", "pk__in", "pk__gt", *OWN)
    kinds = set()
    for field in model._meta.get_fields():
        yield from {field.name, getattr(field, "attname", field.name)}
        yield from (f"{field.name}__{how}" for how in ("id", "isnull", "year", "contains"))
        if isinstance(field, Field) and type(field) not in kinds:
            kinds.add(type(field))
            yield from (f"{field.name}__{lookup}" for lookup in field.get_lookups())
            yield f"{field.name}__year__gt"


def address(model: type[Model], view: str, *about: object) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}"
    return reverse(name, args=about)


@EVERY_LIST
def test_no_list_fails_whatever_column_it_is_asked_for(owner: Owner, model: type[Model]) -> None:
    lists, asked = address(model, "changelist"), list(names(model))
    assert len(asked) > 20
    bad = [
        (name, value)
        for name in asked
        for value in (VALUES if name in OWN else ("99999",) if "__" in name else ("x", "9" * 30))
        if owner.fails(f"{lists}?{name}={quote(value)}")
    ]
    assert bad == []


@EVERY_LIST
def test_no_list_fails_by_what_its_own_filters_and_dates_are_asked_for(
    owner: Owner, model: type[Model]
) -> None:
    page, lists = admin.site.get_model_admin(model), address(model, "changelist")
    hows = ("", "__exact", "__id__exact", "__isnull")
    known = [getattr(one, "parameter_name", one) for one in page.list_filter]
    asked = [f"{name}{how}" for name in known for how in hows]
    asked += [f"{page.date_hierarchy}__{part}" for part in ("year", "month", "day")]
    bad = [
        (name, value)
        for name in asked
        for value in (*VALUES, "9999", "1", "99999-01-01")
        if owner.fails(f"{lists}?{name}={quote(value)}")
    ]
    assert bad == []


@EVERY_LIST
def test_no_form_fails_by_what_its_address_fills_in(owner: Owner, model: type[Model]) -> None:
    add = address(model, "add")
    bad = [
        (field.name, value)
        for field in model._meta.get_fields()
        for value in VALUES
        if owner.fails(f"{add}?{field.name}={quote(value)}")
    ]
    assert bad == []


@EVERY_LIST
def test_no_page_of_a_row_fails_by_the_row_that_it_is_asked_for(
    owner: Owner, model: type[Model]
) -> None:
    bad = [
        (view, value)
        for view in ("change", "history", "delete")
        for value in VALUES
        if value and owner.fails(address(model, view, value))
    ]
    assert bad == []


@EVERY_LIST
def test_no_page_fails_by_what_django_asks_beside_columns(owner: Owner, model: type[Model]) -> None:
    row = model._base_manager.order_by("pk").values_list("pk", flat=True).first()
    pages = [address(model, "add")]
    pages += [address(model, view, row) for view in ("change", "history", "delete") if row]
    bad = [
        (page, name, value)
        for page in pages
        for name in ("_popup", "_to_field", "_changelist_filters", "e")
        for value in ("note", "id", "\0", "a=b&c=%zz")
        if owner.fails(f"{page}?{name}={quote(value)}")
    ]
    assert bad == []


@pytest.mark.parametrize(
    "asked",
    [
        "autocomplete/?term=x",
        "autocomplete/?term=%00&app_label=bookings&model_name=booking&field_name=client",
        "autocomplete/?app_label=clients&model_name=client&field_name=nonsense",
        "autocomplete/?app_label=nonsense&model_name=x&field_name=y&page=x",
        "search/?s=%00",
        "search/?s=x&extended=nonsense",
        "jsi18n/?language=x",
        "r/1/1/",
        "r/99999999999999999999/x/",
        "?app_label=nonsense",
        "why-not/?therapist=%00&day=99999-01-01",
        "people/give-client/?client=%F0%9F%8C%8A&whose=note",
    ],
)
def test_no_other_address_of_admin_fails(owner: Owner, asked: str) -> None:
    assert not owner.fails(f"/admin/{asked}")


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        (Booking, "created_at__year=99999"),
        (Booking, "during__contains=x"),
        (Booking, "created_at__year=2026"),
        (Booking, "client_id=1"),
        (Booking, "status__regex=("),
        (Client, "created_at__year=99999"),
        (DifferentHours, "day__year=9999"),
        (DifferentHours, "day__year=99999"),
        (DifferentHours, "day__month=13"),
        (DifferentHours, "day__hour=1"),
        (DifferentHours, "day__year=" + "9" * 5000),
    ],
)
def test_a_list_that_no_link_asks_for_is_a_bad_request(
    owner: Owner, model: type[Model], asked: str
) -> None:
    answer = owner.get(f"{address(model, 'changelist')}?{asked}")
    assert answer.status_code == 400
    assert "That didn’t come through" in answer.text


@pytest.mark.parametrize("asked", ["starts_at=x", "ends_at=2026-11-24", "starts_at="])
def test_a_moment_that_an_address_fills_in_is_a_bad_request(owner: Owner, asked: str) -> None:
    assert owner.get(f"{address(TimeOff, 'add')}?{asked}").status_code == 400
    assert owner.get(f"{address(TimeOff, 'add')}?elsewhere=1&_popup=1").status_code == 200


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        (Booking, "status__exact=confirmed&when=all"),
        (Booking, "format__exact=online"),
        (Booking, "went=0"),
        (DifferentHours, "day__year=2026&day__month=11&day__day=24"),
        (DifferentHours, "day__year=1"),
        (DifferentHours, "day__year=9998&day__month=12&day__day=31"),
    ],
)
def test_what_a_link_asks_for_is_shown(owner: Owner, model: type[Model], asked: str) -> None:
    assert owner.get(f"{address(model, 'changelist')}?{asked}").status_code == 200
