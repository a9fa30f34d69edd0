"""What stands around every page of admin: the menu, and what is wrong with the mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from desk.mail import trouble_banner
from desk.page_links import PageLink, open_to
from desk.settings.links import HOURS, SETTINGS, Groups


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu: where it leads, its icon, and which pages count as being there."""

    title: str
    icon: str
    page: str
    # Whoever has it is shown the entry; whoever works here, if none is named. An entry that leads
    # to a page of links is shown to who may follow any of them.
    right: str = ""
    groups: Groups = ()
    # On a phone these few stand in the bar at the thumb; the others behind "More".
    is_in_bar: bool = False
    # What is only in the bar stands on a wider screen in the top of the page.
    is_in_menu: bool = True

    @property
    def url(self) -> str:
        return reverse(self.page)

    @property
    def links(self) -> list[PageLink]:
        return [link for _, links in self.groups for link in links]

    def is_for(self, request: HttpRequest) -> bool:
        if self.groups:
            return bool(open_to(request.user, self.links))
        return not self.right or request.user.has_perm(self.right)

    def holds(self, path: str) -> bool:
        """Whether a page of this address belongs to the entry."""
        if self.page == INDEX:
            return path == self.url
        return any(path.startswith(url) for url in (self.url, *(one.url for one in self.links)))


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as one reader sees it on one page; a page that knows how many wait there says so."""

    title: str
    icon: str
    url: str
    is_here: bool
    is_in_bar: bool
    is_in_menu: bool
    count: int = 0


INDEX = "today"
CLIENTS = "admin:clients_client_changelist"
ENTRIES = (
    Entry("Today", "today", INDEX, is_in_bar=True),
    Entry("Calendar", "calendar", "calendar", "bookings.view_booking", is_in_bar=True),
    Entry(
        "Book",
        "plus",
        "admin:bookings_booking_book",
        "bookings.change_booking",
        is_in_bar=True,
        is_in_menu=False,
    ),
    Entry(
        "Clients",
        "people",
        "admin:clients_client_changelist",
        "clients.view_client",
        is_in_bar=True,
    ),
    Entry("Bookings", "list", "admin:bookings_booking_changelist", "bookings.view_booking"),
    Entry("Email", "mail", "admin:outbox_outgoingmail_changelist", "outbox.view_outgoingmail"),
    Entry("Hours and time off", "clock", "hours", groups=HOURS),
    Entry("Settings", "settings", "settings", groups=SETTINGS),
)


def around(request: HttpRequest) -> dict[str, Any]:
    """Give every page of admin its menu and its banner: each is made only where a page shows it."""
    return {"menu": lambda: list(_shown(request)), **trouble_banner.banner(request)}


def _shown(request: HttpRequest) -> Iterator[Shown]:
    theirs = [entry for entry in ENTRIES if entry.is_for(request)]
    here = next((entry for entry in theirs if entry.holds(request.path)), None)
    for entry in theirs:
        yield Shown(
            title=entry.title,
            icon=entry.icon,
            url=entry.url,
            is_here=entry is here,
            is_in_bar=entry.is_in_bar,
            is_in_menu=entry.is_in_menu,
        )
