"""Links get a purpose, an end and a mailbox; bookings.0018 fills them in."""

from datetime import timedelta

import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0005_what_an_address_is_sealed_for"),
    ]

    operations = [
        migrations.AddField(
            model_name="accesslink",
            name="ends_at",
            field=models.DateTimeField(
                db_default=django.db.models.expressions.CombinedExpression(
                    django.db.models.functions.datetime.Now(),
                    "+",
                    models.Value(timedelta(days=90)),
                )
            ),
        ),
        migrations.AddField(
            model_name="accesslink",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("booking", "One booking"),
                    ("client", "To book sessions"),
                    ("reminders", "To stop reminders"),
                ],
                db_default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="accesslink",
            name="replaces",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="accesslink",
            name="revoked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="accesslink",
            name="sent_to",
            field=models.CharField(db_default="", max_length=254),
        ),
        migrations.AddIndex(
            model_name="accesslink",
            index=models.Index(fields=["about"], name="access_link_about"),
        ),
    ]
