"""Every address of admin, with the rows of one therapist."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse

from tests.addresses import SIGN_IN, every_address
from tests.desk.diary_rows import SEARCHED, Diary

APPS = ("availability", "bookings", "clients", "outbox")
VIEWS = ("changelist", "add", "change", "delete", "history")
DIARIES = (
    "availability_therapist",
    "availability_service",
    "availability_place",
    "availability_gap",
    "availability_differenthours",
    "availability_timeoff",
    "availability_workedholiday",
    "bookings_booking",
    "clients_client",
    "outbox_outgoingmail",
)
SHARED = ("availability_practice", "clients_privacynotice")
# Not about a diary: asked all the same, of whatever row is there.
ELSEWHERE = (
    "academy_article",
    "academy_topic",
    "welcome_frontpage",
    "welcome_accessibilitystatement",
    "staff_securityevent",
)
# The pictures of rows: of a diary's, and of the website's.
PICTURES = ("availability_therapist_picture", "availability_place_picture")
BOOK = "bookings_booking_book"
OF_BOOKINGS = ("cancel", "confirm", "move", "waive", "details", "record")
# The buttons of Today: opened, they show nothing.
OF_TODAY = ("today_record", "today_undo", "today_keep")
# Of one whose client is asked to move it.
OF_QUESTIONS = ("ask_again", "withdraw")
# The pages of one client; and those of one thing of theirs, by the model of the thing.
OF_CLIENTS = (
    "address",
    "address_back",
    "card",
    "contact",
    "emergency",
    "end_links",
    "merge_with",
    "new_links",
    "notes",
    "notes_found",
)
OF_THINGS = {
    "note": "notes_note",
    "mail_again": "outbox_outgoingmail",
    "merge": "clients_client",
    "merge_undo": "clients_mergedcard",
}
# The owner's alone: tests/desk/people asks each of them as everybody else.
PEOPLE = (
    "people",
    "person_add",
    "person",
    "person_invite",
    "person_factors",
    "person_leave",
    "diary_give",
    "client_hand_over",
)
CALENDAR = ("calendar", "calendar_month", "calendar_free", "calendar_meeting")
OTHERS = {
    "admin:index",
    "admin:app_list",
    "admin:search",
    "admin:autocomplete",
    "admin:view_on_site",
    "admin:jsi18n",
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:password_change_done",
    "admin:academy_article_preview",
    "admin:academy_article_picture",
    "admin:",
    "why_not",
    *CALENDAR,
    "mail_samples",
    "first_steps",
    "follow_ups",
    "today",
    "settings",
    "hours",
    *OF_TODAY,
    # What a leave has decided: tests/desk/bookings/test_questions.py asks for another's.
    "admin:bookings_booking_take_back_all",
    *SIGN_IN,
    *PEOPLE,
}


def listed() -> set[str]:
    """Return the name of every address that the walk asks."""
    of_models = {f"admin:{m}_{view}" for m in (*DIARIES, *SHARED, *ELSEWHERE) for view in VIEWS}
    of_bookings = {f"admin:bookings_booking_{page}" for page in (*OF_BOOKINGS, *OF_QUESTIONS)}
    alone = {
        "admin:outbox_outgoingmail_take_back",
        *(f"admin:clients_client_{page}" for page in (*OF_CLIENTS, *OF_THINGS)),
        f"admin:{BOOK}",
    }
    alone |= {f"admin:{page}" for page in PICTURES}
    return of_models | of_bookings | OTHERS | alone


def questions(theirs: Diary) -> Iterator[tuple[str, str]]:
    """Yield the name and the path of every page to look at, with the first therapist's rows."""
    for model, row in theirs.rows.items():
        for view in VIEWS:
            yield f"{model} {view}", page(model, view, row)
        everywhere = f"{page(model, 'changelist')}?_facets=True{all_of(model)}"
        yield f"{model} changelist", everywhere
        yield f"{model} changelist", f"{everywhere}&q={SEARCHED}"
        kind = ContentType.objects.get_for_model(row).pk
        yield f"{model} on site", reverse("admin:view_on_site", args=[kind, row.pk])
    for app in sorted({model._meta.app_label for model in admin.site._registry}):
        yield f"app {app}", reverse("admin:app_list", args=[app])
    for name, _, path in own_pages(theirs):
        yield name, path
    for field in foreign_keys():
        query = {
            "app_label": field.model._meta.app_label,
            "model_name": field.model._meta.model_name,
            "field_name": field.name,
            "term": SEARCHED,
        }
        yield f"autocomplete {field.name}", reverse("admin:autocomplete", query=query)
    asked = {"service": theirs.world.consultation.pk, "how": "online", "day": "2026-11-26"}
    yield "why_not", reverse("why_not", query=asked)
    yield from calendars(theirs)
    yield BOOK, reverse(f"admin:{BOOK}", query={"q": SEARCHED})
    yield BOOK, reverse(f"admin:{BOOK}", query={"client": theirs.rows["clients_client"].pk})
    yield "search", reverse("admin:search", query={"s": SEARCHED})
    # What is not of models, and what is of models that are in no diary, is asked as it comes.
    known = {f"admin:{model}_{view}" for model in theirs.rows for view in VIEWS}
    known |= {f"admin:{name}" for name, *_ in own_pages(theirs)} | {f"admin:{BOOK}", *CALENDAR}
    for name, pk in (*about_people(theirs), *about_today(theirs)):
        yield name, reverse(name, args=[pk])
        known.add(name)
    yield "today", reverse("today", query={"everybody": ""})
    for name, path in every_address():
        if path.startswith("/admin/") and name not in known:
            yield name, path


