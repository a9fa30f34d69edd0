"""Mail that falls due: meetings of tomorrow that nobody was reminded of, and a past full of mail.

Each meeting has a client of its own, and the words of a policy as they are stored with it.
"""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from availability.models import Practice, Service
from bench.databases import write_in_halves
from bench.group import make_therapists, open_diaries
from bookings import policy
from bookings.notices import keys
from outbox.models import OutgoingMail

DIARIES, SLUG = 400, "reminded"
# One after the other in each diary, all between 3 and 23 hours from now: reminded of a day before.
MOST = DIARIES * 40

MEETINGS = """
WITH people AS (
    INSERT INTO clients_client (name, email, mailbox, phone, created_at, reminders_from)
    SELECT 'Sam Okafor', 'due' || n || '@example.com', 'due' || n || '@example.com', '', ago, ago
    FROM generate_series(%(first)s::int, %(last)s - 1) n, (SELECT now() - interval '60 days') t(ago)
    RETURNING id, substr(email, 4, length(email) - 15)::int AS n
), diaries AS (
    SELECT *, row_number() OVER (ORDER BY id) - 1 AS number
    FROM availability_service WHERE slug = %(slug)s
)
INSERT INTO bookings_booking (uid, reference, therapist_id, client_id, service_id, format,
    place_id, during, status, price, policy, note, sequence, idempotency_key, created_at,
    changed_at)
SELECT gen_random_uuid(), 'KT-' || upper(left(md5(people.n::text), 6)), d.therapist_id, people.id,
    d.id, p.format, p.id, tstzrange(start, start + half), 'confirmed', 0, %(policy)s, '', 0,
    gen_random_uuid(), start - interval '30 days', start - interval '30 days'
FROM people
JOIN diaries d ON d.number = people.n %% %(diaries)s
JOIN availability_place p ON p.therapist_id = d.therapist_id AND p.format = 'online',
    (SELECT interval '30 minutes' AS half) AS halves,
    LATERAL (SELECT date_trunc('hour', now()) + interval '4 hours'
        + people.n / %(diaries)s * half AS start) AS starts
"""
# As long as a row is that a reminder left behind: its bodies lie elsewhere and are not claimed.
# The keys rise, or their indexes would take three times as long to write; no claim reads those.
SENT = f"""
INSERT INTO outbox_outgoingmail (key, about, kind, "to", sender, subject, text, html, invite,
    invite_method, unsubscribe_url, message_id, due_at, not_after, state, attempts, last_error,
    created_at, sent_at)
SELECT {keys.REMINDER_KEY}, {keys.ABOUT_BOOKING}, '{keys.REMINDER}', 'sent' || n || '@example.com',
    'Bench <hello@example.org>', 'Reminder: your appointment on Tuesday 24 November, 8:30am',
    '', '', '', '', repeat('u', 228), '<' || uid || '@example.org>', at, at + interval '1 day',
    'sent', 1, '', at, at
FROM generate_series(%(first)s::bigint, %(last)s - 1) n,
    LATERAL (SELECT lpad(to_hex(n * 4294), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(n), 12, '0')
        AS uid, 0 AS sequence, now() - n * interval '1 minute' AS at) AS b,
    (SELECT 24 AS hours) AS due
"""  # noqa: S608, words of our own


def fill() -> None:
    """Add the diaries, and forget the mail of whoever booked before."""
    OutgoingMail.objects.all().delete()
    practice = Practice.objects.get()
    Practice.objects.update(reminders_from=timezone.now() - timedelta(days=60))
    open_diaries(make_therapists(practice, SLUG, DIARIES), SLUG, 42)


def add_meetings(first: int, count: int) -> None:
    """Let meetings fall due, from number `first` on: each number once in a database."""
    assert first + count <= MOST
    service = Service.objects.filter(slug=SLUG)[0]
    words = policy.words(policy.terms_for(service))
    numbers = {"first": first, "last": first + count, "diaries": DIARIES}
    with connection.cursor() as cursor:
        cursor.execute(MEETINGS, {**numbers, "slug": SLUG, "policy": words})
        cursor.execute("ANALYZE bookings_booking, clients_client")


def add_sent(first: int, last: int) -> None:
    """Add mail that left long ago, from number `first` to before `last`."""
    write_in_halves(SENT, {"first": first, "last": last})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) outbox_outgoingmail")
        cursor.execute("CHECKPOINT")
