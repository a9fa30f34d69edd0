"""The addresses of a sign-in: three take the place of admin's own."""

from django.contrib import admin
from django.urls import path

from desk.sign_in import own_sign_in, passkeys, password_reset, set_up
from desk.sign_in.change_password import ChangePassword
from desk.sign_in.password import PasswordStep
from desk.sign_in.password_reset import ChoosePassword
from desk.sign_in.recovery_codes import recovery_codes
from desk.sign_in.second_factor import second_factor
from desk.sign_in.sign_out import SignOut

urlpatterns = [
    path("login/", PasswordStep.as_view(), name="sign_in"),
    path("logout/", SignOut.as_view(), name="sign_out"),
    path(
        "password_change/", admin.site.admin_view(ChangePassword.as_view()), name="change_password"
    ),
    path("choose-password/<uidb64>/<token>/", ChoosePassword.as_view(), name="choose_password"),
    path("sign-in/", own_sign_in.own_sign_in, name="own_sign_in"),
    path("sign-in/code/", second_factor, name="second_factor"),
    path("sign-in/set-up/", set_up.set_up, name="set_up"),
    path("sign-in/set-up/app/", set_up.set_up_app, name="set_up_app"),
    path("sign-in/set-up/passkey/", set_up.set_up_passkey, name="set_up_passkey"),
    path("sign-in/passkey/make/", passkeys.make_question, name="passkey_make"),
    path("sign-in/passkey/made/", passkeys.make_answer, name="passkey_made"),
    path("sign-in/passkey/show/", passkeys.show_question, name="passkey_show"),
    path("sign-in/passkey/shown/", passkeys.show_answer, name="passkey_shown"),
    path("sign-in/recovery-codes/", recovery_codes, name="recovery_codes"),
    path("sign-in/remove/<slug:kind>/<int:pk>/", own_sign_in.remove_factor, name="remove_factor"),
    path("sign-in/end-others/", own_sign_in.end_other_sessions, name="end_other_sessions"),
    path("sign-in/forget/<int:pk>/", own_sign_in.forget_browser, name="forget_browser"),
    path("sign-in/forgotten/", password_reset.forgotten, name="admin_password_reset"),
]
