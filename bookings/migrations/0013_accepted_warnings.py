"""What a therapist was warned of and accepted, as codes. With a default of the database's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0012_who_acts"),
    ]

    operations = [
        migrations.AddField(
            model_name="bookingevent",
            name="despite",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Which rules it went against.",
                max_length=500,
                verbose_name="against",
            ),
        ),
    ]
