"""The booking, and the constraint that has the last word."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Self, cast

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import RangeStartsWith
from django.db import connection, models
from django.db.models import Q

from availability.models import Format, Place, Service, Therapist, price_label, title_of
from bookings.follow_up_mails import Outcome
from bookings.kept_facts import KeptFacts, Where, where_of
from bookings.references import new_reference
from bookings.typed_words import TypedWords
from clients.models import Client
from encryption.fields import EncryptedTextField
from prose.dates import UK, day_label, span_label
from prose.name_search import PlainName, PlainNumber, anywhere, trigrams

# How long a proposed time is kept for its client.
PROPOSED_FOR = timedelta(days=3)
# Few of many: the condition of an index, so what asks for them asks for all three.
OWES_FOR_LATE = Q(status="cancelled", late_fee__gt=0, fee_waived=False)


class BookingQuerySet(models.QuerySet["Booking"]):
    """Questions about bookings."""

    def holding(self) -> Self:
        """Bookings that occupy their time."""
        return self.exclude(status=Booking.Status.CANCELLED)

    def of(self, therapist_id: int) -> Self:
        """One therapist's diary: all formats and services together."""
        return self.filter(therapist_id=therapist_id)

    def not_missed(self) -> Self:
        """Bookings to which the client came, or may have: nobody said otherwise."""
        return self.holding().exclude(attendance=Booking.Attendance.NO_SHOW)

    def past(self, now: datetime) -> Self:
        """Bookings that were kept, as far as anybody said."""
        return self.not_missed().filter(during__endswith__lte=now)

    def upcoming(self, now: datetime) -> Self:
        """Bookings that are not over yet, the next first."""
        return self.holding().filter(during__endswith__gt=now).order_by("during")

    def asked_to_move(self, now: datetime) -> Self:
        """Bookings to come whose clients were asked to choose another time and haven't yet."""
        return self.holding().filter(asked_at__isnull=False, during__startswith__gt=now)

    def consultations(self) -> Self:
        """First meetings."""
        return self.filter(service__audience=Service.Audience.NEW)

    def owing_for_late(self) -> Self:
        """Cancelled late, with a fee that is due: nobody waived it."""
        return self.filter(OWES_FOR_LATE)

    def made_with(self, key: uuid.UUID | str) -> "Booking | None":
        """The booking that a press with this key made before, whole: for most there is none."""
        # By hand: each look at what is booked with a press asks it, and finds nothing.
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM bookings_booking WHERE idempotency_key = %s", [str(key)])
            found = cursor.fetchone()
        return self.filter(idempotency_key=key).whole().first() if found else None

    def whole(self) -> Self:
        """With everything that a page, a mail or an invite says of a booking."""
        return self.select_related("therapist__practice", "service", "place", "client")


