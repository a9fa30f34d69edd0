"""The table of times between two meetings."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from availability.models.formats import Format
from availability.models.people import Therapist
from availability.models.services_and_places import Place


class Gap(models.Model):
    """The minutes kept free from one kind of meeting to the next.

    A row that names places counts before those that name fewer; of equals the larger counts.
    """

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="gaps")
    before = models.CharField("from", max_length=16, choices=Format.choices)
    before_place = models.ForeignKey(
        Place,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="from, only this place",
        help_text="Empty: wherever that is.",
    )
    after = models.CharField("to", max_length=16, choices=Format.choices)
    after_place = models.ForeignKey(
        Place,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="to, only this place",
        help_text="Empty: wherever that is.",
    )
    minutes = models.PositiveSmallIntegerField(
        validators=[MaxValueValidator(240)],
        help_text="A service’s own gap counts where it is larger.",
    )
    both_ways = models.BooleanField("and back", default=True)

    class Meta:
        ordering = ("before", "after", "before_place", "after_place")
        verbose_name = "gap between meetings"
        verbose_name_plural = "gaps between meetings"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["therapist", "before", "before_place", "after", "after_place"],
                nulls_distinct=False,
                name="gap_said_once",
                violation_error_message="There is a row for this already: change that one.",
            ),
        ]

    def __str__(self) -> str:
        way = "and back" if self.both_ways else "one way"
        ends = (self._end(self.before, self.before_place), self._end(self.after, self.after_place))
        return f"{' to '.join(ends)} {way}: {self.minutes} minutes"

    @staticmethod
    def _end(fmt: str, place: Place | None) -> str:
        label = str(Format(fmt).label).lower()
        return f"{label} ({place})" if place else label

    def clean(self) -> None:
        for name, fmt in (("before_place", self.before), ("after_place", self.after)):
            place: Place | None = getattr(self, name)
            if place and fmt in Format.values and place.format != fmt:
                label = str(Format(fmt).label).lower()
                raise ValidationError({name: f"{place} is not a place for meeting {label}."})
            if place and self.therapist_id and place.therapist_id != self.therapist_id:
                raise ValidationError({name: f"{place} is another therapist’s place."})
        self._clean_said_once()

    def _clean_said_once(self) -> None:
        """Refuse a second answer to one question: a row that holds both ways answers two."""
        if not (self.therapist_id and self.before and self.after):
            return
        mirrored = Q(
            before=self.after,
            before_place=self.after_place,
            after=self.before,
            after_place=self.before_place,
        )
        back = mirrored if self.both_ways else mirrored & Q(both_ways=True)
        others = Gap.objects.filter(therapist_id=self.therapist_id).exclude(pk=self.pk)
        twin = others.filter(back).first()
        if twin:
            raise ValidationError({"after": f"There is an answer for the way back: {twin}."})
