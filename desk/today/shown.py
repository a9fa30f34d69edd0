"""Whose meetings Today shows to somebody, and how: what its address says."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse

from availability import access
from availability.models import Service, Therapist

EVERYBODY, HIDDEN = "everybody", "initials"


@dataclass(frozen=True, slots=True)
class Shown:
    """The diaries, and whether clients are named in full. `may_widen`: there are more diaries."""

    diaries: Sequence[Therapist]
    may_widen: bool
    is_wide: bool
    hides_names: bool

    @property
    def ids(self) -> list[int]:
        return [diary.pk for diary in self.diaries]

    @property
    def has_several(self) -> bool:
        """Whether each meeting says whose it is."""
        return len(self.diaries) > 1

    @property
    def query(self) -> str:
        """What an address has to say so that the page looks the same; empty, or from "?" on."""
        return _query(is_wide=self.is_wide, hides_names=self.hides_names)

    @property
    def widened(self) -> str:
        """The address of this page with the other choice of diaries."""
        return f"{reverse('today')}{_query(is_wide=not self.is_wide, hides_names=self.hides_names)}"

    @property
    def unveiled(self) -> str:
        """The address of this page with the other choice of names."""
        return f"{reverse('today')}{_query(is_wide=self.is_wide, hides_names=not self.hides_names)}"

    def named(self, name: str) -> str:
        """Return a client's name as it is to be shown: "Sam Okafor", or "S. O."."""
        if not self.hides_names:
            return name
        return " ".join(f"{word[0]}." for word in name.split())


def _query(*, is_wide: bool, hides_names: bool) -> str:
    said = [word for word, is_said in ((EVERYBODY, is_wide), (HIDDEN, hides_names)) if is_said]
    return f"?{'&'.join(said)}" if said else ""


def shown_to(request: HttpRequest) -> Shown:
    """Return what the reader asks to see: their own diary first, where they have one."""
    offered = Service.objects.filter(therapist=OuterRef("pk"), is_active=True)
    theirs = list(access.therapists_of(request.user).annotate(has_services=Exists(offered)))
    own = [diary for diary in theirs if diary.user_id == request.user.pk]
    may_widen = bool(own) and len(theirs) > 1
    is_wide = may_widen and EVERYBODY in request.GET
    diaries = own if own and not is_wide else theirs
    return Shown(diaries, may_widen, is_wide, HIDDEN in request.GET)
