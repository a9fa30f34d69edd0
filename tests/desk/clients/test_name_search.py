"""A client is found by their name and number, however these are typed."""

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser

from tests.factories import (
    NOW,
    World,
    force_booking,
    make_client,
    make_places,
    make_service,
    make_session,
    make_therapist,
)
from tests.pages import signed_in

ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
WITH, WITHOUT = f"علی{ZWNJ}رضا کریمی", "علیرضا"


@pytest.fixture
def browser(client: Browser, world: World) -> Browser:
    """A browser in which the owner of the practice is logged in."""
    client.force_login(User.objects.create_superuser("owner"))
    return client


ROWS = ("clients/client", "bookings/booking")


def found(browser: Browser, rows: str, typed: str) -> int:
    # The list of clients knows no "when", and a list that is asked what it doesn't know shows all.
    asked = {"q": typed, "when": "all"} if rows == "bookings/booking" else {"q": typed}
    page = browser.get(f"/admin/{rows}/", asked)
    assert page.status_code == 200
    return int(page.context["cl"].result_count)


@pytest.mark.parametrize("name", [WITH, WITH.replace(ZWNJ, "")])
@pytest.mark.parametrize("typed", [WITH, WITHOUT, f"علی{ZWNJ}رضا"])
def test_with_and_without_a_joiner_finds_the_same_people(
    browser: Browser, world: World, name: str, typed: str
) -> None:
    who = make_client(name=name)
    force_booking(world, NOW, client=who)
    force_booking(world, NOW.replace(hour=11), client=make_client(name="Kim Li"))
    for rows in ROWS:
        assert found(browser, rows, typed) == 1, rows


@pytest.mark.parametrize("typed", ["SAM", "okaf", "sam okafor", "@example"])
def test_other_names_are_found_as_ever(browser: Browser, world: World, typed: str) -> None:
    make_client()
    page = browser.get("/admin/clients/client/", {"q": typed})
    assert page.context["cl"].result_count == 1
    assert browser.get("/admin/clients/client/", {"q": "100%"}).context["cl"].result_count == 0


NAMES = {
    "José Müller-Łukasz": (
        "Jose",
        "muller",
        "Lukasz",
        "JOSÉ",
        "ŁUKASZ jose",
        "müller-łukasz",
        "jose lukasz",
    ),
    "Nguyễn Thị Đào": ("Nguyen", "dao", "Thi Dao"),
    "Søren Ærø-Weiß": ("soren", "aero", "weiss", "WEISS"),
    "Þóra Œuvre": ("thora", "oeuvre"),
    "Zoe\N{COMBINING DIAERESIS} Smith": ("zoe", "Zoë"),
    "Ελένη Παππάς": ("ελενη", "ΠΑΠΠΑΣ"[:4]),
    "Sam O’Neil": ("sam", "o’neil"),
}


@pytest.mark.parametrize(
    ("name", "typed"), [(name, typed) for name, words in NAMES.items() for typed in words]
)
def test_accents_need_not_be_typed_and_may_be(
    browser: Browser, world: World, name: str, typed: str
) -> None:
    force_booking(world, NOW, client=make_client(name=name), contact_name=name)
    force_booking(world, NOW.replace(hour=11), client=make_client(name="Kim Li"))
    assert [found(browser, rows, typed) for rows in ROWS] == [1, 1]


STORED = (
    "07700 900 123",
    "+44 (0)7700 900123",
    "00447700900123",
    "447700-900123",
    "Sam 07700900123",
)
SPELLED = (
    *("07700 900 123", "07700900123", "900123", "+44 7700 900123", "+447700900123", "900 123"),
    *("0044 7700 900123", "07700-900-123", "(07700) 900123", "07700\N{NON-BREAKING HYPHEN}900"),
    "\N{LEFT-TO-RIGHT MARK}07700 900 123",
)


@pytest.mark.parametrize("stored", STORED)
def test_a_number_is_found_by_any_spelling(browser: Browser, world: World, stored: str) -> None:
    force_booking(world, NOW, client=make_client(phone=stored), contact_phone=stored)
    force_booking(world, NOW.replace(hour=11), client=make_client(phone="020 7946 0018"))
    for typed in SPELLED:
        assert [found(browser, rows, typed) for rows in ROWS] == [1, 1], typed
    assert [found(browser, rows, "07700 900 124") for rows in ROWS] == [0, 0]


@pytest.mark.parametrize("typed", ["+49 30 901820", "0049 30 901820", "30 901820"])
def test_a_number_of_another_country_is_found_too(
    browser: Browser, world: World, typed: str
) -> None:
    force_booking(world, NOW, client=make_client(phone="+49 30 901820"), contact_phone="")
    assert [found(browser, rows, typed) for rows in ROWS] == [1, 1]


@pytest.mark.parametrize("typed", ["12", "+44", "%", "_", "\\"])
def test_what_says_too_little_or_is_odd_is_no_number(
    browser: Browser, world: World, typed: str
) -> None:
    force_booking(world, NOW, client=make_client(phone="07700 900123"))
    assert [found(browser, rows, typed) for rows in ROWS] == [0, 0]


def test_what_stands_in_quotation_marks_is_one_word(browser: Browser, world: World) -> None:
    force_booking(world, NOW, client=make_client(name="Sam Okafor"))
    for rows in ROWS:
        assert found(browser, rows, "okafor sam") == 1
        assert found(browser, rows, '"sam okafor"') == 1
        assert found(browser, rows, '"okafor sam"') == 0


def test_a_card_that_is_anothers_is_not_told_digit_by_digit(world: World) -> None:
    """Anybody can type somebody's address: whoever's diary that is in searches what was typed."""
    other = make_therapist(practice=world.therapist.practice)
    theirs = make_client(name="Vera Moss", phone="020 7946 0018", email="vera@example.com")
    force_booking(world, NOW, client=theirs, proven_at=NOW)
    mine = World(other, make_service(other), make_session(other), world.notice)
    make_places(other)
    force_booking(mine, NOW, client=theirs, contact_name="Kim Li", contact_phone="07700 900123")
    browser = signed_in(other)
    rows = ROWS[1]
    for typed in ("Vera", "020 7946", "0018"):
        assert found(browser, rows, typed) == 0, typed
    for typed in ("Kim", "07700 900123"):
        assert found(browser, rows, typed) == 1, typed
