# How somebody can be reached without putting them at risk.

from django.db import migrations, models
from django.db.models import F, Q

import prose.cleaning


class Migration(migrations.Migration):
    dependencies = [("clients", "0014_how_they_were_told")]

    operations = [
        migrations.AddField(
            model_name="client",
            name="may_email",
            field=models.BooleanField(db_default=True, default=True, verbose_name="may be emailed"),
        ),
        migrations.AddField(
            model_name="client",
            name="may_phone",
            field=models.BooleanField(db_default=True, default=True, verbose_name="may be called"),
        ),
        migrations.AddField(
            model_name="client",
            name="may_leave_message",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="may be left a message"
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="may_text",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="may be texted"
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="neutral_words",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Emails say when you meet and nothing of what it is or with which "
                "practice.",
                verbose_name="neutral words",
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="quiet_from",
            field=models.TimeField(
                blank=True, help_text="UK time. Not to be reached from then on,", null=True
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="quiet_until",
            field=models.TimeField(
                blank=True, help_text="until then; it may be the next morning.", null=True
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="ask_for",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="If somebody else may pick up, or they go by another name on the phone.",
                max_length=100,
                validators=[prose.cleaning.validate_one_line],
                verbose_name="name to ask for",
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="contact_said_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="said on"),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | (
                    Q(quiet_from__isnull=False, quiet_until__isnull=False)
                    & ~Q(quiet_from=F("quiet_until"))
                ),
                name="client_quiet_hours_have_two_ends",
            ),
        ),
    ]
