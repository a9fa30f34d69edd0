"""What a practice says of the day and of paying: on confirmations, and under its fees."""

from django.db import models

from availability.models.columns import words_field


def if_late() -> str:
    """Return what a new practice says of lateness; one from before says what it writes."""
    return (
        "If you’re running late, let me know. We’ll still finish at the time we planned, so that "
        "I’m there for whoever comes next."
    )


def how_to_pay() -> str:
    """Return what a new practice says of paying."""
    return "You pay after we’ve met. I’ll email you how."


class PracticeWords(models.Model):
    """The columns. What is empty is left out; a practice from before them says nothing."""

    if_late = words_field(
        "if somebody is late",
        "On the confirmation, with your phone number. Empty: nothing is said.",
        if_late,
    )
    how_to_pay = words_field(
        "how and when one pays",
        "Under the fees and on the confirmation of what costs something. Empty: nothing is said.",
        how_to_pay,
    )
    insurers = words_field(
        "insurers", "Under the fees: whose insurance pays, and what they need. Empty: left out."
    )
    receipts = words_field(
        "receipts", "Under the fees: how one gets a receipt or an invoice. Empty: left out."
    )

    class Meta:
        abstract = True
