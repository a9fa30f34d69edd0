"""What a place says of the way there, and the practice of lateness and paying."""

import availability.models.practice_words
import prose.cleaning
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0015_pictures_and_registers"),
    ]

    operations = [
        migrations.AddField(
            model_name="place",
            name="address_shown",
            field=models.CharField(
                choices=[
                    ("public", "On the website, with a map"),
                    ("steps", "While they book"),
                    ("booked", "Only once they’ve booked"),
                ],
                db_default="steps",
                default="steps",
                help_text="Until then people read the area below, the way and the access, no house number and no map. Whoever has booked always reads all of it.",
                max_length=8,
                verbose_name="who reads the address",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="area",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Roughly where, for those who don’t read the address yet, like “Fulham, SW6”.",
                max_length=80,
                validators=[prose.cleaning.validate_printable],
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="bring",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Like “Shoes for muddy paths, and something for the rain.” Empty: a line that fits how you meet.",
                max_length=200,
                validators=[prose.cleaning.validate_printable],
                verbose_name="what to bring",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="bus",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Like “Buses stop on the high street, 3 minutes away.”",
                max_length=200,
                validators=[prose.cleaning.validate_printable],
                verbose_name="bus",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="inside",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Like “Chairs with arms, and one without. No sign in the window.”",
                max_length=200,
                validators=[prose.cleaning.validate_printable],
                verbose_name="what it’s like",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="parking",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Like “Bike stands outside. Parking is paid until 8pm.”",
                max_length=200,
                validators=[prose.cleaning.validate_printable],
                verbose_name="parking and bikes",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="steps",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="One sentence, the bad news first, like “14 stairs with a rail, and no lift.” It stands first, and before anybody books.",
                max_length=200,
                validators=[prose.cleaning.validate_printable],
                verbose_name="steps and lift",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="toilet",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Like “A toilet on the same floor, with a wide door.”",
                max_length=200,
                validators=[prose.cleaning.validate_printable],
                verbose_name="toilet",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="train",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Like “District line to Putney Bridge, then 7 minutes on foot, level.”",
                max_length=200,
                validators=[prose.cleaning.validate_printable],
                verbose_name="train and tube",
            ),
        ),
        migrations.AddField(
            model_name="practice",
            name="how_to_pay",
            field=models.TextField(
                blank=True,
                db_default="",
                default=availability.models.practice_words.how_to_pay,
                help_text="Under the fees and on the confirmation of what costs something. Empty: nothing is said.",
                max_length=400,
                validators=[prose.cleaning.validate_lines],
                verbose_name="how and when one pays",
            ),
        ),
        migrations.AddField(
            model_name="practice",
            name="if_late",
            field=models.TextField(
                blank=True,
                db_default="",
                default=availability.models.practice_words.if_late,
                help_text="On the confirmation, with your phone number. Empty: nothing is said.",
                max_length=400,
                validators=[prose.cleaning.validate_lines],
                verbose_name="if somebody is late",
            ),
        ),
        migrations.AddField(
            model_name="practice",
            name="insurers",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Under the fees: whose insurance pays, and what they need. Empty: left out.",
                max_length=400,
                validators=[prose.cleaning.validate_lines],
                verbose_name="insurers",
            ),
        ),
        migrations.AddField(
            model_name="practice",
            name="receipts",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Under the fees: how one gets a receipt or an invoice. Empty: left out.",
                max_length=400,
                validators=[prose.cleaning.validate_lines],
                verbose_name="receipts",
            ),
        ),
        migrations.AlterField(
            model_name="place",
            name="directions",
            field=models.TextField(
                blank=True,
                help_text="The last steps, for those who have booked: which door, which bell, which bench.",
                max_length=500,
                validators=[prose.cleaning.validate_lines],
            ),
        ),
    ]
