"""What the home page and the accessibility statement say."""

import django.db.models.deletion
import welcome.words
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AccessibilityStatement",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        default=welcome.words.statement,
                        help_text="Markdown: an empty line between paragraphs, ## before a heading, - before each line of a list. Your email address and phone number follow it. Say only what is so.",
                        max_length=10000,
                    ),
                ),
                (
                    "reviewed_on",
                    models.DateField(
                        default=welcome.words.checked_on,
                        help_text="When you last went through it.",
                        verbose_name="last reviewed",
                    ),
                ),
            ],
            options={
                "verbose_name": "accessibility statement",
                "verbose_name_plural": "accessibility statement",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)),
                        name="welcome_accessibilitystatement_only_row",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FrontPage",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "headline",
                    models.CharField(
                        default="A steady place to talk things through", max_length=80
                    ),
                ),
                (
                    "reassurance",
                    models.CharField(
                        blank=True,
                        default="There’s no need to decide anything on the day.",
                        help_text="One line under the button that books.",
                        max_length=120,
                    ),
                ),
                (
                    "picture",
                    models.CharField(
                        choices=[
                            ("river", "A river and a lamp"),
                            ("fulham", "A map of the Thames, with Fulham lit"),
                        ],
                        default="river",
                        max_length=10,
                    ),
                ),
                (
                    "for_whom",
                    models.TextField(
                        blank=True,
                        help_text="A sentence or two: whom you work with. Empty: this part is left out.",
                        max_length=600,
                    ),
                ),
                (
                    "reasons",
                    models.TextField(
                        blank=True,
                        help_text="One reason a line, as people would say it themselves.",
                        max_length=1000,
                        verbose_name="why people come",
                    ),
                ),
                (
                    "in_person",
                    models.TextField(
                        blank=True,
                        help_text="What it’s like, in a sentence or two.",
                        max_length=300,
                    ),
                ),
                ("online", models.TextField(blank=True, max_length=300)),
                ("walking", models.TextField(blank=True, max_length=300)),
                (
                    "approach",
                    models.TextField(
                        blank=True,
                        help_text="A sentence or two; each approach has its own words below.",
                        max_length=600,
                        verbose_name="how I work",
                    ),
                ),
                (
                    "fees_note",
                    models.TextField(
                        blank=True,
                        help_text="Under the fees, like who pays less. The fees and the terms themselves stand under Services.",
                        max_length=500,
                        verbose_name="about fees",
                    ),
                ),
                (
                    "invitation",
                    models.CharField(
                        blank=True,
                        help_text="Beside the button at the end of the page.",
                        max_length=200,
                    ),
                ),
            ],
            options={
                "verbose_name": "home page",
                "verbose_name_plural": "home page",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="welcome_frontpage_only_row"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Passage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("step", "How it starts"),
                            ("approach", "Approach"),
                            ("question", "Question"),
                        ],
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField(max_length=1500)),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="The lowest stands first."
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passages",
                        to="welcome.frontpage",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "pk"),
            },
        ),
    ]
