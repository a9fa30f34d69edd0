"""Who books."""

from django.apps import AppConfig
from django.db.models import CharField

from prose.name_search import Dials, Says


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = "Clients"

    def ready(self) -> None:
        """Let names be searched without their accents, numbers in any spelling (`name__says`)."""
        CharField.register_lookup(Says, "says")
        CharField.register_lookup(Dials)
