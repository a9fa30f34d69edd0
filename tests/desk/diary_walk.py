"""Every address of admin, with the rows of one therapist, for another to ask and to send to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models, transaction
from django.forms import SplitDateTimeField
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Therapist, TimeOff, WorkedHoliday
from bookings import lifecycle
from bookings.by import By
from bookings.models import Booking, BookingEvent, FollowUp, Outcome
from bookings.notices.keys import about_booking
from clients.models import Client
from encryption.fields import EncryptedTextField
from outbox.models import OutgoingMail
from tests.addresses import every_address
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_client,
    make_date,
    make_gap,
)
from tests.pages import text_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
APPS = ("availability", "bookings", "clients", "outbox")
# In every text of the first therapist's rows, and nowhere else.
CANARY = "zanzibar"
SEARCHED = "zanzi"
# Texts that are read by machines: as they are, rows find one another by them.
NO_WORDS = {
    ("therapist", "zone_name"),
    ("booking", "idempotency_key"),
    ("bookingevent", "told_by"),
    ("outgoingmail", "about"),
    ("outgoingmail", "key"),
    ("outgoingmail", "kind"),
}

# --- what there is


@dataclass(frozen=True)
class Diary:
    """Everything of one therapist that a page of admin shows, by the model's name in addresses."""

    world: World
    rows: dict[str, models.Model]
    past: Booking
    mail: OutgoingMail  # that can be taken back

    @property
    def therapist(self) -> Therapist:
        return self.world.therapist


def diary_of(world: World) -> Diary:
    """Fill a diary with one of everything."""
    whose, walk = world.therapist, world.place(Format.WALKING)
    off = TimeOff.objects.create(
        therapist=whose, starts_at=NOW + 30 * DAY, ends_at=NOW + 31 * DAY, reason="Leave"
    )
    FollowUp.objects.create(therapist=whose, outcome=Outcome.CONTINUE, subject="Hi", body="Words")
    client = make_client(phone="07700 900123")
    past = force_booking(world, NOW - DAY, client=client, note="Words", policy="Terms")
    owing = force_booking(world, NOW + 3 * DAY, client=client, note="Words", late_fee=30)
    gone = force_booking(world, NOW + 4 * DAY, client=client, note="Words")
    lifecycle.cancel(gone.pk, by=By.therapist(), reason="I am ill.", now=NOW)
    mail = OutgoingMail.objects.get(key=gone.events.latest("pk").told_by)
    owing.events.create(at=NOW, actor="therapist", action="moved", reason="Why", sequence=0)
    rows: tuple[models.Model, ...] = (
        whose,
        world.session,
        walk,
        make_gap(whose, walk, Format.ONLINE, 15),
        make_date(whose, date(2026, 12, 14), time(18), time(19), service=world.session),
        off,
        WorkedHoliday.objects.create(therapist=whose, day=date(2026, 12, 25)),
        client,
        owing,
        mail,
        whose.practice,
        world.notice,
    )
    return Diary(world, {name_of(type(row)): row for row in rows}, past, mail)


