"""The practice's form has a place for each of its columns, and the first ones stand first."""

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.test import RequestFactory

from availability.models import Place, Practice, Service
from desk.hours.practice import PracticeAdmin


@pytest.mark.parametrize("model", [Practice, Place, Service])
def test_no_column_that_somebody_may_set_is_missing_from_its_form(model: type[Practice]) -> None:
    page = admin.site._registry[model]
    request = RequestFactory().get("/")
    shown = flatten_fieldsets(page.get_fieldsets(request))
    editable = {one.name for one in model._meta.fields if one.editable and not one.primary_key}
    assert editable <= set(shown)
    assert len(shown) == len(set(shown))


def test_the_practice_begins_with_its_name() -> None:
    page = PracticeAdmin(Practice, admin.site)
    shown = flatten_fieldsets(page.get_fieldsets(RequestFactory().get("/")))
    assert shown[:2] == ["name", "email"]
