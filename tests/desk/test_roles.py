"""Which pages of admin open to whom, role by role, with the rows of a diary that is theirs."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse

from availability.models import Practice, Therapist
from staff.models import Role
from tests.desk.diary_addresses import OF_QUESTIONS, PICTURES, page
from tests.desk.diary_rows import Diary, name_of
from tests.desk.diary_walk import opened
from tests.factories import make_user
from tests.pages import browser_of, signed_in

LOOK = ("changelist", "change", "history")
KEEP = (*LOOK, "add", "delete")


def of(app: str, models: str, views: tuple[str, ...]) -> set[str]:
    return {f"{app}_{model} {view}" for model in models.split() for view in views}


# Whoever signs in chooses their own password, and finds what they may open.
ANYBODY = {
    "admin:index",
    "today",
    "admin:search",
    "search",
    "admin:jsi18n",
    "admin:password_change",
    "admin:password_change_done",
    "admin_password_reset",
    "change_password",
    "choose_password",
    "first_steps",
    "own_sign_in",
    # They ask for the password first.
    "recovery_codes",
    "remove_factor",
    "set_up",
    "set_up_app",
    "set_up_passkey",
}
# Who books and moves for a therapist.
HELP = {
    *ANYBODY,
    *of("bookings", "booking", LOOK),
    *of("clients", "client", LOOK),
    *of("availability", "service place", LOOK),
    *(f"bookings_booking_{name}" for name in ("cancel", "move", "details", *OF_QUESTIONS)),
    *(f"app {name}" for name in ("availability", "bookings", "clients")),
    "outbox_outgoingmail_take_back",
    "autocomplete client",
    "bookings_booking_book",
    "clients_client_card",
    "why_not",
    "calendar",
    "calendar_free",
    "calendar_meeting",
    "calendar_month",
    "settings",
    "hours",
}
# Who keeps a diary.
DIARY = {
    *HELP,
    *of("availability", "differenthours gap service timeoff workedholiday", KEEP),
    *of("availability", "therapist practice", LOOK),
    *of("clients", "privacynotice", LOOK),
    *of("outbox", "outgoingmail", LOOK),
    *(f"bookings_booking_{name}" for name in ("record", "waive")),
    *PICTURES,
    "availability_place add",
    *(f"clients_client_{name}" for name in ("address", "end_links", "merge", "merge_with")),
    "app outbox",
    "follow_ups",
    "mail_samples",
}
# What is confided to a therapist, and read by them alone.
CONFIDED = {f"clients_client_{name}" for name in ("contact", "emergency", "note", "notes")}
WEBSITE = {
    *(
        f"admin:academy_{model}_{view}"
        for model in ("article", "topic")
        for view in ("changelist", "add")
    ),
    "admin:welcome_accessibilitystatement_add",
    *(f"app {name}" for name in ("academy", "welcome")),
}
PEOPLE = {
    *("people", "person", "person_add", "person_leave", "diary_give", "client_hand_over"),
    "admin:staff_securityevent_changelist",
    "app staff",
}
OPENS: dict[str | None, set[str]] = {
    Role.OWNER: {
        *DIARY,
        *WEBSITE,
        *of("availability", "practice", KEEP),
        *of("clients", "privacynotice", KEEP),
        "clients_client delete",
        "availability_therapist add",
        *PEOPLE,
    },
    Role.MANAGER: DIARY | WEBSITE,
    Role.THERAPIST: DIARY | CONFIDED,
    Role.ASSISTANT: HELP,
    None: ANYBODY,
    "nobody": {"admin:login", "admin_password_reset", "choose_password", "sign_in"},
}


@pytest.mark.parametrize("role", OPENS)
def test_these_pages_open_and_no_other(theirs: Diary, role: str | None) -> None:
    assert opened(keeper(role, theirs), theirs) == OPENS[role]


def keeper(role: str | None, diary: Diary) -> Browser:
    """Return the browser of somebody in that role to whom this diary was given."""
    if role == "nobody":
        return Browser()
    if role == Role.THERAPIST:
        return signed_in(diary.therapist)
    return browser_of(make_user(Role(role) if role else None, diary.therapist))


@pytest.mark.parametrize("role", Role)
def test_the_menu_leads_to_pages_that_open(theirs: Diary, role: Role) -> None:
    browser = keeper(role, theirs)
    menu = browser.get(page("bookings_booking", "changelist")).context["menu"]()
    lists = [browser.get(reverse(name)).context["groups"] for name in ("settings", "hours")]
    links = [link for groups in lists for _, links in groups for link in links]
    addresses = [one.url for one in (*menu, *links)]
    assert len(addresses) >= 5
    for address in addresses:
        assert browser.get(address, follow=True).status_code == 200, address


def test_on_no_page_can_it_be_changed_whose_a_row_is(theirs: Diary) -> None:
    """Whose diary, which user, which practice: that is the owner's, on pages of their own."""
    request = RequestFactory().get("/")
    request.user = make_user(Role.OWNER)
    asked = set()
    for model, shown in admin.site._registry.items():
        row = theirs.rows.get(name_of(model))
        if row is None:
            continue
        form = shown.get_form(request, row, change=True)
        for field in (*model._meta.fields, *model._meta.many_to_many):
            if field.related_model in {User, Therapist, Practice}:
                asked.add(f"{model.__name__}.{field.name}")
                ours = form.base_fields.get(field.name)
                assert ours is None or ours.disabled, (model, field)
    assert {"Therapist.user", "Therapist.assistants", "TimeOff.therapist"} <= asked
