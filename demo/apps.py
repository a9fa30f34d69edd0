"""The demo practice: rows for a machine that has none."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
    verbose_name = "Demo practice"
