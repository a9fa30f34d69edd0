"""Every address of admin, asked by another therapist: it shows and changes nothing of the first's.

The second therapist has every right that there is on the models of diaries, and owns no practice.
"""

from dataclasses import replace

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from availability.models import Therapist
from desk.diary_admin import DiaryAdmin
from tests.addresses import every_address
from tests.desk.diary_walk import (
    APPS,
    CANARY,
    CHANGES,
    DAY,
    DIARIES,
    ELSEWHERE,
    HOUR,
    SHARED,
    Diary,
    all_of,
    diary_of,
    leaks,
    listed,
    name_of,
    own_pages,
    page,
    write_canaries,
)
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_hours,
    make_off,
    make_places,
    make_service,
    make_session,
    make_therapist,
)
from tests.kicks.everything import fill
from tests.pages import signed_in, text_of


@pytest.fixture
def theirs(world: World) -> Diary:
    return diary_of(world)


@pytest.fixture
def mine(theirs: Diary) -> Diary:
    """The second therapist's, in the same house; the first's is written over with canaries."""
    whose = make_therapist(practice=theirs.therapist.practice, name="Ash Lane")
    make_places(whose)
    make_hours(whose)
    world = replace(
        theirs.world,
        therapist=whose,
        consultation=make_service(whose),
        session=make_session(whose),
    )
    found = diary_of(world)
    write_canaries(theirs)
    return found


def test_another_therapist_sees_and_changes_nothing(theirs: Diary, mine: Diary) -> None:
    assert leaks(therapist(mine.therapist), theirs, mine) == set()


def test_the_same_walk_sees_and_changes_them_as_the_owner(theirs: Diary, mine: Diary) -> None:
    """So that the walk above proves something: to the owner no diary is narrowed."""
    User.objects.filter(pk=mine.therapist.user_id).update(is_superuser=True)
    assert to_be_found(theirs) - leaks(signed_in(mine.therapist), theirs, mine) == set()


def to_be_found(theirs: Diary) -> set[str]:
    """Return what the walk must find where nothing is narrowed, so that it looks in earnest."""
    seen = {f"{model} {view}" for model in DIARIES for view in ("changelist", "change")}
    chosen = {f"{model} add" for model in CHANGES if model != "clients_client"}
    pages = {name for name, _ in own_pages(theirs)}
    changed = {f"{model} changed" for model in CHANGES} | {
        *(f"availability_{name} deleted" for name in ("gap", "differenthours", "timeoff")),
        "availability_workedholiday deleted",
        "availability_service deleted",
        "availability_timeoff given away",
        "availability_timeoff added",
        "clients_client accept",
        "follow_ups",
    }
    others = {"autocomplete client", "availability_practice delete", "follow_ups", "why_not"}
    changes = {f"{name}, which changed it" for name in changed | pages}
    return seen | chosen | pages | others | changes


def test_every_address_of_admin_is_walked() -> None:
    assert {name for name, path in every_address() if path.startswith("/admin/")} == listed()
    assert {name_of(model) for model in admin.site._registry} == {*DIARIES, *SHARED, *ELSEWHERE}


def test_every_page_of_a_model_says_how_its_rows_lead_to_a_therapist() -> None:
    for model, shown in admin.site._registry.items():
        if model._meta.app_label in APPS:
            assert isinstance(shown, DiaryAdmin), model


# --- what a therapist sees of what is theirs


def therapist(whose: Therapist) -> Browser:
    rights = Permission.objects.filter(content_type__app_label__in=APPS)
    return signed_in(whose, *rights.values_list("codename", flat=True))


def test_a_client_of_two_therapists_is_seen_by_both(theirs: Diary, mine: Diary) -> None:
    shared, browser = theirs.rows["clients_client"], therapist(mine.therapist)
    card, listed = page("clients_client", "change", shared), page("clients_client", "changelist")
    assert CANARY not in text_of(browser.get(listed))
    for hours in (0, 1):  # and once, however often they meet
        force_booking(mine.world, NOW + 6 * DAY + hours * HOUR, client=shared)
    found = browser.get(listed).context["cl"].result_list
    assert sorted(one.pk for one in found) == sorted([shared.pk, mine.rows["clients_client"].pk])
    assert browser.get(card).status_code == 200


def test_what_stands_in_another_diary_is_in_the_way_and_is_not_named(
    theirs: Diary, mine: Diary
) -> None:
    shared, browser = theirs.rows["clients_client"], therapist(mine.therapist)
    force_booking(mine.world, NOW + 6 * DAY, client=shared)
    names = []
    for one in theirs.world.therapist.bookings.all():
        # A name of its own: those of the walk are numbers that a client shown here may have too.
        one.reference = f"HID-{one.pk}"
        one.save()
        names.append(one.reference)
    shown = text_of(browser.get(page("clients_client", "delete", shared)))
    assert "3 rows in the diary of another therapist" in shown
    assert names
    assert not [name for name in names if name in shown]


@pytest.mark.parametrize("lacks_right", [False, True])
def test_a_therapist_who_leaves_takes_what_they_may_delete(
    world: World, *, lacks_right: bool
) -> None:
    leaver = make_therapist(practice=world.therapist.practice)
    make_hours(leaver)  # which have no page of their own, and so no right either
    if lacks_right:
        make_off(leaver, NOW, NOW + DAY)
    browser = signed_in(leaver, "view_therapist", "delete_therapist")
    path = page("availability_therapist", "delete", leaver)
    assert browser.post(path, {"post": "yes"}).status_code == (403 if lacks_right else 302)
    assert Therapist.objects.filter(pk=leaver.pk).exists() == lacks_right


@pytest.mark.parametrize("model", sorted({*CHANGES} - {"availability_therapist", "clients_client"}))
def test_a_therapist_who_adds_a_row_is_not_asked_whose_it_is(mine: Diary, model: str) -> None:
    shown = therapist(mine.therapist).get(page(model, "add"))
    field = shown.context["adminform"].form.fields["therapist"]
    assert [int(str(value)) for value, _ in field.choices] == [mine.therapist.pk]
    assert field.initial == mine.therapist.pk


def test_who_is_no_therapist_has_no_diary_to_choose(world: World) -> None:
    browser = Browser()
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=APPS))
    browser.force_login(user)
    form = browser.get(page("availability_timeoff", "add")).context["adminform"].form
    assert [value for value, _ in form.fields["therapist"].choices] == [""]


# --- how much is asked

# The list and the page of one row.
NUMBERS = {
    "availability_therapist": (8, 12),
    "availability_service": (8, 9),
    "availability_place": (8, 9),
    "availability_gap": (8, 14),
    "availability_differenthours": (10, 11),
    "availability_timeoff": (8, 10),
    "availability_workedholiday": (8, 10),
    "bookings_booking": (8, 14),
    "clients_client": (8, 10),
    "outbox_outgoingmail": (9, 12),
}


@pytest.mark.parametrize("count", [1, 3])
def test_a_therapists_page_asks_so_many_questions(world: World, count: int) -> None:
    shown, browser = fill(world, count), therapist(world.therapist)
    found = {
        model: (
            ask(browser, f"{page(model, 'changelist')}?{all_of(model)}"),
            ask(browser, page(model, "change", shown.rows[model])),
        )
        for model in NUMBERS
    }
    assert found == NUMBERS


def ask(browser: Browser, path: str) -> int:
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(path).status_code == 200, path
    return len(asked)
