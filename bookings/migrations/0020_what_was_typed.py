"""What was typed stays with its booking; what is pending waits for a mailed link."""

import django.db.models.deletion
import encryption.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0014_new_bookings_a_day"),
        ("bookings", "0019_sent_to_a_new_address"),
        ("clients", "0007_proven_address"),
    ]

    operations = [
        migrations.CreateModel(
            name="PendingBooking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("in_person", "In person"),
                            ("online", "Online"),
                            ("walking", "Walking"),
                        ],
                        max_length=16,
                    ),
                ),
                ("start", models.DateTimeField()),
                ("length_minutes", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=100)),
                ("email", models.EmailField(max_length=254)),
                ("phone", models.CharField(blank=True, max_length=30)),
                ("note", encryption.fields.EncryptedTextField(blank=True, row="key")),
                ("key", models.UUIDField(unique=True)),
                ("visitor", models.CharField(max_length=32)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("is_booked", models.BooleanField(default=False)),
                ("kept_until", models.DateTimeField()),
                ("created_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="booking",
            name="contact_email",
            field=models.EmailField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=254,
                verbose_name="address as typed",
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="contact_name",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=100,
                verbose_name="name as typed",
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="contact_phone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=30,
                verbose_name="phone as typed",
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="is_repeat",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="has met before"
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="notice",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clients.privacynotice",
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="proven_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="address confirmed"),
        ),
        migrations.AddField(
            model_name="booking",
            name="release_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="let go"),
        ),
        migrations.AddField(
            model_name="booking",
            name="reminds",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddField(
            model_name="booking",
            name="reminds_from",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="hold",
            name="is_promised",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="pendingbooking",
            name="notice",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="clients.privacynotice",
            ),
        ),
        migrations.AddField(
            model_name="pendingbooking",
            name="place",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="availability.place",
            ),
        ),
        migrations.AddField(
            model_name="pendingbooking",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="availability.service",
            ),
        ),
        migrations.AddField(
            model_name="pendingbooking",
            name="therapist",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="availability.therapist",
            ),
        ),
    ]
