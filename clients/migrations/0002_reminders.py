"""Whether a client is reminded, and since when."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0001_clients"),
    ]

    operations = [
        migrations.AddField(
            model_name="client",
            name="reminders_from",
            field=models.DateTimeField(
                blank=True,
                db_default=django.db.models.functions.datetime.Now(),
                help_text="Reminders that fall due from then on are sent; none if there is no date.",
                null=True,
                verbose_name="reminders",
            ),
        ),
    ]
