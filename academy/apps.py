"""Articles that explain therapy: the pages of people who are only looking yet."""

from django.apps import AppConfig


class AcademyConfig(AppConfig):
    name = "academy"
    verbose_name = "Academy"
