"""The page on which the practice books for somebody who rings or sits in the room."""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from bookings import lifecycle
from bookings.errors import NotBookableError, TimeRefusedError, WarnedError
from bookings.models import Booking
from clients.models import Client
from desk import no_address, refusals
from desk.bookings.book_draft import Draft
from desk.bookings.book_shown import errors_of, shown
from desk.bookings.pages import BookingPages
from desk.diary_admin import by_of, now_of
from desk.return_address import FROM, WEEK, is_from_week
from front.responses import UNPROCESSABLE

BEFORE = "This was booked before, by the same page. Nothing new was booked."


class BookPage(BookingPages):
    """Adds the page that books."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.book_view)
        return [path("book/", view, name="bookings_booking_book"), *super().get_urls()]

    def book_view(self, request: HttpRequest) -> HttpResponse:
        """Ask who, what and when, and show what speaks against it; book it at the press."""
        if not request.user.has_perm("bookings.change_booking"):
            raise PermissionDenied
        cards = self.page_of(Client)
        draft = Draft(request, cards, _typed(request))
        if request.method == "GET" and draft.who.error:
            raise Http404
        errors: list[tuple[str, str]] = []
        if draft.is_pressed and draft.has_something:
            errors = errors_of(draft)
            made = _made_before(self, request, draft) if errors else _book(request, draft, errors)
            if made:
                return self.back(request, made[0].pk)
            draft.look_again()
        return self._page(request, draft, errors)

    def _page(
        self, request: HttpRequest, draft: Draft, errors: Sequence[tuple[str, str]]
    ) -> HttpResponse:
        query = {FROM: WEEK} if is_from_week(request) else {}
        here = reverse("admin:bookings_booking_book", query=query)
        frame = {"title": "Book for someone", "opts": self.opts, "here": here}
        context = {**self.admin_site.each_context(request), **frame, **shown(draft, errors)}
        status = UNPROCESSABLE if draft.is_pressed else 200
        return TemplateResponse(request, "desk/bookings/book.html", context, status=status)


def _typed(request: HttpRequest) -> Any:
    """Return what was sent; of an address, what a link of ours asks for."""
    if request.method == "POST":
        return request.POST
    asked = request.GET.copy()
    for name in set(asked) - {"start", "therapist", "client", "q"}:
        del asked[name]
    if "client" in asked:
        asked["who"] = asked.get("client", "")
    if "q" in asked:
        asked["asked"] = ""
    return asked


def _made_before(pages: BookingPages, request: HttpRequest, draft: Draft) -> Sequence[Booking]:
    """Return what an earlier press of this page made, which is in the way of a second one."""
    mine = pages.get_queryset(request)
    made = list(mine.filter(idempotency_key=draft.form.press_key))
    if made:
        messages.info(request, BEFORE)
    return made


def _book(request: HttpRequest, draft: Draft, errors: list[tuple[str, str]]) -> Sequence[Booking]:
    """Book it all; or put into `errors` why it can't be."""
    asked, now = cast("lifecycle.Request", draft.lifecycle_request), now_of(request)
    try:
        made = lifecycle.book_dates(
            asked, draft.starts, by=by_of(request), now=now, despite=draft.despite
        )
    except (TimeRefusedError, WarnedError) as refusal:
        # Somebody was quicker: the dates say what is in the way now, if it still is.
        draft.read_again()
        errors += errors_of(draft) or [("book", refusals.words(refusal, now))]
        return []
    except NotBookableError as refusal:
        errors.append(("book", refusals.words(refusal, now)))
        return []
    _tell(request, draft, made)
    return made


def _tell(request: HttpRequest, draft: Draft, made: Sequence[Booking]) -> None:
    if made[0].created_at != now_of(request):
        messages.info(request, BEFORE)
        return
    count = f"Booked: {len(made)} dates." if len(made) > 1 else "Booked."
    messages.success(request, f"{count} {_who_is_told(draft, made)}")


def _who_is_told(draft: Draft, made: Sequence[Booking]) -> str:
    """Say who hears of it, or why nobody does."""
    client = made[0].client
    if all(one.start <= draft.now for one in made):
        return "It was over, so nothing is emailed."
    if client.mailed_at and not draft.form.said.get("tells"):
        return "Not emailed, as you chose: tell them yourself."
    return no_address.told(client, made[0].called)
