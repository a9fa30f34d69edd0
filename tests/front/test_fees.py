"""The fees, and the terms in the words of those who decide: each service's own."""

import re
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import escape

from availability.models import Practice, Service
from bookings import policy
from bookings.policy import ANY_TIME
from front.services import listed
from tests.factories import (
    World,
    make_front_page,
    make_places,
    make_practice,
    make_session,
    make_therapist,
)
from tests.pages import check_address, text_of
from tests.weighing import weight

pytestmark = pytest.mark.django_db

ROW = re.compile(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td></tr>')
TERMS = re.compile(r"<h3>(.*?)</h3><p>(.*?)</p>")
MOST = 80 * 1024


def fees(browser: Browser) -> str:
    response = browser.get(reverse("fees"))
    assert response.status_code == 200
    return text_of(response)


def test_each_service_has_its_length_its_formats_and_its_price(
    world: World, client: Browser
) -> None:
    Service.objects.filter(slug="session").update(
        formats=["walking", "in_person"], summary="Often."
    )
    assert ROW.findall(fees(client)) == [
        ("Consultation<span>15 minutes, in person, online or walking</span>", "Free"),
        ("Session<span>50 minutes, in person or walking</span> <span>Often.</span>", "£75"),
    ]


def test_the_terms_are_those_that_are_agreed_when_it_is_booked(
    world: World, client: Browser
) -> None:
    world.session.move_notice_hours, world.session.most_moves = 24, 1
    world.session.cancel_notice_hours, world.session.late_fee_percent = 48, 50
    world.session.save()
    words = policy.words(policy.terms_for(world.session))
    assert (
        "After that, or if you don’t come, it costs £37.50, even if you move it to another time "
        "first." in words
    )
    assert TERMS.findall(fees(client)) == [("Consultation", ANY_TIME), ("Session", words)]
    world.consultation.move_notice_hours = 6
    world.consultation.save()
    [(_, told), _] = TERMS.findall(fees(client))
    assert told in text_of(client.get(check_address(client, world)))


def test_what_the_therapist_adds_stands_below(world: World, client: Browser) -> None:
    make_front_page(fees_note="Ask me about <less>.")
    assert "Ask me about &lt;less&gt;." in fees(client)


def test_with_several_therapists_each_fee_says_whose_it_is(world: World, client: Browser) -> None:
    other = make_therapist(name="Kim Li", practice=world.therapist.practice)
    make_places(other)
    make_session(other, price=Decimal("62.50"))
    rows = dict(ROW.findall(fees(client)))
    assert (
        rows["Session, with Kim Li<span>50 minutes, in person, online or walking</span>"]
        == "£62.50"
    )
    assert [name for name, _ in TERMS.findall(fees(client))] == [
        "Consultation, with Robin Kicks",
        "Session, with Robin Kicks",
        "Session, with Kim Li",
    ]


def test_before_anything_is_offered_the_page_says_so(client: Browser) -> None:
    html = fees(client)
    assert "I haven’t put my fees here yet." in html
    assert "<table" not in html
    assert "If your plans change" not in html
    assert "mailto:" not in html
    make_practice()
    assert "If you’d like to know them, <a" in fees(client)


@pytest.mark.parametrize("step", ["home", "book", "time", "privacy"])
def test_it_is_linked_from_home_and_from_the_booking(
    world: World, client: Browser, step: str
) -> None:
    query = {"what": "consultation", "how": "online"} if step == "time" else {}
    assert f'href="{reverse("fees")}"' in text_of(client.get(reverse(step), query))


def test_how_to_pay_insurers_and_receipts_are_the_practices_own_words(
    world: World, client: Browser
) -> None:
    said = {
        "how_to_pay": ("How to pay", "By transfer.\nWithin a week."),
        "insurers": ("If an insurer pays", "Ask <them>."),
        "receipts": ("Receipts", "By email."),
    }
    Practice.objects.update(**{name: words for name, (_, words) in said.items()})
    html = fees(client)
    for heading, words in said.values():
        shown = escape(words).replace("\n", "<br>")
        assert f"<h2>{heading}</h2><p>{shown}</p>" in html
    Practice.objects.update(**dict.fromkeys(said, ""))
    html = fees(client)
    for heading, _ in said.values():
        assert f"<h2>{heading}</h2>" not in html


def test_it_weighs_at_most_80_kb(world: World, client: Browser) -> None:
    assert weight(client, reverse("fees")) <= MOST


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], ""),
        (["online"], "online"),
        (["online", "walking"], "online or walking"),
        (["in person", "online", "walking"], "in person, online or walking"),
    ],
)
def test_alternatives_read_as_people_say_them(words: list[str], said: str) -> None:
    assert listed(words) == said
