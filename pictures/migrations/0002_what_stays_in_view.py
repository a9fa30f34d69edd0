"""What stays in view of a picture that a page cuts to its own shape."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pictures", "0001_pictures"),
    ]

    operations = [
        migrations.AddField(
            model_name="picture",
            name="focus",
            field=models.CharField(
                choices=[
                    ("middle", "The middle"),
                    ("top", "The top"),
                    ("bottom", "The bottom"),
                    ("left", "The left"),
                    ("right", "The right"),
                    ("top-left", "The top left corner"),
                    ("top-right", "The top right corner"),
                    ("bottom-left", "The bottom left corner"),
                    ("bottom-right", "The bottom right corner"),
                ],
                db_default="middle",
                default="middle",
                max_length=12,
            ),
        ),
    ]
