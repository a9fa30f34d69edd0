"""No line of history is without its id."""

import uuid

import django.contrib.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0016_what_a_reason_is_sealed_for_filled"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bookingevent",
            name="uid",
            field=models.UUIDField(
                editable=False,
                default=uuid.uuid4,
                db_default=django.contrib.postgres.functions.RandomUUID(),
            ),
        ),
    ]
