"""Leave, and appointments elsewhere."""

from django.contrib import admin

from availability.models import TimeOff
from desk.hours.dated_lists import Dated
from desk.hours.preview import Previewed


@admin.register(TimeOff)
class TimeOffAdmin(Dated, Previewed):
    """From when to when nothing is offered, and why."""

    list_display = ("therapist", "starts_at", "ends_at", "elsewhere", "reason")
    list_select_related = ("therapist",)
