"""What two numbers of a service mean, in plain words."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0020_what_pages_show"),
    ]

    operations = [
        migrations.AlterField(
            model_name="service",
            name="cancel_notice_hours",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Hours before it begins: until then cancelling costs nothing.",
                validators=[django.core.validators.MaxValueValidator(1440)],
                verbose_name="cancellation notice",
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="move_notice_hours",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Hours before it begins: until then a client can change it. 0: until it begins.",
                validators=[django.core.validators.MaxValueValidator(1440)],
                verbose_name="change notice",
            ),
        ),
    ]
