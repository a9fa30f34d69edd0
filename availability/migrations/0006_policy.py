"""What changing or cancelling late costs, and how often one may change."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0005_diary_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="service",
            name="cancel_notice_hours",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Hours before it begins until which cancelling costs nothing.",
                validators=[django.core.validators.MaxValueValidator(1440)],
                verbose_name="cancellation notice",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="late_fee_percent",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Percent of the price that a later cancellation costs. You can waive it.",
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="late cancellation fee",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="most_moves",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="How often a client can change one booking. Empty: as often as they like.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(20)],
                verbose_name="changes",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="move_notice_hours",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Hours before it begins until which a client can change it. 0: until it begins.",
                validators=[django.core.validators.MaxValueValidator(1440)],
                verbose_name="change notice",
            ),
        ),
    ]
