"""Two cards of one person: side by side, put together in one step, parted again within a day."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from bookings import lifecycle, tasks
from bookings.by import By
from bookings.errors import Code, NotBookableError
from bookings.models import Booking
from bookings.notices import private_links
from bookings.notices.keys import about_client
from clients.models import (
    AccessLink,
    Client,
    Consent,
    EmergencyContact,
    MergedCard,
    NewAddress,
)
from notes.models import Note
from notes.write import Wanted, write
from outbox.models import OutgoingMail
from tests.clock import Clock
from tests.encryption.raw import raw, spoil
from tests.factories import NOW, World, force_booking, make_client, make_therapist
from tests.outbox.letters import queued
from tests.pages import open_link, signed_in, text_of

DAY = timedelta(days=1)
THERAPIST = By.therapist()


@pytest.fixture
def ama(world: World) -> Client:
    client = make_client(
        name="Ama Boateng", email="ama@example.com", phone="07700 900114", proven_at=NOW
    )
    force_booking(world, NOW - DAY, client=client, proven_at=NOW)
    return client


@pytest.fixture
def twin(world: World) -> Client:
    """The same person by another address, with one of everything that names a client."""
    client = make_client(
        name="Ama B.",
        email="amab@example.com",
        phone="07700 900114",
        may_text=True,
        may_phone=False,
        quiet_from=time(22),
        quiet_until=time(7),
        accepted_at=NOW - DAY,
        reminders_from=None,
    )
    held = force_booking(world, NOW - 2 * DAY, client=client)
    force_booking(world, NOW + DAY, client=client, proven_at=NOW)
    Consent.objects.create(client=client, notice=world.notice, given_at=NOW)
    write(Wanted(client, world.therapist, "Words", held), user=None, now=NOW)
    EmergencyContact.objects.create(client=client, person="Kojo")
    queued(about=about_client(client.pk), to=client.email)
    return client


@pytest.fixture
def desk(world: World) -> Browser:
    return signed_in(world.therapist)


def path(client: Client, *more: int, name: str = "merge") -> str:
    return reverse(f"admin:clients_client_{name}", args=[client.pk, *more])


def as_shown(desk: Browser, ama: Client, twin: Client, **typed: Any) -> dict[str, Any]:
    """What the page would post as it stands, and what is chosen besides."""
    choices = desk.get(path(ama, twin.pk)).context["choices"]
    rows = {row.name: str(row.chosen) for row in choices.rows if row.differs}
    return {"seen": choices.stands, "keep": str(choices.keep), **rows, **typed}


def merged(ama: Client, twin: Client, **facts: Any) -> MergedCard:
    seen = lifecycle.state_of(ama, twin)
    options: dict[str, Any] = {"seen": seen, "by": THERAPIST, "now": NOW, **facts}
    return lifecycle.merge(ama.pk, twin.pk, options.pop("chosen", {}), **options)


def test_a_card_like_another_says_so_and_the_other_is_found_by_words(
    desk: Browser, world: World, ama: Client, twin: Client
) -> None:
    assert f'href="{path(ama, twin.pk)}"' in text_of(desk.get(path(ama, name="card")))
    found = path(ama, name="merge_with")
    assert "No other card has that." in text_of(desk.get(found))
    for words in ("ama b", "amab@\0example.com", "+44 7700 900114"):
        assert f'href="{path(ama, twin.pk)}"' in text_of(desk.post(found, {"words": words})), words
    assert "No other card" in text_of(desk.post(found, {"words": ""}))
    other = force_booking(world, NOW - 3 * DAY, client=make_client(name="Kim"))
    assert "Is this the same person?" not in text_of(desk.get(path(other.client, name="card")))


def test_beforehand_the_careful_choice_is_made(desk: Browser, ama: Client, twin: Client) -> None:
    choices = desk.get(path(twin, ama.pk)).context["choices"]
    assert (choices.kept, choices.gone) == (ama, twin)
    chosen = {row.name: row.said[row.chosen] for row in choices.rows}
    assert chosen == {
        "name": "Ama Boateng",
        "phone": "07700 900114",
        "may_email": "Yes",
        "may_phone": "No",
        "may_leave_message": "No",
        "may_text": "No",
        "neutral_words": "No",
        "quiet": "10pm to 7am",
        "ask_for": "Nothing",
        "accepted_at": "Sunday 22 November 2026, 9am UK time".replace(" November", "\xa0November"),
        "reminders_from": "Not wanted",
    }


def test_all_that_names_the_one_names_the_other_then(
    desk: Browser, ama: Client, twin: Client
) -> None:
    link = private_links.to_pages(twin, twin.bookings.all()[0].therapist.practice, NOW)
    answer = desk.post(path(ama, twin.pk), as_shown(desk, ama, twin, name="1"), follow=True)
    assert "They are one card now." in text_of(answer)
    assert list(Client.objects.all()) == [ama]
    ama.refresh_from_db()
    assert (ama.name, ama.email, ama.may_phone) == ("Ama B.", "ama@example.com", False)
    assert (ama.quiet_from, ama.accepted_at, ama.reminders_from) == (time(22), NOW - DAY, None)
    for rows in (Booking, Consent, Note, AccessLink, EmergencyContact):
        assert set(rows.objects.values_list("client", flat=True)) == {ama.pk}, rows
    assert ama.bookings.count() == 3
    assert EmergencyContact.objects.get().person == "Kojo"
    assert OutgoingMail.objects.get().about == about_client(ama.pk)
    # A link that was sent to the other address opens nothing any longer.
    assert open_link(Browser(), link).status_code == 404
    history = reverse("admin:clients_client_history", args=[ama.pk])
    assert f"Put together with card {twin.pk}." in text_of(desk.get(history))


def test_it_is_undone_within_a_day_and_all_is_as_it_was(
    desk: Browser, world: World, ama: Client, twin: Client
) -> None:
    link = private_links.to_pages(twin, world.therapist.practice, NOW)
    EmergencyContact.objects.create(client=ama, gp="Dr Sethi")
    before = {pk: list(Client.objects.filter(pk=pk).values()) for pk in (ama.pk, twin.pk)}
    note = Note.objects.get()
    desk.post(path(ama, twin.pk), as_shown(desk, ama, twin, name="1", may_text="1"))
    since = force_booking(world, NOW + 3 * DAY, client=ama)
    Client.objects.filter(pk=ama.pk).update(may_text=False)
    done = MergedCard.objects.get()
    assert "Kojo" not in raw(done, "facts")
    assert "Ama" not in raw(done, "facts")
    page = text_of(desk.get(path(ama, name="card")))
    undo = path(ama, done.pk, name="merge_undo")
    assert f'action="{undo}"' in page
    answer = desk.post(undo, follow=True)
    assert "They are two cards again, each as it was." in text_of(answer)
    after = {pk: list(Client.objects.filter(pk=pk).values()) for pk in (ama.pk, twin.pk)}
    assert after == before
    assert (ama.bookings.count(), twin.bookings.count(), since.client) == (2, 2, ama)
    note.refresh_from_db()
    assert (note.client, Consent.objects.get().client) == (twin, twin)
    assert EmergencyContact.objects.get(client=twin).person == "Kojo"
    assert EmergencyContact.objects.get(client=ama).gp == "Dr Sethi"
    assert OutgoingMail.objects.get().about == about_client(twin.pk)
    assert open_link(Browser(), link).status_code == 302
    assert not MergedCard.objects.exists()
    assert desk.post(undo).status_code == 404


def test_after_a_day_it_stays_and_what_would_undo_it_is_gone(
    world: World, ama: Client, twin: Client, clock: Clock
) -> None:
    desk = signed_in(world.therapist)
    done = merged(ama, twin)
    assert str(done) == f"Into client {ama.pk}"
    undo = path(ama, done.pk, name="merge_undo")
    assert desk.get(undo).status_code == 405
    clock.shift(DAY)
    desk = signed_in(world.therapist)
    assert "Undo it" not in text_of(desk.get(path(ama, name="card")))
    assert "can’t be undone any longer" in text_of(desk.post(undo, follow=True))
    tasks.housekeeping()
    assert not MergedCard.objects.exists()


def test_it_is_not_undone_where_somebody_has_the_address_by_now(
    desk: Browser, ama: Client, twin: Client
) -> None:
    done = merged(ama, twin)
    again = make_client(email=twin.email)
    answer = desk.post(path(ama, done.pk, name="merge_undo"), follow=True)
    assert "Another client has this address already." in text_of(answer)
    again.delete()
    spoil(done, "facts")
    answer = desk.post(path(ama, done.pk, name="merge_undo"), follow=True)
    assert "can’t be read just now" in text_of(answer)


def test_what_moved_is_emailed_where_it_is_ticked(
    desk: Browser, world: World, ama: Client, twin: Client
) -> None:
    force_booking(world, NOW + 2 * DAY, client=twin, asked_at=NOW)
    posted = as_shown(desk, ama, twin, tell="on")
    answer = desk.post(path(ama, twin.pk), posted, follow=True)
    assert "Details of 1 emailed." in text_of(answer)
    told = OutgoingMail.objects.get(kind="confirmation", to="ama@example.com")
    assert told.state == "pending"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"keep": ""}, "Choose which card stays."),
        ({"name": "x"}, "Choose one of the two in every line."),
        ({"seen": ""}, "was changed since you opened this page"),
    ],
)
def test_what_is_not_chosen_is_asked_for_and_the_rest_is_kept(
    desk: Browser, ama: Client, twin: Client, typed: dict[str, str], words: str
) -> None:
    posted = as_shown(desk, ama, twin, may_text="1", tell="on", **typed)
    answer = desk.post(path(ama, twin.pk), posted)
    assert answer.status_code == 422
    assert words in text_of(answer)
    choices = answer.context["choices"]
    assert {row.name: row.chosen for row in choices.rows}["may_text"] == 1
    assert choices.tells
    assert Client.objects.count() == 2


def test_a_card_that_is_gone_meanwhile_is_told_of(desk: Browser, ama: Client, twin: Client) -> None:
    """Two merges at once: whoever waits for the locks finds one of the cards gone."""
    with pytest.raises(NotBookableError) as refused:
        merged(ama, twin, seen="another state")
    assert refused.value.code == Code.CARD_CHANGED
    merged(ama, twin)
    with pytest.raises(NotBookableError) as refused:
        merged(twin, ama)
    assert refused.value.code == Code.CARD_GONE
    assert desk.get(path(ama, twin.pk)).status_code == 404


def test_what_cannot_be_put_together_is_refused(
    desk: Browser, world: World, ama: Client, twin: Client
) -> None:
    answer = desk.post(path(ama, ama.pk), as_shown(desk, ama, ama))
    assert "These are one card already." in text_of(answer)
    EmergencyContact.objects.create(client=ama, gp="Dr Sethi")
    kept = EmergencyContact.objects.get(client=twin)
    token = raw(kept, "person")
    spoil(kept, "person")
    answer = desk.post(path(ama, twin.pk), as_shown(desk, ama, twin))
    assert "can’t be read just now" in text_of(answer)
    EmergencyContact.objects.filter(client=twin).delete()
    assert token
    merged(ama, twin)
    third = make_client(name="Ama", email="a3@example.com", proven_at=NOW)
    force_booking(world, NOW - 4 * DAY, client=third, proven_at=NOW)
    answer = desk.post(path(third, ama.pk), as_shown(desk, third, ama, keep="0"))
    assert "was itself put together with another one today" in text_of(answer)


def test_another_therapists_meetings_are_moved_by_the_owner_alone(
    world: World, ama: Client, twin: Client
) -> None:
    other = make_therapist(practice=world.therapist.practice)
    Booking.objects.filter(pk=twin.bookings.latest("during").pk).update(therapist=other)
    with pytest.raises(NotBookableError) as refused:
        merged(ama, twin, by=By.therapist(world.therapist.user))
    assert refused.value.code == Code.MET_BY_ANOTHER
    merged(ama, twin)
    with pytest.raises(NotBookableError) as refused:
        lifecycle.undo_merge(
            MergedCard.objects.get().pk, by=By.therapist(world.therapist.user), now=NOW
        )
    assert refused.value.code == Code.MET_BY_ANOTHER


def test_an_address_that_waited_for_the_card_that_goes_waits_no_more(
    ama: Client, twin: Client
) -> None:
    """It moves along where the other card waits for none."""
    NewAddress.mint(twin, "new@example.com", NOW)[0].save()
    merged(ama, twin)
    assert NewAddress.objects.get().client == ama


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_so_many_questions(
    world: World,
    ama: Client,
    twin: Client,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    desk = signed_in(world.therapist)
    for n in range(count):
        force_booking(world, NOW + (n + 5) * DAY, client=twin)
    desk.get(path(ama, twin.pk))
    with django_assert_num_queries(7):
        desk.get(path(ama, twin.pk))