def name_of(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def write_canaries(diary: Diary) -> None:
    """Put the word into every text that is the therapist's own."""
    for row in everything(diary):
        texts = [
            field
            for field in row._meta.fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and (row._meta.model_name, field.name) not in NO_WORDS
        ]
        type(row)._base_manager.filter(pk=row.pk).update(**{f.name: word(f, row) for f in texts})
    User.objects.filter(pk=diary.therapist.user_id).update(username=f"{CANARY}user")


def word(field: Any, row: models.Model) -> Any:
    if isinstance(field, EncryptedTextField):
        return field.sealed(f"{CANARY}{row.pk}", getattr(row, field.row))
    shapes = {models.EmailField: f"{CANARY}{row.pk}@example.com", models.URLField: "https://{}.uk/"}
    return shapes.get(type(field), f"{CANARY}{row.pk}").format(CANARY)[: field.max_length]


def everything(diary: Diary) -> Iterator[models.Model]:
    """Yield all rows that belong to the diary."""
    whose = diary.therapist
    yield whose
    for rows in (whose.services, whose.places, whose.time_off, whose.bookings):
        yield from rows.all()
    yield from FollowUp.objects.filter(therapist=whose)
    yield from Client.objects.filter(bookings__therapist=whose).distinct()
    yield from BookingEvent.objects.filter(booking__therapist=whose)
    yield from OutgoingMail.objects.filter(
        about__in=[about_booking(one.uid) for one in whose.bookings.all()]
    )


def stored(diary: Diary) -> dict[str, Any]:
    """Return all that the diary says, and all that points into it."""
    found: dict[str, Any] = {}
    for row in everything(diary):
        found[f"{row._meta.label} {row.pk}"] = values(type(row), pk=row.pk)
        for relation in row._meta.get_fields(include_hidden=True):
            if isinstance(relation, models.ManyToOneRel):
                pointing = values(relation.related_model, **{relation.field.name: row.pk})
                found[f"{row._meta.label} {row.pk}: {relation.field}"] = pointing
    return found


def values(model: Any, **where: Any) -> list[dict[str, Any]]:
    return list(model._base_manager.filter(**where).order_by("pk").values())


# --- the addresses

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
    "auth_user",
    "auth_group",
    "academy_article",
    "academy_topic",
    "welcome_frontpage",
    "welcome_accessibilitystatement",
    "staff_securityevent",
)
OF_BOOKINGS = ("cancel", "move", "waive", "details", "record")
# The owner's alone: tests/desk/people asks each of them as everybody else.
PEOPLE = (
    "people",
    "person_add",
    "person",
    "person_invite",
    "person_leave",
    "diary_give",
    "client_hand_over",
)
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
    "admin:auth_user_password_change",
    "admin:academy_article_preview",
    "admin:",
    "why_not",
    "mail_samples",
    "follow_ups",
    *PEOPLE,
}


def listed() -> set[str]:
    """Return the name of every address that the walk asks."""
    of_models = {f"admin:{m}_{view}" for m in (*DIARIES, *SHARED, *ELSEWHERE) for view in VIEWS}
    of_bookings = {f"admin:bookings_booking_{page}" for page in OF_BOOKINGS}
    return of_models | of_bookings | OTHERS | {"admin:outbox_outgoingmail_take_back"}


def questions(theirs: Diary) -> Iterator[tuple[str, str]]:
    """Yield the name and the path of every page to look at, with the first therapist's rows."""
    for model, row in theirs.rows.items():
        for view in VIEWS:
            yield f"{model} {view}", page(model, view, row)
        everywhere = f"{page(model, 'changelist')}?_facets=True{all_of(model)}"
        yield f"{model} changelist", everywhere
        yield f"{model} changelist", f"{everywhere}&q={SEARCHED}"
    for name, row in own_pages(theirs):
        yield name, reverse(f"admin:{name}", args=[row.pk])
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
    yield "search", reverse("admin:search", query={"s": SEARCHED})
    # What is not of models, and what is of models that are in no diary, is asked as it comes.
    known = {f"admin:{model}_{view}" for model in theirs.rows for view in VIEWS}
    known |= {f"admin:{name}" for name, _ in own_pages(theirs)}
    for name, path in every_address():
        if path.startswith("/admin/") and name not in known:
            yield name, path


def page(model: str, view: str, row: models.Model | None = None) -> str:
    args = [row.pk] if row is not None and view not in {"changelist", "add"} else []
    return reverse(f"admin:{model}_{view}", args=args)


def all_of(model: str) -> str:
    """Return what more a list is asked, to show what has been as well."""
    return "&when=all" if model == "bookings_booking" else ""


def own_pages(theirs: Diary) -> Iterator[tuple[str, models.Model]]:
    for name in OF_BOOKINGS:
        row = theirs.past if name == "record" else theirs.rows["bookings_booking"]
        yield f"bookings_booking_{name}", row
    yield "outbox_outgoingmail_take_back", theirs.mail


def foreign_keys() -> Iterator[Any]:
    for model in admin.site._registry:
        if model._meta.app_label in APPS:
            yield from (one for one in model._meta.fields if isinstance(one, models.ForeignKey))


# --- what is sent

CHANGES: dict[str, dict[str, str]] = {
    "availability_therapist": {"name": "Mine"},
    "availability_service": {"name": "Mine"},
    "availability_place": {"name": "Mine"},
    "availability_gap": {"minutes": "99"},
    "availability_differenthours": {"closes": "20:00"},
    "availability_timeoff": {"reason": "Mine"},
    "availability_workedholiday": {"day": "2026-12-28"},
    "clients_client": {"name": "Mine"},
}
POSTED = {
    "bookings_booking_cancel": {"reason": "I am ill."},
    "bookings_booking_move": {"start": "2026-11-27T15:00", "reason": "I am ill.", "seen": "0"},
    "bookings_booking_waive": {"post": "yes"},
    "bookings_booking_details": {"post": "yes"},
    "bookings_booking_record": {"attendance": "attended", "outcome": "continue", "seen": "0"},
    "outbox_outgoingmail_take_back": {"post": "yes"},
}
Posted = dict[str, Any]


