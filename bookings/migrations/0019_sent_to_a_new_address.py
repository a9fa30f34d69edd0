"""History says that a meeting was sent to a new address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0018_links_end"),
    ]

    operations = [
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
                    ("sent", "Details sent again"),
                    ("readdressed", "Sent to the client’s new address"),
                ],
                max_length=12,
            ),
        ),
    ]
