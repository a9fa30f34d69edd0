"""Clients, and what they agreed to."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline

from clients.models import Client, Consent, PrivacyNotice


class ConsentInline(TabularInline):
    model = Consent
    extra = 0
    can_delete = False
    readonly_fields = ("notice", "given_at")

    def has_add_permission(self, request: HttpRequest, obj: Client | None = None) -> bool:  # noqa: ARG002
        """Only a client consents."""
        return False


@admin.register(Client)
class ClientAdmin(ModelAdmin):
    list_display = ("name", "email", "phone", "accepted_at", "created_at")
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
class PrivacyNoticeAdmin(ModelAdmin):
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
