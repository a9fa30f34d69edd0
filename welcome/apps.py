"""The first words that people read: what the site says beside what can be booked."""

from django.apps import AppConfig


class WelcomeConfig(AppConfig):
    name = "welcome"
    verbose_name = "Website"
