"""For anybody: home, the steps of a booking, the times on another site, the legal pages."""

from django.apps import AppConfig


class FrontConfig(AppConfig):
    name = "front"
    verbose_name = "Public pages"
