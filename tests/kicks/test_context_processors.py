"""The practice stands around pages of apps that do not know it, and costs only those."""

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import resolve
from pytest_django import DjangoAssertNumQueries

from kicks.context_processors import practice
from tests.factories import make_practice


def render(text: str) -> str:
    request = RequestFactory().get("/academy/")
    request.resolver_match = resolve("/academy/")
    template = engines["django"].from_string(text)
    return str(template.render(practice(request), request))


@pytest.mark.django_db
def test_it_is_asked_for_once_and_only_where_it_is_shown(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_practice(name="Kicks Therapy")
    with django_assert_num_queries(0):
        assert render("Nothing of it.") == "Nothing of it."
    with django_assert_num_queries(1):
        assert render("{{ practice.name }}, {{ practice.name }}") == "Kicks Therapy, Kicks Therapy"


@pytest.mark.django_db
def test_before_there_is_a_practice_a_page_has_its_defaults() -> None:
    assert (
        render("{{ practice.name|default:'Kicks' }}{% if practice.email %}x{% endif %}") == "Kicks"
    )


def test_an_address_that_leads_nowhere_asks_the_database_nothing(client: Client) -> None:
    assert client.get("/no/such/page/").status_code == 404
