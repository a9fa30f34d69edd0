"""What somebody sends who reaches for another therapist's rows."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import MultiValueField
from django.urls import reverse

from availability.models import Format, WeeklyHours
from bookings.models import Outcome
from pictures.models import Picture
from staff.models import Role
from tests.desk.bookings.test_confirm import seen_of
from tests.desk.diary_addresses import BOOK, DIARIES, PICTURES, about_today, own_pages, page
from tests.desk.diary_rows import SEARCHED, Diary
from tests.factories import make_user
from tests.pages import browser_of

CHANGES: dict[str, dict[str, str]] = {
    "availability_therapist": {"name": "Mine"},
    "availability_service": {"name": "Mine"},
    "availability_place": {"name": "Mine"},
    "availability_gap": {"minutes": "99"},
    "availability_differenthours": {"closes": "20:00"},
    "availability_timeoff": {"elsewhere": "online", "reason": "Mine"},
    "availability_workedholiday": {"day": "2026-12-28"},
    "clients_client": {"name": "Mine"},
}
POSTED = {
    "bookings_booking_cancel": {"reason": "I am ill."},
    "bookings_booking_move": {"start": "2026-11-27T15:00", "reason": "I am ill.", "seen": "0"},
    "bookings_booking_waive": {"seen": "£30"},
    "bookings_booking_confirm": {"say": "card"},
    "bookings_booking_details": {"post": "yes"},
    "bookings_booking_ask_again": {"reason": "Please.", "seen": "0"},
    "bookings_booking_withdraw": {"reason": "I am back.", "seen": "0"},
    "clients_client_end_links": {"post": "yes"},
    "clients_client_new_links": {"post": "yes"},
    "clients_client_address": {"email": "mine@example.com", "how": "checked"},
    "clients_client_address_back": {"post": "yes"},
    "clients_client_merge_with": {"words": SEARCHED},
    "clients_client_merge": {"keep": "0"},
    "clients_client_merge_undo": {"post": "yes"},
    "clients_client_mail_again": {"post": "yes"},
    "clients_client_contact": {"ask_for": "Mine", "may_text": "on"},
    "clients_client_emergency": {"person": "Mine"},
    "clients_client_notes": {"text": "Mine"},
    "clients_client_notes_found": {"words": ""},
    "clients_client_note": {"text": "Mine", "seen": "1"},
    "bookings_booking_record": {"attendance": "attended", "outcome": "continue", "seen": "0"},
    "outbox_outgoingmail_take_back": {"post": "yes"},
}
Posted = dict[str, Any]


def form_of(path: str) -> Posted:
    """Return what the form at this address sends as it stands, as the owner sees it."""
    context = browser_of(make_user(Role.OWNER)).get(path).context
    form = context["adminform"].form
    posted: Posted = {}
    for inline in context["inline_admin_formsets"]:
        posted |= {f"{inline.formset.prefix}-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    for name in form.fields:
        posted |= sent(name, form.fields[name], form[name].value())
    return posted


def sent(name: str, field: Any, value: Any) -> Posted:
    if value is None or value is False:
        return {}  # neither an empty choice nor a box that is not ticked is sent
    if isinstance(value, list) and isinstance(field, MultiValueField):  # days, without a time
        return {f"{name}_0": f"{value[0]:%Y-%m-%d}"}
    if isinstance(field, MultiValueField):
        return {f"{name}_0": f"{value:%Y-%m-%d}", f"{name}_1": f"{value:%H:%M}"}
    return {name: value}


def attempts(theirs: Diary, mine: Diary) -> Iterator[tuple[str, str, Posted]]:
    """Yield what to send where: changes of the first's rows, and of mine that reach for them."""
    yield from changing(theirs, mine)
    for model in DIARIES:
        row = theirs.rows[model]
        yield f"{model} deleted", page(model, "delete", row), {"post": "yes"}
        for name in actions_of(row):
            action: Posted = {"action": name, "_selected_action": [row.pk], "post": "yes"}
            yield f"{model} {name}", page(model, "changelist"), action
    booking: Any = theirs.rows["bookings_booking"]
    for name, row, path in own_pages(theirs):
        posted: Posted = dict(POSTED.get(name, {}))
        if name.endswith("move"):
            posted["place"] = theirs.world.place().pk
        if name in PICTURES:
            posted = {"_remove": "1", "seen": _picture_of(row).name}
        if name.endswith(("record", "cancel")):
            posted["seen"] = "0"
        if name.endswith("confirm"):
            posted["seen"] = seen_of(browser_of(make_user(Role.OWNER)), booking)
        yield name, path, posted
    for name, pk in about_today(theirs):
        yield name, reverse(name, args=[pk]), {"say": "attended", "seen": "0"}
    yield from booking_for(theirs, mine)
    yield from reaching(theirs, mine)
    yield from reaching_inside(theirs, mine)


def _picture_of(row: Any) -> Picture:
    """Return the picture of a therapist or a place."""
    found: Picture = row.portrait if hasattr(row, "portrait") else row.picture
    return found


