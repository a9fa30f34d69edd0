"""Room for the longest From and Message-ID that a practice can have: no row is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0005_room_beside_each_mail"),
    ]

    operations = [
        migrations.AlterField(
            model_name="outgoingmail",
            name="message_id",
            field=models.CharField(max_length=300, unique=True),
        ),
        migrations.AlterField(
            model_name="outgoingmail",
            name="sender",
            field=models.CharField(help_text="The From header.", max_length=450),
        ),
    ]
