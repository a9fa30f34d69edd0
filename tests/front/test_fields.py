"""A field that nobody has answered is rendered once; what somebody typed is rendered for them."""

from typing import Any

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django.test import Client as Browser

from front.forms import DetailsForm, VisitForm
from front.templatetags import fields
from front.templatetags.fields import as_field
from tests.factories import NOW, World, make_place
from tests.pages import SLOT, address, answers, send_details, text_of

pytestmark = pytest.mark.django_db
SAID = ("name", "email", "place", "phone", "note", "pronouns", "languages", "needs", "agree")


@pytest.fixture
def places(world: World) -> list[Any]:
    return [*world.therapist.places.filter(format="in_person"), make_place(world.therapist)]


@pytest.mark.parametrize("form", [DetailsForm, VisitForm])
def test_it_is_the_same_markup_as_before(form: type[VisitForm], places: list[Any]) -> None:
    for given in ({}, {"name": "Vera Moss", "note": "Quite a lot", "agree": True}):
        shown = form(places=places, initial=given, now=NOW)
        for name in [one for one in SAID if one in shown.fields]:
            fresh = form(places=places, initial=given, now=NOW)
            for _ in range(2):
                assert as_field(shown[name]) == as_crispy_field(fresh[name])


def test_what_is_asked_otherwise_is_rendered_anew(places: list[Any]) -> None:
    def where(some: list[Any]) -> str:
        return as_field(VisitForm(places=some, now=NOW)["place"])

    before = where(places)
    places[1].name = "The attic"
    assert "The attic" in where(places)
    assert "The attic" not in before


def test_nothing_that_was_typed_is_kept(places: list[Any], client: Browser, world: World) -> None:
    typed = DetailsForm(answers(name="Vera Moss", email=""), places=places, now=NOW)
    assert "Vera Moss" in as_field(typed["name"])
    send_details(client, world, name="Vera Moss", email="")
    drafted = DetailsForm(places=places, initial={"name": "Vera Moss"}, now=NOW)
    assert "Vera Moss" in as_field(drafted["name"])
    assert not [one for one in fields._empty.values() if "Vera" in one]
    assert "Vera" not in text_of(Browser().get(address("details", world, slot=SLOT)))


def test_no_more_is_kept_than_a_few_forms_ask(
    monkeypatch: pytest.MonkeyPatch, places: list[Any]
) -> None:
    monkeypatch.setattr(fields, "MOST", 2)
    monkeypatch.setattr(fields, "_empty", {})
    for name in ("note", "pronouns", "languages", "needs"):
        as_field(VisitForm(places=places, now=NOW)[name])
    assert len(fields._empty) == 2
