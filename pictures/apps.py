"""The pictures of the practice: faces, covers, places."""

from django.apps import AppConfig
from django.core import checks

from pictures.settings_check import check_settings


class PicturesConfig(AppConfig):
    name = "pictures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        checks.register(check_settings)
