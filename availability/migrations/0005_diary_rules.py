"""The rules of a diary beside its hours, and hours for one service."""

from importlib import import_module

import availability.models.validators
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


# A module whose name begins with a digit cannot be named in an import statement.
triggers = import_module("availability.migrations.0002_diary_version").triggers


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0004_seasons"),
    ]

    operations = [
        migrations.CreateModel(
            name="Gap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("in_person", "In person"),
                            ("online", "Online"),
                            ("walking", "Walking"),
                        ],
                        max_length=16,
                        verbose_name="from",
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("in_person", "In person"),
                            ("online", "Online"),
                            ("walking", "Walking"),
                        ],
                        max_length=16,
                        verbose_name="to",
                    ),
                ),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        help_text="A service’s own gap counts where it is larger.",
                        validators=[django.core.validators.MaxValueValidator(240)],
                    ),
                ),
                ("both_ways", models.BooleanField(default=True, verbose_name="and back")),
            ],
            options={
                "verbose_name": "gap between meetings",
                "verbose_name_plural": "gaps between meetings",
                "ordering": ("before", "after", "before_place", "after_place"),
            },
        ),
        migrations.AddField(
            model_name="differenthours",
            name="adds",
            field=models.BooleanField(
                default=False,
                help_text="Unticked, the usual hours of that date don’t count, in whatever format.",
                verbose_name="as well as the usual hours",
            ),
        ),
        migrations.AddField(
            model_name="differenthours",
            name="service",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: for every service, but those that keep hours of their own.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="availability.service",
                verbose_name="only for",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="daylight_margin",
            field=models.PositiveSmallIntegerField(
                default=20,
                help_text="Minutes after sunrise and before sunset.",
                validators=[django.core.validators.MaxValueValidator(180)],
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="daylight_only",
            field=models.BooleanField(
                default=False,
                help_text="Meetings here lie between sunrise and sunset, less the margin below.",
                verbose_name="only in daylight",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="latitude",
            field=models.FloatField(
                blank=True,
                help_text="Degrees north, like 51.4696 for Fulham. Maps show it when you press on a point.",
                null=True,
                validators=[
                    availability.models.validators.validate_finite,
                    django.core.validators.MinValueValidator(-90),
                    django.core.validators.MaxValueValidator(90),
                ],
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="longitude",
            field=models.FloatField(
                blank=True,
                help_text="Degrees east, like -0.2127 for Fulham.",
                null=True,
                validators=[
                    availability.models.validators.validate_finite,
                    django.core.validators.MinValueValidator(-180),
                    django.core.validators.MaxValueValidator(180),
                ],
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="book_by",
            field=models.TimeField(
                blank=True,
                help_text="UK time, like 18:00. Empty: only the hours above count.",
                null=True,
                verbose_name="book by, the day before",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="only_own_hours",
            field=models.BooleanField(
                default=False,
                help_text="Offer it only in hours that name it, not in those for every service.",
                verbose_name="only in hours of its own",
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="break_minutes",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text="Minutes: a pause this long ends the row.",
                validators=[
                    django.core.validators.MinValueValidator(5),
                    django.core.validators.MaxValueValidator(120),
                ],
                verbose_name="break",
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="early_days",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Days: clients see new times so many days before new people do. 0: together.",
                validators=[django.core.validators.MaxValueValidator(365)],
                verbose_name="clients first",
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="is_discreet",
            field=models.BooleanField(
                default=False,
                help_text="The public page shows the first of each morning, afternoon and evening, so that it doesn’t tell how full your diary is. Clients see all on their private pages.",
                verbose_name="show only some free times",
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="most_consultations_a_week",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Monday to Sunday. Empty: any number.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(50),
                ],
                verbose_name="consultations a week",
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="most_in_a_row",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="After so many a break must follow. Empty: no break is asked for.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(50),
                ],
                verbose_name="sessions in a row",
            ),
        ),
        migrations.AddField(
            model_name="therapist",
            name="most_sessions_a_day",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Empty: as many as fit.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(50),
                ],
                verbose_name="sessions a day",
            ),
        ),
        migrations.AddField(
            model_name="timeoff",
            name="elsewhere",
            field=models.CharField(
                blank=True,
                choices=[("in_person", "In person"), ("online", "Online"), ("walking", "Walking")],
                help_text="For a meeting outside this diary: the gaps of such a meeting are kept around it. Empty: leave, which needs no gap.",
                max_length=16,
                verbose_name="an appointment",
            ),
        ),
        migrations.AddField(
            model_name="weeklyhours",
            name="service",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: for every service, but those that keep hours of their own.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="availability.service",
                verbose_name="only for",
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="gap_minutes",
            field=models.PositiveSmallIntegerField(
                default=10,
                help_text="Minutes kept free between this and what is booked before and after it. Under “Gaps between meetings” you can ask for more, by format and place.",
                validators=[django.core.validators.MaxValueValidator(240)],
                verbose_name="gap",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("daylight_only", False),
                    models.Q(("latitude__isnull", False), ("longitude__isnull", False)),
                    _connector="OR",
                ),
                name="place_in_daylight_is_on_the_map",
            ),
        ),
        migrations.AddField(
            model_name="gap",
            name="after_place",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: wherever that is.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="availability.place",
                verbose_name="to, only this place",
            ),
        ),
        migrations.AddField(
            model_name="gap",
            name="before_place",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: wherever that is.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="availability.place",
                verbose_name="from, only this place",
            ),
        ),
        migrations.AddField(
            model_name="gap",
            name="therapist",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="gaps",
                to="availability.therapist",
            ),
        ),
        migrations.AddConstraint(
            model_name="gap",
            constraint=models.UniqueConstraint(
                fields=("therapist", "before", "before_place", "after", "after_place"),
                name="gap_said_once",
                nulls_distinct=False,
                violation_error_message="There is a row for this already: change that one.",
            ),
        ),
        triggers("availability_gap"),
        triggers("availability_place"),
    ]
