"""Where a mail says how to stop its kind."""

import encryption.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0002_too_late_and_watched"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="unsubscribe_url",
            field=encryption.fields.EncryptedTextField(
                blank=True,
                db_default="",
                help_text="The List-Unsubscribe header.",
                verbose_name="how to stop its kind",
            ),
        ),
    ]
