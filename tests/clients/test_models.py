"""Finding a client by address, and opening a private link."""

import pytest
from django.db import IntegrityError, connection

from clients.cards import card_for
from clients.models import AccessLink, Client, LinkRequest, RateBucket
from tests.factories import NOW, make_client, pages_link
from tests.meanwhile import meanwhile

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("spelling", ["sam@example.com", "SAM@Example.com"])
def test_a_client_is_found_by_their_address_in_any_case(spelling: str) -> None:
    sam = make_client(email="Sam@example.com")
    make_client(email="sam+x@example.com")
    assert Client.objects.at(spelling).get() == sam


def test_two_cards_cannot_share_an_address() -> None:
    make_client(email="sam@example.com")
    with pytest.raises(IntegrityError, match="client_email_once"):
        make_client(email="SAM@example.com")


def test_finding_a_client_reads_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "Seq Scan" not in Client.objects.at("sam@example.com").explain()


def test_a_link_opens_for_its_token_alone_and_only_the_hash_is_stored() -> None:
    sam = make_client()
    first, second = (pages_link(sam) for _ in range(2))
    assert first != second
    assert len(first) == 43
    for token in (first, second):
        link = AccessLink.objects.opened_by(token, NOW)
        assert link is not None
        assert link.client == sam
        assert token not in str(vars(link))
        assert AccessLink.objects.opened_by(link.token_hash, NOW) is None
    assert AccessLink.objects.opened_by(first[:-1], NOW) is None


def test_what_guards_the_forms_names_nobody() -> None:
    asked = LinkRequest(email="sam@example.com", asked_at=NOW)
    assert str(asked) == "asked 23 November 2026"
    assert str(RateBucket(key="0123456789abcdef")) == "01234567"


def test_a_card_whose_address_is_corrected_meanwhile_is_not_the_old_addresss() -> None:
    sam = make_client(email="sam@example.com", proven_at=NOW)
    same = Client.objects.filter(pk=sam.pk)
    new = {"email": "new@example.com", "mailbox": "new@example.com"}
    with meanwhile("FOR UPDATE", lambda: same.update(**new)):
        card = card_for("Kim Li", "sam@example.com", "", NOW)
    assert (card.email, card.name, card.is_proven) == ("sam@example.com", "Kim Li", False)
    assert card != sam
