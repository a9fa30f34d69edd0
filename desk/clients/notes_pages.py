"""The pages of a therapist's own notes on a client: sealed until one is opened, which is kept.

Nobody else reads them, whatever they see besides. A search goes through them in memory, for this
client alone: what is looked for travels in no address, and is stored nowhere.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from availability.models import Therapist
from bookings.models import Booking
from clients.models import Client
from desk.clients.client_pages import UNPROCESSABLE, ClientPages, number_or_404
from desk.diary_admin import now_of, user_of
from desk.opened_notes import write_down_note_opened
from encryption.fields import Unreadable
from front.forms import CleanField
from notes.models import LONGEST, Note, NoteVersion
from notes.write import AmendedMeanwhileError, HasNoteError, Wanted, amend, write
from prose.cleaning import many_lines

# Of the meetings that a note may be of, the latest.
MEETINGS = 30
MEANWHILE = (
    "Another version was written since you opened this page. Yours is below and isn’t kept yet: "
    "read the other one beside it, then save again."
)
HAS_ONE = (
    "That meeting has a note already. What you wrote is below: open that note and add it there."
)


def _area(label: str, help_text: str) -> CleanField:
    return CleanField(
        label=label,
        cleaned=many_lines,
        max_length=LONGEST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 10, "autocomplete": "off"}),
        help_text=help_text,
        error_messages={"required": "Write something first."},
    )


class NoteForm(forms.Form):
    """A new note: of a meeting that has none, or free."""

    meeting = forms.ModelChoiceField(
        Booking.objects.none(),
        required=False,
        empty_label="No meeting in particular",
        widget=UnfoldAdminSelectWidget,
        label="Of which meeting",
    )
    text = _area("New note", "Sealed as soon as it’s saved. Nobody but you reads it.")

    def __init__(self, *args: Any, meetings: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["meeting"]
        field.queryset = meetings


class AmendForm(forms.Form):
    """A note's next version; `seen` is the one that the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    text = _area("Amend it", "What stands now is kept as an earlier version.")


class FindForm(forms.Form):
    """What is looked for in the notes on this client; nothing opens them all."""

    words = CleanField(
        label="Search these notes",
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Opens each note that has these words, or all of them if you leave it empty.",
    )


class NotesPages(ClientPages):
    """Adds them: the list, which opens none, one note, and what is found."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.address_of("notes/", self.notes_view, "notes"),
            self.address_of("notes/found/", self.found_view, "notes_found"),
            self.address_of("notes/<int:note>/", self.note_view, "note"),
            *super().get_urls(),
        ]

    def notes_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List the notes, unopened, and write a new one."""
        client, therapist = self.to_confide(request, pk)
        asked = (
            {"meeting": number_or_404(request.GET["meeting"])} if "meeting" in request.GET else {}
        )
        form = NoteForm(
            request.POST or None, initial=asked, meetings=_without_note(client, therapist, request)
        )
        if (
            request.method == "POST"
            and form.is_valid()
            and _write(request, client, therapist, form)
        ):
            messages.success(request, "Saved and sealed.")
            return redirect("admin:clients_client_notes", pk)
        return self._list(request, client, therapist, form)

    def _list(
        self, request: HttpRequest, client: Client, therapist: Therapist, form: NoteForm
    ) -> HttpResponse:
        facts = {
            "title": f"Notes on {client}",
            "notes": _of(client, therapist).listed(),
            "form": form,
            "find": FindForm(),
        }
        status = UNPROCESSABLE if form.errors else 200
        return self.page(request, "notes", client, status=status, **facts)

    def found_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open the notes that have these words; each one that is shown is written down."""
        client, therapist = self.to_confide(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        find = FindForm(request.POST)
        words = find.cleaned_data["words"] if find.is_valid() else None
        found = [] if words is None else found_in(_of(client, therapist), words)
        for note in found:
            write_down_note_opened(request, note.pk)
        facts = {"title": f"Notes on {client}", "found": found, "find": find, "words": words}
        status = UNPROCESSABLE if words is None else 200
        return self.page(request, "notes_found", client, status=status, **facts)

    def note_view(self, request: HttpRequest, pk: int, note: int) -> HttpResponse:
        """Open one note as it stands, or an earlier version of it; amend it by another."""
        client, therapist = self.to_confide(request, pk)
        found = get_object_or_404(_of(client, therapist).listed().with_versions(), pk=note)
        written: list[NoteVersion] = found.written
        form = AmendForm(request.POST or None, initial=_as_stands(written[0]))
        if request.method == "POST" and form.is_valid() and _amend(request, found, form):
            return redirect("admin:clients_client_note", pk, note)
        shown = _version(written, request.GET.get("version", ""))
        if not isinstance(shown.text, Unreadable):
            write_down_note_opened(request, note)
        return self._opened(request, client, found, shown, form)

    def _opened(
        self, request: HttpRequest, client: Client, note: Any, shown: NoteVersion, form: AmendForm
    ) -> HttpResponse:
        facts = {
            "title": f"A note on {client}",
            "note": note,
            "shown": shown,
            "written": note.written,
            "form": form,
            "is_last": shown is note.written[0],
        }
        status = UNPROCESSABLE if form.errors else 200
        return self.page(request, "note", client, status=status, **facts)


def _of(client: Client, therapist: Therapist) -> Any:
    """Return what this therapist wrote of this client."""
    return Note.objects.filter(client=client).read_by([therapist.pk])


def found_in(notes: Any, words: str) -> Sequence[Any]:
    """Return the notes whose last version has these words, in any case; opened in memory alone."""
    looked_for = words.casefold()
    rows = list(notes.listed().with_versions())
    return [note for note in rows if looked_for in note.written[0].text.casefold()]


def _without_note(client: Client, therapist: Therapist, request: HttpRequest) -> Any:
    """Return the meetings that a new note may be of, the latest first."""
    now = now_of(request)
    theirs = Booking.objects.filter(client=client, therapist=therapist, notes=None)
    begun = theirs.filter(during__startswith__lte=now).order_by("-during")
    return Booking.objects.filter(pk__in=begun.values("pk")[:MEETINGS]).order_by("-during")


def _write(request: HttpRequest, client: Client, therapist: Therapist, form: NoteForm) -> bool:
    """Write the note; or put into the form why that can't be."""
    said = form.cleaned_data
    wanted = Wanted(client, therapist, said["text"], said["meeting"])
    try:
        write(wanted, user=user_of(request), now=now_of(request))
    except HasNoteError:
        form.add_error("meeting", HAS_ONE)
        return False
    return True


def _as_stands(version: NoteVersion) -> dict[str, Any]:
    """Return what the form begins with; what can't be read is not to be written anew."""
    text = "" if isinstance(version.text, Unreadable) else version.text
    return {"seen": version.number, "text": text}


def _amend(request: HttpRequest, note: Note, form: AmendForm) -> bool:
    """Add the version; or put into the form why that can't be, with what it goes on from."""
    said = form.cleaned_data
    try:
        is_new = amend(
            note, said["text"], seen=said["seen"], user=user_of(request), now=now_of(request)
        )
    except AmendedMeanwhileError as meanwhile:
        form.add_error("text", MEANWHILE)
        typed: Any = request.POST.copy()
        typed["seen"] = str(meanwhile.number)
        form.data = typed
        return False
    words = "Saved and sealed. The earlier version is kept." if is_new else "Nothing was changed."
    messages.success(request, words)
    return True


def _version(written: Sequence[NoteVersion], number: str) -> NoteVersion:
    """Return the version of this number, or the last."""
    return next((one for one in written if str(one.number) == number), written[0])
