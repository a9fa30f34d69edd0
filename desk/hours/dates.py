"""Dates whose hours differ from the week's."""

from django.contrib import admin

from availability.models import DifferentHours
from desk.hours.format_boxes import FormatBoxes
from desk.hours.preview import Previewed


@admin.register(DifferentHours)
class DifferentHoursAdmin(FormatBoxes, Previewed):
    """The hours of one date."""

    when_empty = (
        "Dates whose hours differ from the week’s. Until there is one, the weekly hours count."
    )
    list_display = ("therapist", "day", "opens", "closes", "formats", "service", "adds")
    date_hierarchy = "day"
    list_select_related = ("therapist", "service")
    fields = ("therapist", "day", "opens", "closes", "formats", "service", "adds")
