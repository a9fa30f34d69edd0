"""Every booking keeps what its client was shown; until now that was the same for all."""

from django.db import migrations

SHOWN = """
UPDATE bookings_booking
SET policy = 'You can cancel at any time before it begins. There’s nothing to pay if you do.'
WHERE policy = ''
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0004_changes")]

    operations = [migrations.RunSQL(SHOWN, migrations.RunSQL.noop)]
