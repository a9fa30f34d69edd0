# How a client learned of the notice: by their own tick, by phone, or with their private link.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0013_no_address"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="how",
            field=models.CharField(
                choices=[
                    ("online", "Agreed when booking"),
                    ("phone", "Told by phone"),
                    ("link", "Shown with a private link"),
                ],
                db_default="online",
                default="online",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="told_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
