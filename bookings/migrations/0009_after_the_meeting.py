"""After the meeting: who came, how it ended, and the mails that follow."""

import prose.cleaning
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0007_reminders"),
        ("bookings", "0008_taking_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("continue", "Continue"),
                            ("not_the_fit", "Not the right fit"),
                            ("think", "Think about it"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="send it")),
                (
                    "subject",
                    models.CharField(
                        help_text="It may be read over somebody’s shoulder: keep it neutral.",
                        max_length=120,
                        validators=[prose.cleaning.validate_one_line],
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        help_text="Plain text; a blank line between paragraphs. “Hello” and their name come first, your name comes last.",
                        max_length=4000,
                        verbose_name="what you write",
                    ),
                ),
            ],
            options={
                "ordering": ("therapist", "outcome"),
            },
        ),
        migrations.AddField(
            model_name="booking",
            name="attendance",
            field=models.CharField(
                blank=True,
                choices=[("attended", "Attended"), ("late", "Came late"), ("no_show", "No-show")],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("continue", "Continue"),
                    ("not_the_fit", "Not the right fit"),
                    ("think", "Think about it"),
                ],
                db_default="",
                default="",
                max_length=12,
            ),
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
                    ("recorded", "Recorded"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome", ""), ("attendance__in", ["attended", "late"]), _connector="OR"
                ),
                name="booking_outcome_of_one_that_was",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="therapist",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="follow_ups",
                to="availability.therapist",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                fields=("therapist", "outcome"), name="follow_up_once_an_outcome"
            ),
        ),
    ]
