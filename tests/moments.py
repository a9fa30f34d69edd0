"""Moments at which whatever counts hours, days or weeks may go wrong."""

from datetime import UTC, datetime

MOMENTS = {
    "Christmas Eve": datetime(2026, 12, 24, 10, 0, tzinfo=UTC),
    "the last hour of a year": datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    "the last day of a short month": datetime(2027, 2, 28, 12, 0, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    "before a long weekend": datetime(2028, 4, 13, 18, 0, tzinfo=UTC),
    "the night in which an hour is lost": datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    "the night in which an hour is gained": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    "the repeated hour": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    "a week before an hour is gained": datetime(2026, 10, 18, 22, 30, tzinfo=UTC),
    "a Sunday in Berlin, a minute before midnight": datetime(2027, 1, 10, 22, 59, tzinfo=UTC),
    "a Monday in Berlin, a Sunday in London": datetime(2027, 1, 10, 23, 30, tzinfo=UTC),
    "a year in which nothing was fixed": datetime(2031, 8, 1, 9, 0, tzinfo=UTC),
}
