"""A therapist's own notes: sealed, amended by versions, read by nobody else, each opening kept."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from bookings.models import Booking
from clients.models import Client
from notes.models import Note, NoteVersion
from notes.write import AmendedMeanwhileError, HasNoteError, NotTheirsError, Wanted, amend, write
from staff.models import Role, SecurityEvent
from tests.encryption.raw import raw, spoil
from tests.factories import NOW, World, force_booking, make_client, make_therapist, make_user
from tests.meanwhile import meanwhile
from tests.pages import browser_of, signed_in, text_of

DAY = timedelta(days=1)
WORDS_OF_MINE = "She dreams of the river"


@pytest.fixture
def met(world: World) -> Booking:
    client = make_client(name="Ama Boateng", email="ama@example.com")
    return force_booking(world, NOW - DAY, client=client, proven_at=NOW)


@pytest.fixture
def desk(world: World) -> Browser:
    return signed_in(world.therapist)


def path(client: Client, name: str = "notes", *more: int) -> str:
    return reverse(f"admin:clients_client_{name}", args=[client.pk, *more])


def written(world: World, client: Client, text: str, booking: Booking | None = None) -> Note:
    wanted = Wanted(client, world.therapist, text, booking)
    return write(wanted, user=world.therapist.user, now=NOW)


def opened() -> list[str]:
    found = SecurityEvent.objects.filter(kind="note_opened").order_by("pk")
    return list(found.values_list("about", flat=True))


def test_a_note_of_a_meeting_is_written_sealed_and_opened_by_a_press(
    desk: Browser, world: World, met: Booking
) -> None:
    meeting = {"meeting": met.pk}
    page = desk.get(path(met.client), meeting)
    assert page.context["form"]["meeting"].value() == met.pk
    typed = f"{WORDS_OF_MINE}.\r\n\r\nShe sleeps."
    assert desk.post(path(met.client), {**meeting, "text": typed}).status_code == 302
    version = NoteVersion.objects.get()
    assert version.text == f"{WORDS_OF_MINE}.\n\nShe sleeps."
    assert WORDS_OF_MINE not in raw(version, "text")
    listed = text_of(desk.get(path(met.client)))
    assert WORDS_OF_MINE not in listed
    assert "Open the note of 22 November 2026" in listed
    assert "Consultation" in listed
    assert opened() == []
    address = path(met.client, "note", version.note_id)
    assert f'href="{address}"' in listed
    for _ in range(2):
        assert WORDS_OF_MINE in text_of(desk.get(address))
    assert opened() == [f"note:{version.note_id}"] * 2
    card = text_of(desk.get(path(met.client, "card")))
    assert "1 note, the last written on 23 November 2026." in card
    assert "Opened 2 times." in card
    assert WORDS_OF_MINE not in card


def test_it_is_amended_and_never_written_over(desk: Browser, world: World, met: Booking) -> None:
    note = written(world, met.client, "First words")
    address = path(met.client, "note", note.pk)
    assert desk.post(address, {"seen": "1", "text": "Second words"}).status_code == 302
    assert desk.post(address, {"seen": "2", "text": "Second words"}).status_code == 302
    texts = [one.text for one in NoteVersion.objects.order_by("number")]
    assert texts == ["First words", "Second words"]
    page = text_of(desk.get(address))
    assert "Second words" in page
    assert "First words" not in page
    assert "First words" in text_of(desk.get(address, {"version": "1"}))
    assert "Second words" in text_of(desk.get(address, {"version": "9"}))
    assert "2 versions" in text_of(desk.get(path(met.client)))


def test_two_tabs_lose_no_version(desk: Browser, world: World, met: Booking) -> None:
    note = written(world, met.client, "First words")
    address = path(met.client, "note", note.pk)
    desk.post(address, {"seen": "1", "text": "Of one tab"})
    late = desk.post(address, {"seen": "1", "text": "Of the other tab"})
    assert late.status_code == 422
    page = text_of(late)
    assert "Another version was written since" in page
    assert "Of one tab" in page
    assert "Of the other tab" in page
    assert late.context["form"]["seen"].value() == "2"
    assert desk.post(address, {"seen": "2", "text": "Of the other tab"}).status_code == 302
    assert NoteVersion.objects.count() == 3


@pytest.mark.parametrize("name", ["notes", "note"])
def test_nothing_to_keep_is_told_at_its_field(
    desk: Browser, world: World, met: Booking, name: str
) -> None:
    more = [written(world, met.client, "Words").pk] if name == "note" else []
    for typed, words in (
        ({"text": ""}, "Write something first."),
        ({"text": "a\x00b"}, "hidden"),
        ({"text": "a" * 20_001}, "20,000 characters or fewer"),
        ({"text": "Words", "meeting": "x"}, "Select a valid choice"),
    ):
        if name == "note" and "meeting" in typed:
            continue
        answer = desk.post(path(met.client, name, *more), {"seen": "1", **typed})
        assert answer.status_code == 422, typed
        assert words in text_of(answer)
    assert NoteVersion.objects.count() == len(more)
    if name == "note":
        answer = desk.post(path(met.client, name, *more), {"seen": "x", "text": "Kept words"})
        assert (answer.status_code, "Kept words" in text_of(answer)) == (422, True)


def test_a_meeting_has_one_note(desk: Browser, world: World, met: Booking) -> None:
    other = force_booking(world, NOW - 2 * DAY, client=met.client, proven_at=NOW)
    page = desk.get(path(met.client)).context["form"].fields["meeting"].queryset
    assert list(page) == [met, other]
    written(world, met.client, "Words", met)
    with pytest.raises(HasNoteError):
        written(world, met.client, "More", met)
    late = desk.post(path(met.client), {"meeting": met.pk, "text": "More"})
    assert late.status_code == 422
    assert Note.objects.count() == 1
    # A free note needs no meeting, and there may be many.
    for _ in range(2):
        assert desk.post(path(met.client), {"text": "Free"}).status_code == 302


def test_two_presses_at_once_write_one_note_and_lose_no_word(
    desk: Browser, world: World, met: Booking
) -> None:
    """The other press comes between the page's look and the row: the constraint decides."""
    form = {"meeting": met.pk, "text": "Of this press"}
    with meanwhile("SAVEPOINT", lambda: written(world, met.client, "First", met)):
        late = desk.post(path(met.client), form)
    assert late.status_code == 422
    assert "That meeting has a note already" in text_of(late)
    assert "Of this press" in text_of(late)
    assert Note.objects.count() == 1


