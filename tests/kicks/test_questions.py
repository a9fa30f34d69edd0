"""How many questions every page asks of Postgres: one number, with one of everything or three.

What a step of a booking asks when it is asked again, and the press that books, are in
tests/bookings/test_queries.py.
"""

from collections.abc import Iterator, Mapping
from operator import attrgetter

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from availability import catalogue
from availability.models import Format, Practice, Service
from bookings.notices import private_links
from prose.dates import slot_value
from tests.addresses import every_address
from tests.factories import NOW, World, force_booking, make_client, pages_link
from tests.kicks.everything import HOUR, TO_COME, Shown, fill
from tests.pages import SLOT, address, check_address, open_link, press
from tests.staff_sign_in import confirm_password_of

# What anybody sees, each page in a browser that was never here.
STRANGER = {
    # Versions, services, places, which a process keeps; notice, home page, passages, articles, and
    # two for the next free time, which it keeps as well.
    "home": 9,
    # Versions, services, places, the notice, the home page's words.
    "fees": 5,
    # Versions, services, places, the notice.
    "places": 4,
    "video_check": 1,
    "privacy": 2,
    "accessibility": 2,
    # What first meetings there are; the service with its places, three of the diary.
    "embed": 6,
    "robots": 0,
    "sitemap": 5,
    # The practice, the count, the articles, the topics; what to book: versions, services, places,
    # the notice.
    "academy": 8,
    "academy_feed": 3,
    "topic": 9,
    # The practice, the article, its topics, its questions, what is related.
    "article": 10,
    "book": 6,
    # The service and its places, which a process keeps; the diary.
    "time": 4,
    "zone": 2,
    # The service and its places, the limit on holds, a new session. The rest keeps the time: 2 for
    # a transaction inside the test's, the lock, the version and the services, 2 for the diary, the
    # hold and what lapses at once.
    "details": 12,
    "check": 5,
    "sessions": 5,
    "pending": 5,
    "confirm_link": 3,
    "confirm": 5,
    # The limit, the link, the booking, whether they have seen a privacy notice; the session is
    # stored.
    "link": 5,
    # And that notice.
    "open": 5,
    "stop_reminders": 3,
    "finished": 1,
    "admin:login": 0,
    "sign_in": 0,
    "admin_password_reset": 0,
    "healthz": 0,
}
# What a client sees, in a browser that came by their links; what they book is a session.
CLIENT = {
    # The session, the link, versions, services, places, the notice, two of the diary, what is
    # booked.
    "book": 9,
    "time": 5,
    "zone": 2,
    "details": 13,
    # A client whom we know is read: they may have been deleted meanwhile.
    "check": 5,
    "booking": 3,
    # The session, the booking, its places, two reads of the diary.
    "change": 5,
    "move": 5,
    "cancel": 2,
    "reminders": 2,
    "stopping": 3,
    "ics": 2,
}
# What the practice's owner sees, but for the pages of admin that every model has. Each of admin's
# begins with the session and who it is, and nearly each asks whether mail is in trouble.
OWNER = {
    # Whose diaries; what was, what is open, who owes, whose mail came back, the day, and the next
    # meeting, which is not of these two days.
    "admin:index": 10,
    "today": 10,
    "settings": 3,
    "hours": 3,
    "admin:app_list": 3,
    "admin:search": 2,
    "admin:jsi18n": 2,
    "admin:password_change": 3,
    "admin:password_change_done": 3,
    "admin:academy_article_preview": 3,
    "article_preview": 12,
    # The row with its picture; admin asks whether mail is in trouble.
    "admin:academy_article_picture": 4,
    "admin:availability_place_picture": 4,
    "admin:availability_therapist_picture": 4,
    "admin:outbox_outgoingmail_take_back": 5,
    # The client, services, places; may they book sessions, or have they met; two of the diary, the
    # day's bookings, the consent.
    "admin:bookings_booking_book": 10,
    "admin:bookings_booking_cancel": 4,
    "admin:bookings_booking_move": 7,
    "admin:bookings_booking_waive": 4,
    "admin:bookings_booking_details": 4,
    "admin:bookings_booking_record": 7,
    "admin:bookings_booking_ask_again": 5,
    "admin:bookings_booking_withdraw": 4,
    "admin:bookings_booking_take_back_all": 5,
    # The client, how many links stand.
    "admin:clients_client_end_links": 5,
    # The card with all that is counted; meetings, emails, agreements.
    "admin:clients_client_card": 7,
    "admin:clients_client_address": 4,
    "admin:clients_client_merge_with": 5,
    # Is there a service, which, twice those to choose from; two reads, places, bookings.
    "why_not": 11,
    # Whose; what was entered, held and booked, and why somebody is away.
    "calendar": 7,
    # The meeting, what can be taken back.
    "calendar_meeting": 9,
    "calendar_free": 7,
    "calendar_month": 6,
    # What the mails of two strangers say of their other meetings, too.
    "mail_samples": 13,
    "follow_ups": 5,
    # The owner's practice, twice; everybody, and whom they assist.
    "people": 7,
    "person_add": 6,
    # Who it is, in which role and diary and whose they assist in, for the form and what it saw.
    "person": 14,
    "person_leave": 7,
    "diary_give": 5,
    "client_hand_over": 6,
    "change_password": 3,
    # The reader's diary; the practice, the notice, the therapists.
    "first_steps": 7,
    # App, passkeys, codes, sessions, browsers, what happened.
    "own_sign_in": 9,
    # The codes, and what there is to do first, where they lead on to.
    "recovery_codes": 7,
    "remove_factor": 6,
    "set_up": 3,
    # Forgets what was begun long ago, finds what was begun; makes one and its key: 4.
    "set_up_app": 8,
    "set_up_passkey": 2,
}
# And those: each model's list, the page that adds a row, a row's own, its history, its deletion.
VIEWS = ("changelist", "add", "change", "history", "delete")
MODELS = {
    "availability_practice": (6, 4, 5, 7, 5),
    "availability_therapist": (6, 8, 10, 7, 4),
    "availability_service": (6, 6, 7, 7, 9),
    "availability_place": (6, 6, 7, 7, 4),
    "availability_gap": (6, 10, 12, 8, 5),
    "availability_differenthours": (8, 8, 9, 7, 4),
    "availability_timeoff": (6, 6, 8, 7, 4),
    "availability_workedholiday": (6, 7, 8, 7, 4),
    "clients_privacynotice": (6, 4, 11, 7, 7),
    "clients_client": (6, 3, 8, 7, 11),
    "outbox_outgoingmail": (7, 3, 10, 7, 4),
    "bookings_booking": (7, 3, 12, 7, 4),
    "academy_article": (7, 5, 8, 7, 6),
    "academy_topic": (6, 4, 5, 7, 5),
    "welcome_frontpage": (3, 3, 8, 7, 4),
    "welcome_accessibilitystatement": (3, 3, 5, 7, 4),
    "staff_securityevent": (11, 3, 5, 7, 4),
}
# Where several rows can be deleted at once: the page that asks whether they shall be.
SEVERAL = {
    "availability_practice": 8,
    "clients_privacynotice": 10,
    "clients_client": 14,
    "academy_article": 11,
    "academy_topic": 8,
}
CLIENT_POSTS = ("address_back", "mail_again", "merge_undo", "new_links", "notes_found")
NO_NUMBER = {
    "admin:": "leads on from an address that admin once had",
    "admin:autocomplete": "no form of ours asks it",
    "admin:logout": "takes only posts",
    "csp_reports": "takes only posts",
    "finish": "takes only posts",
    "not_me": "takes only posts",
    "admin:view_on_site": "leads on to a page that is here",
    "person_invite": "takes only posts",
    "person_factors": "takes only posts",
    "choose_password": "leads on, as Django's own: tests/desk/sign_in/test_password_reset.py",
    "second_factor": "is seen between two pages: tests/desk/sign_in/test_second_factor.py",
    **dict.fromkeys(("sign_out", "end_other_sessions", "forget_browser"), "takes only posts"),
    **dict.fromkeys(("passkey_make", "passkey_made"), "takes only posts"),
    **dict.fromkeys(("passkey_show", "passkey_shown"), "takes only posts"),
    "admin:bookings_booking_confirm": "takes only posts",
    **dict.fromkeys(("today_record", "today_undo", "today_keep"), "takes only posts"),
    "admin:clients_client_merge": "is about two cards: tests/desk/clients/test_merge.py",
    **dict.fromkeys(
        ("new_address_link", "new_address"), "is mailed: tests/bookings/test_address_change.py"
    ),
    **dict.fromkeys(
        (f"admin:clients_client_{name}" for name in CLIENT_POSTS),
        "takes only posts",
    ),
    **dict.fromkeys(
        (f"admin:clients_client_{name}" for name in ("contact", "emergency", "notes", "note")),
        "is their therapist’s alone: tests/desk/clients",
    ),
    "picture": "answers with a file, and asks nothing: tests/pictures/test_serving.py",
    "readyz": "begins a transaction of its own: test_health.py",
}
# Counted too, though nothing is shown.
REFUSED = {
    "admin:availability_place_delete",
    "admin:availability_therapist_delete",
    "admin:bookings_booking_add",
    "admin:bookings_booking_delete",
    "admin:clients_client_add",
    "admin:outbox_outgoingmail_add",
    "admin:outbox_outgoingmail_delete",
    "admin:staff_securityevent_add",
    "admin:staff_securityevent_delete",
    "admin:welcome_accessibilitystatement_delete",
    "admin:welcome_frontpage_delete",
}
LEADS_ON = {
    "link",
    "confirm_link",
    "stop_reminders",
    "admin:academy_article_preview",
    "admin:welcome_accessibilitystatement_add",
    "admin:welcome_accessibilitystatement_changelist",
    "admin:welcome_frontpage_add",
    "admin:welcome_frontpage_changelist",
}