def booking_for(theirs: Diary, mine: Diary) -> Iterator[tuple[str, str, Posted]]:
    """Yield what books in the first's diary, and in mine for the first's client."""
    own, client = reverse(f"admin:{BOOK}"), theirs.rows["clients_client"]
    said: Posted = {"press": "book", "who": "new", "name": "Mine", "email": "mine@example.com"}
    said |= {"day": "2026-11-26", "at": "15:00", "price": "0", "key": str(uuid.uuid4())}
    yield BOOK, own, {**said, **what(theirs)}
    yield "another's client booked by me", own, {**said, **what(mine), "who": client.pk}
    mixed = {**what(mine), "place": what(theirs)["place"]}
    yield "my meeting at another's place", own, {**said, **mixed}


def what(diary: Diary) -> Posted:
    return {
        "therapist": diary.therapist.pk,
        "service": diary.world.consultation.pk,
        "place": diary.world.place().pk,
    }


def actions_of(row: models.Model) -> list[str]:
    """Return the names of all that a list does with several rows."""
    named = admin.site.get_model_admin(type(row)).actions or ()
    return [*(one for one in named if isinstance(one, str)), "delete_selected"]


def changing(theirs: Diary, mine: Diary) -> Iterator[tuple[str, str, Posted]]:
    """Yield the first's rows with other words, and as mine."""
    own = {"therapist": mine.therapist.pk, "user": mine.therapist.user_id}
    for model, change in CHANGES.items():
        path = page(model, "change", theirs.rows[model])
        form = form_of(path)
        yield f"{model} changed", path, {**form, **change}
        yield f"{model} taken", path, {**form, **own}


def reaching(theirs: Diary, mine: Diary) -> Iterator[tuple[str, str, Posted]]:
    """Yield my rows, and new ones, with what is the first's, whether a form asks for it or not."""
    walk, whose = theirs.world.place(Format.WALKING), theirs.therapist
    foreign: Posted = {
        "therapist": whose.pk,
        "service": theirs.world.session.pk,
        "before_place": walk.pk,
        "user": whose.user_id,
        "assistants": mine.therapist.user_id,
    }
    for model in CHANGES:
        path = page(model, "change", mine.rows[model])
        form = form_of(path)
        for name in foreign.keys() & form.keys():
            yield f"{model} with another {name}", path, {**form, name: foreign[name]}
        yield f"{model} given away", path, {**form, **foreign}
        yield f"{model} added", page(model, "add"), {**form, **foreign, "slug": "new"}


def reaching_inside(theirs: Diary, mine: Diary) -> Iterator[tuple[str, str, Posted]]:
    """Yield pages of mine that name the first's rows in a part of them."""
    yield from weeks(theirs, mine)
    yield leave_with_their_meetings(theirs, mine)
    mine_moved = reverse("admin:bookings_booking_move", args=[mine.rows["bookings_booking"].pk])
    move = {**POSTED["bookings_booking_move"], "place": theirs.world.place().pk}
    yield "my booking, moved to another's place", mine_moved, move
    words = {
        f"{one.pk}-{outcome}-{part}": "Mine"
        for one in (theirs.therapist, mine.therapist)
        for outcome in Outcome
        for part in ("subject", "body")
    }
    yield "follow_ups", reverse("follow_ups"), words


def weeks(theirs: Diary, mine: Diary) -> Iterator[tuple[str, str, Posted]]:
    """Yield my week with the first's service, and with a row of the first's week."""
    path = page("availability_therapist", "change", mine.therapist)
    week = {
        **form_of(path),
        "weekly_hours-TOTAL_FORMS": "1",
        "weekly_hours-0-weekday": "6",
        "weekly_hours-0-opens": "10:00",
        "weekly_hours-0-closes": "11:00",
        "weekly_hours-0-formats": [Format.ONLINE],
    }
    service = {"weekly_hours-0-service": theirs.world.session.pk}
    yield "a week with another service", path, {**week, **service}
    hours = WeeklyHours.objects.filter(therapist=theirs.therapist)[0]
    row: Posted = {"weekly_hours-INITIAL_FORMS": "1", "weekly_hours-0-id": hours.pk}
    for name, more in (("changed", {}), ("deleted", {"weekly_hours-0-DELETE": "on"})):
        yield f"a week with another's row {name}", path, {**week, **row, **more}


def leave_with_their_meetings(theirs: Diary, mine: Diary) -> tuple[str, str, Posted]:
    booking = theirs.rows["bookings_booking"]
    decided = {
        "_decided": "yes",
        "meeting-all": "cancel",
        "meeting-reason": "I am away.",
        f"meeting-{booking.pk}-decision": "cancel",
        f"meeting-{booking.pk}-seen": "0",
    }
    form = form_of(page("availability_timeoff", "change", mine.rows["availability_timeoff"]))
    moments = {"starts_at_0": "2026-11-24", "ends_at_0": "2026-11-28"}
    path = page("availability_timeoff", "add")
    return "my leave, with another's meetings", path, {**form, **moments, **decided}
