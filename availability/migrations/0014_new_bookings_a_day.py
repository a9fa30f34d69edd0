"""How many new bookings a day can mean, and when a second consultation is let go."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0013_links_and_calendars"),
    ]

    operations = [
        migrations.AddField(
            model_name="practice",
            name="release_hours",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Hours after which a first consultation is cancelled by itself if that address has had one; they’re told by mail. You can keep one on its page. Empty: it stands, and you decide. Whoever booked it can see that the time is free again, and so guess that you know the address.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(336),
                ],
                verbose_name="let go of second consultations",
            ),
        ),
        migrations.AddField(
            model_name="practice",
            name="unproven_most",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="After so many in 24 hours from people who haven’t opened a mail of yours yet, new people are asked to open one before their booking stands: somebody may be filling your diary with made-up names. Empty: three times what is usual for you.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(1000),
                ],
                verbose_name="new bookings a day",
            ),
        ),
    ]
