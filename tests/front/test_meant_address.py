"""An address with a likely slip is offered as it was meant, on the last page; never forced."""

from django.test import Client as Browser

from bookings.models import Booking
from tests.factories import NOW, World, make_client, pages_link
from tests.pages import check_address, open_link, press, text_of

OFFER = "Did you mean sam@gmail.com?"


def test_one_press_mends_it_and_nothing_is_typed_twice(client: Browser, world: World) -> None:
    path = check_address(client, world, email="sam@gmial.com")
    assert OFFER in text_of(client.get(path))
    mended = client.post(path, {"meant": "1"})
    assert (mended.status_code, mended["Location"]) == (302, path)
    page = text_of(client.get(path))
    assert OFFER not in page
    assert "sam@gmail.com" in page
    assert not Booking.objects.exists()
    press(client, path)
    assert Booking.objects.get().contact_email == "sam@gmail.com"


def test_who_leaves_it_books_with_what_they_typed(client: Browser, world: World) -> None:
    path = check_address(client, world, email="sam@gmial.com")
    press(client, path)
    assert Booking.objects.get().contact_email == "sam@gmial.com"


def test_pressed_where_nothing_is_offered_it_changes_nothing(client: Browser, world: World) -> None:
    path = check_address(client, world)
    assert client.post(path, {"meant": "1"})["Location"] == path
    press(client, path)
    assert Booking.objects.get().contact_email == "sam@example.com"


def test_the_page_that_was_open_before_books_nothing_under_another_address(
    client: Browser, world: World
) -> None:
    path = check_address(client, world, email="sam@gmial.com")
    before = client.get(path).content.decode()
    client.post(path, {"meant": "1"})
    key = before.partition('name="key" value="')[2].partition('"')[0]
    assert client.post(path, {"key": key, "shown": ""}).status_code == 303
    assert "nothing is booked yet" in text_of(client.get(path))
    assert not Booking.objects.exists()


def test_whose_address_is_known_is_asked_nothing(client: Browser, world: World) -> None:
    known = make_client(email="sam@gmial.com", accepted_at=NOW)
    open_link(client, pages_link(known))
    path = check_address(client, world, service=world.session)
    assert OFFER not in text_of(client.get(path))
