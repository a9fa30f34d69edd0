# All that parts two cards again that were put together: for a day.

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import encryption.fields


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0017_new_addresses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MergedCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("facts", encryption.fields.EncryptedTextField()),
                ("merged_at", models.DateTimeField()),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merged",
                        to="clients.client",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"default_permissions": (), "ordering": ["-merged_at"]},
        ),
    ]
