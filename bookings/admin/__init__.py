"""The therapist's side: the meetings, what each rule does to them, and whom mail reaches."""

from bookings.admin import bounces, mail, meetings, previews

__all__ = ["bounces", "mail", "meetings", "previews"]
