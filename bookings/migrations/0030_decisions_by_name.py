"""Find all that one leave decided, without a look at every line of every history."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Made beside those who write."""

    atomic = False
    dependencies = [("bookings", "0029_what_was_decided_together")]

    operations = [
        AddIndexConcurrently(
            model_name="bookingevent",
            index=models.Index(
                condition=Q(("decision__isnull", False)), fields=["decision"], name="event_decision"
            ),
        ),
    ]
