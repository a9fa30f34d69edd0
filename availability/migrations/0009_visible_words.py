"""What stands in mails, invites and on pages refuses hidden characters: no column changes."""

import prose.cleaning
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0008_about_the_therapist"),
    ]

    operations = [
        migrations.AlterField(
            model_name="place",
            name="address",
            field=models.CharField(
                blank=True,
                help_text="Street and postcode, or where exactly to wait.",
                max_length=200,
                validators=[prose.cleaning.validate_printable],
            ),
        ),
        migrations.AlterField(
            model_name="place",
            name="directions",
            field=models.TextField(
                blank=True,
                max_length=500,
                validators=[prose.cleaning.validate_lines],
            ),
        ),
        migrations.AlterField(
            model_name="place",
            name="name",
            field=models.CharField(max_length=80, validators=[prose.cleaning.validate_printable]),
        ),
        migrations.AlterField(
            model_name="place",
            name="video_url",
            field=models.URLField(
                blank=True,
                help_text="For online meetings: the link the client opens.",
                validators=[
                    django.core.validators.URLValidator(schemes=["https"]),
                    prose.cleaning.validate_printable,
                ],
                verbose_name="video link",
            ),
        ),
        migrations.AlterField(
            model_name="practice",
            name="introduction",
            field=models.TextField(
                blank=True,
                help_text="Under the headline of the home page.",
                max_length=1000,
                validators=[prose.cleaning.validate_lines],
            ),
        ),
        migrations.AlterField(
            model_name="practice",
            name="phone",
            field=models.CharField(
                blank=True,
                max_length=30,
                validators=[prose.cleaning.validate_printable],
            ),
        ),
        migrations.AlterField(
            model_name="practice",
            name="summary",
            field=models.CharField(
                blank=True,
                help_text="One line at the foot of each page.",
                max_length=120,
                validators=[prose.cleaning.validate_printable],
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="name",
            field=models.CharField(max_length=60, validators=[prose.cleaning.validate_printable]),
        ),
        migrations.AlterField(
            model_name="service",
            name="summary",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[prose.cleaning.validate_printable],
            ),
        ),
        migrations.AlterField(
            model_name="therapist",
            name="about",
            field=models.TextField(
                blank=True,
                db_default="",
                help_text="A few sentences about you on the home page, as you’d say them to somebody new.",
                max_length=1000,
                validators=[prose.cleaning.validate_lines],
            ),
        ),
        migrations.AlterField(
            model_name="therapist",
            name="phone",
            field=models.CharField(
                blank=True,
                max_length=30,
                validators=[prose.cleaning.validate_printable],
            ),
        ),
    ]
