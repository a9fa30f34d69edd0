"""What cancelling costs once it was moved late, and the terms that a release before can't read."""

from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0022_bookings_by_arrival"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="added_terms",
            field=models.JSONField(db_default={}, editable=False),
        ),
        migrations.AddField(
            model_name="booking",
            name="fee_if_cancelled",
            field=models.DecimalField(
                db_default=Decimal(0),
                decimal_places=2,
                max_digits=7,
                verbose_name="due if cancelled",
            ),
        ),
    ]
