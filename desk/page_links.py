"""A link to a page of the desk: what it is called, what one does there, and who may go."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page that those may open who may view the rows of `model`, like "bookings.booking"."""

    title: str
    words: str
    model: str
    # The name of its address; that of the model's list, if none is given.
    page: str = ""

    @property
    def url(self) -> str:
        return reverse(self.page or f"admin:{self.model.replace('.', '_')}_changelist")

    def is_for(self, user: User | AnonymousUser) -> bool:
        """Whether the page opens for them: nobody is shown a way to a closed door."""
        app, _, name = self.model.partition(".")
        return user.has_perm(f"{app}.view_{name}")


def open_to(user: User | AnonymousUser, links: Iterable[PageLink]) -> list[PageLink]:
    """Return those links that the user may follow, in their order."""
    return [link for link in links if link.is_for(user)]
