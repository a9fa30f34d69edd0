"""The page on which the practice books for somebody who rings or sits in the room."""

import uuid
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from availability import access
from availability.models import Place, Service, validate_near_moment
from bookings import lifecycle
from bookings.errors import NotBookableError, Warned, WarnedError
from bookings.models import Booking
from clients.models import Client
from desk import refusals
from desk.bookings.pages import CHANGE, BookingPages
from desk.diary_admin import by_of, now_of
from desk.seen_form import OLD_PAGE
from front.forms import CleanField
from prose.cleaning import email_address, phone_number
from prose.names import person_name
from prose.parameters import param

# How many cards are shown at once: whoever looks for another types more of the name.
MOST_FOUND = 10
SOMEBODY_NEW = "new"


class BookForm(forms.Form):
    """What, where and when; and who, unless it is a client of theirs.

    `key` names the one booking that this page makes, however often its button is pressed.
    """

    name = CleanField(
        label="Their name",
        cleaned=person_name,
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    email = CleanField(
        label="Their email address",
        cleaned=email_address,
        max_length=254,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
        help_text="The confirmation goes there at once, with a calendar entry and a private link.",
    )
    phone = CleanField(
        label="Their phone",
        cleaned=phone_number,
        required=False,
        max_length=30,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "tel", "autocomplete": "off"}),
    )
    service = forms.ModelChoiceField(
        Service.objects.none(), label="What", widget=UnfoldAdminSelectWidget, empty_label=None
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), label="Where", widget=UnfoldAdminSelectWidget, empty_label=None
    )
    start = forms.DateTimeField(
        label="Start, UK time",
        validators=[validate_near_moment],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text="Any time that is free. If it breaks one of your rules, you are asked first.",
    )
    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": OLD_PAGE, "invalid": OLD_PAGE}
    )
    OF_SOMEBODY_NEW = ("name", "email", "phone")

    def __init__(
        self, user: User | AnonymousUser, client: Client | None, posted: QueryDict | None
    ) -> None:
        super().__init__(posted, initial={"key": uuid.uuid4()})
        self.client = client
        if client:
            for name in self.OF_SOMEBODY_NEW:
                del self.fields[name]
        whose = access.therapists_of(user)
        services = Service.objects.offered().filter(therapist__in=whose)
        places = Place.objects.filter(therapist__in=whose, is_active=True)
        diaries = {service.therapist_id for service in services}
        self._offer("service", services, partial(_service_label, of_several=len(diaries) > 1))
        rows = places.filter(therapist__in=diaries).select_related("therapist")
        self._offer("place", rows, partial(_place_label, of_several=len(diaries) > 1))

    def _offer(self, name: str, rows: Any, label: Any) -> None:
        field: Any = self.fields[name]
        field.queryset, field.label_from_instance = rows, label

    def full_clean(self) -> None:
        """A page that names no booking of its own books nothing; the next press does."""
        super().full_clean()
        if self.is_bound and "key" in self.errors:
            typed: Any = self.data
            self.data = typed.copy()
            self.data["key"] = self.initial["key"]  # type: ignore[index]

    @property
    def has_nothing_to_offer(self) -> bool:
        """Whether there is no service, or no place, in any of their diaries."""
        return not all(self.fields[name].queryset.exists() for name in ("service", "place"))  # type: ignore[attr-defined]

    def request(self) -> lifecycle.Request:
        """Return what is to be booked. No consent is kept: they were told otherwise."""
        said, known = self.cleaned_data, self.client
        if known:
            person = lifecycle.Person(known.name, known.email, known.phone, known)
        else:
            person = lifecycle.Person(said["name"], said["email"], said["phone"])
        return lifecycle.Request(
            service=said["service"],
            format=said["place"].format,
            place=said["place"],
            start=said["start"].replace(second=0, microsecond=0),
            person=person,
            note="",
            notice=None,
            key=said["key"],
        )


def _service_label(service: Service, *, of_several: bool) -> str:
    whose = f" ({service.therapist})" if of_several else ""
    return f"{service}, {service.length_minutes} minutes, {service.price_label}{whose}"


def _place_label(place: Place, *, of_several: bool) -> str:
    whose = f" ({place.therapist})" if of_several else ""
    return f"{place.get_format_display()}: {place}{whose}"


class BookPage(BookingPages):
    """Adds the page that books."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.book_view)
        return [path("book/", view, name="bookings_booking_book"), *super().get_urls()]

    def book_view(self, request: HttpRequest) -> HttpResponse:
        """Ask who it is; then what, where and when, and book it through the lifecycle."""
        if not request.user.has_perm("bookings.change_booking"):
            raise PermissionDenied
        who = param(request, "who")
        if not who:
            return self._page(request, "who", **self._found(request))
        client = None if who == SOMEBODY_NEW else self._client(request, who)
        form = BookForm(request.user, client, request.POST if request.method == "POST" else None)
        warned = None
        if form.is_bound and form.is_valid():
            made = _book(request, form)
            if isinstance(made, Booking):
                return redirect(CHANGE, made.pk)
            warned = made
        facts = {"form": form, "client": client, **_warnings(request, warned)}
        return self._page(request, "book", **facts)

    def _page(self, request: HttpRequest, name: str, **facts: Any) -> HttpResponse:
        frame = {"title": "Book for somebody", "opts": self.opts}
        context = {**self.admin_site.each_context(request), **frame, **facts}
        return TemplateResponse(request, f"desk/bookings/{name}.html", context)

    def _client(self, request: HttpRequest, pk: str) -> Client:
        """Return the card of that number if they may see it; else 404."""
        cards: Any = self.page_of(Client)
        found = cards.get_queryset(request).filter(pk=pk).first() if _is_number(pk) else None
        if found is None:
            raise Http404
        return found

    def _found(self, request: HttpRequest) -> dict[str, Any]:
        """Return the cards that have these words, the latest first; without words, the latest."""
        cards: Any = self.page_of(Client)
        words = param(request, "q").strip()
        rows, _ = cards.get_search_results(request, cards.get_queryset(request), words)
        found = list(rows.order_by("-created_at", "-pk")[: MOST_FOUND + 1])
        return {"words": words, "found": found[:MOST_FOUND], "is_more": len(found) > MOST_FOUND}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _book(request: HttpRequest, form: BookForm) -> Booking | Warned | None:
    """Book it; or return what it goes against, or put into the form why it can't be."""
    by, now = by_of(request), now_of(request)
    despite = frozenset(request.POST.getlist("despite"))
    try:
        made = lifecycle.book(form.request(), by=by, now=now, despite=despite)
    except WarnedError as refusal:
        return refusal.warned
    except NotBookableError as refusal:
        form.add_error("start", refusals.words(refusal, now))
        return None
    _tell(request, made)
    return made


def _tell(request: HttpRequest, made: Booking) -> None:
    if made.created_at == now_of(request):
        messages.success(request, f"Booked. {made.called} is told by email.")
    else:
        words = "This was booked before, by the same page. Nothing new was booked."
        messages.info(request, words)


def _warnings(request: HttpRequest, warned: Warned | None) -> dict[str, Any]:
    if warned is None:
        return {}
    return {
        "warnings": refusals.warnings(warned, now_of(request)),
        "despite": sorted(warned.keys),
    }
