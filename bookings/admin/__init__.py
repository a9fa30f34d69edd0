"""The therapist's side of the diary: the meetings, what each rule does to them, and why not."""

from bookings.admin import meetings, previews

__all__ = ["meetings", "previews"]
