"""A place, whose words people are told, and the light there."""

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from availability.models import Place
from bookings import lifecycle
from bookings.kept_facts import place_columns, where_of
from bookings.models import Booking
from desk.hours.ask_to_tell import AsksToTell
from desk.hours.preview import Previewed
from desk.picture_page import PicturePage


@admin.register(Place)
class PlaceAdmin(PicturePage, AsksToTell, Previewed):
    """Where, and in what light."""

    when_empty = (
        "Where clients are met: rooms, video rooms, meeting points for walks. Each way to "
        "meet needs one."
    )
    list_display = ("name", "format", "therapist", "address", "daylight_only", "is_active")
    list_filter = ("format",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_select_related = ("therapist",)
    readonly_fields = ("shown_picture",)
    picture_field, picture_title, picture_place = "picture", "Picture", "place"
    picture_help = (
        "What one sees and how one knows it again: “Two armchairs by a window”, “The park’s east "
        "gate, green, with a board beside it”. Everybody sees it, even where you tell the address "
        "later: leave out a house number, and people."
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "therapist",
                    "format",
                    "name",
                    "address",
                    "address_shown",
                    "area",
                    "directions",
                    "shown_picture",
                    "video_url",
                    "position",
                    "is_active",
                )
            },
        ),
        (
            "Getting there and getting in",
            {
                "fields": ("steps", "toilet", "inside", "train", "bus", "parking", "bring"),
                "description": "A sentence each, on the website before anybody books, and again on "
                "the confirmation. People read it as it is today, whatever was told before, so a "
                "change here asks nothing. What you leave empty is left out.",
            },
        ),
        (
            "On the map, and in daylight",
            {
                "fields": (("latitude", "longitude"), ("daylight_only", "daylight_margin")),
                "description": "With both numbers whoever may read the address sees a map: our own "
                "drawing of South West London, and none where that doesn’t reach.",
            },
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Place | None = None) -> bool:  # noqa: ARG002
        """Places are taken out of use, not deleted: what was booked there still names them."""
        return False

    def told_words(self, row: Place) -> dict[str, str]:
        columns = place_columns(row.pk, where_of(row))
        del columns["place_kept"]
        return columns

    def bookings_of(self, row: Place) -> QuerySet[Booking]:
        return Booking.objects.filter(place=row)

    def keep_words(self, row: Place) -> None:
        lifecycle.keep_place(row)
