"""A place or the practice changes in words that people were told: asks first whether to tell them.

Nobody is mailed without that press. Who is not told keeps what they were told.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.admin import ModelAdmin

from availability.models import Place, Practice, Therapist
from bookings import lifecycle
from bookings.errors import NotBookableError
from bookings.kept_facts import place_columns, where_of
from bookings.models import Booking
from desk import refusals
from desk.base import DiaryAdmin
from desk.bookings.pages import by_of
from desk.buttons import BACK, PREVIEW
from desk.hours import admin as rule_admin

TELL, SEEN = "_tell", "_tell_seen"
YES, NO = "yes", "no"
OURS = (PREVIEW, BACK, TELL, SEEN, "csrfmiddlewaretoken")


class AskFirstError(Exception):
    """A change of words that meets bookings, with no decision about them: nothing is saved."""

    def __init__(self, met: Sequence[tuple[Booking, list[str]]], refused: str = "") -> None:
        super().__init__(f"{len(met)} bookings were told otherwise")
        self.met = met
        # Why what was decided could not be done.
        self.refused = refused

    @property
    def title(self) -> str:
        """Like "6 bookings were told otherwise"."""
        count = len(self.met)
        return f"{count} booking{pluralize(count)} {pluralize(count, 'was,were')} told otherwise"

    @property
    def seen(self) -> str:
        """Which bookings the page names, as they stand."""
        return ",".join(f"{booking.pk}:{booking.sequence}" for booking, _ in self.met)


class AsksToTell(ModelAdmin):
    """Asks what becomes of bookings to come whose people were told what a row said before."""

    @abstractmethod
    def told_words(self, row: Any) -> dict[str, str]:
        """Return what bookings are told of the row, as their columns."""

    @abstractmethod
    def bookings_of(self, row: Any) -> QuerySet[Booking]:
        """Return the bookings that were told of it."""

    @abstractmethod
    def keep_words(self, row: Any) -> None:
        """Write what the row said until now into its bookings that keep nothing yet."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except AskFirstError as asked:
            return self._ask(request, asked)

    def get_form(self, request: HttpRequest, *rest: Any, **options: Any) -> type[Any]:
        """Return the form; one that came back from the question is shown again, not saved."""
        form: type[Any] = super().get_form(request, *rest, **options)
        if BACK not in request.POST:
            return form
        return type(form.__name__, (form,), {"is_valid": lambda _: False})

    def save_model(
        self,
        request: HttpRequest,
        obj: models.Model,
        form: Any,
        change: bool,  # noqa: FBT001, Django's own
    ) -> None:
        before = type(obj)._default_manager.filter(pk=obj.pk).first() if change else None  # noqa: SLF001, Django's documented API
        super().save_model(request, obj, form, change)
        if before is None or PREVIEW in request.POST:
            return
        self.keep_words(before)
        words = self.told_words(obj)
        if words != self.told_words(before):
            self._decide(request, obj, words)

    def _decide(self, request: HttpRequest, row: models.Model, words: Mapping[str, str]) -> None:
        """Tell them, or leave them as they are; raises `AskFirstError` until that is decided."""
        now = timezone.now()
        coming = self.bookings_of(row).filter(during__startswith__gt=now).holding()  # type: ignore[attr-defined]
        ordered = coming.whole().defer("note").order_by("therapist_id", "during")
        met = [(one, new) for one in ordered if (new := lifecycle.new_facts(one, words))]
        if not met:
            return
        asked = AskFirstError(met)
        decision = request.POST.get(TELL)
        if decision not in (YES, NO) or request.POST.get(SEEN) != asked.seen:
            raise asked
        if decision == NO:
            return
        try:
            for booking, _ in met:
                lifecycle.tell_new_facts(booking.pk, words, by=by_of(request), now=now)
        except NotBookableError as refusal:
            raise AskFirstError(met, refusals.words(refusal, now)) from refusal

    def _ask(self, request: HttpRequest, asked: AskFirstError) -> HttpResponse:
        kept = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in OURS
            for value in values
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": asked.title,
            "opts": self.opts,
            "kept": kept,
            "asked": asked,
        }
        return TemplateResponse(request, "desk/hours/told_facts.html", context)


class PlaceWords(AsksToTell):
    """What people were told of a place."""

    def told_words(self, row: Place) -> dict[str, str]:
        columns = place_columns(row.pk, where_of(row))
        del columns["place_kept"]
        return columns

    def bookings_of(self, row: Place) -> QuerySet[Booking]:
        return Booking.objects.filter(place=row)

    def keep_words(self, row: Place) -> None:
        lifecycle.keep_place(row)


@admin.register(Practice)
class PracticeAdmin(AsksToTell, DiaryAdmin, rule_admin.PracticeAdmin):
    """The house, which all share; its name stands in people's calendars."""

    diary = ""

    def told_words(self, row: Practice) -> dict[str, str]:
        return {"organizer_name": row.name}

    def bookings_of(self, row: Practice) -> QuerySet[Booking]:
        return Booking.objects.filter(therapist__practice=row)

    def keep_words(self, row: Practice) -> None:
        for therapist in row.therapists.all():
            therapist.practice = row
            lifecycle.keep_organizer(therapist)


class WarnsOfOldAddress(ModelAdmin):
    """Says which mailbox must still be read once a therapist's address has changed."""

    def save_model(
        self,
        request: HttpRequest,
        obj: Therapist,
        form: Any,
        change: bool,  # noqa: FBT001, Django's own
    ) -> None:
        before = Therapist.objects.select_related("practice").filter(pk=obj.pk).first()
        super().save_model(request, obj, form, change)
        if before:
            lifecycle.keep_organizer(before)

    def response_change(self, request: HttpRequest, obj: Therapist) -> HttpResponse:
        coming = Booking.objects.of(obj.pk).upcoming(timezone.now())
        count = coming.exclude(organizer_email__in=["", obj.email]).count()
        if count:
            messages.warning(
                request,
                f"{count} booking{pluralize(count)} to come {pluralize(count, 'was,were')} sent "
                "from another address. Calendars take a change from that one alone, so mail about "
                f"{pluralize(count, 'it,them')} still comes from there, and answers to it come to "
                f"{obj.email}. Keep the old mailbox until then.",
            )
        return super().response_change(request, obj)
