"""Leave room beside each mail, so that a claim writes beside it and to no index.

A claim changes nothing that is indexed. Where its page has room for the new version of a row, the
indexes are left alone, however long they have become. The bodies lie elsewhere and take no room.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0004_bounces"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE outbox_outgoingmail SET (fillfactor = 50)",
            "ALTER TABLE outbox_outgoingmail RESET (fillfactor)",
        ),
    ]
