"""Places and pictures touch the catalogue too: what pages show is kept while its version stands."""

from importlib import import_module

from django.db import migrations

# A module whose name begins with a digit cannot be named in an import statement.
catalogue_trigger = import_module("availability.migrations.0002_diary_version").catalogue_trigger


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0019_what_therapists_speak"),
        ("pictures", "0001_pictures"),
    ]

    operations = [*map(catalogue_trigger, ("availability_place", "pictures_picture"))]
