"""Lists of rows that have dates."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest
from unfold.views import ChangeList


class CalendarList(ChangeList):
    """A list whose address may name a year that no calendar has: it opens without that filter."""

    def __init__(self, *args: Any, **options: Any) -> None:
        try:
            super().__init__(*args, **options)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters from error


class Dated:
    """Shows rows in a `CalendarList`."""

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[CalendarList]:  # noqa: ARG002
        return CalendarList
