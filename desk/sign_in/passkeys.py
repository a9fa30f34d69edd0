"""What the script of the passkey pages asks: two questions to make one, two to show one.

The answers are JSON; a refusal says in `message` what the page then shows.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_otp_webauthn.exceptions import OTPWebAuthnApiError
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import WebAuthnCredential
from webauthn.helpers.exceptions import WebAuthnException

from clients.rate_limits import allow
from desk.diary_admin import now_of
from desk.sign_in.device_cookie import origin_of
from desk.sign_in.finish import finish
from desk.sign_in.pending import pending_of
from desk.sign_in.responses import enroller_of
from desk.sign_in.set_up import after_adding
from prose.dates import day_label
from staff import factors

STATE = "passkey"
NOT_TAKEN = "That passkey wasn’t taken. Try again, or use a code instead."
OVER = "That took too long, so please begin again with your password."
# What a browser's answer can be wrong in, when somebody else than a browser wrote it.
BROKEN = (WebAuthnException, OTPWebAuthnApiError, ValueError, TypeError, KeyError, AttributeError)

View = Callable[[HttpRequest], JsonResponse]


class Helper(WebAuthnHelper):
    """The library's, for the site's own name; a developer's machine is known as localhost."""

    def get_allowed_origins(self) -> list[str]:
        return [_site()]

    def get_relying_party_domain(self) -> str:
        return urlsplit(_site()).hostname or ""


def _site() -> str:
    site = urlsplit(settings.SITE_URL)
    if site.scheme == "https":
        return str(settings.SITE_URL)
    return f"{site.scheme}://localhost:{site.port}"


def refused(message: str) -> JsonResponse:
    """Say no, in words that the page shows."""
    return JsonResponse({"message": message}, status=HTTPStatus.FORBIDDEN)


def _question(view: View) -> View:
    """Answer posts alone, out of caches; what is broken in the answer of a browser is refused."""

    def wrapped(request: HttpRequest) -> JsonResponse:
        try:
            return view(request)
        except BROKEN:
            return refused(NOT_TAKEN)

    return never_cache(require_POST(wrapped))


def _make_question(request: HttpRequest) -> JsonResponse:
    """Return what the browser needs to make a passkey."""
    user = enroller_of(request)
    if user is None:
        return refused(OVER)
    asked, request.session[STATE] = Helper(request).register_begin(user)
    return JsonResponse(asked)


def _make_answer(request: HttpRequest) -> JsonResponse:
    """Keep the passkey that the browser made, and say where to go on."""
    user = enroller_of(request)
    if user is None:
        return refused(OVER)
    state, given = request.session.pop(STATE), _given(request)
    with transaction.atomic():
        device = Helper(request).register_complete(user, state, given)
        factors.added_passkey(user, device, _name(request), now_of(request))
    return JsonResponse({"to": after_adding(request, user)["Location"]})


def _show_question(request: HttpRequest) -> JsonResponse:
    """Return what the browser needs to show a passkey."""
    pending = pending_of(request)
    if pending is None or not allow("sign-in-code", str(pending.user.pk)):
        return refused(OVER)
    helper = Helper(request)
    asked, state = helper.authenticate_begin(pending.user, require_user_verification=False)
    request.session[STATE] = state
    return JsonResponse(asked)


def _show_answer(request: HttpRequest) -> JsonResponse:
    """Let in who showed a passkey of theirs, and say where to go on."""
    pending = pending_of(request)
    if pending is None:
        return refused(OVER)
    state, given = request.session.pop(STATE), _given(request)
    _shown(request, pending.user, state, given)
    trust = given.get("trust") is True
    response = finish(request, pending.user, pending.to, now_of(request), trust=trust)
    answer = JsonResponse({"to": response["Location"]})
    answer.cookies = response.cookies  # the browser's word
    return answer


def _shown(request: HttpRequest, user: User, state: Any, given: dict[str, Any]) -> None:
    """Check a passkey, while its row is locked: its counter can't be shown twice."""
    with transaction.atomic():
        list(WebAuthnCredential.objects.filter(user=user).select_for_update())
        Helper(request).authenticate_complete(user, state, given)


def _given(request: HttpRequest) -> dict[str, Any]:
    given = json.loads(request.body)
    if not isinstance(given, dict):
        raise TypeError
    return given


def _name(request: HttpRequest) -> str:
    made = day_label(timezone.localdate(now_of(request)))
    return f"{origin_of(request).device}, {made}"


make_question = _question(_make_question)
make_answer = _question(_make_answer)
show_question = _question(_show_question)
show_answer = _question(_show_answer)
