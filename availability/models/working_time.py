"""When the therapist works, and when not."""

from collections.abc import Collection
from datetime import date, time
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from availability import walltime
from availability.models.formats import Format, formats_field
from availability.models.people import Therapist
from availability.models.services_and_places import Service
from availability.models.validators import validate_near, validate_near_moment
from prose.dates import UK, day_label


class Weekday(models.IntegerChoices):
    """Monday is 0, as in `datetime.date.weekday`: the one convention in the project."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


# As the end of hours: the midnight after the day.
MIDNIGHT = time()


class WallHours(models.Model):
    """From when to when, in the therapist's own clock, and in which formats."""

    opens = models.TimeField("from")
    closes = models.TimeField("to", help_text="24:00 at the latest.")
    formats = formats_field("Tick every way in which you can be met in these hours.")
    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="only for",
        help_text="Empty: for every service, but those that keep hours of their own.",
    )

    # Keys of the rows that are being changed on the same page: what is stored of them is about
    # to be something else, so the page compares what is typed.
    beside: Collection[int] = ()

    class Meta:
        abstract = True

    def siblings(self) -> "models.QuerySet[Any]":
        """Return the other rows of the same therapist and day."""
        raise NotImplementedError

    def clean(self) -> None:
        if None in (self.opens, self.closes):
            return  # the field itself has said what is wrong
        if self.opens >= self.closes != MIDNIGHT:
            message = (
                "The end must be later than the start. Enter a night in two rows: one until 24:00, "
                "and one from 00:00 of the next day."
            )
            raise ValidationError({"closes": message})
        for name, wall in (("opens", self.opens), ("closes", self.closes)):
            if wall.second or wall.microsecond:
                raise ValidationError({name: "Enter whole minutes."})
        self._clean_service()
        self._clean_overlap()

    def _clean_service(self) -> None:
        therapist_id: int | None = getattr(self, "therapist_id", None)
        if self.service and therapist_id and self.service.therapist_id != therapist_id:
            raise ValidationError({"service": f"{self.service} is another therapist’s service."})

    def _clean_overlap(self) -> None:
        """Hours for one service may lie within those for all: they are another offer."""
        meets = Q(formats__overlap=self.formats or [], service=self.service)
        meets &= Q(closes__gt=self.opens) | Q(closes=MIDNIGHT)
        if self.closes != MIDNIGHT:
            meets &= Q(opens__lt=self.closes)
        twin = self.siblings().exclude(pk__in=[self.pk, *self.beside]).filter(meets).first()
        if twin:
            raise ValidationError(
                {"opens": f"These hours overlap {twin}. Change one, or join them in one row."}
            )

    @property
    def span_label(self) -> str:
        """Like "09:00 to 13:00"."""
        closes = "24:00" if self.closes == MIDNIGHT else f"{self.closes:%H:%M}"
        return f"{self.opens:%H:%M} to {closes}"

    def overlaps(self, other: "WallHours") -> bool:
        """Whether some time of the day lies in both."""
        return self._begins_in(other) or other._begins_in(self)  # noqa: SLF001, of the same class

    def _begins_in(self, other: "WallHours") -> bool:
        ends_later = other.closes == MIDNIGHT or self.opens < other.closes
        return other.opens <= self.opens and ends_later


def opens_before_it_closes(name: str) -> models.CheckConstraint:
    """Return the constraint that keeps hours from ending before they start.

    Those that end at 00:00 end with their day.
    """
    in_order = Q(opens__lt=F("closes")) | Q(closes=MIDNIGHT)
    return models.CheckConstraint(condition=in_order, name=name)


