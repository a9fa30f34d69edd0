"""What a practice is and offers stands in the database: change it there, and all is told anew."""

import re
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.test import Client as Browser
from django.utils.html import strip_tags
from pytest_django.fixtures import Settings

from availability.models import Format, Place, Practice, Service, Therapist
from bookings.models import Booking
from bookings.notices import link_requests
from outbox.models import OutgoingMail
from tests.crawling import Crawl, Page
from tests.factories import World, make_article, make_front_page, make_topic, make_world
from tests.pages import book, check_address, press, text_of

SLOT = "2026-11-24T09:00"
STARTS = ("/", "/book/", "/academy/", "/embed/", "/book/link/", "/book/link/?sent=1", "/fees/")
# What the usual practice says of itself.
USUAL = re.compile(
    r"consultation|fifteen|15.minute|(?<!-)\bfree (?!time|to call|on\b|day|until)|\bsession|£75"
    r"|fulham|\bSW6|south west london|\brobin|kicks|walk|in person",
    re.IGNORECASE,
)


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    """A practice elsewhere: only online, and a first talk has its price."""
    settings.EMBED_HOSTS = ["www.example.org"]
    world = make_world(horizon_days=3, step_minutes=240)
    make_article(topics=[make_topic("Starting")])
    make_front_page()
    Practice.objects.update(name="Harbour Counselling", email="h@harbour.example", summary="Leeds.")
    Therapist.objects.update(name="Alex Moor", slug="alex", email="alex@harbour.example")
    Place.objects.exclude(format=Format.ONLINE).delete()
    Place.objects.update(name="My desk", video_url="https://meet.example.org/harbour")
    facts = {"name": "First talk", "slug": "talk", "length_minutes": 80, "price": Decimal(20)}
    Service.objects.filter(pk=world.consultation.pk).update(formats=[Format.ONLINE], **facts)
    facts = {"name": "EMDR hour", "slug": "emdr", "length_minutes": 60, "price": Decimal(90)}
    Service.objects.filter(pk=world.session.pk).update(formats=[Format.ONLINE], **facts)
    for row in (world.therapist, world.consultation, world.session):
        row.refresh_from_db()
    return world


def told(page: Page) -> str:
    """All that a page says: its words, and what it tells machines and those who listen."""
    words = [one.words for one in page.all("body", "title", "script")]
    named = ("content", "aria-label", "alt")
    words += [one.attributes.get(name, "") for one in page.elements for name in named]
    return " ".join(" ".join(words).split())


def test_no_page_says_of_a_changed_practice_what_the_usual_one_is(
    client: Browser, world: World
) -> None:
    crawl = Crawl(client).follow(*STARTS)
    assert crawl.faults == []
    assert len(crawl.pages) > 15
    for path, page in crawl.pages.items():
        assert USUAL.findall(told(page)) == [], path
    for path in ("/", "/fees/", "/academy/", "/book/link/", "/book/link/?sent=1"):
        assert "ook an 80-minute first talk" in told(crawl.pages[path]), path
    assert "The first talk lasts 80 minutes." in text_of(
        client.get("/book/time/?what=talk&how=online")
    )


def test_no_page_and_no_mail_of_a_booking_says_it_either(client: Browser, world: World) -> None:
    own = f"/booking/{book(client, world, SLOT).uid}/"
    crawl = Crawl(client).follow(own, f"{own}?booked=1", f"{own}cancel/", f"{own}reminders/")
    assert crawl.faults == []
    assert "Cancel this first talk?" in told(crawl.pages[f"{own}cancel/"])
    for path, page in crawl.pages.items():
        assert USUAL.findall(told(page)) == [], path
    link_requests.ask("sam@example.com", Booking.objects.get().created_at)
    link_requests.answer()
    mails = OutgoingMail.objects.all()
    assert {"confirmation", "therapist_new", "links"} <= {mail.kind for mail in mails}
    for mail in mails:
        for words in (mail.subject, mail.text, strip_tags(mail.html), mail.invite):
            assert USUAL.findall(words.replace("-//Kicks Therapy//Kicks//EN", "")) == [], mail.kind


def test_who_has_met_before_is_told_so_in_the_names_of_what_is_offered(
    client: Browser, world: World
) -> None:
    book(client, world, SLOT)
    press(client, check_address(client, world, "2026-11-25T09:00"))
    told = OutgoingMail.objects.filter(kind="confirmation").latest("pk").text
    assert "first talk" in told
    assert USUAL.findall(told) == []


def test_where_nothing_is_for_new_people_nobody_is_sent_to_book_it(
    client: Browser, world: World
) -> None:
    world.consultation.delete()
    crawl = Crawl(client).follow(*STARTS)
    assert crawl.faults == []
    for path in ("/book/link/", "/book/link/?sent=1"):
        assert "If we haven’t met yet" not in told(crawl.pages[path]), path
    assert "bring it along when we meet. Book a time" in told(crawl.pages["/academy/"])


def test_where_nothing_is_offered_the_academy_invites_to_write(
    client: Browser, world: World
) -> None:
    Service.objects.all().delete()
    assert Crawl(client).follow(*STARTS).faults == []
    html = text_of(client.get("/academy/"))
    assert 'rang a bell, you can <a href="mailto:h@harbour.example">email me</a>' in html
    assert "btn-primary" not in html


def test_without_a_practice_the_academy_invites_to_nothing() -> None:
    assert not render_to_string("academy/_card_to_book.html").strip()


@pytest.mark.parametrize(
    ("name", "minutes", "price", "one"),
    [
        ("Consultation", 15, 0, "a free 15-minute consultation"),
        ("First talk", 80, 0, "a free 80-minute first talk"),
        ("Session", 8, 5, "an 8-minute session"),
        ("Session", 11, 5, "an 11-minute session"),
        ("Session", 18, 5, "an 18-minute session"),
        ("Couples’ session", 85, 5, "an 85-minute couples’ session"),
        ("Session", 110, 5, "a 110-minute session"),
        ("EMDR session", 50, 75, "a 50-minute EMDR session"),
    ],
)
def test_a_service_stands_inside_a_sentence_as_people_say_it(
    name: str, minutes: int, price: int, one: str
) -> None:
    assert Service(name=name, length_minutes=minutes, price=Decimal(price)).one == one
