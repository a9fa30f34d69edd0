"""The pages that put two cards of one person together: side by side first, and the way back."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern

from bookings import lifecycle
from bookings.by import By
from bookings.errors import NotBookableError
from clients.models import Client, MergedCard
from desk import refusals, search_terms
from desk.clients.client_pages import UNPROCESSABLE, ClientPages, card_of
from desk.clients.merge_choices import Choices, choices_of
from desk.diary_admin import by_of, now_of

# Cards to choose from: whoever looks for another types more of the name.
MOST_FOUND = 10
SEARCHED = ("name__says", "email", "phone__dials")


class MergePages(ClientPages):
    """Adds them: which other card, both side by side, and the press that undoes it."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.address_of("merge/", self.merge_with_view, "merge_with"),
            self.address_of("merge/<int:other>/", self.merge_view, "merge"),
            self.address_of("merge/undo/<int:merged>/", self.merge_undo_view, "merge_undo"),
            *super().get_urls(),
        ]

    def merge_with_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Find the other card; what is looked for is posted: no address has a name in it."""
        client = self.to_change(request, pk)
        words = request.POST.get("words", client.name).replace("\0", "").strip()
        others = self.get_queryset(request).exclude(pk=pk).order_by("name", "pk")
        for word in search_terms.words(words):
            others = others.filter(search_terms.any_of(SEARCHED, word))
        facts: dict[str, Any] = {
            "title": f"Which card is {client}’s too?",
            "found": others[:MOST_FOUND] if words else (),
            "words": words,
        }
        return self.page(request, "merge_with", client, **facts)

    def merge_view(self, request: HttpRequest, pk: int, other: int) -> HttpResponse:
        """Show both side by side, and put them together as it was chosen."""
        first, second = self.to_change(request, pk), self.to_change(request, other)
        choices = choices_of(first, second, request.POST if request.method == "POST" else None)
        refusal = ""
        if request.method == "POST" and not choices.error:
            try:
                return self._merged(request, choices)
            except NotBookableError as why:
                refusal = refusals.words(why, now_of(request))
                choices = choices_of(*self._anew(request, first, second), request.POST)
        refusal = refusal or choices.error
        facts = {"title": "Are these the same person?", "choices": choices, "refusal": refusal}
        status = UNPROCESSABLE if refusal else 200
        return self.page(request, "merge", first, status=status, **facts)

    def _anew(self, request: HttpRequest, first: Client, second: Client) -> tuple[Client, Client]:
        """Return the cards as they stand; as they stood where one is gone."""
        stand = self.get_queryset(request).in_bulk([first.pk, second.pk])
        return stand.get(first.pk, first), stand.get(second.pk, second)

    def _merged(self, request: HttpRequest, choices: Choices) -> HttpResponse:
        by, now = by_of(request), now_of(request)
        kept, gone = choices.kept, choices.gone
        coming = list(
            gone.bookings.holding().filter(during__startswith__gt=now).values_list("pk", flat=True)
        )
        lifecycle.merge(kept.pk, gone.pk, choices.chosen, seen=choices.seen, by=by, now=now)
        self.log_change(request, kept, f"Put together with card {gone.pk}.")
        told = _tell(coming, by, now) if choices.tells else 0
        done = "They are one card now. It can be undone until this time tomorrow."
        messages.success(request, f"{done} Details of {told} emailed." if choices.tells else done)
        return redirect(card_of(kept.pk))

    def merge_undo_view(self, request: HttpRequest, pk: int, merged: int) -> HttpResponse:
        """Part them again, within a day."""
        client = self.to_change(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        get_object_or_404(MergedCard.objects.only("pk"), kept=client, pk=merged)
        try:
            card = lifecycle.undo_merge(merged, by=by_of(request), now=now_of(request))
        except NotBookableError as why:
            messages.error(request, refusals.words(why, now_of(request)))
        else:
            self.log_change(request, client, f"Parted again from card {card.pk}.")
            messages.success(request, "They are two cards again, each as it was.")
        return redirect(card_of(pk))


def _tell(coming: list[int], by: By, now: datetime) -> int:
    """Send the details of each meeting that moved to the card that stays; return how many went."""
    told = 0
    for pk in coming:
        # One that waits for another answer, or for another email, is told of by that.
        with suppress(NotBookableError):
            lifecycle.send_details(pk, by=by, now=now)
            told += 1
    return told
