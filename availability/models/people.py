"""The practice and its therapists."""

from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import cached_property

from availability.models.columns import most_field
from availability.models.practice_words import PracticeWords
from availability.models.validators import validate_zone
from pictures.models import Picture
from prose.cleaning import validate_lines, validate_printable
from prose.dates import NBSP

# How many days after its meeting a private link still opens, for a new practice.
LINK_DAYS = 30


def reminder_hours() -> list[int]:
    """Return when a new practice reminds: a day before, and two hours before."""
    return [24, 2]


class Practice(PracticeWords):
    """The house that the therapists share: its name stands on every page and mail."""

    name = models.CharField(max_length=80, validators=[validate_printable])
    email = models.EmailField(
        help_text="Shown on every page. Somebody must read it.", validators=[validate_printable]
    )
    phone = models.CharField(max_length=30, blank=True, validators=[validate_printable])
    summary = models.CharField(
        max_length=120,
        blank=True,
        help_text="One line at the foot of each page.",
        validators=[validate_printable],
    )
    introduction = models.TextField(
        max_length=1000,
        blank=True,
        help_text="Under the headline of the home page.",
        validators=[validate_lines],
    )

    reminder_hours = ArrayField(
        models.PositiveSmallIntegerField(
            validators=[MinValueValidator(1), MaxValueValidator(14 * 24)]
        ),
        verbose_name="reminders",
        size=5,
        default=reminder_hours,
        db_default=reminder_hours(),
        blank=True,
        help_text="Hours before a meeting, with commas between, like 24, 2. Empty: none. "
        "What you change here sends no email for a moment that has passed.",
    )
    # So that a new list reminds nobody at once of what the old one left alone.
    reminders_from = models.DateTimeField(db_default=Now(), editable=False)
    link_days = models.PositiveSmallIntegerField(
        "private links end",
        default=LINK_DAYS,
        db_default=LINK_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="Days after the meeting. Counts for links that are mailed from now on, and for "
        "those of a meeting that is moved. Whoever comes later is mailed a new one when they ask.",
    )
    calendar_name = models.CharField(
        "name in calendars",
        max_length=80,
        blank=True,
        db_default="",
        help_text="Who invites, in people’s calendars, and whom emails about a meeting are from. "
        "Something neutral, like your first name, if the practice’s name tells what it is. Empty: "
        "the practice’s name. Meetings that stand keep what was sent unless you choose to tell.",
        validators=[validate_printable],
    )
    unproven_most = models.PositiveSmallIntegerField(
        "new bookings a day",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="After so many in 24 hours from people who haven’t opened an email of yours yet, "
        "new people are asked to open one before their booking stands: somebody may be filling "
        "your diary with made-up names. Empty: three times what is usual for you.",
    )
    release_hours = models.PositiveSmallIntegerField(
        "let go of second consultations",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(14 * 24)],
        help_text="Hours after which a first consultation is cancelled by itself if that address "
        "has had one; they’re told by email. You can keep one on its page. Empty: it stands, and "
        "you decide. Whoever booked it can see that the time is free again, and so guess that "
        "you know the address.",
    )

    def __str__(self) -> str:
        return self.name

    @property
    def organizer_name(self) -> str:
        """Who invites, as people's calendars say it."""
        return self.calendar_name or self.name

    def clean(self) -> None:
        self.reminder_hours = sorted(set(self.reminder_hours), reverse=True)


class TherapistQuerySet(models.QuerySet["Therapist"]):
    """Questions about therapists."""

    def taking_bookings(self) -> Self:
        return self.filter(is_active=True).order_by("pk")


