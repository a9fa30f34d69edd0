"""A therapist: who they are, the week, how much of it is worked."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import pluralize

from availability import access
from availability.models import Therapist
from bookings import lifecycle
from bookings.models import Booking
from desk.diary_admin import now_of
from desk.hours.preview import Previewed
from desk.hours.weekly_hours import WeeklyHoursInline
from desk.picture_page import PicturePage
from desk.sign_in.account import account_of
from desk.sign_in.password_again import password_asked_again

# Django's forms are generic for the type checker only.
if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Therapist]
else:
    ModelForm = forms.ModelForm
TAKEN = (
    "A colleague signs in with this address, and you sign in with your diary’s: nobody could tell "
    "which of you it is. Use another."
)


class TherapistForm(ModelForm):
    """A diary, whose address may be what its therapist signs in with."""

    def clean_email(self) -> str:
        """Refuse to make it what a colleague signs in with: either would shut the other out."""
        email: str = self.cleaned_data["email"]
        mine = self.instance.user if self.instance.pk and "email" in self.changed_data else None
        if mine and not mine.email and account_of(email) not in (None, mine):
            raise ValidationError(TAKEN)
        return email


@admin.register(Therapist)
class TherapistAdmin(PicturePage, Previewed):
    """A therapist, the week, how much of it is worked, and who comes first."""

    when_empty = (
        "Each therapist with a diary of their own. The owner adds people under People, and "
        "their diary is made with them."
    )
    diary = "pk"
    form = TherapistForm
    list_display = ("name", "email", "zone_name", "is_active")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (WeeklyHoursInline,)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    readonly_fields = ("shown_picture",)
    picture_field, picture_title, picture_place = "portrait", "Portrait", "face"
    picture_help = (
        "In a few words, your name first: “Robin Kicks, smiling, in front of a window”. A face "
        "that looks at the camera, in light from the side, tells more than a scene."
    )
    fieldsets = (
        (None, {"fields": ("practice", "user", "name", "slug", "email", "phone", "is_active")}),
        (
            "On the home page",
            {
                "fields": (
                    "shown_picture",
                    "registration",
                    ("register", "register_number"),
                    "register_url",
                    ("pronouns", "languages"),
                    "about",
                )
            },
        ),
        ("Calendar", {"fields": ("zone_name", "bank_holidays_off")}),
        (
            "How much I work",
            {
                "fields": (
                    ("most_sessions_a_day", "most_consultations_a_week"),
                    ("most_in_a_row", "break_minutes"),
                )
            },
        ),
        ("New people", {"fields": ("is_closed_to_new", "closed_words")}),
        ("Who sees what", {"fields": ("early_days", "is_discreet")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Therapist | None = None) -> Any:
        """Whose diary it is, and in which house, is changed on no page of a diary."""
        fixed = super().get_readonly_fields(request, obj)
        address = ("email",) if obj and _signs_in_by_it(request, obj) else ()
        return (*fixed, *address, "user", "practice") if obj else (*fixed, "user")

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: Therapist | None = None,  # noqa: ARG002
    ) -> bool:
        """Who leaves has clients who must hear of it: that is more than a row that goes."""
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Begin the reader's own diary, on a new server say; who has one is led to it."""
        mine = access.own(request.user)
        if mine is None or not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)
        messages.info(request, "This is your diary. Whoever else works here is invited to theirs.")
        return redirect("admin:availability_therapist_change", mine.pk)

    def change_view(self, request: HttpRequest, object_id: str, *rest: Any) -> HttpResponse:
        """Ask for the password before a press leads the link for a new one to another address."""
        view: Any = super().change_view
        if request.method == "POST" and self._leads_link_away(request, object_id):
            view = password_asked_again(view)
        return view(request, object_id, *rest)

    def _leads_link_away(self, request: HttpRequest, object_id: str) -> bool:
        """Whether it is their own diary, their account has no address, and the diary gets another.

        What is left out changes nothing.
        """
        diary = self.row_of(request, object_id)
        if diary is None or diary.user_id != request.user.pk or diary.user.email:
            return False
        return request.POST.get("email", diary.email).strip() != diary.email

    def save_model(
        self,
        request: HttpRequest,
        obj: Therapist,
        form: Any,
        change: bool,  # noqa: FBT001, Django's own
    ) -> None:
        """Bookings that were sent from an address of before go on to name that one."""
        if not change:
            obj.user = _without_a_diary(request)
        before = Therapist.objects.select_related("practice").filter(pk=obj.pk).first()
        super().save_model(request, obj, form, change)
        if before:
            lifecycle.keep_organizer(before)

    def response_change(self, request: HttpRequest, obj: Therapist) -> HttpResponse:
        """Say which mailbox must still be read once the address has changed."""
        coming = Booking.objects.of(obj.pk).upcoming(now_of(request))
        count = coming.exclude(organizer_email__in=["", obj.email]).count()
        if count:
            messages.warning(
                request,
                f"{count} booking{pluralize(count)} to come {pluralize(count, 'was,were')} sent "
                "from another address. Calendars take a change from that alone, so emails about "
                f"{pluralize(count, 'it,them')} still comes from there, and answers to it come to "
                f"{obj.email}. Keep the old mailbox until then.",
            )
        return super().response_change(request, obj)


def _signs_in_by_it(request: HttpRequest, diary: Therapist) -> bool:
    """Whether a diary's address is where somebody else's new password is mailed to.

    Whoever changed it could be that person: a manager an owner, an owner whoever is confided in.
    """
    return diary.user_id != request.user.pk and not diary.user.email


def _without_a_diary(request: HttpRequest) -> User:
    """Return who begins their diary; of two presses at once, the second has one already."""
    user = User.objects.select_for_update().get(pk=request.user.pk or 0)
    if access.own(user):
        raise PermissionDenied
    return user
