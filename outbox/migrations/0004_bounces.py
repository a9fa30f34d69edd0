"""What became of each mail, and which addresses want none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0003_unsubscribe"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="fate",
            field=models.CharField(
                blank=True,
                choices=[
                    ("delivered", "Delivered"),
                    ("bounced", "Bounced"),
                    ("complained", "Marked as spam"),
                ],
                db_default="",
                max_length=10,
                verbose_name="what became of it",
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="fate_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="at"),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="fate_reason",
            field=models.CharField(
                blank=True, db_default="", max_length=300, verbose_name="reason"
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="provider_id",
            field=models.CharField(
                blank=True, db_default="", help_text="What the provider calls it.", max_length=120
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("fate__in", ["bounced", "complained"])),
                fields=["fate_at"],
                name="outbox_came_back",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(fields=["to"], name="outbox_to"),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("provider_id", ""), _negated=True),
                fields=["provider_id"],
                name="outbox_provider_id",
            ),
        ),
    ]