# --- where they are

# What a page is about.
ABOUT = {
    "topic": "topic.slug",
    "article": "article.slug",
    "link": "token",
    "confirm_link": "confirm_token",
    "stop_reminders": "token",
    "booking": "to_come.uid",
    "change": "to_come.uid",
    "move": "to_come.uid",
    "cancel": "to_come.uid",
    "reminders": "to_come.uid",
    "ics": "to_come.uid",
    "admin:app_list": "to_come._meta.app_label",
    "admin:academy_article_preview": "article.pk",
    "article_preview": "article.pk",
    "admin:academy_article_picture": "article.pk",
    "admin:availability_place_picture": "place.pk",
    "admin:availability_therapist_picture": "world.therapist.pk",
    "admin:outbox_outgoingmail_take_back": "telling.pk",
    "admin:bookings_booking_cancel": "to_come.pk",
    "calendar_meeting": "to_come.pk",
    "admin:bookings_booking_move": "to_come.pk",
    "admin:bookings_booking_waive": "owing.pk",
    "admin:bookings_booking_details": "to_come.pk",
    "admin:bookings_booking_record": "past.pk",
    "admin:bookings_booking_ask_again": "owing.pk",
    "admin:bookings_booking_withdraw": "owing.pk",
    "admin:bookings_booking_take_back_all": "decision",
    "person": "world.therapist.user_id",
    "person_leave": "world.therapist.user_id",
    "diary_give": "world.therapist.pk",
    "admin:clients_client_end_links": "client.pk",
    "admin:clients_client_card": "client.pk",
    "admin:clients_client_address": "client.pk",
    "admin:clients_client_merge_with": "client.pk",
    "remove_factor": "passkey.pk",
}
STEPS = {"book", "time", "zone", "details"}
Page = tuple[str, int, Browser, str]


