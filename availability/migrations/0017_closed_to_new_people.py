"""Who takes no new people just now, and what those read."""

from django.db import migrations, models

import prose.cleaning


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0016_the_way_there"),
    ]

    operations = [
        migrations.AddField(
            model_name="therapist",
            name="is_closed_to_new",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Nobody new can book a first meeting; the home page, the articles and the first step of a booking say so. Clients go on booking sessions by their link, and you can book for anybody.",
                verbose_name="not taking new people",
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="closed_words",
            field=models.TextField(
                blank=True,
                db_default="",
                help_text="While you take no new people: until when, say, or who else may help. It stands under “I’m not taking new people just now”.",
                max_length=500,
                validators=[prose.cleaning.validate_lines],
                verbose_name="what new people read",
            ),
        ),
    ]
