"""Each line of history gets an id of its own, for which its reason is sealed.

Without a lock that lasts: the column is added empty, then gets its default, which the release before
needs too (in one step Postgres would write the whole table anew). 0016 fills the lines from before.
"""

import uuid

import django.contrib.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0014_whole_history"),
    ]

    operations = [
        migrations.AddField(
            model_name="bookingevent",
            name="uid",
            field=models.UUIDField(null=True, editable=False),
        ),
        migrations.AlterField(
            model_name="bookingevent",
            name="uid",
            field=models.UUIDField(
                null=True,
                editable=False,
                default=uuid.uuid4,
                db_default=django.contrib.postgres.functions.RandomUUID(),
            ),
        ),
    ]
