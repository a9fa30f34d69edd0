"""Every address of admin, asked by whoever it is not for: it shows and changes nothing.

The walk is taken in each role. What it finds where nothing is narrowed is told too, or that it
finds nothing would prove nothing.
"""

from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from availability import access
from availability.models import DifferentHours, Service, Therapist
from bookings.models import Hold
from desk import bounce_warning, diary_admin
from desk.bookings import book_draft, book_who, confided
from desk.calendar import whose as calendar
from desk.clients import card
from desk.diary_admin import DiaryAdmin
from desk.mail import follow_up_mails, outgoing_mail, undo
from desk.today import record
from desk.today import shown as whose_day
from desk.why_not import page as why_not
from staff.models import Role
from tests.addresses import every_address
from tests.desk.diary_addresses import (
    APPS,
    BOOK,
    DIARIES,
    ELSEWHERE,
    OF_BOOKINGS,
    OF_QUESTIONS,
    PICTURES,
    SHARED,
    all_of,
    listed,
    page,
)
from tests.desk.diary_posts import CHANGES
from tests.desk.diary_rows import CANARY, DAY, HOUR, Diary, name_of
from tests.desk.diary_walk import walk
from tests.factories import NOW, World, force_booking, make_service, make_user
from tests.kicks.everything import fill
from tests.pages import browser_of, signed_in, text_of


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ASSISTANT, None, "nobody"])
def test_who_has_not_this_diary_sees_and_changes_nothing(
    theirs: Diary, mine: Diary, role: str | None
) -> None:
    assert walk(someone(role, mine.therapist), theirs, mine).leaks == set()


def someone(role: str | None, whose: Therapist) -> Browser:
    """Return the browser of who keeps this diary in that role; without a role, nobody does."""
    if role == "nobody":
        return Browser()
    if role == Role.ASSISTANT:
        return browser_of(make_user(Role.ASSISTANT, whose))
    return signed_in(whose, Role(role) if role else None)


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.ASSISTANT])
def test_who_runs_or_helps_with_a_diary_works_in_it_and_reads_no_notes(
    theirs: Diary, mine: Diary, role: Role
) -> None:
    """That the same walk finds what they may see, shows that it looks in earnest."""
    found = walk(browser_of(make_user(role, theirs.therapist)), theirs, mine)
    assert found.told == set()
    is_seen, changed = (SHOWN, CHANGED) if role != Role.ASSISTANT else (HELPED, MOVED)
    not_theirs = {"follow_ups"} if role == Role.MANAGER else set()
    assert is_seen - found.showed == set()
    assert changed - found.changed - not_theirs == set()


def test_the_therapist_reads_the_notes_where_they_are_kept_and_nowhere_else(
    theirs: Diary, mine: Diary
) -> None:
    found = walk(signed_in(theirs.therapist, Role.THERAPIST), theirs, mine)
    assert {name for name in found.told if not name.endswith(("sent", "written over"))} == {
        "bookings_booking change",
        "availability_timeoff changelist",
        "availability_timeoff change",
        # Why they are away, in their own week.
        "calendar",
        "calendar_free",
        "clients_client_card",
        "clients_client_emergency",
        "clients_client_note",
    }


