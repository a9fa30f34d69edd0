"""The practice, its therapists, what they offer, where, and the hours they keep."""

import zoneinfo
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q

from availability import rules
from availability.uk_time import UK

FAR_FUTURE = date(2200, 1, 1)


class Format(models.TextChoices):
    """How two people meet."""

    IN_PERSON = "in_person", "In person"
    ONLINE = "online", "Online"
    WALKING = "walking", "Walking"


class Weekday(models.IntegerChoices):
    """Monday is 0, as in `datetime.date.weekday`: the one convention in the project."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


def formats_field(help_text: str) -> "ArrayField[list[str], list[str]]":
    """Return a column that holds one or more formats."""
    one: models.CharField[str, str] = models.CharField(max_length=16, choices=Format.choices)
    return ArrayField(one, size=len(Format), help_text=help_text)


def validate_near(day: date) -> None:
    """Refuse dates that no diary reaches: Python's own calendar ends in the year 9999."""
    if not date(2000, 1, 1) <= day < FAR_FUTURE:
        raise ValidationError("Enter a date between 2000 and 2199.")


def validate_near_moment(moment: datetime) -> None:
    """Refuse moments that no diary reaches."""
    validate_near(moment.date())


def validate_printable(text: str) -> None:
    """Refuse control and invisible characters in what stands in mail headers and invites."""
    if not text.isprintable():
        raise ValidationError("Remove the hidden characters: please type this again.")


def validate_zone(name: str) -> None:
    """Refuse names that the time zone database does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError("Enter a time zone's name, like Europe/London.")


class Practice(models.Model):
    """The house that the therapists share: its name stands on every page and mail."""

    name = models.CharField(max_length=80, validators=[validate_printable])
    email = models.EmailField(
        help_text="Shown on every page. Somebody must read it.", validators=[validate_printable]
    )
    phone = models.CharField(max_length=30, blank=True)
    summary = models.CharField(
        max_length=120, blank=True, help_text="One line at the foot of each page."
    )
    introduction = models.TextField(
        max_length=1000, blank=True, help_text="The first words on the home page."
    )

    def __str__(self) -> str:
        return self.name


class TherapistQuerySet(models.QuerySet["Therapist"]):
    """Questions about therapists."""

    def taking_bookings(self) -> Self:
        return self.filter(is_active=True).order_by("pk")


class Therapist(models.Model):
    """Somebody whose hour can be booked; one diary each."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="therapists")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    name = models.CharField(max_length=80, validators=[validate_printable])
    slug = models.SlugField(unique=True, help_text="Stands in links: letters, digits, hyphens.")
    email = models.EmailField(
        help_text="Booking mail comes from and answers go to this address. Read it.",
        validators=[validate_printable],
    )
    phone = models.CharField(max_length=30, blank=True)
    zone_name = models.CharField(
        "time zone", max_length=64, default="Europe/London", validators=[validate_zone]
    )
    bank_holidays_off = models.BooleanField(
        "closed on bank holidays",
        default=True,
        help_text="England’s. Open one under “Bank holidays I work”, or give it hours of its own.",
    )
    is_active = models.BooleanField("takes bookings", default=True)

    objects = TherapistQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the weekly hours are kept."""
        return ZoneInfo(self.zone_name)


class Place(models.Model):
    """A room, a video room, or a point where a walk begins."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="places")
    format = models.CharField(max_length=16, choices=Format.choices)
    name = models.CharField(max_length=80)
    address = models.CharField(
        max_length=200, blank=True, help_text="Street and postcode, or where exactly to wait."
    )
    directions = models.TextField(max_length=500, blank=True)
    video_url = models.URLField(
        "video link",
        blank=True,
        validators=[URLValidator(schemes=["https"])],
        help_text="For online meetings: the link the client opens.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.format == Format.ONLINE and not self.video_url:
            raise ValidationError({"video_url": "Enter the link that opens the video room."})
        if self.format in (Format.IN_PERSON, Format.WALKING) and not self.address:
            raise ValidationError({"address": "Say where: a client must be able to find it."})
        self._clean_last_of_format()

    def _clean_last_of_format(self) -> None:
        """Keep a place for each format that is offered: a time that is shown can be booked."""
        before = Place.objects.filter(pk=self.pk, is_active=True).first()
        kept = ("is_active", "format", "therapist_id")
        moved = [name for name in kept if before and getattr(self, name) != getattr(before, name)]
        if before is None or not moved:
            return
        mine = Place.objects.filter(therapist_id=before.therapist_id, format=before.format)
        offered = Service.objects.filter(
            therapist_id=before.therapist_id, formats__contains=[before.format], is_active=True
        ).first()
        if offered and not mine.filter(is_active=True).exclude(pk=self.pk).exists():
            message = (
                f"{offered} is offered {before.get_format_display().lower()} and this is its only "
                "place. Add another place, or take the format out of the service first."
            )
            raise ValidationError({moved[0].removesuffix("_id"): message})

    @property
    def lines(self) -> list[str]:
        """Where it is, as the lines of an address label."""
        return [line for line in (self.name, self.address) if line]


class ServiceQuerySet(models.QuerySet["Service"]):
    """Questions about services."""

    def offered(self) -> Self:
        """Services that can be booked now, with their therapist and practice, in order."""
        active = self.filter(is_active=True, therapist__is_active=True)
        return active.select_related("therapist__practice").order_by("position", "pk")


class Service(models.Model):
    """What is booked: its length, price, formats and the rules of its times."""

    class Audience(models.TextChoices):
        """Who may book it."""

        NEW = "new", "People I haven't met"
        MET = "met", "People who have had a consultation"

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="services")
    name = models.CharField(max_length=60)
    slug = models.SlugField(help_text="Stands in links, like /book/?what=consultation.")
    audience = models.CharField("for", max_length=8, choices=Audience.choices)
    summary = models.CharField(max_length=200, blank=True)
    length_minutes = models.PositiveSmallIntegerField(
        "length", validators=[MinValueValidator(5), MaxValueValidator(480)], help_text="Minutes."
    )
    price = models.DecimalField(
        max_digits=7,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0))],
        help_text="In pounds; 0 is free.",
    )
    formats = formats_field("The ways in which it can be had.")
    gap_minutes = models.PositiveSmallIntegerField(
        "gap",
        default=10,
        validators=[MaxValueValidator(240)],
        help_text="Minutes kept free between this and what is booked before and after it.",
    )
    notice_hours = models.PositiveSmallIntegerField(
        "booking notice",
        default=12,
        validators=[MaxValueValidator(24 * 60)],
        help_text="Hours: how soon before it begins a client can still book.",
    )
    horizon_days = models.PositiveSmallIntegerField(
        "horizon",
        default=56,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text="Days: how far ahead a client can book.",
    )
    step_minutes = models.PositiveSmallIntegerField(
        "start step",
        default=15,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
        help_text="Minutes between one possible start and the next, from the opening of the hours.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")
    is_active = models.BooleanField("can be booked", default=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["therapist", "slug"], name="service_slug_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        homeless = [f for f in Format if f in (self.formats or []) and not self._has_place(f)]
        if homeless and self.is_active:
            labels = " and ".join(str(f.label).lower() for f in homeless)
            message = f"There is no place in use for meeting {labels}. Add one under Places first."
            raise ValidationError({"formats": message})

    def _has_place(self, fmt: str) -> bool:
        if not self.therapist_id:
            return True
        return Place.objects.filter(
            therapist_id=self.therapist_id, format=fmt, is_active=True
        ).exists()

    @property
    def is_free(self) -> bool:
        """Whether it costs nothing."""
        return not self.price

    @property
    def title(self) -> str:
        """Like "Free 15-minute consultation", "50-minute session"."""
        kind = f"{self.length_minutes}-minute {self.name.lower()}"
        return f"Free {kind}" if self.is_free else kind

    @property
    def price_label(self) -> str:
        """Like "Free", "£75", "£67.50"."""
        return price_label(self.price)

    @property
    def for_clients(self) -> bool:
        """Whether only people who have had a consultation may book it."""
        return self.audience == self.Audience.MET


def price_label(price: Decimal) -> str:
    """Write a price as people say it."""
    if not price:
        return "Free"
    return f"£{price:.0f}" if price == price.to_integral_value() else f"£{price:.2f}"


class DiaryVersion(models.Model):
    """A number that changes with whatever decides one therapist's free times.

    Row 0 is the catalogue's: it changes with what pages say of services, therapists and practice.
    Triggers write them in the transaction that makes the change, from a sequence that never repeats
    a number: an answer that was computed under a version is right for as long as it stands.
    Without a foreign key, so that nothing stands in the way of deleting a therapist.
    """

    therapist_id = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.version)


