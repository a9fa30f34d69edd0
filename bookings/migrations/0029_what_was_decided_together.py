"""What one leave decided has a name, a question can be withdrawn, and a no-show owes."""

from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns that a release before leaves empty, and one more kind of line."""

    dependencies = [("bookings", "0028_owing_for_late")]

    operations = [
        migrations.AddField(
            model_name="bookingevent",
            name="decision",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="no_show_fee",
            field=models.DecimalField(
                db_default=Decimal(0),
                decimal_places=2,
                default=Decimal(0),
                max_digits=7,
                verbose_name="no-show fee",
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
                    ("withdrawn", "Question withdrawn"),
                    ("undone", "Taken back"),
                    ("recorded", "Recorded"),
                    ("sent", "Details sent again"),
                    ("readdressed", "Sent to the client’s new address"),
                    ("kept", "Kept, though they may have met before"),
                ],
                max_length=12,
            ),
        ),
    ]
