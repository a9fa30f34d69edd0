"""A walk through every address of admin: what it shows and changes of another's rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.test import Client as Browser

from clients.models import EmergencyContact
from notes.models import NoteVersion
from tests.desk.diary_addresses import questions
from tests.desk.diary_posts import attempts
from tests.desk.diary_rows import CANARY, PRIVATE, Diary, Watch
from tests.desk.tab import as_opened
from tests.pages import text_of


@dataclass
class Walked:
    """The names of what was asked and sent, by what came of it."""

    showed: set[str] = field(default_factory=set)
    # What the therapist alone reads: shown, or written over.
    told: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    @property
    def leaks(self) -> set[str]:
        return self.showed | self.told | self.changed

    def look_at(self, name: str, shown: str) -> None:
        if CANARY in shown:
            self.showed.add(name)
        if PRIVATE in shown:
            self.told.add(name)


def walk(browser: Browser, theirs: Diary, mine: Diary) -> Walked:
    """Look at every page with the first's rows, and send what would change them."""
    found = Walked()
    for name, path in questions(theirs):
        found.look_at(name, answer(browser, path))
    watch, secrets = Watch(theirs), confided(theirs)
    for name, path, posted in list(attempts(theirs, mine)):
        with transaction.atomic():
            found.look_at(f"{name} sent", answer(browser, path, posted))
            if watch.has_seen_a_change():
                found.changed.add(name)
                if confided(theirs) - secrets:
                    found.told.add(f"{name} written over")
            transaction.set_rollback(True)
    return found


def confided(theirs: Diary) -> set[str]:
    """Return what the therapist alone reads: a row may go, no word changes, none is added."""
    whose = theirs.therapist
    rows = theirs.rows["availability_timeoff"]
    reasons = whose.time_off.filter(pk=rows.pk).values_list("reason", flat=True)
    told = whose.bookings.exclude(note="").values_list("note", flat=True)
    written = NoteVersion.objects.filter(note__therapist=whose).values_list("text", flat=True)
    calls = EmergencyContact.objects.filter(client__bookings__therapist=whose)
    return {*reasons, *told, *written, *calls.values_list("person", flat=True)}


def answer(browser: Browser, path: str, posted: Mapping[str, Any] | None = None) -> str:
    """Return the page that comes in the end: what is said of a change stands on the next one."""
    if posted:
        response = browser.post(path, {**as_opened(browser, path), **posted}, follow=True)
    else:
        response = browser.get(path, follow=True)
    return f"{text_of(response)} {dict(response.headers)}"


def opened(browser: Browser, theirs: Diary) -> set[str]:
    """Return the name of each page of admin that opens, of those about the first's rows."""
    return {
        name for name, path in questions(theirs) if browser.get(path).status_code == HTTPStatus.OK
    }
