"""The first step of a sign-in: the email address and the password."""

from typing import Any

from django.contrib.admin import site
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from desk.diary_admin import now_of
from desk.sign_in.finish import after_password
from desk.sign_in.forms import PasswordForm
from desk.sign_in.limits import Refusal, refusal_of

TOO_MANY = 429
RETRY_AFTER = {Refusal.BUSY: "2", Refusal.HELD_BACK: "600"}


@method_decorator(never_cache, name="dispatch")
class PasswordStep(LoginView):
    """Look at the password, if it may be looked at, and go on to the second factor."""

    authentication_form = PasswordForm
    template_name = "desk/sign_in/password.html"
    redirect_authenticated_user = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send on who is signed in, to the first page: `next` may be what they may not see."""
        if request.method == "GET" and site.has_permission(request):
            return redirect(self.get_default_redirect_url())
        return super().dispatch(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index")

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        to, now = self.get_success_url(), now_of(self.request)
        return after_password(self.request, form.get_user(), to, now)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        refusal = refusal_of(self.request)
        if refusal:
            response.status_code = TOO_MANY
            response["Retry-After"] = RETRY_AFTER[refusal]
        return response
