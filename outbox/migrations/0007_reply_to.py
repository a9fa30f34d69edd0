"""Where answers go, if elsewhere than to the sender."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0006_longer_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="reply_to",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Where answers go, if elsewhere.",
                max_length=254,
            ),
        ),
    ]
