"""Lines of history that are there already say in words what an arrow stood for."""

from django.db import migrations

WORDS = """
UPDATE bookings_bookingevent
SET what = regexp_replace(what, '^(.*) → (.*)$', 'It was \\1. It became \\2.')
WHERE action = 'moved' AND what LIKE '% → %' AND what NOT LIKE '%: %';
UPDATE bookings_bookingevent
SET what = regexp_replace(
    regexp_replace(what, '^(.*) → open$', 'It was \\1. No time was proposed.'),
    '^(.*) → (.*)$', 'It was \\1. \\2 was proposed.')
WHERE action = 'asked' AND what LIKE '% → %';
UPDATE bookings_bookingevent
SET what = regexp_replace(what, '(: )((?:(?!: ).)*) → ', '\\1was \\2, became ', 'g')
WHERE what LIKE '% → %'
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0024_what_makes_it_easier")]

    # The release before goes on to write arrows until it ends: they are read as they are.
    operations = [migrations.RunSQL(WORDS, migrations.RunSQL.noop)]
