"""Bookings touch their therapist's diary, in the transaction that writes them."""

from importlib import import_module

from django.db import migrations

# A module whose name begins with a digit cannot be named in an import statement.
triggers = import_module("availability.migrations.0002_diary_version").triggers


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0001_bookings"),
        ("availability", "0002_diary_version"),
    ]

    operations = [triggers("bookings_booking")]
