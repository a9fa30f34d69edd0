"""The mailboxes of cards anew: Gmail has no dots, and googlemail.com is gmail.com."""

from django.db import migrations

ANEW = """
UPDATE clients_client
SET mailbox = replace(split_part(mailbox, '@', 1), '.', '') || '@gmail.com'
WHERE mailbox LIKE '%@gmail.com' OR mailbox LIKE '%@googlemail.com';
UPDATE clients_client SET mailbox = lower(email) WHERE mailbox LIKE '@%'
"""
BACK = """
UPDATE clients_client
SET mailbox = split_part(split_part(lower(email), '@', 1), '+', 1)
    || '@' || split_part(lower(email), '@', 2)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0007_proven_address"),
    ]

    # The release before writes and looks for Gmail's old spelling until it ends: such a card is
    # still found by its very address, so that at worst a second consultation goes unmarked.
    operations = [migrations.RunSQL(ANEW, BACK)]
