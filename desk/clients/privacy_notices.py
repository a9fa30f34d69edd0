"""The privacy notices, version by version."""

from django.contrib import admin
from django.http import HttpRequest

from clients.models import PrivacyNotice
from desk.erasure import Erases


@admin.register(PrivacyNotice)
class PrivacyNoticeAdmin(Erases):
    """What clients agree to: all the practice's."""

    when_empty = (
        "What clients agree to when they book, version by version. Without one nobody can book."
    )
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