def test_no_note_is_of_a_meeting_of_another(world: World, met: Booking) -> None:
    stranger = force_booking(world, NOW - 3 * DAY)
    with pytest.raises(NotTheirsError):
        written(world, met.client, "Words", stranger)


def test_amending_needs_the_version_that_stands(world: World, met: Booking) -> None:
    note = written(world, met.client, "First")
    with pytest.raises(AmendedMeanwhileError) as refused:
        amend(note, "More", seen=0, user=None, now=NOW)
    assert refused.value.number == 1
    assert (str(note), str(NoteVersion.objects.get())) == (f"Note {note.pk}", "Version 1")
    with pytest.raises(IntegrityError, match="note_version_once"):
        NoteVersion.objects.create(note=note, number=1, text="x", written_at=NOW)


def test_a_search_opens_what_it_finds_for_this_client_alone(
    desk: Browser, world: World, met: Booking
) -> None:
    hit, miss = written(world, met.client, "The River Café"), written(world, met.client, "Sleep")
    other = force_booking(world, NOW - 2 * DAY, proven_at=NOW)
    written(world, other.client, "River, river")
    found = path(met.client, "notes_found")
    page = text_of(desk.post(found, {"words": "river café"}))
    assert "The River Café" in page
    assert "Sleep" not in page
    assert opened() == [f"note:{hit.pk}"]
    page = text_of(desk.post(found, {"words": ""}))
    assert "All opened." in page
    assert opened()[1:] == [f"note:{pk}" for pk in (miss.pk, hit.pk)]
    assert "No note has that." in text_of(desk.post(found, {"words": "nothing such"}))
    assert desk.post(found, {"words": "x" * 201}).status_code == 422
    assert desk.get(found).status_code == 405
    # Looking for a word leaves no trace of it.
    assert "river" not in str(list(SecurityEvent.objects.values())).lower()


