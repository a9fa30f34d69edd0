"""Indexes for the search among bookings, made while bookings go on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from prose.name_search import PlainName, PlainNumber, anywhere, trigrams


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("bookings", "0026_words_of_pages"),
        ("clients", "0011_trigrams"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="booking", index=trigrams(PlainName("contact_name"), "booking_name_search")
        ),
        AddIndexConcurrently(
            model_name="booking", index=anywhere("contact_email", "booking_email_search")
        ),
        AddIndexConcurrently(
            model_name="booking",
            index=trigrams(PlainNumber("contact_phone"), "booking_phone_search"),
        ),
        AddIndexConcurrently(
            model_name="booking", index=anywhere("reference", "booking_reference_search")
        ),
    ]
