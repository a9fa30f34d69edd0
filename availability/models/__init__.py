"""The practice, its therapists, what they offer, where, and the rules of their diaries."""

from availability.models.formats import Format, formats_field
from availability.models.gaps import Gap
from availability.models.people import Practice, Therapist
from availability.models.services_and_places import Place, Service, price_label, title_of
from availability.models.validators import (
    FAR_FUTURE,
    validate_near,
    validate_near_moment,
    validate_zone,
)
from availability.models.version import DiaryVersion
from availability.models.way_there import Fact
from availability.models.working_time import (
    DifferentHours,
    TimeOff,
    Weekday,
    WeeklyHours,
    WorkedHoliday,
)

__all__ = [
    "FAR_FUTURE",
    "DiaryVersion",
    "DifferentHours",
    "Fact",
    "Format",
    "Gap",
    "Place",
    "Practice",
    "Service",
    "Therapist",
    "TimeOff",
    "Weekday",
    "WeeklyHours",
    "WorkedHoliday",
    "formats_field",
    "price_label",
    "title_of",
    "validate_near",
    "validate_near_moment",
    "validate_zone",
]