def test_what_no_key_opens_says_so_and_is_not_written_over(
    desk: Browser, world: World, met: Booking
) -> None:
    note = written(world, met.client, "Words")
    stored = spoil(NoteVersion.objects.get(), "text")
    page = desk.get(path(met.client, "note", note.pk))
    assert "can’t be read" in text_of(page)
    assert page.context["form"]["text"].value() == ""
    assert opened() == []
    answer = desk.post(path(met.client, "note", note.pk), {"seen": "1", "text": "From memory"})
    assert answer.status_code == 302
    assert raw(NoteVersion.objects.get(number=1), "text") == stored


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.ASSISTANT])
def test_nobody_else_reads_a_note_whatever_they_see(world: World, met: Booking, role: Role) -> None:
    note = written(world, met.client, WORDS_OF_MINE, met)
    browser = browser_of(make_user(role, *([world.therapist] if role == Role.ASSISTANT else [])))
    for address in (path(met.client), path(met.client, "note", note.pk)):
        assert browser.get(address).status_code == 403
        assert browser.post(address, {"seen": "1", "text": "Mine"}).status_code == 403
    assert browser.post(path(met.client, "notes_found"), {"words": ""}).status_code == 403
    assert NoteVersion.objects.count() == 1


def test_another_therapist_of_the_same_client_reads_their_own_alone(
    desk: Browser, world: World, met: Booking
) -> None:
    """Nor does whoever the client is handed over to: a note stays with who wrote it."""
    note = written(world, met.client, WORDS_OF_MINE, met)
    other = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    Booking.objects.filter(
        pk=force_booking(world, NOW + DAY, client=met.client, proven_at=NOW).pk
    ).update(therapist=other)
    theirs = signed_in(other)
    assert "Ama" in text_of(theirs.get(path(met.client, "card")))
    assert "Open the note" not in text_of(theirs.get(path(met.client)))
    assert theirs.get(path(met.client, "note", note.pk)).status_code == 404
    assert WORDS_OF_MINE not in text_of(theirs.post(path(met.client, "notes_found"), {"words": ""}))
    assert opened() == []
    assert WORDS_OF_MINE in text_of(desk.get(path(met.client, "note", note.pk)))


def test_the_address_of_a_note_that_is_none_is_not_found(desk: Browser, met: Booking) -> None:
    assert desk.get(path(met.client, "note", 99)).status_code == 404
    for odd in ("x", "1" * 30, "\N{FULLWIDTH DIGIT ONE}"):
        assert desk.get(path(met.client), {"meeting": odd}).status_code == 404


def test_no_page_that_shows_a_note_is_kept_by_a_browser(
    desk: Browser, world: World, met: Booking
) -> None:
    note = written(world, met.client, WORDS_OF_MINE)
    assert "no-store" in desk.get(path(met.client, "note", note.pk))["Cache-Control"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_so_many_questions(
    desk: Browser,
    world: World,
    met: Booking,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(count):
        held = force_booking(world, NOW - (n + 2) * DAY, client=met.client, proven_at=NOW)
        written(world, met.client, "Words", held)
    desk.get(path(met.client))
    with django_assert_num_queries(9):
        desk.get(path(met.client))


def test_nothing_of_a_note_stands_in_clear_in_the_database(world: World, met: Booking) -> None:
    written(world, met.client, WORDS_OF_MINE, met)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM notes_noteversion t UNION SELECT t::text FROM notes_note t"
        )
        assert WORDS_OF_MINE not in str(cursor.fetchall())