class Booking(KeptFacts, TypedWords):
    """One meeting. Only `lifecycle` writes it; `uid` is its iCalendar UID for life."""

    class Status(models.TextChoices):
        """Whether the meeting stands."""

        CONFIRMED = "confirmed", "Booked"
        CANCELLED = "cancelled", "Cancelled"

    class Attendance(models.TextChoices):
        """Whether the client came."""

        ATTENDED = "attended", "Attended"
        LATE = "late", "Came late"
        NO_SHOW = "no_show", "No-show"

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, default=new_reference, db_index=True)
    # The exclusion constraint's index begins with the therapist: a second one would only cost.
    therapist = models.ForeignKey(
        Therapist, on_delete=models.PROTECT, related_name="bookings", db_index=False
    )
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="bookings")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="bookings")
    format = models.CharField(max_length=16, choices=Format.choices)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="bookings")
    during = DateTimeRangeField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.CONFIRMED)
    price = models.DecimalField(max_digits=7, decimal_places=2)
    # What was agreed about changing and cancelling: as data (policy.Terms), and as it was shown.
    # With defaults of the database's: a web process of the release before writes none of them.
    terms = models.JSONField(db_default={}, editable=False)
    added_terms = models.JSONField(db_default={}, editable=False)
    policy = models.TextField("what was agreed", blank=True, db_default="")
    late_fee = models.DecimalField(max_digits=7, decimal_places=2, db_default=Decimal(0))
    fee_waived = models.BooleanField(db_default=False)
    # Moved when cancelling was no longer free, by a client who agreed that it stays so.
    fee_if_cancelled = models.DecimalField(
        "due if cancelled", max_digits=7, decimal_places=2, db_default=Decimal(0)
    )
    # The therapist can't make it and asked the client to move it, to a time that is kept for them.
    asked_at = models.DateTimeField("asked to move", null=True, blank=True, editable=False)
    proposed_start = models.DateTimeField("proposed time", null=True, blank=True, editable=False)
    # They didn't come, and owe what was agreed; of this no mail or page of theirs tells.
    no_show_fee = models.DecimalField(
        "no-show fee", max_digits=7, decimal_places=2, default=Decimal(0), db_default=Decimal(0)
    )
    note = EncryptedTextField("what brings them here", blank=True)
    # What the therapist recorded afterwards: on no page, mail or invite of the client's.
    attendance = models.CharField(
        max_length=10, choices=Attendance.choices, blank=True, default="", db_default=""
    )
    outcome = models.CharField(
        max_length=12, choices=Outcome.choices, blank=True, default="", db_default=""
    )
    sequence = models.PositiveIntegerField(default=0)
    idempotency_key = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ("during",)
        indexes: ClassVar = [
            # Whoever is reminded next, in all diaries: a sweep reads the days to come, no history.
            models.Index(
                RangeStartsWith("during"), name="booking_start", condition=~Q(status="cancelled")
            ),
            # How many came in the last days: asked before each booking of somebody new.
            models.Index(fields=["created_at"], name="booking_created"),
            models.Index(
                fields=["release_at"],
                name="booking_release",
                condition=Q(release_at__isnull=False),
            ),
            trigrams(PlainName("contact_name"), "booking_name_search"),
            anywhere("contact_email", "booking_email_search"),
            trigrams(PlainNumber("contact_phone"), "booking_phone_search"),
            anywhere("reference", "booking_reference_search"),
            # Who owes for cancelling late: asked each time that a therapist looks at the day.
            models.Index(fields=["changed_at"], name="booking_owing", condition=OWES_FOR_LATE),
        ]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="booking_one_at_a_time",
                expressions=[
                    ("therapist", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=~Q(status="cancelled"),
            ),
            # An empty or endless range would slip past the exclusion, or block for ever.
            models.CheckConstraint(
                name="booking_has_a_span",
                condition=Q(
                    during__isempty=False, during__lower_inf=False, during__upper_inf=False
                ),
            ),
            models.CheckConstraint(
                name="booking_outcome_of_one_that_was",
                condition=Q(outcome="") | Q(attendance__in=["attended", "late"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}, {self.date_label}"

    @property
    def start(self) -> datetime:
        """The first instant."""
        return cast("datetime", self.during.lower)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return cast("datetime", self.during.upper)

    @property
    def seconds(self) -> int:
        """Its own length, which it keeps however long its service is today."""
        return round((self.end - self.start).total_seconds())

    @property
    def is_cancelled(self) -> bool:
        """Whether its time is free again."""
        return self.status == self.Status.CANCELLED

    @property
    def is_asked_to_move(self) -> bool:
        """Whether the therapist waits for the client to choose another time."""
        return self.asked_at is not None and not self.is_cancelled

    @property
    def kept_until(self) -> datetime | None:
        """Until when the proposed time is kept for its client; None if none is."""
        if self.asked_at is None or self.proposed_start is None:
            return None
        return min(self.asked_at + PROPOSED_FOR, self.start, self.proposed_start)

    @property
    def visitor(self) -> str:
        """The name under which a proposed time is held for its client."""
        return self.uid.hex

    @property
    def date_label(self) -> str:
        """Like "Tuesday 3 March 2026"."""
        return day_label(self.start.astimezone(UK).date())

    @property
    def time_label(self) -> str:
        """Like "10:30am to 10:45am UK time"."""
        return span_label(self.start, self.end)

    @property
    def format_label(self) -> str:
        """Like "In person"."""
        return str(Format(self.format).label)

    @property
    def fee_label(self) -> str:
        """What is due for changing or cancelling late, like "£37.50"; empty if nothing is."""
        return price_label(self.late_fee) if self.late_fee and not self.fee_waived else ""

    @property
    def owed_label(self) -> str:
        """What is due besides the price, for not coming too, like "£75"; empty if nothing is."""
        owed = self.late_fee + self.no_show_fee
        return price_label(owed) if owed and not self.fee_waived else ""

    @property
    def where(self) -> Where:
        """Where it is, in the words that its client was told."""
        kept = self.place_kept is not None and self.place_kept == self.place_id
        return self.kept_where if kept else where_of(self.place)

    @property
    def place_as_told(self) -> Place | None:
        """Its place as it is today, for the way there; None if that has moved since it was told."""
        return self.place if self.where.address == self.place.address else None

    def owe(self, fee: Decimal) -> None:
        """Add what is due; what was waived before stays waived."""
        if fee:
            self.late_fee = fee + (Decimal(0) if self.fee_waived else self.late_fee)
            self.fee_waived = False

    def owe_for_no_show(self, fee: Decimal) -> None:
        """Let this be due for not coming; said again, what was waived since stays waived."""
        if fee == self.no_show_fee:
            return
        if fee and self.fee_waived:
            self.late_fee, self.fee_waived = Decimal(0), False
        self.no_show_fee = fee

    @property
    def went_label(self) -> str:
        """Like "Came late. Continue"; empty until it is recorded."""
        said = (self.get_attendance_display(), self.get_outcome_display())
        return ". ".join(filter(None, said))

    @property
    def price_label(self) -> str:
        """Like "Free" or "£75"."""
        return price_label(self.price)

    @property
    def title(self) -> str:
        """Like "50-minute session", by its own length and price."""
        return title_of(self.noun, self.seconds // 60, self.price)

    @property
    def where_and_when(self) -> str:
        """Like "Tuesday 3 March 2026, 10:30am to 10:45am UK time, online at Video room"."""
        how = f"{self.format_label.lower()} at {self.where.name}"
        return f"{self.date_label}, {self.time_label}, {how}"

    @property
    def noun(self) -> str:
        """The service inside a sentence: "consultation" or "session"."""
        return self.service.noun