class Therapist(models.Model):
    """Somebody whose hour can be booked; one diary each."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="therapists")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    assistants = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="assisted_therapists",
        blank=True,
        help_text="Who may book and move for you.",
    )
    name = models.CharField(max_length=80, validators=[validate_printable])
    slug = models.SlugField(unique=True, help_text="Stands in links: letters, digits, hyphens.")
    email = models.EmailField(
        help_text="Booking emails come from this address, and answers go to it. Read it.",
        validators=[validate_printable],
    )
    phone = models.CharField(max_length=30, blank=True, validators=[validate_printable])
    registration = models.CharField(
        "qualifications",
        max_length=200,
        blank=True,
        db_default="",
        help_text="One line under your name on the home page: your training, and what you are "
        "beside it.",
        validators=[validate_printable],
    )
    register = models.CharField(
        "professional body",
        max_length=40,
        blank=True,
        db_default="",
        help_text="As people know it, like BACP or UKCP: “Check me on the BACP register”.",
        validators=[validate_printable],
    )
    register_number = models.CharField(
        "number there",
        max_length=40,
        blank=True,
        db_default="",
        help_text="Your membership or registration number.",
        validators=[validate_printable],
    )
    register_url = models.URLField(
        "your entry in its register",
        blank=True,
        db_default="",
        validators=[URLValidator(schemes=["https"]), validate_printable],
        help_text="The address at which anybody can see that you’re registered. Under your name "
        "on the home page, so that people needn’t take your word for it.",
    )
    portrait = models.OneToOneField(
        Picture, on_delete=models.PROTECT, null=True, related_name="therapist", editable=False
    )
    pronouns = models.CharField(
        max_length=60,
        blank=True,
        db_default="",
        help_text="Beside your name on the home page, if you’d like: she/her, he/him, they/them.",
        validators=[validate_printable],
    )
    languages = models.CharField(
        max_length=200,
        blank=True,
        db_default="",
        help_text="In which languages one can talk with you, like “English and Polish”. On the "
        "home page.",
        validators=[validate_printable],
    )
    about = models.TextField(
        max_length=1000,
        blank=True,
        db_default="",
        help_text="A few sentences about you on the home page, as you’d say them to somebody new.",
        validators=[validate_lines],
    )
    zone_name = models.CharField(
        "time zone", max_length=64, default="Europe/London", validators=[validate_zone]
    )
    bank_holidays_off = models.BooleanField(
        "closed on bank holidays",
        default=True,
        help_text="England’s. Open one under “Bank holidays I work”, or give it hours of its own.",
    )
    most_sessions_a_day = most_field("sessions a day", "Empty: as many as fit.")
    most_consultations_a_week = most_field(
        "consultations a week", "Monday to Sunday. Empty: any number."
    )
    most_in_a_row = most_field(
        "sessions in a row", "After so many a break must follow. Empty: no break is asked for."
    )
    break_minutes = models.PositiveSmallIntegerField(
        "break",
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(120)],
        help_text="Minutes: a pause this long ends the row.",
    )
    early_days = models.PositiveSmallIntegerField(
        "clients first",
        default=0,
        validators=[MaxValueValidator(365)],
        help_text="Days: clients see new times so many days before new people do. 0: together.",
    )
    is_discreet = models.BooleanField(
        "show only some free times",
        default=False,
        help_text="The public page shows the first of each morning, afternoon and evening, so that "
        "it doesn’t tell how full your diary is. Clients see all on their private pages.",
    )
    is_closed_to_new = models.BooleanField(
        "not taking new people",
        default=False,
        db_default=False,
        help_text="Nobody new can book a first meeting; the home page, the articles and the first "
        "step of a booking say so. Clients go on booking sessions by their link, and you can book "
        "for anybody.",
    )
    closed_words = models.TextField(
        "what new people read",
        max_length=500,
        blank=True,
        db_default="",
        help_text="While you take no new people: until when, say, or who else may help. It stands "
        "under “I’m not taking new people just now”.",
        validators=[validate_lines],
    )
    is_active = models.BooleanField("takes bookings", default=True)

    objects = TherapistQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the weekly hours are kept."""
        return ZoneInfo(self.zone_name)

    @cached_property
    def sessions_horizon(self) -> int | None:
        """How many days ahead clients can book sessions: the longest of all; None without any."""
        sessions = (one for one in self.services.all() if one.is_active and one.for_clients)
        return max((session.horizon_days for session in sessions), default=None)

    @property
    def register_line(self) -> str:
        """Where they are registered, like "Registered member of the BACP, no. 123456"."""
        member = f"Registered member of the {self.register}" if self.register else ""
        number = f"no.{NBSP}{self.register_number}" if self.register_number else ""
        return ", ".join(filter(None, (member, number)))

    @property
    def is_introduced(self) -> bool:
        """Whether a page has anything to show of them but their name."""
        written = (self.registration, self.about, self.register_line, self.register_url)
        return self.portrait_id is not None or any(written)

    def clean(self) -> None:
        if self.register_number and not self.register:
            message = "Whose number is it? Enter the professional body, like BACP."
            raise ValidationError({"register": message})
        if not self.early_days or self.pk is None:
            return
        if self.sessions_horizon is None:
            message = "There is no session that clients could book first. Add one under Services."
            raise ValidationError({"early_days": message})
        if self.early_days >= self.sessions_horizon:
            message = (
                f"Clients can book {self.sessions_horizon} days ahead, so new people would never "
                "see a time. Enter fewer days."
            )
            raise ValidationError({"early_days": message})
