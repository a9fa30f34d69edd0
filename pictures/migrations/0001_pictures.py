"""What somebody uploaded: its name, its size, and what it shows."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

import prose.cleaning


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(editable=False, max_length=32, unique=True)),
                ("width", models.PositiveSmallIntegerField(editable=False)),
                ("height", models.PositiveSmallIntegerField(editable=False)),
                (
                    "widths",
                    ArrayField(
                        base_field=models.PositiveSmallIntegerField(), editable=False, size=None
                    ),
                ),
                (
                    "alt",
                    models.CharField(
                        blank=True, max_length=200, validators=[prose.cleaning.validate_title]
                    ),
                ),
                ("is_decorative", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField()),
                ("unused_since", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("alt", ""), ("is_decorative", True)),
                            models.Q(
                                ("is_decorative", False), models.Q(("alt", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="picture_is_described_or_decoration",
                    )
                ],
            },
        ),
    ]
