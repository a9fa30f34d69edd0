"""All that admin registers, family by family."""

from desk.bookings import admin as bookings
from desk.clients import admin as clients
from desk.hours import preview, told_facts
from desk.mail import bounces, take_back
from desk.website import articles, pages

__all__ = [
    "articles",
    "bookings",
    "bounces",
    "clients",
    "pages",
    "preview",
    "take_back",
    "told_facts",
]
