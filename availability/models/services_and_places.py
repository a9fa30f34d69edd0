"""What is offered, and where."""

from decimal import Decimal
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q

from availability.models.formats import Format, formats_field
from availability.models.people import Therapist
from availability.models.way_there import WayThere
from pictures.models import Picture
from prose.cleaning import validate_lines, validate_printable

# For how long after booking a client may undo it free, for a new service.
GRACE_MINUTES = 30


class Place(WayThere):
    """A room, a video room, or a point where a walk begins."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="places")
    format = models.CharField(max_length=16, choices=Format.choices)
    name = models.CharField(max_length=80, validators=[validate_printable])
    address = models.CharField(
        max_length=200,
        blank=True,
        help_text="Street and postcode, or where exactly to wait.",
        validators=[validate_printable],
    )
    directions = models.TextField(
        max_length=500,
        blank=True,
        validators=[validate_lines],
        help_text="The last steps, for those who have booked: which door, which bell, which bench.",
    )
    video_url = models.URLField(
        "video link",
        blank=True,
        validators=[URLValidator(schemes=["https"]), validate_printable],
        help_text="For online meetings: the link the client opens.",
    )
    daylight_only = models.BooleanField(
        "only in daylight",
        default=False,
        help_text="Meetings here lie between sunrise and sunset, less the margin below.",
    )
    daylight_margin = models.PositiveSmallIntegerField(
        default=20,
        validators=[MaxValueValidator(180)],
        help_text="Minutes after sunrise and before sunset.",
    )
    picture = models.OneToOneField(
        Picture, on_delete=models.PROTECT, null=True, related_name="place", editable=False
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        ordering = ("position", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(daylight_only=False)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="place_in_daylight_is_on_the_map",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.format == Format.ONLINE and not self.video_url:
            raise ValidationError({"video_url": "Enter the link that opens the video room."})
        if self.format in (Format.IN_PERSON, Format.WALKING) and not self.address:
            raise ValidationError({"address": "Say where: a client must be able to find it."})
        self._clean_point()
        self._clean_last_of_format()

    def _clean_point(self) -> None:
        """Refuse half a point, and daylight without one."""
        missing = [name for name in ("latitude", "longitude") if getattr(self, name) is None]
        if self.daylight_only and missing:
            message = "Daylight depends on where it is. Enter both numbers, or untick daylight."
            raise ValidationError(dict.fromkeys(missing, message))
        if len(missing) == 1:
            raise ValidationError({missing[0]: "Enter both numbers, or neither."})

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


class ServiceQuerySet(models.QuerySet["Service"]):
    """Questions about services."""

    def whole(self) -> Self:
        """With their therapist and practice."""
        return self.select_related("therapist__practice")

    def offered(self) -> Self:
        """Services that can be booked now, with their therapist and practice, in order."""
        active = self.filter(is_active=True, therapist__is_active=True)
        return active.whole().order_by("position", "pk")


class Service(models.Model):
    """What is booked: its length, price, formats and the rules of its times."""

    class Audience(models.TextChoices):
        """Who may book it."""

        NEW = "new", "People I haven't met"
        MET = "met", "People who have had a consultation"

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="services")
    name = models.CharField(max_length=60, validators=[validate_printable])
    slug = models.SlugField(help_text="Stands in links, like /book/?what=consultation.")
    audience = models.CharField("for", max_length=8, choices=Audience.choices)
    summary = models.CharField(max_length=200, blank=True, validators=[validate_printable])
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
        help_text="Minutes kept free between this and what is booked before and after it. "
        "Under “Gaps between meetings” you can ask for more, by format and place.",
    )
    notice_hours = models.PositiveSmallIntegerField(
        "booking notice",
        default=12,
        validators=[MaxValueValidator(24 * 60)],
        help_text="Hours: how soon before it begins a client can still book.",
    )
    book_by = models.TimeField(
        "book by, the day before",
        null=True,
        blank=True,
        help_text="UK time, like 18:00. Empty: only the hours above count.",
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
    move_notice_hours = models.PositiveSmallIntegerField(
        "change notice",
        default=0,
        validators=[MaxValueValidator(24 * 60)],
        help_text="Hours before it begins: until then a client can change it. 0: until it begins.",
    )
    most_moves = models.PositiveSmallIntegerField(
        "changes",
        null=True,
        blank=True,
        validators=[MaxValueValidator(20)],
        help_text="How often a client can change one booking. Empty: as often as they like.",
    )
    cancel_notice_hours = models.PositiveSmallIntegerField(
        "cancellation notice",
        default=0,
        validators=[MaxValueValidator(24 * 60)],
        help_text="Hours before it begins: until then cancelling costs nothing.",
    )
    late_fee_percent = models.PositiveSmallIntegerField(
        "late cancellation fee",
        default=0,
        validators=[MaxValueValidator(100)],
        help_text="Percent of the price that a later cancellation costs. You can waive it.",
    )
    grace_minutes = models.PositiveSmallIntegerField(
        "free to undo",
        default=GRACE_MINUTES,
        db_default=GRACE_MINUTES,
        validators=[MaxValueValidator(24 * 60)],
        help_text="Minutes after booking in which changing and cancelling is never late, so that a "
        "slip costs nobody anything. 0: none.",
    )
    only_own_hours = models.BooleanField(
        "only in hours of its own",
        default=False,
        help_text="Offer it only in hours that name it, not in those for every service.",
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
        if self.book_by and (self.book_by.second or self.book_by.microsecond):
            raise ValidationError({"book_by": "Enter whole minutes."})
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
    def noun(self) -> str:
        """Its name inside a sentence: "consultation", "first talk"; "EMDR session" as it is."""
        is_word = self.name[1:2].islower() or not self.name[1:2].isalpha()
        return self.name[:1].lower() + self.name[1:] if is_word else self.name

    @property
    def title(self) -> str:
        """Like "Free 15-minute consultation", "50-minute session"."""
        return title_of(self.noun, self.length_minutes, self.price)

    @property
    def one(self) -> str:
        """Like "a free 15-minute consultation", "an 80-minute session"."""
        if self.is_free:
            return f"a free {self.length_minutes}-minute {self.noun}"
        # Eight, eleven, eighteen, eighty and the eight hundreds begin with a vowel.
        spoken = str(self.length_minutes)
        return f"{'an' if spoken in ('11', '18') or spoken[0] == '8' else 'a'} {self.title}"

    @property
    def price_label(self) -> str:
        """Like "Free", "£75", "£67.50"."""
        return price_label(self.price)

    @property
    def for_clients(self) -> bool:
        """Whether only people who have had a consultation may book it."""
        return self.audience == self.Audience.MET

    @property
    def takes_bookings(self) -> bool:
        """Whether its therapist takes the people whom it is for just now."""
        return self.for_clients or not self.therapist.is_closed_to_new


def title_of(noun: str, minutes: int, price: Decimal) -> str:
    """Name a meeting: "Free 15-minute consultation", "50-minute session"."""
    kind = f"{minutes}-minute {noun}"
    return kind if price else f"Free {kind}"


def price_label(price: Decimal) -> str:
    """Write a price as people say it."""
    if not price:
        return "Free"
    return f"£{price:.0f}" if price == price.to_integral_value() else f"£{price:.2f}"