def path_of(name: str, shown: Shown) -> str:
    if name == "healthz":
        return "/healthz"
    queries: dict[str, dict[str, object]] = {
        "move": {"slot": slot_value(TO_COME + 4 * HOUR)},
        "admin:search": {"s": "o"},
        "calendar": {"day": f"{TO_COME:%Y-%m-%d}"},
        "calendar_month": {"day": f"{TO_COME:%Y-%m-%d}"},
        "calendar_free": {"start": slot_value(TO_COME + 4 * HOUR)},
        "admin:bookings_booking_book": {
            "client": shown.client.pk,
            "start": slot_value(TO_COME + 4 * HOUR),
        },
        "why_not": {
            "service": shown.world.consultation.pk,
            "how": Format.ONLINE,
            "day": f"{TO_COME:%Y-%m-%d}",
        },
    }
    about = [attrgetter(ABOUT[name])(shown)] if name in ABOUT else []
    if name == "remove_factor":
        about.insert(0, "passkey")
    return reverse(name, args=about, query=queries.get(name))


def pending_address(browser: Browser, world: World) -> str:
    """Ask for a time while more come than a day can mean; return the page that leads to."""
    Practice.objects.filter(pk=world.therapist.practice_id).update(unproven_most=1)
    force_booking(world, TO_COME + 12 * HOUR)
    path = press(browser, check_address(browser, world, "2026-11-24T15:00"))["Location"]
    assert path.startswith("/book/pending/")
    return path


