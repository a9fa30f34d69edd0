"""Times that visitors hold while they type."""

from importlib import import_module

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


# A module whose name begins with a digit cannot be named in an import statement.
triggers = import_module("availability.migrations.0002_diary_version").triggers


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0005_diary_rules"),
        ("bookings", "0002_diary_version"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("in_person", "In person"),
                            ("online", "Online"),
                            ("walking", "Walking"),
                        ],
                        max_length=16,
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("visitor", models.CharField(max_length=32)),
                ("expires_at", models.DateTimeField()),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holds",
                        to="availability.service",
                    ),
                ),
                (
                    "therapist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holds",
                        to="availability.therapist",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("therapist", "service", "format", "during", "visitor"),
                        name="hold_once_a_visitor",
                    )
                ],
            },
        ),
        triggers("bookings_hold"),
    ]
