"""Indexes for the search among cards, made while bookings go on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from prose.name_search import PlainName, PlainNumber, anywhere, trigrams


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("clients", "0011_trigrams"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="client", index=trigrams(PlainName("name"), "client_name_search")
        ),
        AddIndexConcurrently(model_name="client", index=anywhere("email", "client_email_search")),
        AddIndexConcurrently(
            model_name="client", index=trigrams(PlainNumber("phone"), "client_phone_search")
        ),
    ]
