"""A service: what it is, and the rules of its times."""

from django.contrib import admin

from availability.models import Service
from desk.erasure import Erases
from desk.hours.format_boxes import FormatBoxes
from desk.hours.preview import Previewed


@admin.register(Service)
class ServiceAdmin(FormatBoxes, Erases, Previewed):
    """Length, step, gap, notice, horizon."""

    when_empty = (
        "What clients can book: how long it lasts, what it costs, how far ahead. Without one "
        "nobody can book."
    )
    list_display = ("title", "therapist", "audience", "price_label", "is_active")
    list_select_related = ("therapist",)
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (
            None,
            {"fields": ("therapist", "name", "slug", "audience", "summary", "price", "formats")},
        ),
        (
            "Times",
            {"fields": (("length_minutes", "step_minutes"), "gap_minutes", "only_own_hours")},
        ),
        (
            "When clients may book it",
            {
                "fields": (("notice_hours", "book_by"), "horizon_days"),
                "description": "These bind clients, never you.",
            },
        ),
        (
            "Changing and cancelling",
            {
                "fields": (
                    ("move_notice_hours", "most_moves"),
                    ("cancel_notice_hours", "late_fee_percent"),
                    "grace_minutes",
                ),
                "description": "What was agreed stays with each booking: a change here counts for "
                "those to come.",
            },
        ),
        (None, {"fields": ("position", "is_active")}),
    )
