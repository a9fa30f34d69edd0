"""What is typed while signing in."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.forms import AdminOwnPasswordChangeForm

from desk.sign_in.limits import Refusal, refusal_of
from front.forms import CleanField
from prose.cleaning import email_address

LONGEST_CODE, LONGEST_NAME = 40, 254
LONGEST_PASSWORD = 4096  # Django hashes no longer one
REFUSED = {
    Refusal.BUSY: "Another sign-in is being checked this very second. Nothing is wrong: try again.",
    Refusal.HELD_BACK: "There were too many tries, so this one wasn’t looked at, and may well have "
    "been right. Wait ten minutes; after very many it can take an hour.",
}
WAY_PAST = (
    "{} If you can’t wait, an emailed link lets you in past whoever is guessing, and your password "
    'can stay as it is: <a href="{}">have a link emailed to you</a>.'
)
# The field by which the password is asked for again, on whichever page.
PASSWORD = "password_again"  # noqa: S105
NO_CAPITALS = {"autocapitalize": "none", "spellcheck": "false"}


class PasswordForm(AdminAuthenticationForm):
    """Django's, which says why a password was not looked at, and the way in past who guesses.

    What people sign in with is their email address. The field takes a username too, which an
    account has that `createsuperuser` made.
    """

    error_messages = {
        "invalid_login": "That email address and that password don’t let anybody in here. Check "
        "both: in a password capital letters matter.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["username"], self.fields["password"]
        name.label, name.max_length = "Email", LONGEST_NAME  # type: ignore[attr-defined]
        name.error_messages["required"] = "Enter your email address."
        attributes = {**NO_CAPITALS, "inputmode": "email", "autofocus": True}
        name.widget.attrs.update(attributes, autocomplete="username", maxlength=LONGEST_NAME)
        password.error_messages["required"] = "Enter your password."

    def get_invalid_login_error(self) -> ValidationError:
        refusal = refusal_of(self.request) if self.request else None
        if refusal is None:
            error: ValidationError = super().get_invalid_login_error()
            return error
        words = REFUSED[refusal]
        if refusal is Refusal.HELD_BACK:
            words = format_html(WAY_PAST, words, reverse("admin_password_reset"))
        return ValidationError(words, code=refusal.value)


class CodeForm(forms.Form):
    """A code of the app, or one of the recovery codes."""

    code = forms.CharField(
        label="Code",
        max_length=LONGEST_CODE,
        error_messages={"required": "Enter the code."},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "off",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )


class SecondFactorForm(CodeForm):
    """The same at a sign-in, where the browser may be trusted."""

    trust = forms.BooleanField(
        label="Don’t ask for a code in this browser for the next 12 hours",
        help_text="Only where nobody else uses this browser.",
        required=False,
    )


class EmailForm(forms.Form):
    """Where the link to choose a new password shall go."""

    email = CleanField(
        cleaned=email_address,
        label="Email",
        max_length=254,
        error_messages={"required": "Enter your email address."},
        widget=forms.EmailInput(attrs={"autocomplete": "username", **NO_CAPITALS}),
    )


class AgainForm(forms.Form):
    """The password of whoever is signed in, once more."""

    password_again = forms.CharField(
        label="Your password",
        strip=False,
        max_length=LONGEST_PASSWORD,
        error_messages={"required": "Enter your password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, request: HttpRequest, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.request, self.user = request, user

    def clean_password_again(self) -> str:
        password: str = self.cleaned_data[PASSWORD]
        check_own_password(self.request, self.user, password)
        return password


def check_own_password(request: HttpRequest, user: User, password: str) -> None:
    """Raise ValidationError unless it is their password; the limits of a sign-in hold here too."""
    if authenticate(request, username=user.get_username(), password=password) == user:
        return
    refusal = refusal_of(request)
    words = "That isn’t your password. Check it and try again."
    raise ValidationError(REFUSED[refusal] if refusal else words)


class ChangeForm(AdminOwnPasswordChangeForm):
    """Unfold's, whose look at the old password is as limited as a sign-in."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        check_own_password(self.request, self.user, password)
        return password


class ChooseForm(SetPasswordForm):  # type: ignore[type-arg]
    """A new password, twice, in our words."""

    error_messages = {"password_mismatch": "The two aren’t the same. Type the second once more."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("new_password1", "New password"), ("new_password2", "Once more")):
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = "Enter the new password here."
        self.fields["new_password1"].help_text = (
            "At least 15 characters, or 12 once you have a second factor. Three or four words "
            "that don’t belong together are easy to remember."
        )
        self.fields["new_password2"].help_text = ""
