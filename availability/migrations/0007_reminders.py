"""When a practice reminds of a meeting, and since when."""

import availability.models.people
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0006_policy"),
    ]

    operations = [
        migrations.AddField(
            model_name="practice",
            name="reminder_hours",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(
                    validators=[
                        django.core.validators.MinValueValidator(1),
                        django.core.validators.MaxValueValidator(336),
                    ]
                ),
                blank=True,
                db_default=[24, 2],
                default=availability.models.people.reminder_hours,
                help_text="Hours before a meeting, with commas between, like 24, 2. Empty: none. What you change here sends no mail for a moment that has passed.",
                size=5,
                verbose_name="reminders",
            ),
        ),
        migrations.AddField(
            model_name="practice",
            name="reminders_from",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), editable=False
            ),
        ),
    ]
