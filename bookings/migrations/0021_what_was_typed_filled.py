"""Bookings from before have what their client's card says, and who was met counts as proven.

Nobody knows any more which links were opened. Whoever was met, or accepted for sessions, came by
one, or the therapist knows them; anybody else's card stays unproven until a link is opened.
"""

from django.db import migrations

FILL = """
UPDATE clients_client c SET proven_at = coalesce(c.accepted_at, c.created_at)
WHERE c.proven_at IS NULL AND (c.accepted_at IS NOT NULL OR EXISTS (
    SELECT FROM bookings_booking b
    WHERE b.client_id = c.id AND b.status <> 'cancelled' AND b.attendance <> 'no_show'
        AND upper(b.during) <= statement_timestamp()
));
UPDATE bookings_booking b
SET contact_name = c.name, contact_email = c.email, contact_phone = c.phone,
    proven_at = CASE WHEN c.proven_at IS NULL THEN NULL ELSE b.created_at END
FROM clients_client c
WHERE c.id = b.client_id AND b.contact_name = ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0020_what_was_typed"),
        ("clients", "0008_one_mailbox"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
