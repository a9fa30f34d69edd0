"""Give a line of history room for all that a change says: names of places are long."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0013_accepted_warnings"),
    ]

    operations = [
        # Postgres rewrites nothing, and the release before writes as before. Reversed, a line that
        # has become longer is cut.
        migrations.AlterField(
            model_name="bookingevent",
            name="what",
            field=models.TextField(
                blank=True, db_default="", help_text="From what to what it changed."
            ),
        ),
    ]
