"""An index for who owes for cancelling late, made while bookings go on; one more kind of line."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

ACTIONS = [
    ("booked", "Booked"),
    ("moved", "Changed"),
    ("cancelled", "Cancelled"),
    ("waived", "Late fee waived"),
    ("asked", "Asked to move"),
    ("undone", "Taken back"),
    ("recorded", "Recorded"),
    ("sent", "Details sent again"),
    ("readdressed", "Sent to the client’s new address"),
    ("kept", "Kept, though they may have met before"),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("bookings", "0027_found_by_letters"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="booking",
            index=models.Index(
                condition=models.Q(
                    ("fee_waived", False), ("late_fee__gt", 0), ("status", "cancelled")
                ),
                fields=["changed_at"],
                name="booking_owing",
            ),
        ),
        migrations.AlterField(
            model_name="bookingevent",
            name="action",
            field=models.CharField(choices=ACTIONS, max_length=12),
        ),
    ]
