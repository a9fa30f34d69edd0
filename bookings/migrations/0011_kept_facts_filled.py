"""Bookings from before keep their place's words and their organizer as these are today."""

from django.db import migrations

KEEP = """
UPDATE bookings_booking b
SET place_kept = p.id, place_name = p.name, place_address = p.address,
    place_directions = p.directions, video_url = p.video_url,
    organizer_name = h.name, organizer_email = t.email
FROM availability_place p, availability_therapist t, availability_practice h
WHERE p.id = b.place_id AND t.id = b.therapist_id AND h.id = t.practice_id
    AND b.place_kept IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0010_kept_facts"),
        ("availability", "0009_visible_words"),
    ]

    operations = [migrations.RunSQL(KEEP, migrations.RunSQL.noop)]
