"""How the admin looks: the site's river teal, and a menu in the order of a therapist's day."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

MENU = (
    (
        "Diary",
        (
            ("Bookings", "event", "bookings.booking"),
            ("Book for somebody", "add", "bookings.booking", "admin:bookings_booking_book"),
            ("Why is a time not offered?", "help", "bookings.booking", "why_not"),
            ("Clients", "person", "clients.client"),
            ("Email", "outbox", "outbox.outgoingmail"),
            ("How each email reads", "drafts", "outbox.outgoingmail", "mail_samples"),
        ),
    ),
    (
        "Hours",
        (
            ("Therapists and weekly hours", "schedule", "availability.therapist"),
            ("Dates that differ", "edit_calendar", "availability.differenthours"),
            ("Time off", "beach_access", "availability.timeoff"),
            ("Bank holidays I work", "celebration", "availability.workedholiday"),
            ("Gaps between meetings", "more_time", "availability.gap"),
        ),
    ),
    (
        "What I offer",
        (
            ("Services", "spa", "availability.service"),
            ("Places", "place", "availability.place"),
            ("Follow-up emails", "forward_to_inbox", "bookings.followup", "follow_ups"),
            ("Practice", "home", "availability.practice"),
        ),
    ),
    (
        "Website",
        (
            ("Home page", "web", "welcome.frontpage"),
            ("Privacy notices", "policy", "clients.privacynotice"),
            ("Accessibility statement", "accessibility_new", "welcome.accessibilitystatement"),
        ),
    ),
    (
        "Academy",
        (
            ("Articles", "article", "academy.article"),
            ("Topics", "sell", "academy.topic"),
        ),
    ),
    (
        "Who may come in",
        (
            ("People", "badge", "staff.securityevent", "people"),
            ("Security events", "shield", "staff.securityevent"),
        ),
    ),
)


def _may_view(model: str) -> Callable[[HttpRequest], bool]:
    app, _, name = model.partition(".")
    return lambda request: request.user.has_perm(f"{app}.view_{name}")


def _item(title: str, icon: str, model: str, page: str = "") -> dict[str, Any]:
    """A page of the admin that those may see who may view the model: its list, if none is named."""
    link = reverse_lazy(page or f"admin:{model.replace('.', '_')}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": _may_view(model)}


def _group(title: str, items: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": [_item(*item) for item in items]}


ADMIN_LOOK: dict[str, Any] = {
    "SITE_TITLE": "Kicks",
    "SITE_HEADER": "Kicks",
    "SITE_SYMBOL": "water",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("favicon.svg"),
        }
    ],
    # In a sheet of ours (css/admin.css): unfold writes them into each page, as a style that the
    # policy would have to allow.
    "COLORS": lambda _request: {},
    "GLOBAL_CALLBACK": "desk.mail.trouble_banner.banner",
    "STYLES": [lambda _request: static("css/admin.css")],
    "SCRIPTS": [lambda _request: static("js/admin.js")],
    # The menu of whoever is signed in.
    "ACCOUNT": {
        "navigation": [
            {"title": "First steps", "link": reverse_lazy("first_steps")},
            {"title": "Your sign-in", "link": reverse_lazy("own_sign_in")},
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
        ]
    },
    "SIDEBAR": {"navigation": [_group(*group) for group in MENU]},
}
