"""An index for whoever is reminded next, made while bookings go on being written."""

import django.contrib.postgres.fields.ranges
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("availability", "0007_reminders"),
        ("bookings", "0005_policy_shown"),
        ("clients", "0002_reminders"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="booking",
            index=models.Index(
                django.contrib.postgres.fields.ranges.RangeStartsWith("during"),
                condition=models.Q(("status", "cancelled"), _negated=True),
                name="booking_start",
            ),
        ),
    ]
