"""An address is corrected: asks first whose the bookings are that came with the old one.

Anybody can type anybody's address. What nobody has confirmed by its mail follows the client only if
the therapist says that it is theirs.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from bookings import lifecycle
from bookings.models import Booking
from clients.models import Client
from desk.bounce_warning import WarnsOfBounces
from desk.diary_admin import by_of

# What the page posts: the bookings that are theirs, those that it named, and its way back.
THEIRS, SEEN, BACK = "_theirs", "_theirs_seen", "_preview_back"


def said_to_be_theirs(request: HttpRequest) -> set[int]:
    """Return the bookings that were ticked, by id."""
    return {int(pk) for pk in request.POST.getlist(THEIRS) if pk.isdecimal() and pk.isascii()}


class AsksWhose(WarnsOfBounces):
    """Shows what nobody has confirmed before a corrected address is kept."""

    def answer(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        row = self.row_of(request, object_id) if request.method == "POST" else None
        if row is None or not self.has_change_permission(request, row):
            return super().answer(request, object_id, form_url, extra_context)
        was, typed = row.email, self.typed(request, row)
        if BACK in request.POST:
            return self.form_page(request, typed, form_url, extra_context)
        is_new = bool(was) and typed.is_right() and row.email.lower() != was.lower()
        asked = list(lifecycle.unconfirmed(row, by_of(request))) if is_new else []
        if asked and request.POST.get(SEEN) != _names(asked):
            return self._question(request, row, asked)
        return super().answer(request, object_id, form_url, extra_context)

    def _question(
        self, request: HttpRequest, client: Client, asked: Sequence[Booking]
    ) -> HttpResponse:
        """Return a page that carries what was posted, but for its own answers."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"Whose bookings are these? {client}",
            "opts": self.opts,
            "client": client,
            "asked": asked,
            "seen": _names(asked),
            "ticked": said_to_be_theirs(request),
            "kept": list(_carried(request)),
        }
        return TemplateResponse(request, "desk/clients/whose_bookings.html", context)


def _carried(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Yield what was posted that this page doesn't answer itself."""
    ours = (THEIRS, SEEN, "csrfmiddlewaretoken")
    for name, values in request.POST.lists():
        if name not in ours:
            yield from ((name, value) for value in values)


def _names(asked: Sequence[Booking]) -> str:
    """Which bookings the page names."""
    return ",".join(str(one.pk) for one in asked)
