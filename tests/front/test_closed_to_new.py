"""A therapist who takes no new people: every page says so, and known clients go on booking."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from availability.models import Practice, Service, Therapist
from bookings import lifecycle
from bookings.by import By
from bookings.errors import Code, NotBookableError
from bookings.models import Booking, PendingBooking
from clients.models import PrivacyNotice
from tests.factories import (
    NOW,
    World,
    book,
    make_article,
    make_client,
    make_front_page,
    make_hours,
    make_pending,
    make_places,
    make_service,
    make_therapist,
    make_topic,
    pages_link,
    request_for,
)
from tests.meanwhile import LOCK, meanwhile
from tests.pages import (
    address,
    carried,
    check_address,
    followed,
    open_link,
    press,
    signed_in,
    text_of,
)

WORDS = "I’ll have room again in March."
SAID = "I’m not taking new people just now"
SESSION = "?what=session"


def close(world: World, **facts: Any) -> None:
    known = {"is_closed_to_new": True, "closed_words": WORDS, **facts}
    Therapist.objects.filter(pk=world.therapist.pk).update(**known)


@pytest.fixture
def closed(world: World) -> World:
    make_front_page(reassurance="Nothing to pay.")
    close(world)
    return world


@pytest.fixture
def other(closed: World) -> Therapist:
    """Somebody else of the practice, who takes new people."""
    found = make_therapist(name="Kim Li", practice=closed.therapist.practice)
    make_places(found)
    make_hours(found)
    make_service(found, position=3)
    return found


def page(client: Browser, path: str) -> str:
    response = client.get(path, follow=True)
    assert response.status_code == 200
    return text_of(response)


# --- what strangers read


@pytest.mark.parametrize("name", ["home", "book", "fees"])
def test_each_page_says_so_in_the_therapists_words(
    closed: World, client: Browser, name: str
) -> None:
    html = page(client, reverse(name))
    assert SAID in html
    assert WORDS in html
    assert 'href="/book/link/">get your private link</a>' in html
    assert 'href="mailto:hello@kicks.example">write to me</a>' in html
    for tempting in ("Nothing to pay", "what=consultation", "Next free time", "consultation:"):
        assert tempting not in html, tempting


@pytest.mark.parametrize("kind", ["article", "topic"])
def test_articles_invite_nobody(closed: World, client: Browser, kind: str) -> None:
    topic = make_topic()
    article = make_article(topics=[topic])
    html = page(client, (article if kind == "article" else topic).get_absolute_url())
    assert SAID in html
    assert WORDS in html
    assert "what=consultation" not in html


def test_the_frame_in_another_site_says_so(
    closed: World, client: Browser, settings: Settings
) -> None:
    settings.EMBED_HOSTS = ["www.example.org"]
    html = page(client, "/embed/")
    assert SAID in html
    assert WORDS in html
    assert "/book/details/" not in html
    assert 'href="/book/link/" target="_top"' in html
    Therapist.objects.update(closed_words="")
    assert WORDS not in page(client, "/embed/")


def test_without_words_the_headline_says_enough(closed: World, client: Browser) -> None:
    close(closed, closed_words="")
    Practice.objects.update(email="")
    html = page(client, "/book/")
    assert SAID in html
    assert "write to me" not in html


@pytest.mark.parametrize("name", ["time", "details"])
def test_a_link_to_a_first_meeting_leads_to_the_first_step(
    closed: World, client: Browser, name: str
) -> None:
    html = page(client, address(name, closed, slot="2026-11-25T10:00"))
    assert SAID in html
    assert "I don’t offer that." not in html


def test_the_first_step_offers_sessions_alone(closed: World, client: Browser) -> None:
    html = page(client, "/book/")
    assert "/book/time/?what=session&amp;how=online" in html
    assert "We haven’t met yet?" not in html


def test_with_nothing_else_offered_the_first_step_is_that_alone(
    closed: World, client: Browser
) -> None:
    Service.objects.filter(pk=closed.session.pk).update(is_active=False)
    html = page(client, "/book/")
    assert f'<h1 class="mt-3">{SAID}</h1>' in html
    assert "setting up my diary" not in html
    assert SAID in page(client, "/")


def test_a_sitemap_names_no_times_that_nobody_can_book(closed: World, client: Browser) -> None:
    assert "what=consultation" not in client.get("/sitemap.xml").content.decode()


def test_who_has_written_nothing_of_themselves_has_no_part_for_being_closed(
    closed: World, client: Browser
) -> None:
    assert "kt-person" not in page(client, "/")


def test_opened_again_all_is_as_before(closed: World, client: Browser) -> None:
    close(closed, is_closed_to_new=False)
    html = page(client, "/")
    assert SAID not in html
    assert "Nothing to pay." in html


# --- in a practice of several


def test_of_two_who_offer_it_the_other_is_still_booked(
    closed: World, other: Therapist, client: Browser
) -> None:
    home = page(client, "/")
    assert "Not taking new people just now." in home
    assert WORDS in home
    assert "what=consultation" in home
    step = page(client, "/book/")
    assert "Robin Kicks isn’t taking new people just now" in step
    assert f"what=consultation&amp;how=online&amp;who={other.slug}" in step
    assert f"what=consultation&amp;how=online&amp;who={closed.therapist.slug}" not in step


def test_each_of_several_who_are_closed_is_named_with_their_words(
    closed: World, other: Therapist, client: Browser
) -> None:
    Therapist.objects.filter(pk=other.pk).update(is_closed_to_new=True, closed_words="Ask Robin.")
    html = page(client, "/book/")
    assert "We’re not taking new people just now" in html
    assert f"<strong>Robin Kicks:</strong> {WORDS}" in html
    assert "<strong>Kim Li:</strong> Ask Robin." in html


def test_the_frame_shows_whom_it_names_or_else_who_takes_new_people(
    closed: World, other: Therapist, client: Browser, settings: Settings
) -> None:
    settings.EMBED_HOSTS = ["www.example.org"]
    assert f"who={other.slug}" in page(client, "/embed/")
    named = page(client, f"/embed/?who={closed.therapist.slug}")
    assert "Robin Kicks isn’t taking" not in named
    assert SAID in named
    Therapist.objects.filter(pk=other.pk).update(is_closed_to_new=True, closed_words="Ask Robin.")
    both = page(client, "/embed/")
    assert "We’re not taking new people just now" in both
    assert "<strong>Kim Li:</strong> Ask Robin." in both


def test_the_frame_says_so_where_they_close_while_it_is_read(
    world: World, client: Browser, settings: Settings
) -> None:
    settings.EMBED_HOSTS = ["www.example.org"]
    with meanwhile("diaryversion", lambda: close(world)):
        assert SAID in page(client, "/embed/")


# --- who may still book


def test_a_known_client_books_by_their_link(closed: World) -> None:
    browser = Browser()
    open_link(browser, pages_link(make_client(accepted_at=NOW)))
    path = check_address(browser, closed, service=closed.session)
    assert press(browser, path).status_code == 302
    assert Booking.objects.get().service == closed.session


def test_who_booked_before_still_moves_it(world: World) -> None:
    made = book(world, NOW + timedelta(days=2, hours=1))
    close(world)
    to = lifecycle.Change(made.start + timedelta(days=1), made.format, made.place, 0)
    assert lifecycle.reschedule(made.pk, to, by=By.client(), now=NOW).sequence == 1


def test_who_is_about_to_press_is_told_and_nothing_is_booked(world: World, client: Browser) -> None:
    path = check_address(client, world)
    shown = carried(client, path)
    close(world)
    answer = client.post(path, shown, follow=True)
    assert "no longer here, and nothing was booked." in text_of(answer)
    assert "Please start again." not in text_of(answer)
    assert SAID in text_of(answer)
    assert not Booking.objects.exists()


def test_who_presses_while_it_closes_is_told_and_nothing_is_booked(
    world: World, client: Browser
) -> None:
    path = check_address(client, world)
    shown = carried(client, path)
    with meanwhile(LOCK, lambda: close(world)):
        answer = followed(client, client.post(path, shown))
    assert answer.status_code == 422
    assert f"{SAID}, so nothing is booked." in text_of(answer)
    assert not Booking.objects.exists()


def test_a_mailed_link_that_books_says_so(world: World, client: Browser) -> None:
    token = make_pending(world, NOW + timedelta(days=2, hours=1))
    close(world)
    html = page(client, reverse("confirm_link", args=[token]))
    assert "It can’t be booked now" in html
    assert f"{SAID}, so nothing is booked." in html
    assert "Book this" not in html
    assert PendingBooking.objects.exists()


def test_the_lifecycle_refuses_a_client_alone(closed: World) -> None:
    start = NOW + timedelta(days=2, hours=1)
    with pytest.raises(NotBookableError) as refused:
        book(closed, start)
    assert refused.value.code == Code.CLOSED_TO_NEW
    asked = request_for(closed, start, notice=None)
    assert lifecycle.book(asked, by=By.therapist(), now=NOW)


# --- in admin


def test_the_therapist_closes_on_the_page_of_their_diary(world: World) -> None:
    browser = signed_in(world.therapist)
    html = page(browser, reverse("admin:availability_therapist_change", args=[world.therapist.pk]))
    assert "Not taking new people" in html
    assert "What new people read" in html


def test_why_not_says_that_new_people_cant_book(closed: World) -> None:
    browser = signed_in(closed.therapist)
    query = f"?service={closed.consultation.pk}&how=online&day=2026-11-25"
    assert "New people can’t book any of these" in page(browser, f"{reverse('why_not')}{query}")
    query = f"?service={closed.session.pk}&how=online&day=2026-11-25"
    assert "New people can’t book" not in page(browser, f"{reverse('why_not')}{query}")


def test_sessions_alone_are_no_closing(world: World, client: Browser) -> None:
    Service.objects.filter(pk=world.consultation.pk).update(is_active=False)
    close(world)
    assert SAID not in page(client, "/")


def test_before_there_is_a_notice_the_first_step_says_that_it_is_closed(
    closed: World, client: Browser
) -> None:
    PrivacyNotice.objects.all().delete()
    assert SAID in page(client, "/book/")
