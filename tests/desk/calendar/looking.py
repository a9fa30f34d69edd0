"""A page of the calendar, as a test reads it."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.test import Client as Browser
from django.urls import reverse

from prose.dates import UK


def uk(day: date, text: str, fold: int = 0) -> datetime:
    """A moment by the UK's clock; the second (fold 1) of an hour that comes twice."""
    wall = datetime.combine(day, time.fromisoformat(text), UK).replace(fold=fold)
    return wall.astimezone(UTC)


def week(browser: Browser, day: date | str, **query: Any) -> Any:
    response = browser.get(reverse("calendar"), {"day": f"{day}", **query})
    assert response.status_code == 200
    return response


def rows(page: Any, number: int, *kinds: str) -> list[tuple[str, str, str]]:
    """What a day has, as its list reads: time, who or what, how; of these kinds, or of any."""
    return [
        (row.what.time, row.what.text, row.what.how)
        for row in page.context["days"][number - 1].rows
        if row.what.kind in kinds
    ]


def places(page: Any, number: int, *kinds: str) -> list[str]:
    """Where the entries of a day stand in the grid."""
    return [row.at for row in page.context["days"][number - 1].rows if row.what.kind in kinds]


def ground(page: Any, number: int, kind: str) -> list[str]:
    """Where the parts of a day's ground lie."""
    return [one.at for one in page.context["days"][number - 1].ground if one.what.kind == kind]
