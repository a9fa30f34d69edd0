"""What django-axes keeps of wrong passwords: digests and addresses, never what was typed."""

import copy
import hashlib
import hmac
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.http import HttpRequest, QueryDict

from clients import rate_limits
from desk.sign_in.limits import refusal_of, try_of

Credentials = dict[str, Any] | None


def typed_name(credentials: Credentials) -> str:
    """Return the name under which somebody tries to sign in."""
    return str((credentials or {}).get("username") or "")


def name_of(request: HttpRequest, credentials: Credentials = None) -> str:  # noqa: ARG001
    """Return what stands for the name: people type their password there, too."""
    key, name = settings.SECRET_KEY.encode(), typed_name(credentials).casefold()
    return hmac.new(key, f"guess:{name}".encode(), hashlib.sha256).hexdigest()


def address_of(request: HttpRequest) -> str | None:
    """Return the address as our proxies tell it; of an IPv6 one the first of its /64."""
    found = rate_limits.address_of(request.META).partition("/")[0]
    return None if found == "unknown" else found


def is_known_browser(request: HttpRequest, credentials: Credentials = None) -> bool:
    """Whether the person signed in in this browser before: others' guesses don't count for it."""
    return try_of(request, typed_name(credentials)).is_in_own_browser


class BareHandler(AxesDatabaseHandler):
    """Counts wrong passwords without what was posted, and without the browser's own words.

    A password that was not looked at is none: it counts for nothing.
    """

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **more: Any
    ) -> None:
        if request is None or refusal_of(request):
            return
        bare = copy.copy(request)
        bare.GET = bare.POST = QueryDict()
        bare.axes_user_agent = bare.axes_http_accept = bare.axes_path_info = ""
        super().user_login_failed(sender, credentials, bare, **more)
