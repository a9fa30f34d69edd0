"""When private links end, and who invites in people's calendars, as the practice has it."""

import django.core.validators
import prose.cleaning
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0012_who_reads_why_somebody_is_away"),
    ]

    operations = [
        migrations.AddField(
            model_name="practice",
            name="calendar_name",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Who invites, in people’s calendars, and whom mail about a meeting is from. Something neutral, like your first name, if the practice’s name tells what it is. Empty: the practice’s name. Meetings that stand keep what was sent unless you choose to tell.",
                max_length=80,
                validators=[prose.cleaning.validate_printable],
                verbose_name="name in calendars",
            ),
        ),
        migrations.AddField(
            model_name="practice",
            name="link_days",
            field=models.PositiveSmallIntegerField(
                db_default=30,
                default=30,
                help_text="Days after the meeting. Counts for links that are mailed from now on, and for those of a meeting that is moved. Whoever comes later is mailed a new one when they ask.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(365),
                ],
                verbose_name="private links end",
            ),
        ),
    ]
