"""Hours may end with their day: 00:00 as their end is the midnight after it."""

from datetime import time

from django.db import migrations, models
from django.db.models import F, Q

NAMES = {"differenthours": "different_hours_in_order", "weeklyhours": "weekly_hours_in_order"}


def closing(model: str) -> migrations.AlterField:
    """Return the column as it is told of now."""
    field = models.TimeField(help_text="24:00 at the latest.", verbose_name="to")
    return migrations.AlterField(model_name=model, name="closes", field=field)


def in_order(model: str, name: str) -> migrations.AddConstraint:
    """Return the constraint that lets hours end at 00:00."""
    condition = Q(("opens__lt", F("closes")), ("closes", time(0, 0)), _connector="OR")
    constraint = models.CheckConstraint(condition=condition, name=name)
    return migrations.AddConstraint(model_name=model, constraint=constraint)


class Migration(migrations.Migration):
    """A release before offers nothing in such hours: to it they end before they begin."""

    dependencies = [("availability", "0021_said_plainly")]

    operations = [
        *(migrations.RemoveConstraint(model, name) for model, name in NAMES.items()),
        *map(closing, NAMES),
        *(in_order(model, name) for model, name in NAMES.items()),
    ]