class WeeklyHours(WallHours):
    """The same hours each week."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="weekly_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    first_day = models.DateField(
        "first date",
        null=True,
        blank=True,
        validators=[validate_near],
        help_text="Empty: they have always been kept.",
    )
    last_day = models.DateField(
        "last date",
        null=True,
        blank=True,
        validators=[validate_near],
        help_text="Empty: they are kept until further notice.",
    )

    class Meta:
        ordering = ("weekday", "opens")
        verbose_name_plural = "weekly hours"
        constraints: ClassVar = [
            opens_before_it_closes("weekly_hours_in_order"),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day"))
                | Q(first_day__isnull=True)
                | Q(last_day__isnull=True),
                name="weekly_hours_season_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{Weekday(self.weekday).label} {self.span_label}"

    def clean(self) -> None:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "The last date must not be before the first."})
        super().clean()

    def siblings(self) -> "models.QuerySet[WeeklyHours]":
        """Return the rows of the same weekday whose dates meet these."""
        rows = WeeklyHours.objects.filter(therapist_id=self.therapist_id, weekday=self.weekday)
        if self.first_day:
            rows = rows.exclude(last_day__lt=self.first_day)
        return rows.exclude(first_day__gt=self.last_day) if self.last_day else rows

    def get_inline_title(self) -> str:
        """Like "Tuesday 09:00 to 13:00, online, walking": what the admin writes over the row."""
        labels = ", ".join(str(Format(fmt).label).lower() for fmt in self.formats)
        dates = [
            f"{word} {day:%-d %B %Y}"
            for word, day in (("from", self.first_day), ("until", self.last_day))
            if day
        ]
        only = [f"only {self.service.noun}"] if self.service else []
        return ", ".join([f"{self}, {labels}", *only, *dates])

    @property
    def season(self) -> tuple[date, date]:
        """The first and last date on which these hours are kept."""
        return self.first_day or date.min, self.last_day or date.max


class DifferentHours(WallHours):
    """The hours of one date, instead of those of its weekday."""

    therapist = models.ForeignKey(
        Therapist, on_delete=models.CASCADE, related_name="different_hours"
    )
    day = models.DateField("date", validators=[validate_near])

    adds = models.BooleanField(
        "as well as the usual hours",
        default=False,
        help_text="Unticked, the usual hours of that date don’t count, in whatever format.",
    )

    class Meta:
        ordering = ("day", "opens")
        verbose_name = "date that differs"
        verbose_name_plural = "dates that differ"
        constraints: ClassVar = [opens_before_it_closes("different_hours_in_order")]

    def __str__(self) -> str:
        return f"{self.day:%-d %B %Y} {self.span_label}"

    def siblings(self) -> "models.QuerySet[DifferentHours]":
        return DifferentHours.objects.filter(therapist_id=self.therapist_id, day=self.day)


class WorkedHoliday(models.Model):
    """A bank holiday on which the usual hours are kept."""

    therapist = models.ForeignKey(
        Therapist, on_delete=models.CASCADE, related_name="worked_holidays"
    )
    day = models.DateField("date", validators=[validate_near])

    class Meta:
        ordering = ("day",)
        verbose_name = "bank holiday I work"
        verbose_name_plural = "bank holidays I work"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["therapist", "day"], name="worked_holiday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%-d %B %Y}"

    def clean(self) -> None:
        if self.day and not walltime.bank_holidays(self.day, self.day):
            message = "That isn’t a bank holiday in England, so your usual hours stand anyway."
            kept = walltime.kept_instead(self.day)
            if kept:
                message = f"It’s on a weekend, so the bank holiday is {day_label(kept)}. {message}"
            raise ValidationError({"day": message})


class TimeOff(models.Model):
    """Leave: one range, hours or weeks, in which nothing is offered."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="time_off")
    starts_at = models.DateTimeField("from", validators=[validate_near_moment])
    ends_at = models.DateTimeField(
        "until", validators=[validate_near_moment], help_text="The first moment you're back."
    )
    elsewhere = models.CharField(
        "an appointment",
        max_length=16,
        choices=Format.choices,
        blank=True,
        help_text="For a meeting outside this diary: the gaps of such a meeting are kept around "
        "it. Empty: leave, which needs no gap.",
    )
    reason = models.CharField(
        max_length=100, blank=True, help_text="Read by whoever is away, and by nobody else."
    )

    class Meta:
        ordering = ("starts_at",)
        verbose_name_plural = "time off"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="time_off_in_order"
            ),
        ]

    def __str__(self) -> str:
        # In summer the UK's midnight is the evening before in UTC.
        first, back = self.starts_at.astimezone(UK), self.ends_at.astimezone(UK)
        return f"{first:%-d %B %Y} to {back:%-d %B %Y}"

    @property
    def whole_days(self) -> tuple[date, date] | None:
        """The first and last date, if it is of whole days by the clock of the hours; else None."""
        zone = self.therapist.zone
        first, back = self.starts_at.astimezone(zone), self.ends_at.astimezone(zone)
        is_whole = walltime.whole_days(first.date(), back.date() - walltime.ONE_DAY, zone)
        if is_whole != (self.starts_at.timestamp(), self.ends_at.timestamp()):
            return None
        return first.date(), back.date() - walltime.ONE_DAY

    def clean(self) -> None:
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise ValidationError({"ends_at": "Time off must end after it starts."})
