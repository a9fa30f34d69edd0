"""How the admin looks: the site's tokens, our own frame (`desk/menu.py`) around each page."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

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
    "GLOBAL_CALLBACK": "desk.menu.around",
    "STYLES": [
        lambda _request: static("css/tokens.css"),
        lambda _request: static("css/admin.css"),
        lambda _request: static("css/desk.css"),
    ],
    "SCRIPTS": [lambda _request: static("js/admin.js")],
    # The menu of whoever is signed in.
    "ACCOUNT": {
        "navigation": [
            {"title": "First steps", "link": reverse_lazy("first_steps")},
            {"title": "Your sign-in", "link": reverse_lazy("own_sign_in")},
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
        ]
    },
}
