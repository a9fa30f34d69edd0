"""All that admin registers, family by family."""

from django.contrib.admin import site
from django.contrib.auth.models import Group, User
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.bookings import bookings
from desk.clients import card, privacy_notices
from desk.hours import (
    bank_holidays,
    dates,
    gaps,
    places,
    practice,
    services,
    therapists,
    time_off,
)
from desk.mail import outgoing_mail
from desk.people import security_events
from desk.website import articles, pages

__all__ = [
    "articles",
    "bank_holidays",
    "bookings",
    "card",
    "dates",
    "gaps",
    "outgoing_mail",
    "pages",
    "places",
    "practice",
    "privacy_notices",
    "security_events",
    "services",
    "therapists",
    "time_off",
]

# Whoever may change a user on Django's own pages makes themselves the owner: boxes for rights,
# others' passwords. A person's role is one choice, and rights follow from it (`staff/rights.py`).
site.unregister([User, Group])
# Their own pages show keys and codes, to whoever may see them; people have pages of their own.
site.unregister([StaticDevice, TOTPDevice])
