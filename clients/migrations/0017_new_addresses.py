# An address that counts once whoever reads mail there has pressed a button.

import uuid

import django.db.models.deletion
from django.db import migrations, models

import encryption.fields


class Migration(migrations.Migration):
    dependencies = [("clients", "0016_emergency_contacts")]

    operations = [
        migrations.CreateModel(
            name="NewAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("email", encryption.fields.EncryptedTextField(max_length=254)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("asked_at", models.DateTimeField()),
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="new_address",
                        to="clients.client",
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
    ]
