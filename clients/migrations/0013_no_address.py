# Whom the practice books by name alone has no address: each address is still one card's.
#
# A web process of the release before goes on as it was; its sweep may queue a reminder to nobody,
# which fails, for as long as it still runs.

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Lower

import prose.cleaning


class Migration(migrations.Migration):
    dependencies = [("clients", "0012_found_by_letters")]

    operations = [
        migrations.AlterField(
            model_name="client",
            name="email",
            field=models.EmailField(
                blank=True, max_length=254, validators=[prose.cleaning.validate_email_address]
            ),
        ),
        migrations.AlterField(
            model_name="client",
            name="mailbox",
            field=models.CharField(blank=True, db_index=True, editable=False, max_length=254),
        ),
        migrations.RemoveConstraint(model_name="client", name="client_email_once"),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="client_email_once",
                violation_error_message="There is a client with this email address already.",
            ),
        ),
    ]
