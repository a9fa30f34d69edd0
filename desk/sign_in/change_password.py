"""Changing one's own password, in admin: it ends all other sessions."""

from typing import Any

from django.contrib.admin import site
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse
from django.urls import reverse_lazy
from unfold.forms import AdminOwnPasswordChangeForm

from desk.diary_admin import now_of
from desk.sign_in.forms import ChangeForm
from desk.sign_in.password_again import give


class ChangePassword(PasswordChangeView):
    """Unfold's page, whose look at the old password is limited as a sign-in's is.

    `staff.passwords` ends the sessions; this one goes on under a new name.
    """

    form_class = ChangeForm
    template_name = "registration/password_change_form.html"
    success_url = reverse_lazy("admin:password_change_done")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: AdminOwnPasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        give(self.request, now_of(self.request))
        return response

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        # Unfold's page tells password managers whose it is by the row that is changed.
        frame = {**site.each_context(self.request), "original": self.request.user}
        return {**frame, **super().get_context_data(**more)}
