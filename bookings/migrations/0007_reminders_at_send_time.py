"""Reminders that were written ahead are taken back: from now on they are decided when sent."""

from django.db import migrations

WRITTEN_AHEAD = """
UPDATE outbox_outgoingmail SET state = 'withdrawn' WHERE kind = 'reminder' AND state = 'pending'
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0006_reminders_by_start"), ("outbox", "0003_unsubscribe")]

    operations = [migrations.RunSQL(WRITTEN_AHEAD, migrations.RunSQL.noop)]
