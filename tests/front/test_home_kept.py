"""The front door is rendered once, and anew for whatever changes what it says."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from academy.models import Article
from availability.models import Format, Place, Practice, Service, Therapist
from availability.walltime import utc
from bookings import slots
from clients.models import PrivacyNotice
from front import home_page
from pictures.models import Picture
from tests.clock import Clock
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_article,
    make_front_page,
    make_passage,
    make_picture,
    make_session,
)
from tests.pages import SLOT, address, text_of
from welcome.models import FrontPage, Passage

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(world: World) -> World:
    """A practice that has something to say in each part of the page."""
    make_front_page(headline="A steady place")
    make_passage(title="Is it private?")
    make_article(title="Why talk", slug="why-talk")
    make_article(title="Tomorrow", slug="tomorrow", published_on=NOW.date() + timedelta(days=1))
    Therapist.objects.update(about="I listen.", portrait=make_picture(alt="By the river"))
    place = Place.objects.filter(therapist=world.therapist, format="in_person")
    place.update(picture=make_picture(name="b" * 32, alt="Two chairs"))
    return world


def home(browser: Browser) -> str:
    """What it says; asserts that a process that has kept nothing says the same."""
    said = text_of(browser.get(reverse("home")))
    home_page.rendered.cache_clear()
    assert text_of(browser.get(reverse("home"))) == said
    return said


def close(world: World) -> None:
    Therapist.objects.filter(pk=world.therapist.pk).update(
        is_closed_to_new=True, closed_words="Not before spring."
    )


def say_in_raw_sql(_: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE welcome_frontpage SET headline = 'By hand'")


def take_first(world: World) -> None:
    """Book the first time that is free."""
    start = slots.next_free(world.consultation, Format.ONLINE, NOW)
    assert start
    force_booking(world, utc(start))


CHANGES: dict[str, Callable[[World], object]] = {
    "the headline": lambda _: FrontPage.objects.update(headline="Another place"),
    "the headline, in raw SQL": say_in_raw_sql,
    "a question": lambda _: Passage.objects.update(title="Is it dear?"),
    "one more question": lambda _: make_passage(title="What if I cry?"),
    "no question": lambda _: Passage.objects.all().delete(),
    "an article's title": lambda _: Article.objects.filter(slug="why-talk").update(title="Why?"),
    "one more article": lambda _: make_article(title="On rest", slug="on-rest"),
    "an article less": lambda _: Article.objects.filter(slug="why-talk").delete(),
    "the price": lambda w: Service.objects.filter(pk=w.consultation.pk).update(price=20),
    "how long it takes": lambda w: Service.objects.filter(pk=w.session.pk).update(
        length_minutes=51
    ),
    "one more service": lambda w: make_session(w.therapist, slug="couple", length_minutes=80),
    "no service": lambda _: Service.objects.update(is_active=False),
    "closed to new people": close,
    "the practice's name": lambda _: Practice.objects.update(name="Other Rooms"),
    "who it is": lambda _: Therapist.objects.update(name="Sasha Kicks"),
    "where it is": lambda _: Place.objects.filter(format="in_person").update(name="The attic"),
    "one more place": lambda w: Place.objects.create(
        therapist=w.therapist, format="walking", name="The bridge", address="By the bridge"
    ),
    "no portrait": lambda _: Therapist.objects.update(portrait=None),
    "what a picture shows": lambda _: Picture.objects.filter(place__isnull=False).update(alt="Tea"),
    "no notice to agree to": lambda _: PrivacyNotice.objects.all().delete(),
    "the first free time": lambda w: w.therapist.weekly_hours.filter(weekday__lt=4).delete(),
    "a booking in the first free time": take_first,
}


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_rendered_anew_for_whatever_changes_what_it_says(
    name: str, shown: World, client: Browser
) -> None:
    before = home(client)
    CHANGES[name](shown)
    assert home(client) != before


def test_while_it_stands_it_asks_for_the_versions_alone(
    shown: World, client: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    before = home(client)
    force_booking(shown, NOW + timedelta(days=8, hours=3))
    with django_assert_num_queries(3):  # and for two of the diary, in which somebody has booked
        assert text_of(client.get(reverse("home"))) == before
    with django_assert_num_queries(1):
        assert text_of(client.get(reverse("home"))) == before


def test_an_article_is_on_it_from_its_day_on(shown: World, client: Browser, clock: Clock) -> None:
    assert "Tomorrow" not in home(client)
    clock.shift(timedelta(days=1))
    assert "Tomorrow" in home(client)


def test_the_next_free_time_goes_by_the_clock(shown: World, client: Browser, clock: Clock) -> None:
    before = home(client)
    clock.shift(timedelta(hours=13))  # less than the notice before the first time
    after = home(client)
    assert "Next free time" in before
    assert "Next free time" in after
    assert before != after


def test_it_says_the_same_to_a_browser_that_has_a_draft(shown: World, client: Browser) -> None:
    before = home(client)
    somebody = Browser()
    assert somebody.get(address("details", shown, slot=SLOT)).status_code == 200
    assert somebody.cookies
    force_booking(shown, NOW + timedelta(days=8, hours=3))
    assert home(somebody) == before == home(client)
