"""Who may act for the practice: an assistant, the system. Choices alone; nothing of the table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0011_kept_facts_filled"),
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
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="bookingevent",
            name="actor",
            field=models.CharField(
                choices=[
                    ("client", "Client"),
                    ("therapist", "Therapist"),
                    ("assistant", "Assistant"),
                    ("system", "System"),
                ],
                max_length=10,
            ),
        ),
    ]
