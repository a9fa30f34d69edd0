"""Links that were mailed before get their purpose, their end and the mailbox that has them.

Those of a meeting long ago open nothing from then on; all others go on until their end.
"""

from django.db import migrations

BOOKINGS = """
UPDATE clients_accesslink l
SET purpose = 'booking', sent_to = lower(c.email),
    ends_at = upper(b.during) + h.link_days * interval '1 day'
FROM bookings_booking b, clients_client c, availability_therapist t, availability_practice h
WHERE l.about = 'booking:' || b.uid AND c.id = l.client_id AND l.purpose = ''
    AND t.id = b.therapist_id AND h.id = t.practice_id
"""
# Those of a client who was met long ago end too, but so long after they were mailed at the least.
PAGES = """
UPDATE clients_accesslink l
SET purpose = 'client', sent_to = lower(c.email),
    ends_at = greatest(
        l.created_at,
        (SELECT max(upper(b.during)) FROM bookings_booking b
         WHERE b.client_id = c.id AND b.status <> 'cancelled')
    ) + (SELECT coalesce(max(link_days), 30) FROM availability_practice) * interval '1 day'
FROM clients_client c
WHERE l.about = 'client:' || c.id AND c.id = l.client_id AND l.purpose = ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0017_what_a_reason_is_sealed_for_stands"),
        ("availability", "0013_links_and_calendars"),
        ("clients", "0006_link_purposes"),
    ]

    operations = [
        migrations.RunSQL(BOOKINGS, migrations.RunSQL.noop),
        migrations.RunSQL(PAGES, migrations.RunSQL.noop),
    ]
