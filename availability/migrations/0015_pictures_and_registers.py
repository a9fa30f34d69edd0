"""Pictures of therapists and places, and where a therapist is registered."""

import django.core.validators
import django.db.models.deletion
import prose.cleaning
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0014_new_bookings_a_day"),
        ("pictures", "0001_pictures"),
    ]

    operations = [
        migrations.AddField(
            model_name="place",
            name="picture",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="place",
                to="pictures.picture",
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="portrait",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="therapist",
                to="pictures.picture",
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="register",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="As people know it, like BACP or UKCP: “Check me on the BACP register”.",
                max_length=40,
                validators=[prose.cleaning.validate_printable],
                verbose_name="professional body",
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="register_number",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Your membership or registration number.",
                max_length=40,
                validators=[prose.cleaning.validate_printable],
                verbose_name="number there",
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="register_url",
            field=models.URLField(
                blank=True,
                db_default="",
                help_text="The address at which anybody can see that you’re registered. Under your name on the home page, so that people needn’t take your word for it.",
                validators=[
                    django.core.validators.URLValidator(schemes=["https"]),
                    prose.cleaning.validate_printable,
                ],
                verbose_name="your entry in its register",
            ),
        ),
        migrations.AlterField(
            model_name="therapist",
            name="registration",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="One line under your name on the home page: your training, and what you are beside it.",
                max_length=200,
                validators=[prose.cleaning.validate_printable],
                verbose_name="qualifications",
            ),
        ),
    ]