def calendars(theirs: Diary) -> Iterator[tuple[str, str]]:
    """Yield the weeks of their leave and of a meeting, the month, and a time to press."""
    whose = {"whose": theirs.therapist.pk}
    for name in ("calendar", "calendar_month"):
        yield name, reverse(name, query={**whose, "day": "2026-12-23", "cancelled": 1})
    yield "calendar_free", reverse("calendar_free", query={**whose, "start": "2026-12-23T10:00"})
    meeting = theirs.rows["bookings_booking"]
    yield "calendar_meeting", reverse("calendar_meeting", args=[meeting.pk])


def page(model: str, view: str, row: models.Model | None = None) -> str:
    args = [row.pk] if row is not None and view not in {"changelist", "add"} else []
    return reverse(f"admin:{model}_{view}", args=args)


def all_of(model: str) -> str:
    """Return what more a list is asked, to show what has been as well."""
    return "&when=all" if model == "bookings_booking" else ""


def about_people(theirs: Diary) -> Iterator[tuple[str, int]]:
    """Yield the pages of who works here, with what each is about."""
    user = theirs.therapist.user_id
    pages = ("person", "person_invite", "person_factors", "person_leave")
    yield from ((name, user) for name in pages)
    yield "diary_give", theirs.therapist.pk


def about_today(theirs: Diary) -> Iterator[tuple[str, int]]:
    """Yield the buttons of Today, each with the meeting that it is about."""
    for name in OF_TODAY:
        row = theirs.rows["bookings_booking"] if name == "today_keep" else theirs.past
        yield name, row.pk


def own_pages(theirs: Diary) -> Iterator[tuple[str, models.Model, str]]:
    """Yield the name of each page that one row has besides, the row, and the page's address."""
    for name in OF_BOOKINGS:
        row = theirs.past if name == "record" else theirs.rows["bookings_booking"]
        yield _own(f"bookings_booking_{name}", row)
    for name in OF_QUESTIONS:
        yield _own(f"bookings_booking_{name}", theirs.asked)
    yield _own("outbox_outgoingmail_take_back", theirs.mail)
    client = theirs.rows["clients_client"]
    for name in OF_CLIENTS:
        yield _own(f"clients_client_{name}", client)
    for name, model in OF_THINGS.items():
        yield _own(f"clients_client_{name}", client, theirs.things[model])
    for name in PICTURES:
        yield _own(name, theirs.rows[name.removesuffix("_picture")])


def _own(name: str, *rows: models.Model) -> tuple[str, models.Model, str]:
    return name, rows[0], reverse(f"admin:{name}", args=[row.pk for row in rows])


def foreign_keys() -> Iterator[Any]:
    for model in admin.site._registry:
        if model._meta.app_label in APPS:
            yield from (one for one in model._meta.fields if isinstance(one, models.ForeignKey))
