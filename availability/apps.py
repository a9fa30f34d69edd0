"""When and where the therapist can be met."""

from django.apps import AppConfig


class AvailabilityConfig(AppConfig):
    name = "availability"
    verbose_name = "Practice and hours"