def test_with_the_narrowing_off_the_walk_fails_and_the_lifecycle_still_refuses(
    theirs: Diary, mine: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk forgets to ask whose diary it is; whoever writes a booking or a leave asks again."""
    forgetful = SimpleNamespace(
        **{
            **vars(access),
            "sees_all": lambda _: True,
            "may_see": lambda *_: True,
            "narrowed": lambda rows, *_: rows,
            "therapists_of": lambda _: Therapist.objects.all(),
            "ids_of": lambda _: [],
            "reads_notes": lambda *_: True,
        }
    )
    modules = (diary_admin, bounce_warning, card, confided, follow_up_mails, outgoing_mail, undo)
    ours = (why_not, book_draft, book_who, calendar, whose_day, record)
    for module in (*modules, *ours):
        monkeypatch.setattr(module, "access", forgetful)
    found = walk(signed_in(mine.therapist), theirs, mine)
    assert SHOWN - found.showed == set()
    assert "bookings_booking change" in found.told
    assert {"clients_client changed", "clients_client accept", "follow_ups"} <= found.changed
    refused = MOVED | {f"{model} {what}" for model in HOURS for what in ("changed", "deleted")}
    assert (refused | {"availability_timeoff added"}) & found.changed == set()


HOURS = (
    "availability_timeoff",
    "availability_differenthours",
    "availability_workedholiday",
    "availability_gap",
    "availability_service",
    "availability_therapist",
)
LISTED = {f"{model} {view}" for model in DIARIES for view in ("changelist", "change")}
OWN_PAGES = {
    *(f"bookings_booking_{name}" for name in (*OF_BOOKINGS, *OF_QUESTIONS)),
    "outbox_outgoingmail_take_back",
}
# Buttons on the booking's own page: opened, it shows nothing.
ONLY_POSTED = "bookings_booking_confirm"
# What the walk must show and change where nothing is narrowed.
SHOWN = {
    *LISTED,
    *(f"{model} add" for model in CHANGES),
    *OWN_PAGES,
    BOOK,
    "clients_client_card",
    "clients_client_end_links",
    "autocomplete client",
    "follow_ups",
    "why_not",
    "today",
    "calendar_meeting",
    *PICTURES,
} - {"clients_client add", "availability_therapist add", ONLY_POSTED}
CHANGED = {
    *OWN_PAGES,
    BOOK,
    "today_record",
    "today_keep",
    *(f"{model} changed" for model in CHANGES),
    *(f"availability_{name} deleted" for name in ("gap", "differenthours", "timeoff")),
    "availability_workedholiday deleted",
    "availability_service deleted",
    "availability_timeoff added",
    "clients_client accept",
    "follow_ups",
    *PICTURES,
}
# And to who books and moves for a therapist.
MOVED = (OWN_PAGES | {BOOK, "today_keep"}) - {"bookings_booking_record", "bookings_booking_waive"}
HELPED = {
    *(f"{model} changelist" for model in ("bookings_booking", "clients_client")),
    *(f"{model} change" for model in ("bookings_booking", "clients_client")),
    *MOVED - {ONLY_POSTED, "today_keep"},
    "today",
    "clients_client_card",
    "why_not",
    "calendar_meeting",
}


def test_every_address_of_admin_is_walked() -> None:
    assert {name for name, path in every_address() if path.startswith("/admin/")} == listed()
    assert {name_of(model) for model in admin.site._registry} == {*DIARIES, *SHARED, *ELSEWHERE}


def test_every_page_of_a_model_says_how_its_rows_lead_to_a_therapist() -> None:
    for model, shown in admin.site._registry.items():
        if model._meta.app_label in APPS:
            assert isinstance(shown, DiaryAdmin), model


# --- what a therapist sees of what is theirs


def test_a_client_of_two_therapists_is_seen_by_both(theirs: Diary, mine: Diary) -> None:
    shared, browser = theirs.rows["clients_client"], signed_in(mine.therapist)
    change, listed = page("clients_client", "change", shared), page("clients_client", "changelist")
    assert CANARY not in text_of(browser.get(listed))
    for hours in (0, 1):  # and once, however often they meet
        start = NOW + 6 * DAY + hours * HOUR
        force_booking(mine.world, start, client=shared, proven_at=NOW)
    found = browser.get(listed).context["cl"].result_list
    own = mine.rows["clients_client"], mine.things["clients_client"]
    assert sorted(one.pk for one in found) == sorted(row.pk for row in (shared, *own))
    assert browser.get(change).status_code == 200


def test_what_stands_in_another_diary_is_in_the_way_and_is_not_named(
    theirs: Diary, mine: Diary
) -> None:
    """No form lets two diaries be mixed; where they are all the same, it is said and no more."""
    service = mine.rows["availability_service"]
    row = theirs.rows["availability_differenthours"]
    DifferentHours.objects.filter(pk=row.pk).update(service=service.pk, day=date(2031, 3, 4))
    shown = text_of(signed_in(mine.therapist).get(page("availability_service", "delete", service)))
    assert "1 row in the diary of another therapist" in shown
    assert "2031" not in shown


def test_what_is_in_the_way_is_not_deleted_by_a_press_that_skips_the_page(
    theirs: Diary, mine: Diary
) -> None:
    service = mine.rows["availability_service"]
    row = theirs.rows["availability_differenthours"]
    DifferentHours.objects.filter(pk=row.pk).update(service=service.pk)
    path = page("availability_service", "delete", service)
    pressed = signed_in(mine.therapist).post(path, {"post": "yes"})
    assert (pressed.status_code, pressed["Location"]) == (302, path)
    assert Service.objects.filter(pk=service.pk).exists()
    assert DifferentHours.objects.filter(pk=row.pk).exists()


def test_a_time_that_somebody_is_choosing_goes_with_its_service(mine: Diary) -> None:
    service = make_service(mine.therapist, slug="short-lived")
    during = DateTimeTZRange(NOW + 6 * DAY, NOW + 6 * DAY + HOUR)
    service.holds.create(
        therapist=mine.therapist,
        format="online",
        during=during,
        visitor="somebody",
        expires_at=NOW + HOUR,
    )
    browser, path = signed_in(mine.therapist), page("availability_service", "delete", service)
    assert "in the diary of another therapist" not in text_of(browser.get(path))
    browser.post(path, {"post": "yes"})
    assert not Service.objects.filter(pk=service.pk).exists()
    assert not Hold.objects.filter(visitor="somebody").exists()


@pytest.mark.parametrize("model", sorted({*CHANGES} - {"availability_therapist", "clients_client"}))
def test_a_therapist_who_adds_a_row_is_not_asked_whose_it_is(mine: Diary, model: str) -> None:
    shown = signed_in(mine.therapist).get(page(model, "add"))
    field = shown.context["adminform"].form.fields["therapist"]
    assert [int(str(value)) for value, _ in field.choices] == [mine.therapist.pk]
    assert field.initial == mine.therapist.pk


def test_who_is_no_therapist_has_no_diary_to_choose(world: World) -> None:
    browser = browser_of(make_user(Role.THERAPIST))
    form = browser.get(page("availability_timeoff", "add")).context["adminform"].form
    assert [value for value, _ in form.fields["therapist"].choices] == [""]


# --- how much is asked

# The list and the page of one row.
NUMBERS = {
    "availability_therapist": (6, 10),
    "availability_service": (6, 7),
    "availability_place": (6, 7),
    "availability_gap": (6, 12),
    "availability_differenthours": (8, 9),
    "availability_timeoff": (6, 8),
    "availability_workedholiday": (6, 8),
    "bookings_booking": (7, 13),
    "clients_client": (7, 10),
    "outbox_outgoingmail": (7, 10),
}


@pytest.mark.parametrize("count", [1, 3])
def test_a_therapists_page_asks_so_many_questions(world: World, count: int) -> None:
    shown, browser = fill(world, count), signed_in(world.therapist)
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
