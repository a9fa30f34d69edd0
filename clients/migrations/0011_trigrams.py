"""What an index of letters needs: part of Postgres's contrib, and trusted, so that no superuser is."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0010_what_was_wanted"),
    ]

    operations = [
        TrigramExtension(),
    ]
