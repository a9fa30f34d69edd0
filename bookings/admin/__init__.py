"""The therapist's side of the diary: the meetings, what each rule does to them, and why not."""

from bookings.admin import mail, meetings, previews

__all__ = ["mail", "meetings", "previews"]
