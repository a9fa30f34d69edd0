"""Where a page that has done its work leads back to: where its reader came from.

An address names it by a word that is known here, so that no link of somebody else's leads away.
"""

from datetime import date

from django.http import HttpRequest
from django.urls import reverse

from prose.parameters import param

FROM, WEEK = "from", "week"


def is_from_week(request: HttpRequest) -> bool:
    """Whether the reader came from the calendar."""
    return param(request, FROM) == WEEK


def week_address(request: HttpRequest, day: date, therapist_id: int) -> str:
    """Return the week of a date in somebody's diary; empty if they came from elsewhere."""
    if not is_from_week(request):
        return ""
    return reverse("calendar", query={"day": f"{day:%Y-%m-%d}", "whose": therapist_id})
