"""A picture of an article, in the place of its drawing."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("academy", "0003_authors_and_introductions"),
        ("pictures", "0001_pictures"),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="picture",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="article",
                to="pictures.picture",
            ),
        ),
    ]
