"""Whose client somebody is: a typed address makes them nobody's."""

from django.urls import reverse

from bookings import lifecycle
from bookings.lifecycle import Person
from clients.models import Client
from staff.models import Role
from tests.desk.bookings.test_confirm import seen_of
from tests.desk.diary_addresses import page
from tests.desk.diary_rows import CANARY, DAY, HOUR, Diary
from tests.factories import NOW, book, make_user
from tests.pages import browser_of, signed_in, text_of


def client_of(diary: Diary) -> Client:
    """Somebody whom its therapist has met, and whose name nobody else should read."""
    pk = diary.rows["clients_client"].pk
    read = "vera@example.com"
    Client.objects.filter(pk=pk).update(email=read, mailbox=read, proven_at=NOW)
    return Client.objects.get(pk=pk)


def test_who_types_the_address_of_anothers_client_gets_no_card_by_it(
    theirs: Diary, mine: Diary
) -> None:
    """A booking that anybody can make with anybody's address opens nothing that is another's."""
    vera = client_of(theirs)
    typed = book(mine.world, NOW + 9 * DAY + HOUR, person=Person("Anybody", vera.email))
    assert typed.client == vera
    browser, card = signed_in(mine.therapist), page("clients_client", "change", vera)
    assert browser.get(card).status_code == 302
    shown = text_of(browser.get(page("bookings_booking", "change", typed)))
    assert "Anybody" in shown
    assert CANARY not in shown
    listed = text_of(browser.get(page("bookings_booking", "changelist")))
    assert CANARY not in listed
    confirm = reverse("admin:bookings_booking_confirm", args=[typed.pk])
    for say in ("typed", "card"):
        said = {"say": say, "seen": seen_of(browser, typed)}
        told = text_of(browser.post(confirm, said, follow=True))
        assert "Somebody else’s client may have this address" in told
    typed.refresh_from_db()
    assert typed.proven_at is None
    assert browser.get(card).status_code == 302
    lifecycle.prove(typed, now=NOW)
    assert browser.get(card).status_code == 200


def test_the_owner_may_say_that_it_is_them(theirs: Diary, mine: Diary) -> None:
    vera = client_of(theirs)
    typed = book(mine.world, NOW + 9 * DAY + HOUR, person=Person("Anybody", vera.email))
    owner = browser_of(make_user(Role.OWNER))
    confirm = reverse("admin:bookings_booking_confirm", args=[typed.pk])
    owner.post(confirm, {"say": "card", "seen": seen_of(owner, typed)})
    typed.refresh_from_db()
    assert typed.proven_at is not None
    assert signed_in(mine.therapist).get(page("clients_client", "change", vera)).status_code == 200
