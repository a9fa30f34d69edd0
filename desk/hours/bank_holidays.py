"""Bank holidays that are worked."""

from django.contrib import admin

from availability.models import WorkedHoliday
from desk.hours.preview import Previewed


@admin.register(WorkedHoliday)
class WorkedHolidayAdmin(Previewed):
    """One day whose usual hours count although it is a bank holiday."""

    when_empty = (
        "Bank holidays that are worked like any other day. Until there is one, nothing is "
        "offered on a bank holiday."
    )
    list_display = ("therapist", "day")
    list_select_related = ("therapist",)
