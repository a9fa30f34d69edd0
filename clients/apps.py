"""Who books."""

from django.apps import AppConfig
from django.db.models import CharField

from prose.name_search import Says


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = "Clients"

    def ready(self) -> None:
        """Let names be searched with and without the joiners in them: `name__says`."""
        CharField.register_lookup(Says, "says")