def form_of(path: str) -> Posted:
    """Return what the form at this address sends as it stands, as the owner sees it."""
    context = owner().get(path).context
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
    if isinstance(field, SplitDateTimeField):
        return {f"{name}_0": f"{value:%Y-%m-%d}", f"{name}_1": f"{value:%H:%M}"}
    return {name: value}


def owner() -> Browser:
    user, _ = User.objects.get_or_create(username="owner", is_staff=True, is_superuser=True)
    browser = Browser()
    browser.force_login(user)
    return browser


def attempts(theirs: Diary, mine: Diary) -> Iterator[tuple[str, str, Posted]]:
    """Yield what to send where: changes of the first's rows, and of mine that reach for them."""
    for model, change in CHANGES.items():
        path = page(model, "change", theirs.rows[model])
        yield f"{model} changed", path, {**form_of(path), **change}
    for model in DIARIES:
        row = theirs.rows[model]
        yield f"{model} deleted", page(model, "delete", row), {"post": "yes"}
        for name in ("accept", "send_again", "delete_selected"):
            action = {"action": name, "_selected_action": [row.pk], "post": "yes"}
            yield f"{model} {name}", page(model, "changelist"), action
    for name, row in own_pages(theirs):
        posted: Posted = dict(POSTED[name])
        if name.endswith("move"):
            posted["place"] = theirs.world.place().pk
        if name.endswith(("record", "cancel")):
            posted["seen"] = "0"
        yield name, reverse(f"admin:{name}", args=[row.pk]), posted
    yield from reaching(theirs, mine)


def reaching(theirs: Diary, mine: Diary) -> Iterator[tuple[str, str, Posted]]:
    """Yield my rows, and new ones, with the first's therapist, service and place."""
    walk, whose = theirs.world.place(Format.WALKING), theirs.therapist
    foreign = {
        "therapist": whose.pk,
        "service": theirs.world.session.pk,
        "before_place": walk.pk,
        "user": whose.user_id,
    }
    for model in CHANGES:
        path = page(model, "change", mine.rows[model])
        form = form_of(path)
        taken = {name: pk for name, pk in foreign.items() if name in form}
        for chosen in ({name: pk} for name, pk in taken.items()):
            yield f"{model} with another {next(iter(chosen))}", path, {**form, **chosen}
        if taken:
            yield f"{model} given away", path, {**form, **taken}
            yield f"{model} added", page(model, "add"), {**form, **taken, "slug": "new"}
    week = {
        "weekly_hours-TOTAL_FORMS": "1",
        "weekly_hours-0-weekday": "6",
        "weekly_hours-0-opens": "10:00",
        "weekly_hours-0-closes": "11:00",
        "weekly_hours-0-formats": [Format.ONLINE],
        "weekly_hours-0-service": theirs.world.session.pk,
    }
    path = page("availability_therapist", "change", mine.therapist)
    yield "a week with another service", path, {**form_of(path), **week}
    words = {
        f"{one.pk}-{outcome}-{part}": "Mine"
        for one in (whose, mine.therapist)
        for outcome in Outcome
        for part in ("subject", "body")
    }
    yield "follow_ups", reverse("follow_ups"), words


# --- the walk


def leaks(browser: Browser, theirs: Diary, mine: Diary) -> set[str]:
    """Return what showed or changed anything of the first's."""
    found = set()
    for name, path in questions(theirs):
        if CANARY in answer(browser, path):
            found.add(name)
    before, tries = stored(theirs), list(attempts(theirs, mine))
    for name, path, posted in tries:
        with transaction.atomic():
            shown = answer(browser, path, posted)
            if stored(theirs) != before:
                found.add(f"{name}, which changed it")
            elif CANARY in shown:
                found.add(f"{name}, which showed it")
            transaction.set_rollback(True)
    return found


def answer(browser: Browser, path: str, posted: Mapping[str, Any] | None = None) -> str:
    """Return the page that comes in the end: what is said of a change stands on the next one."""
    response = browser.post(path, posted, follow=True) if posted else browser.get(path, follow=True)
    return f"{text_of(response)} {dict(response.headers)}"
