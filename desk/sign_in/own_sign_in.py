"""What somebody sees and ends of their own sign-ins: factors, sessions, browsers, what happened."""

from django.contrib import messages
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST
from django_otp.models import Device
from django_otp_webauthn.models import WebAuthnCredential

from desk.diary_admin import now_of
from desk.sign_in.device_cookie import origin_of
from desk.sign_in.password_again import password_asked_first
from desk.sign_in.responses import me, must_be_signed_in, page
from staff import devices, factors, sessions
from staff.models import AuthenticatorApp, SecurityEvent, StaffDevice, StaffSession
from staff.security_events import about_user, write_down

LATEST = 30
KINDS: dict[str, type[Device]] = {"app": AuthenticatorApp, "passkey": WebAuthnCredential}


@page
@must_be_signed_in
def own_sign_in(request: HttpRequest) -> HttpResponse:
    """Show how somebody signs in, where they are signed in, and what happened lately."""
    user, now = me(request), now_of(request)
    own = StaffSession.objects.filter(user=user, expire_date__gt=now)
    context = {
        **site.each_context(request),
        "title": "Your sign-in",
        "app": factors.app_of(user),
        "passkeys": factors.passkeys_of(user),
        "codes_left": factors.codes_left(user),
        "sessions": own.select_related("device").order_by("-seen_at", "-started_at"),
        "this": request.session.session_key,
        "browsers": StaffDevice.objects.filter(user=user).order_by("-last_seen_at"),
        "now": now,
        "device": request.session.get(sessions.DEVICE),
        "events": _events(user)[:LATEST],
    }
    return TemplateResponse(request, "desk/sign_in/own_sign_in.html", context)


def _events(user: User) -> QuerySet[SecurityEvent]:
    """Return what happened at their sign-in, whoever did it: a wrong password is nobody's."""
    about = Q(about=about_user(user.pk))
    return SecurityEvent.objects.filter(about | Q(user_id=user.pk))


@require_POST
@page
@must_be_signed_in
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one, and ask for the second factor again in all other browsers."""
    user, own = me(request), request.session.get(sessions.DEVICE)
    with transaction.atomic():
        ended = sessions.end_all(user.pk, but=request.session.session_key)
        devices.distrust(user.pk, but=own)
        _note(request, SecurityEvent.Kind.SESSIONS_ENDED)
    told = f"{ended} other session{pluralize(ended)} ended." if ended else "There were no others."
    messages.success(request, f"{told} Every other browser asks for your second factor again.")
    return redirect("own_sign_in")


@require_POST
@page
@must_be_signed_in
def forget_browser(request: HttpRequest, pk: int) -> HttpResponse:
    """Know a browser no more: its sessions end, and the next sign-in there is a new one."""
    found = StaffDevice.objects.filter(user=me(request), pk=pk).first()
    if found is None or found.pk == request.session.get(sessions.DEVICE):
        raise Http404
    with transaction.atomic():
        StaffSession.objects.filter(device=found).delete()
        found.delete()
        _note(request, SecurityEvent.Kind.SESSIONS_ENDED)
    messages.success(request, f"{found.name} is forgotten.")
    return redirect("own_sign_in")


@page
@must_be_signed_in
@password_asked_first
def remove_factor(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Ask whether a factor shall go, and take it away; where one is needed, not the last."""
    model, user = KINDS.get(kind), me(request)
    found = model and model.objects.filter(user=user, confirmed=True, pk=pk).first()
    if not found:
        raise Http404
    if request.method == "POST":
        factors.remove(user, found, now_of(request))
        messages.success(request, "Removed. It no longer lets anybody in.")
        return redirect("own_sign_in")
    context = {**site.each_context(request), "title": "Remove it?", "factor": found}
    context["is_last"] = factors.count(user) == 1
    return TemplateResponse(request, "desk/sign_in/remove_factor.html", context)


def _note(request: HttpRequest, kind: SecurityEvent.Kind) -> None:
    user = me(request)
    about, origin = about_user(user.pk), origin_of(request)
    write_down(kind, user_id=user.pk, now=now_of(request), about=about, origin=origin)
