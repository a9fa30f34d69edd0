"""What the columns of a diary refuse, each with words that say what to type instead."""

import math
import zoneinfo
from datetime import date, datetime

from django.core.exceptions import ValidationError

FAR_FUTURE = date(2200, 1, 1)


def validate_near(day: date) -> None:
    """Refuse dates that no diary reaches: Python's own calendar ends in the year 9999."""
    if not date(2000, 1, 1) <= day < FAR_FUTURE:
        raise ValidationError("Enter a date between 2000 and 2199.")


def validate_near_moment(moment: datetime) -> None:
    """Refuse moments that no diary reaches."""
    validate_near(moment.date())


def validate_finite(number: float) -> None:
    """Refuse "not a number", which is neither too small nor too large."""
    if not math.isfinite(number):
        raise ValidationError("Enter a number.")


def validate_zone(name: str) -> None:
    """Refuse names that the time zone database does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError("Enter a time zone's name, like Europe/London.")
