"""A booking that is changed: what became what, and what was agreed about it."""

from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0003_holds"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="fee_waived",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="booking",
            name="late_fee",
            field=models.DecimalField(db_default=Decimal(0), decimal_places=2, max_digits=7),
        ),
        migrations.AddField(
            model_name="booking",
            name="policy",
            field=models.TextField(blank=True, db_default="", verbose_name="what was agreed"),
        ),
        migrations.AddField(
            model_name="booking",
            name="terms",
            field=models.JSONField(db_default={}, editable=False),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="is_late",
            field=models.BooleanField(db_default=False, default=False, verbose_name="late"),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="what",
            field=models.CharField(
                blank=True, db_default="", help_text="From what to what it changed.", max_length=300
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
                ],
                max_length=12,
            ),
        ),
    ]
