"""What would make it easier for a client, on their card: as they typed it last, for its reader."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from unfold.decorators import display

from availability import access
from bookings.models import Booking
from bookings.typed_words import NO_WISHES
from clients.models import Client
from desk.diary_admin import DiaryAdmin
from desk.opened_notes import write_down_opened

NOUNS = {"pronouns": "Pronouns", "languages": "Languages", "needs": "What would help"}


class ShowsWishes(DiaryAdmin):
    """Adds a line to the card: what came with the last booking that its client confirmed."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **options: Any
    ) -> HttpResponse:
        client = context["original"]
        client.told_with = told_with(request, client)
        if client.told_with:
            write_down_opened(request, client.told_with)
        return super().render_change_form(request, context, *rest, **options)

    @display(description="What makes it easier")
    def wishes(self, client: Any) -> str:
        return format_html_join(". ", "{}: {}", said_in(client.told_with)) or "-"


def said_in(booking: Booking | None) -> list[tuple[str, str]]:
    """Return what was said of it with a booking, each with its name."""
    said = ((noun, getattr(booking, name, "")) for name, noun in NOUNS.items())
    return [(noun, words) for noun, words in said if words]


def told_with(request: HttpRequest, client: Client) -> Booking | None:
    """Return the client's last booking with the reader that came with something of it."""
    theirs = Booking.objects.filter(
        client=client,
        therapist__in=access.notes_read_by(request.user),
        proven_at__isnull=False,
    )
    return theirs.exclude(Q(**NO_WISHES.columns)).order_by("-created_at", "-pk").first()
