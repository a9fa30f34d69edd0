"""What the home page says of a therapist."""

import prose.cleaning
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0007_reminders"),
    ]

    operations = [
        migrations.AddField(
            model_name="therapist",
            name="about",
            field=models.TextField(
                blank=True,
                db_default="",
                help_text="A few sentences about you on the home page, as you’d say them to somebody new.",
                max_length=1000,
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="registration",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="One line under your name on the home page: your training, your professional body and your number there.",
                max_length=200,
                validators=[prose.cleaning.validate_printable],
                verbose_name="qualifications and registration",
            ),
        ),
        migrations.AlterField(
            model_name="practice",
            name="introduction",
            field=models.TextField(
                blank=True, help_text="Under the headline of the home page.", max_length=1000
            ),
        ),
    ]
