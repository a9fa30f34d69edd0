"""A forgotten password: asking for the link, and choosing a new one by it.

Invitations lead to the second page, too.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy

from bookings.notices import reset_requests
from clients.rate_limits import allow, allow_visitor
from desk.diary_admin import now_of
from desk.sign_in import device_cookie
from desk.sign_in.forms import ChooseForm, EmailForm
from desk.sign_in.responses import TOO_MANY, UNPROCESSABLE, page
from staff import devices
from staff.reset_tokens import reset_tokens

WAIT = "There were many tries from your network. Wait ten minutes, then try again."


@page
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for the address; one answer for each, whoever's it is."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        if allow_visitor("reset-address", request.META):
            _ask(form.cleaned_data["email"].lower(), request)
            return redirect(f"{request.path}?sent=1")
        form.add_error(None, WAIT)
        status = TOO_MANY
    elif form.is_bound:
        status = UNPROCESSABLE
    context = {"form": form, "sent": "sent" in request.GET and not form.is_bound}
    return render(request, "desk/sign_in/forgotten.html", context, status=status)


def _ask(email: str, request: HttpRequest) -> None:
    """Ask so many times an hour for one address, whether or not somebody here has it."""
    if allow("reset-email", email):
        reset_requests.ask(email, now_of(request))


class ChoosePassword(PasswordResetConfirmView):
    """Let choose a password who came by a mailed link; then they sign in with it.

    `staff.passwords` ends all sessions. The browser is known from then on: what others guess no
    longer holds its owner back. Who only came for that keeps their password.
    """

    form_class = ChooseForm
    template_name = "desk/sign_in/choose_password.html"
    success_url = reverse_lazy("admin:login")
    token_generator = reset_tokens

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let the browser be known alone, if that was pressed; an invitation asks for a password.

        Django comes here only with a link that still opens.
        """
        user: Any = self.user
        if "keep" in request.POST and user.has_usable_password():
            messages.success(request, "Sign in with your password: here nobody holds you back.")
            return self._known(user, redirect(self.success_url))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, "That’s your new password. Sign in with it.")
        return self._known(form.user, response)

    def _known(self, user: User, response: HttpResponse) -> HttpResponse:
        """Know the browser as this person's from now on."""
        word = device_cookie.word_of(self.request) or devices.new_word()
        origin = device_cookie.origin_of(self.request)
        devices.note(user, word, origin, now_of(self.request))
        device_cookie.put(response, word)
        return response

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return {**super().get_context_data(**more), "forgotten": reverse("admin_password_reset")}
