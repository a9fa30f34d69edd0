"""What a leave asks of a client, and what can be taken back while its mail waits."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0007_reminders_at_send_time"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="asked_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="asked to move"
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="proposed_start",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="proposed time"
            ),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="is_undone",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="told_by",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=120),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="was",
            field=models.JSONField(db_default={}, editable=False),
        ),
        migrations.AlterField(
            model_name="bookingevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("booked", "Booked"),
                    ("moved", "Changed"),
                    ("cancelled", "Cancelled"),
                    ("waived", "Late fee waived"),
                    ("asked", "Asked to move"),
                    ("undone", "Taken back"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="bookingevent",
            index=models.Index(
                condition=models.Q(("told_by", ""), _negated=True),
                fields=["told_by"],
                name="event_told_by",
            ),
        ),
    ]
