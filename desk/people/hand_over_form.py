"""To whom meetings go, and what the clients read: asked by both pages that hand over."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from availability.models import Therapist
from bookings.models import Booking
from clients.models import Client
from prose.cleaning import many_lines


def takers(whose: Therapist | None = None) -> QuerySet[Therapist]:
    """Return the therapists who can take over meetings, of one therapist's if that is said."""
    open_ones = Therapist.objects.taking_bookings().filter(user__is_active=True)
    return open_ones.exclude(pk=whose.pk) if whose else open_ones


class HandOverForm(forms.Form):
    """Who takes over, and why, in the words that the clients read."""

    to = forms.ModelChoiceField(
        Therapist.objects.none(), label="Who takes over", widget=UnfoldAdminSelectWidget
    )
    reason = forms.CharField(
        label="What the clients read",
        help_text="One or two sentences. They go into each email.",
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_reason(self) -> str:
        return many_lines(self.cleaned_data["reason"])


class LeaverForm(HandOverForm):
    """What becomes of a leaver's diary; who has none is asked for nothing."""

    def __init__(self, diary: Therapist | None, coming: int, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        to: Any = self.fields["to"]
        to.queryset = takers(diary)
        to.required, to.empty_label = False, "Nobody: the meetings are cancelled"
        to.help_text = "At the same time, where that diary is free. The others are cancelled."
        if not coming:
            del self.fields["to"], self.fields["reason"]


class ClientChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Clients who may share a name, told apart."""

    def label_from_instance(self, obj: Client) -> str:
        return f"{obj} ({obj.email or 'no email address'})"


class ClientForm(HandOverForm):
    """Which client goes from whom to whom."""

    client = ClientChoice(Client.objects.none(), widget=UnfoldAdminSelectWidget)
    whose = forms.ModelChoiceField(
        Therapist.objects.order_by("name", "pk"),
        label="Who meets them now",
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("client", "whose", "to", "reason")

    def __init__(self, coming: QuerySet[Booking], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        client: Any = self.fields["client"]
        client.queryset = Client.objects.filter(pk__in=coming.values("client"))
        to: Any = self.fields["to"]
        to.queryset = takers()

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("whose") and said.get("whose") == said.get("to"):
            self.add_error("to", "That is who meets them now. Choose another therapist.")
        return said
