"""A booking keeps where it is and who invites to it, as its client was told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0009_after_the_meeting"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="organizer_email",
            field=models.EmailField(
                blank=True, db_default="", default="", editable=False, max_length=254
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="organizer_name",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=80
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="place_address",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=200
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="place_directions",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="booking",
            name="place_kept",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="place_name",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=80
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="video_url",
            field=models.URLField(
                blank=True, db_default="", default="", editable=False, verbose_name="video link"
            ),
        ),
    ]