class WallHours(models.Model):
    """From when to when, in the therapist's own clock, and in which formats."""

    opens = models.TimeField("from")
    closes = models.TimeField("to")
    formats = formats_field("Tick every way in which you can be met in these hours.")

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
        if self.opens >= self.closes:
            message = "The end must be later than the start. Enter a night in two rows."
            raise ValidationError({"closes": message})
        for name, wall in (("opens", self.opens), ("closes", self.closes)):
            if wall.second or wall.microsecond:
                raise ValidationError({name: "Enter whole minutes."})
        self._clean_overlap()

    def _clean_overlap(self) -> None:
        meets = Q(opens__lt=self.closes, closes__gt=self.opens, formats__overlap=self.formats or [])
        twin = self.siblings().exclude(pk__in=[self.pk, *self.beside]).filter(meets).first()
        if twin:
            raise ValidationError(
                {"opens": f"These hours overlap {twin}. Change one, or join them in one row."}
            )

    @property
    def span_label(self) -> str:
        """Like "09:00 to 13:00"."""
        return f"{self.opens:%H:%M} to {self.closes:%H:%M}"


def opens_before_it_closes(name: str) -> models.CheckConstraint:
    """Return the constraint that keeps an hour from ending before it starts."""
    return models.CheckConstraint(condition=Q(opens__lt=F("closes")), name=name)


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
        return ", ".join([f"{self}, {labels}", *dates])

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
        if self.day and not rules.bank_holidays(self.day, self.day):
            message = "That isn’t a bank holiday in England, so your usual hours stand anyway."
            raise ValidationError({"day": message})


class TimeOff(models.Model):
    """Leave: one range, hours or weeks, in which nothing is offered."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="time_off")
    starts_at = models.DateTimeField("from", validators=[validate_near_moment])
    ends_at = models.DateTimeField(
        "until", validators=[validate_near_moment], help_text="The first moment you're back."
    )
    reason = models.CharField(max_length=100, blank=True, help_text="Only you see this.")

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

    def clean(self) -> None:
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise ValidationError({"ends_at": "Time off must end after it starts."})
