"""The keys of authenticator apps, and the addresses of who forgot their password, are sealed."""

import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import encryption.fields


class Migration(migrations.Migration):
    dependencies = [
        ("otp_totp", "0003_add_timestamps"),
        ("staff", "0003_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuthenticatorApp",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("otp_totp.totpdevice",),
        ),
        migrations.AddField(
            model_name="resetrequest",
            name="uid",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                editable=False,
            ),
        ),
        migrations.AlterField(
            model_name="resetrequest",
            name="email",
            field=encryption.fields.EncryptedTextField(),
        ),
        migrations.CreateModel(
            name="AppKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("key", encryption.fields.EncryptedTextField()),
                (
                    "device",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sealed_key",
                        to="otp_totp.totpdevice",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        # A process of the release before deletes an app without knowing that it has a key here.
        migrations.RunSQL(
            "ALTER TABLE staff_appkey ADD CONSTRAINT staff_appkey_of_app FOREIGN KEY (device_id)"
            " REFERENCES otp_totp_totpdevice (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE staff_appkey DROP CONSTRAINT staff_appkey_of_app",
        ),
    ]
