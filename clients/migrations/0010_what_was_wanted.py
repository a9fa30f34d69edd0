# What somebody had chosen to book before they asked for their link.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0009_longer_phones")]

    operations = [
        migrations.AddField(
            model_name="linkrequest",
            name="wanted",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
