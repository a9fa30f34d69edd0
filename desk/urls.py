"""The addresses of the desk: our own pages first, then those of Django admin around them."""

from django.contrib import admin
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import path, reverse_lazy

from desk.mail.follow_up_mails import follow_ups
from desk.mail_samples.page import mail_samples
from desk.why_not.page import why_not

urlpatterns = [
    path("why-not/", admin.site.admin_view(why_not), name="why_not"),
    path("mail-samples/", admin.site.admin_view(mail_samples), name="mail_samples"),
    path(
        "choose-password/<uidb64>/<token>/",
        PasswordResetConfirmView.as_view(success_url=reverse_lazy("admin:login")),
        name="choose_password",
    ),
    path("follow-ups/", admin.site.admin_view(follow_ups), name="follow_ups"),
]
