"""Clients, and what they agreed to."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldBooleanSwitchWidget

from clients.models import Client, Consent, PrivacyNotice
from desk.base import DiaryAdmin


class ConsentInline(TabularInline):
    model = Consent
    extra = 0
    can_delete = False
    readonly_fields = ("notice", "given_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        """Read the notices with them: each row names its own."""
        consents: QuerySet[Consent] = super().get_queryset(request)
        return consents.select_related("notice")

    def has_add_permission(self, request: HttpRequest, obj: Client | None = None) -> bool:  # noqa: ARG002
        """Only a client consents."""
        return False


# Django's forms are generic for the type checker only.
if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Client]
else:
    ModelForm = forms.ModelForm


class ClientForm(ModelForm):
    """A client's card; reminders are a box to tick."""

    wants_reminders = forms.BooleanField(
        label="Send reminders",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="They can switch them off and on themselves.",
    )

    class Meta:
        model = Client
        fields = ("name", "email", "phone", "accepted_at")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["wants_reminders"] = self.instance.wants_reminders

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.remind(timezone.now(), wanted=said["wants_reminders"])
        return said


# Registered in desk/mail/bounces.py, which knows whom mail reaches.
class ClientAdmin(ModelAdmin):
    form = ClientForm
    list_display = ("name", "email", "phone", "accepted_at", "created_at")
    fields = ("name", "email", "phone", "accepted_at", "wants_reminders", "created_at")
    search_fields = ("name", "email")
    readonly_fields = ("created_at",)
    inlines = (ConsentInline,)
    actions = ("accept",)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Clients come by booking: only so is their consent on record."""
        return False

    @admin.action(description="Accept for sessions", permissions=["change"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        """Let them book sessions from now on."""
        count = queryset.filter(accepted_at=None).update(accepted_at=timezone.now())
        messages.success(request, f"{count} accepted. They can now ask for a link to book.")


@admin.register(PrivacyNotice)
class PrivacyNoticeAdmin(DiaryAdmin):
    """What clients agree to: all the practice's."""

    diary = ""
    list_display = ("version", "published_on")

    def has_change_permission(
        self,
        request: HttpRequest,
        obj: PrivacyNotice | None = None,
    ) -> bool:
        """What somebody agreed to stays as it was: publish a new version instead."""
        if obj is not None and obj.consents.exists():
            return False
        return super().has_change_permission(request, obj)
