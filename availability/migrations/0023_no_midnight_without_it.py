"""On the way back hours that end with their day end a minute before."""

from datetime import time
from typing import Any

from django.db import migrations


def end_a_minute_before(apps: Any, _editor: Any) -> None:
    """Let the constraint of before hold."""
    for name in ("WeeklyHours", "DifferentHours"):
        rows = apps.get_model("availability", name).objects.filter(closes=time())
        rows.update(closes=time(23, 59))


class Migration(migrations.Migration):
    """Forward there is nothing to write."""

    dependencies = [("availability", "0022_hours_to_midnight")]

    operations = [migrations.RunPython(migrations.RunPython.noop, end_a_minute_before)]
