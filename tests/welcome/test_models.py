"""What the website says: one home page and one statement, stored or as they ship."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_front_page, make_passage
from welcome import words
from welcome.models import AccessibilityStatement, FrontPage, OnlyRow, Passage

pytestmark = pytest.mark.django_db

TABLES = pytest.mark.parametrize("table", [FrontPage, AccessibilityStatement])
first_words = import_module("welcome.migrations.0002_first_words")


@TABLES
def test_the_database_takes_one_row_and_no_other(table: type[OnlyRow]) -> None:
    table._default_manager.all().delete()
    table().save()
    for second in ({}, {"id": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            table._default_manager.create(**second)
    assert table._default_manager.count() == 1


@TABLES
def test_a_second_one_is_refused_in_words_where_it_is_typed(table: type[OnlyRow]) -> None:
    table._default_manager.all().delete()
    table().clean()
    table().save()
    with pytest.raises(ValidationError, match="There is one already"):
        table().clean()
    table.current().clean()


def test_where_nothing_is_stored_the_words_that_ship_stand_in(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    FrontPage.objects.all().delete()
    with django_assert_num_queries(2):
        page = FrontPage.whole()
        assert (page.headline, page.steps, page.questions) == (words.HEADLINE, [], [])
    assert AccessibilityStatement.current().text == words.STATEMENT
    assert AccessibilityStatement.current().reviewed_on == words.CHECKED_ON


def test_what_is_stored_is_what_counts() -> None:
    make_front_page(headline="Come in")
    AccessibilityStatement(text="Ask me.").save()
    assert FrontPage.whole().headline == "Come in"
    assert AccessibilityStatement.current().text == "Ask me."


def test_each_part_has_its_own_passages_in_their_order(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_front_page()
    for part in Passage.Part:
        for position in (2, 0, 1):
            make_passage(part, title=f"{part} {position}", position=position)
    with django_assert_num_queries(2):
        page = FrontPage.whole()
        parts = {"step": page.steps, "approach": page.approaches, "question": page.questions}
    for name, its in parts.items():
        assert [str(one) for one in its] == [f"{name} {n}" for n in range(3)]


def test_reasons_are_the_lines_that_say_something() -> None:
    page = FrontPage(reasons="I can’t sleep.\r\n\r\n  I miss him.  \n")
    assert page.reason_list == ["I can’t sleep.", "I miss him."]
    assert FrontPage().reason_list == []


def test_each_way_to_meet_has_its_words_and_an_unknown_one_none() -> None:
    page = FrontPage(in_person="A room.", online="A link.", walking="A path.")
    ways = ("in_person", "online", "walking", "headline")
    assert [page.way(way) for way in ways] == ["A room.", "A link.", "A path.", ""]


def test_a_new_database_has_the_words_that_ship_to_be_changed_and_gives_them_back() -> None:
    FrontPage.objects.all().delete()
    editor = connection.schema_editor()
    first_words.write(apps, editor)
    page = FrontPage.whole()
    assert [(step.title, step.text) for step in page.steps] == list(words.STEPS)
    assert page.headline == words.HEADLINE
    page.full_clean()
    first_words.remove(apps, editor)
    assert not Passage.objects.exists()


@TABLES
def test_what_ships_fits_where_it_is_stored(table: type[OnlyRow]) -> None:
    table._default_manager.all().delete()
    table().full_clean()
