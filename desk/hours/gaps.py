"""The gaps between two meetings, by their formats and places."""

from django.contrib import admin
from unfold.decorators import display

from availability.models import Gap
from desk.hours.preview import Previewed


@admin.register(Gap)
class GapAdmin(Previewed):
    """The time between two meetings."""

    when_empty = (
        "The time kept free between two meetings, by how and where they are. Until there is "
        "one, each service’s own gap counts."
    )
    list_display = (
        "therapist",
        "before",
        "before_place",
        "after",
        "after_place",
        "both",
        "minutes",
    )
    list_display_links = ("before", "after")
    list_select_related = ("therapist", "before_place", "after_place")
    fields = (
        "therapist",
        ("before", "before_place"),
        ("after", "after_place"),
        ("minutes", "both_ways"),
    )

    @display(description="And back", boolean=True)
    def both(self, gap: Gap) -> bool:
        return gap.both_ways
