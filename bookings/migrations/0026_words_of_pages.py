"""What the practice has written touches the catalogue: pages are kept while its version stands."""

from importlib import import_module

from django.db import migrations

# A module whose name begins with a digit cannot be named in an import statement.
catalogue_trigger = import_module("availability.migrations.0002_diary_version").catalogue_trigger
TABLES = (
    "academy_article",
    "clients_privacynotice",
    "welcome_frontpage",
    "welcome_passage",
)


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0025_no_arrows_in_histories"),
        ("availability", "0020_what_pages_show"),
        ("academy", "0004_pictures"),
        ("clients", "0010_what_was_wanted"),
        ("welcome", "0002_first_words"),
    ]

    operations = [*map(catalogue_trigger, TABLES)]
