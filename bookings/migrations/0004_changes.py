"""A booking that is changed: what became what."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0003_holds"),
    ]

    operations = [
        migrations.AddField(
            model_name="bookingevent",
            name="what",
            field=models.CharField(
                blank=True, help_text="From what to what it changed.", max_length=300
            ),
        ),
        migrations.AlterField(
            model_name="bookingevent",
            name="action",
            field=models.CharField(
                choices=[("booked", "Booked"), ("moved", "Changed"), ("cancelled", "Cancelled")],
                max_length=12,
            ),
        ),
    ]
