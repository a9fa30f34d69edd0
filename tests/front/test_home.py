"""The front door: all that is written and offered, nothing that is not, and one thing to do."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from academy.models import Article
from availability import catalogue
from availability.models import Service, Therapist, WeeklyHours
from clients.models import PrivacyNotice
from front import services
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_article,
    make_front_page,
    make_hours,
    make_notice,
    make_passage,
    make_place,
    make_places,
    make_service,
    make_session,
    make_therapist,
)
from tests.pages import text_of
from tests.weighing import weight
from welcome.models import FrontPage, Passage

pytestmark = pytest.mark.django_db

BUTTON = re.compile(r'<a class="btn btn-primary" href="([^"]+)"><span>(.*?)</span></a>')
MOST = 80 * 1024
WRITTEN = (
    "headline",
    "reassurance",
    "for_whom",
    "in_person",
    "online",
    "walking",
    "approach",
    "fees_note",
    "invitation",
)


def home(browser: Browser) -> str:
    response = browser.get(reverse("home"))
    assert response.status_code == 200
    return text_of(response)


def sections(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<h2[^>]*>(.*?)</h2>", html)]


# --- what is written


def test_all_that_is_written_is_on_the_page(world: World, client: Browser) -> None:
    page = make_front_page(
        **{name: f"My {name}" for name in WRITTEN}, reasons="I can’t sleep.\nI miss him."
    )
    passages = [make_passage(part) for part in Passage.Part]
    Therapist.objects.update(registration="Member 000000", about="I listen.\n\nI learn.")
    world.therapist.practice.introduction = "I’m here."
    world.therapist.practice.save()
    html = home(client)
    assert "<h1>My headline</h1>" in html
    for name in WRITTEN:
        assert getattr(page, name) in html, name
    assert "<li>I can’t sleep.</li><li>I miss him.</li>" in html
    for passage in passages:
        assert passage.title in html
        assert passage.text in html
    for said in ("I’m here.", "Member 000000", "<p>I listen.</p>", "<p>I learn.</p>"):
        assert said in html
    assert '<h2 id="person-1">Robin Kicks</h2>' in html


def test_who_says_so_is_shown_with_their_pronouns_and_languages(
    world: World, client: Browser
) -> None:
    Therapist.objects.update(registration="Member 000000")
    assert "Speaks" not in home(client)
    Therapist.objects.update(pronouns="she/her", languages="English and Polish")
    html = home(client)
    assert '<p class="kt-person__line">she/her</p>' in html
    assert '<p class="kt-person__line">Speaks English and Polish</p>' in html


def test_an_empty_database_has_a_page_without_an_empty_part(client: Browser) -> None:
    FrontPage.objects.all().delete()
    html = home(client)
    assert "Booking isn’t open just yet." in html
    assert sections(html) == ["If you need help right now"]
    assert "<h1></h1>" not in html
    assert not BUTTON.search(html)
    assert "mailto:" not in html
    assert "<title>A steady place to talk things through</title>" in html
    assert not re.search(r"<(p|ul|dl|ol|li|h[1-6]|span)(?: [^>]*)?>\s*</\1>", html)


def test_what_ships_says_how_it_starts_before_anything_is_written(client: Browser) -> None:
    make_front_page()
    make_passage("step", title="A first talk")
    assert sections(home(client)) == ["How it starts", "If you need help right now"]


@pytest.mark.parametrize(
    ("facts", "heading"),
    [
        ({"for_whom": "Adults."}, "Who I work with"),
        ({"reasons": "Worry."}, "Who I work with"),
        ({"approach": "In short:"}, "How I work"),
    ],
)
def test_a_part_is_there_as_soon_as_one_half_of_it_is_written(
    client: Browser, facts: dict[str, Any], heading: str
) -> None:
    make_front_page(**facts)
    html = home(client)
    assert sections(html)[0] == heading
    assert not re.search(r"<(p|ul|dl)(?: [^>]*)?>\s*</\1>", html)


def test_a_therapist_of_whom_nothing_is_written_has_no_part(world: World, client: Browser) -> None:
    assert "Robin Kicks" not in home(client)
    Therapist.objects.update(about="I listen.")
    html = home(client)
    assert '<h2 id="person-1">Robin Kicks</h2>' in html
    assert "kt-person__line" not in html


def test_a_therapist_is_shown_before_anything_is_offered(client: Browser) -> None:
    make_therapist(about="I listen.")
    assert "Robin Kicks" in home(client)


def test_an_answer_is_markdown_in_which_nothing_runs(client: Browser) -> None:
    make_front_page()
    sly = "**Yes.** See [fees](/fees/).\n\n<script>alert(1)</script> [x](javascript:alert(1))"
    make_passage(title="<b>Private?</b>", text=sly)
    html = home(client)
    assert "<summary>&lt;b&gt;Private?&lt;/b&gt;</summary>" in html
    assert '<strong>Yes.</strong> See <a href="/fees/">fees</a>.' in html
    assert "<script>alert" not in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize("name", [*WRITTEN, "reasons"])
def test_nothing_that_is_written_can_end_its_place(
    world: World, client: Browser, name: str
) -> None:
    make_front_page(**{name: "</p><script>alert(1)</script>"})
    html = home(client)
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_the_menu_leads_to_a_part_that_is_there_even_where_nothing_is_written(
    client: Browser,
) -> None:
    FrontPage.objects.all().delete()
    html = home(client)
    [where] = set(re.findall(r'href="/#([\w-]+)">How I work', html))
    assert f'id="{where}"' in html


def test_the_map_names_places_only_where_it_was_chosen(client: Browser) -> None:
    make_front_page()
    assert "Fulham" not in home(client)
    make_front_page(picture="fulham")
    assert "Putney" in home(client)


# --- what is offered


def test_the_one_thing_to_do_is_to_book_the_consultation(world: World, client: Browser) -> None:
    make_front_page()
    buttons = set(BUTTON.findall(home(client)))
    title = 'Book a free <span class="kt-nowrap">15-minute</span> consultation'
    assert buttons == {("/book/?what=consultation", title)}


def test_the_next_free_time_is_the_first_that_the_times_page_shows(
    world: World, client: Browser
) -> None:
    make_front_page()
    html = home(client)
    # From 9 on Monday with 12 hours’ notice: Tuesday at 9.
    assert "Next free time: <strong>Tuesday 24 November 2026, 9am UK time</strong>." in html
    force_booking(world, NOW + timedelta(days=1), minutes=60)
    assert "<strong>Tuesday 24 November 2026, 10am UK time</strong>" in home(client)
    times = client.get("/book/time/?what=consultation&how=online").content.decode()
    assert re.findall(r'value="(2026[^"]+)"', times)[0] == "2026-11-24T10:00"


def test_no_time_is_promised_where_none_is_free(world: World, client: Browser) -> None:
    make_front_page(reassurance="Nothing to pay.")
    WeeklyHours.objects.all().delete()
    html = home(client)
    assert "Next free time" not in html
    assert '<p class="kt-next"><span> Nothing to pay. </span></p>' in html
    assert len(BUTTON.findall(html)) == 2


def test_without_a_notice_to_agree_to_booking_is_not_open(client: Browser, world: World) -> None:
    PrivacyNotice.objects.all().delete()
    html = home(client)
    assert "Booking isn’t open just yet." in html
    assert 'href="mailto:hello@kicks.example"' in html
    assert not BUTTON.search(html)
    assert "See free times" not in html
    assert "£75" in html


def test_where_only_sessions_are_offered_the_button_leads_to_the_choice(client: Browser) -> None:
    therapist = make_therapist()
    make_places(therapist)
    make_session(therapist)
    make_notice()
    assert set(BUTTON.findall(home(client))) == {("/book/", "Book a time")}


def test_each_way_says_where_what_it_costs_and_leads_to_its_times(
    world: World, client: Browser
) -> None:
    make_front_page(walking="Side by side.")
    make_place(world.therapist, name="Barnes Common")
    make_place(world.therapist, name="Closed park", is_active=False)
    html = home(client)
    assert "Three ways to meet" in html
    cards = re.findall(
        r'<li class="kt-way">(.*?)(?=<li class="kt-way">|</ul></section>)', html, re.DOTALL
    )
    assert [re.findall(r"<h3>(.*?)</h3>", card)[0] for card in cards] == [
        "In person",
        "Online",
        "Walking",
    ]
    room, online, walk = cards
    assert "<li>The Fulham room</li>" in room
    assert "Video room" not in online
    assert "<li>Bishop’s Park gate</li><li>Barnes Common</li>" in walk
    assert "<p>Side by side.</p>" in walk
    assert "Closed park" not in html
    for card in cards:
        assert "15 minutes, free<br>50 minutes, £75" in card
    who = world.therapist.slug
    assert f"/book/time/?what=consultation&amp;how=online&amp;who={who}" in online
    assert client.get(f"/book/time/?what=consultation&how=walking&who={who}").status_code == 200


@pytest.mark.parametrize(
    ("formats", "heading"),
    [(["online"], "How we meet"), (["online", "walking"], "Two ways to meet")],
)
def test_only_the_ways_that_are_offered_are_shown(
    world: World, client: Browser, formats: list[str], heading: str
) -> None:
    Service.objects.update(formats=formats)
    html = home(client)
    assert heading in html
    assert len(re.findall('<li class="kt-way">', html)) == len(formats)
    assert "The Fulham room" not in html.partition("<main")[2]


def test_what_is_out_of_use_is_not_shown(world: World, client: Browser) -> None:
    Service.objects.filter(slug="session").update(is_active=False)
    html = home(client)
    assert "£75" not in html
    assert "15 minutes, free" in html


def test_two_therapists_share_the_page(world: World, client: Browser) -> None:
    make_front_page()
    other = make_therapist(name="Kim Li", practice=world.therapist.practice, about="I walk.")
    make_places(other)
    make_hours(other)
    make_service(other)
    make_session(other, price=Decimal(60))
    html = home(client)
    assert "50 minutes, £75<br>50 minutes, £60" in html
    assert html.count("<li>The Fulham room</li>") == 1
    assert "Session, with Kim Li" in html
    assert "Consultation, with Robin Kicks" in html


def test_the_three_newest_articles_that_are_out_are_shown(client: Browser) -> None:
    for month in (5, 7, 6, 8):
        make_article(title=f"Of month {month}", published_on=date(2026, month, 1))
    make_article(title="A draft", state=Article.State.DRAFT)
    make_article(title="Of tomorrow", published_on=date(2026, 11, 24))
    html = home(client)
    titles = re.findall(r'<h3 class="kt-card__title"><a[^>]*>(.*?)</a>', html)
    assert titles == ["Of month 8", "Of month 7", "Of month 6"]


# --- what it costs


def test_the_demos_home_page_weighs_at_most_80_kb(
    client: Browser, settings: Settings, tmp_path: Any
) -> None:
    settings.LOCAL_DIR = tmp_path
    call_command("seed_demo")
    assert 20 * 1024 < weight(client, reverse("home")) <= MOST


def test_the_demo_fills_every_part(client: Browser, settings: Settings, tmp_path: Any) -> None:
    settings.LOCAL_DIR = tmp_path
    call_command("seed_demo")
    assert sections(home(client)) == [
        "Who I work with",
        "Three ways to meet",
        "Where to find me",
        "How it starts",
        "How I work",
        "Robin Kicks",
        "Fees",
        "Things people ask",
        "From the academy",
        "Start with a conversation",
        "If you need help right now",
    ]


def test_the_next_free_time_is_the_same_of_a_few_therapists_as_of_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many it is looked for each time; a few are kept while their diaries stand."""
    known = catalogue.offered()
    few = services.next_free(known, NOW)
    monkeypatch.setattr(services, "FEW", 0)
    assert few == services.next_free(known, NOW) != ""
