"""For how long after booking undoing it is free."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0017_closed_to_new_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="service",
            name="grace_minutes",
            field=models.PositiveSmallIntegerField(
                db_default=30,
                default=30,
                help_text="Minutes after booking in which changing and cancelling is never late, so that a slip costs nobody anything. 0: none.",
                validators=[django.core.validators.MaxValueValidator(1440)],
                verbose_name="free to undo",
            ),
        ),
    ]
