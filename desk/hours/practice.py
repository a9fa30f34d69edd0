"""The practice: its name, its mail, its reminders."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from availability.models import Practice
from bookings import lifecycle
from bookings.models import Booking
from desk.diary_admin import now_of
from desk.hours.ask_to_tell import AsksToTell


@admin.register(Practice)
class PracticeAdmin(AsksToTell):
    """The house, which all share; its name stands in people's calendars."""

    when_empty = (
        "The practice: its name, its address for email, when reminders leave. Everything else "
        "begins with it."
    )
    diary = ""
    list_display = ("name", "email", "phone")
    fieldsets = (
        (None, {"fields": ("name", "email", "phone", "summary", "introduction")}),
        (
            "Reminders, links and calendars",
            {"fields": ("reminder_hours", "link_days", "calendar_name")},
        ),
        (
            "On the day, and paying",
            {
                "fields": ("if_late", "how_to_pay", "insurers", "receipts"),
                "description": "In your own words. People read them as they are today.",
            },
        ),
        ("New people", {"fields": ("unproven_most", "release_hours")}),
    )

    def save_model(
        self,
        request: HttpRequest,
        obj: Practice,
        form: Any,
        change: bool,  # noqa: FBT001, Django's own
    ) -> None:
        """A new list of reminders counts from now on: it mails nobody of a moment that passed."""
        before = Practice.objects.filter(pk=obj.pk).first()
        if before and before.reminder_hours != obj.reminder_hours:
            obj.reminders_from = now_of(request)
        super().save_model(request, obj, form, change)

    def told_words(self, row: Practice) -> dict[str, str]:
        return {"organizer_name": row.organizer_name}

    def bookings_of(self, row: Practice) -> QuerySet[Booking]:
        return Booking.objects.filter(therapist__practice=row)

    def keep_words(self, row: Practice) -> None:
        for therapist in row.therapists.all():
            therapist.practice = row
            lifecycle.keep_organizer(therapist)
