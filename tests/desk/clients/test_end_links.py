"""The therapist ends all of a client's private links, and every session that they opened."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Booking
from bookings.notices import private_links
from clients.models import AccessLink
from staff.models import Role, SecurityEvent
from tests.factories import NOW, World, force_booking, make_therapist, pages_link
from tests.pages import open_link, signed_in, text_of


@pytest.fixture
def found(world: World) -> Booking:
    return force_booking(world, NOW)


@pytest.fixture
def desk(world: World) -> Browser:
    return signed_in(world.therapist)


def path(found: Booking) -> str:
    return reverse("admin:clients_client_end_links", args=[found.client_id])


def test_one_press_closes_every_mail_and_every_open_browser(desk: Browser, found: Booking) -> None:
    links = [private_links.to_booking(found, NOW), pages_link(found.client)]
    opened = []
    for token in links:
        opened.append(Browser())
        open_link(opened[-1], token)
    card = reverse("admin:clients_client_change", args=[found.client_id])
    assert f'href="{path(found)}"' in text_of(desk.get(card))
    asked = text_of(desk.get(path(found)))
    assert "2 private links open their pages now." in asked
    assert AccessLink.objects.standing(NOW).count() == 2
    done = text_of(desk.post(path(found), follow=True))
    assert f"All links and sessions of {found.client} have ended." in done
    assert opened[0].get(reverse("booking", args=[found.uid])).status_code == 404
    assert {open_link(Browser(), token).status_code for token in links} == {404}
    assert "No private link opens their pages now." in text_of(desk.get(path(found)))
    found.refresh_from_db()
    assert not found.is_cancelled


def test_it_is_written_down(desk: Browser, found: Booking, world: World) -> None:
    desk.post(path(found))
    event = SecurityEvent.objects.get()
    assert (event.kind, event.about, event.user_id, event.at) == (
        SecurityEvent.Kind.LINKS_REVOKED,
        f"client:{found.client_id}",
        world.therapist.user_id,
        NOW,
    )


def test_what_opens_a_page_is_counted(desk: Browser, found: Booking) -> None:
    opens, stops = private_links.booking_link(found, NOW), private_links.reminders_link(found, NOW)
    private_links.store([opens, stops])
    assert "1 private link opens their pages now." in text_of(desk.get(path(found)))


def test_who_may_only_read_ends_nothing(world: World, found: Booking) -> None:
    private_links.to_booking(found, NOW)
    world.therapist.assistants.add(world.therapist.user)
    reader = signed_in(world.therapist, Role.ASSISTANT)
    assert reader.post(path(found)).status_code == 403
    assert AccessLink.objects.standing(NOW).count() == 1


def test_another_therapists_client_is_none_of_it(world: World, found: Booking) -> None:
    other = signed_in(make_therapist(practice=world.therapist.practice))
    assert other.post(path(found)).status_code == 404
    assert not SecurityEvent.objects.exists()


def test_new_links_can_be_asked_for_afterwards(desk: Browser, found: Booking) -> None:
    desk.post(path(found))
    token = private_links.to_booking(found, NOW)
    assert open_link(Browser(), token).status_code == 302