def public_pages(shown: Shown) -> Iterator[Page]:
    for name, number in STRANGER.items():
        browser = Browser()
        if name == "check":
            path = check_address(browser, shown.world, "2026-11-24T14:00")
        elif name == "confirm":
            path = browser.get(reverse("confirm_link", args=[shown.confirm_token]))["Location"]
        elif name == "open":
            path = browser.get(reverse("link", args=[pages_link(make_client())]))["Location"]
        elif name == "pending":
            path = pending_address(browser, shown.world)
        elif name in STEPS:
            path = address(name, shown.world, slot=SLOT)
        else:
            path = path_of(name, shown)
        yield name, number, browser, path


def client_pages(shown: Shown) -> Iterator[Page]:
    browser, session = Browser(), shown.world.session
    for token in (shown.token, pages_link(shown.client)):
        open_link(browser, token)
    [stop] = private_links.store([private_links.reminders_link(shown.to_come, NOW)])
    browser.get(reverse("stop_reminders", args=[stop]))
    check = check_address(browser, shown.world, "2026-11-24T12:00", service=session)
    for name, number in CLIENT.items():
        if name in STEPS:
            path = address(name, shown.world, slot=SLOT, service=session)
        else:
            path = check if name == "check" else path_of(name, shown)
        yield name, number, browser, path


def owner_pages(shown: Shown) -> Iterator[Page]:
    browser = Browser()
    browser.force_login(shown.owner)
    confirm_password_of(browser)
    for name, number in OWNER.items():
        yield name, number, browser, path_of(name, shown)
    for model, row in shown.rows.items():
        for view, number in zip(VIEWS, MODELS[model], strict=True):
            about = [] if view in {"changelist", "add"} else [row.pk]
            name = f"admin:{model}_{view}"
            yield name, number, browser, reverse(name, args=about)


# --- what they ask


def ask(browser: Browser, path: str, posted: Mapping[str, object] | None = None) -> tuple[int, int]:
    """Return how many questions a page asks of a process that has just begun, and its status.

    Whatever the page writes is undone.
    """
    with transaction.atomic():
        Service.objects.update(is_active=True)  # what is kept of the diary is out of date then
        catalogue._known.clear()
        catalogue._known_by_id.clear()
        catalogue._offered.clear()
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as asked:
            response = browser.post(path, posted) if posted else browser.get(path)
        transaction.set_rollback(True)
    return len(asked), response.status_code


def status_of(name: str) -> int:
    if name in REFUSED:
        return 403
    return 302 if name in LEADS_ON else 200


@pytest.mark.parametrize("count", [1, 3])
def test_every_page_asks_so_many_questions(world: World, settings: Settings, count: int) -> None:
    settings.EMBED_HOSTS = ["www.example.org"]
    shown, wrong = fill(world, count), []
    for name, number, browser, path in (
        *public_pages(shown),
        *client_pages(shown),
        *owner_pages(shown),
    ):
        asked, status = ask(browser, path)
        if (asked, status) != (number, status_of(name)):
            wrong.append(f"{name}: {asked}, not {number}, of {path}, which answers {status}")
    assert not wrong, "\n".join([f"with {count} of everything", *wrong])


@pytest.mark.parametrize("count", [1, 3])
def test_asking_whether_to_delete_several_rows_takes_so_many(world: World, count: int) -> None:
    shown, browser, found = fill(world, count), Browser(), {}
    browser.force_login(shown.owner)
    for model in SEVERAL:
        pks = [row.pk for row in type(shown.rows[model])._default_manager.all()[:count]]
        posted = {"action": "delete_selected", "_selected_action": pks}
        found[model], status = ask(browser, reverse(f"admin:{model}_changelist"), posted)
        assert (len(pks), status) == (count, 200)
    assert found == SEVERAL


def test_every_address_has_its_number_or_a_reason_to_have_none() -> None:
    of_models = {f"admin:{model}_{view}" for model in MODELS for view in VIEWS}
    numbered = STRANGER.keys() | CLIENT.keys() | OWNER.keys() | of_models
    assert {name for name, _ in every_address()} == numbered | NO_NUMBER.keys()
    assert not numbered & NO_NUMBER.keys()
