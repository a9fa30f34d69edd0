"""A card says whether a link that was mailed to its address was opened."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0006_link_purposes"),
    ]

    operations = [
        migrations.AddField(
            model_name="client",
            name="proven_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="address confirmed"
            ),
        ),
    ]
