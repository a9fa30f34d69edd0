"""Who it is for: the cards that have the words that were typed, or somebody new."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest

from availability import access
from bookings.models import Booking
from clients.models import Client
from desk import search_terms
from desk.diary_admin import now_of
from prose.dates import UK, day_label

# How many cards are shown at once: whoever looks for another types more of the name.
MOST_FOUND = 10
SOMEBODY_NEW = "new"
NOBODY_CHOSEN = "Choose a client, or give a name."
NOT_THERE = "That card can’t be seen any more. Choose somebody again."


@dataclass(frozen=True, slots=True)
class Found:
    """A card that was found, and what tells it from others of that name."""

    client: Client
    hint: str


@dataclass(frozen=True, slots=True)
class Who:
    """Whom the page offers and whom it books for: a client, somebody new, or nobody yet."""

    words: str
    found: list[Found] = field(default_factory=list)
    is_more: bool = False
    client: Client | None = None
    is_new: bool = False
    name: str = ""
    error: str = ""

    @property
    def called(self) -> str:
        """How a page names them; empty while nobody is chosen."""
        return self.client.name if self.client else self.name if self.is_new else ""

    @property
    def first_name(self) -> str:
        """How a page speaks of them in passing."""
        return self.called.split(" ")[0] or "them"


def who_is_meant(
    request: HttpRequest, cards: Any, data: Mapping[str, str], *, is_pressed: bool
) -> Who:
    """Return who it is, and who else has those words.

    What was typed anew into the search decides anew, but never at the press that books: nobody is
    booked for whom the page had not shown as chosen.
    """
    words, chosen = data.get("q", "").strip(), data.get("who", "")
    is_anew = words != data.get("asked", "").strip()
    rows, is_more = _search(request, cards, words)
    keeps = bool(chosen) and (is_pressed or not is_anew)
    client = None
    if chosen and chosen != SOMEBODY_NEW:
        there = (one for one in rows if str(one.pk) == chosen)
        client = next(there, None) or _card(request, cards, chosen)
    error = NOBODY_CHOSEN if is_pressed and not chosen else ""
    if chosen and chosen != SOMEBODY_NEW and client is None:
        keeps, error = False, NOT_THERE
    is_new = keeps and chosen == SOMEBODY_NEW
    if not keeps:
        client, is_new = _likely(words, rows, client)
    name = data.get("name", "").strip()
    if (is_anew and not is_pressed) or not name:
        name = as_name(words)
    if client and client not in rows:
        rows = [client, *rows]
    found = [Found(one, _hint(one)) for one in rows]
    return Who(words, found, is_more, client, is_new, name, error)


def _likely(words: str, rows: list[Client], before: Client | None) -> tuple[Client | None, bool]:
    """Return who is chosen beforehand: whom one card alone fits, somebody new if none does."""
    if before in rows:
        return before, False
    if not words:
        return None, False
    return (rows[0], False) if len(rows) == 1 else (None, not rows)


def as_name(words: str) -> str:
    """Return what was searched for as a name; empty if it is a number or an address."""
    return "" if "@" in words or search_terms.as_number(words) else words


def _search(request: HttpRequest, cards: Any, words: str) -> tuple[list[Client], bool]:
    if not words:
        return [], False
    rows, _ = cards.get_search_results(request, cards.get_queryset(request), words)
    # A few letters are in many addresses, behind the @: whose name has them comes first, and alone.
    named = Case(When(_named(words), then=0), default=1)
    ranked = _with_last(rows, request).annotate(rank=named).order_by("rank", "-created_at", "-pk")
    found: list[Any] = list(ranked[: MOST_FOUND + 1])
    found = [one for one in found if one.rank == found[0].rank]
    return found[:MOST_FOUND], len(found) > MOST_FOUND


def _named(words: str) -> Q:
    """Return what asks for those whose name has all the words."""
    return Q(*(Q(name__says=word) for word in search_terms.words(words)))


def _card(request: HttpRequest, cards: Any, pk: str) -> Client | None:
    """Return the card of that number if they may see it."""
    if not (pk.isascii() and pk.isdecimal()):
        return None
    rows: QuerySet[Client] = cards.get_queryset(request).filter(pk=pk)
    return _with_last(rows, request).first()


def _with_last(rows: QuerySet[Client], request: HttpRequest) -> QuerySet[Client]:
    """Read with each when they last met one of the reader's therapists."""
    theirs = Booking.objects.past(now_of(request)).filter(client=OuterRef("pk"))
    mine = access.narrowed(theirs, "therapist", request.user).order_by("-during")
    return rows.annotate(last_met=Subquery(mine.values("during")[:1]))


def _hint(client: Any) -> str:
    """Like "Last met 24 February 2026"; else how they are reached."""
    if client.last_met:
        day = client.last_met.lower.astimezone(UK).date()
        return f"Last met {day_label(day).split(' ', 1)[1]}"
    return client.email or client.phone or "No email address or phone"
