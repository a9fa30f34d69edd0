"""Lines of history from before get their id.

Going back would lose every reason that was sealed for its line meanwhile: it is refused.
"""

from django.db import migrations

FILL = "UPDATE bookings_bookingevent SET uid = gen_random_uuid() WHERE uid IS NULL"
KEEP = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM bookings_bookingevent WHERE reason LIKE 'v2.%') THEN
        RAISE EXCEPTION 'reasons are sealed for their lines: without the ids they would be lost';
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0015_what_a_reason_is_sealed_for"),
    ]

    operations = [migrations.RunSQL(FILL, KEEP)]
