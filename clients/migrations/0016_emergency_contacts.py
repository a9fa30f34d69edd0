# Whom to call if something is wrong, and the GP: sealed.

import uuid

import django.db.models.deletion
from django.db import migrations, models

import encryption.fields


class Migration(migrations.Migration):
    dependencies = [("clients", "0015_safe_contact")]

    operations = [
        migrations.CreateModel(
            name="EmergencyContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("person", encryption.fields.EncryptedTextField(blank=True, max_length=200)),
                ("person_phone", encryption.fields.EncryptedTextField(blank=True, max_length=100)),
                ("person_when", encryption.fields.EncryptedTextField(blank=True, max_length=300)),
                ("gp", encryption.fields.EncryptedTextField(blank=True, max_length=200)),
                ("gp_surgery", encryption.fields.EncryptedTextField(blank=True, max_length=300)),
                ("gp_phone", encryption.fields.EncryptedTextField(blank=True, max_length=100)),
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="emergency",
                        to="clients.client",
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
    ]
