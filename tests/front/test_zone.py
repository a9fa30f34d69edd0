"""A visitor elsewhere sees UK time first and their own beside it, also without JavaScript."""

import json
import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format
from encryption.fields import seal
from front import drafts
from front.drafts import Draft
from tests import factories
from tests.factories import World
from tests.pages import SLOT, address, answers, check_address, press, text_of

ZONE = "America/New_York"
CARRIED = "zone=America%2FNew_York"
UK_AND_OWN = re.compile(r"<span>10am</span> <small>5am in New York</small>")
MARK = "data-uk-instant"

BAD = {
    "a path": "../../etc/passwd",
    "NUL": "America/New_York\x00",
    "a line end": "America/New_York\n",
    "5,000 digits": "9" * 5000,
    "empty": "",
    "lower case": "america/new_york",
    "an old spelling": "Asia/Calcutta",
    "an offset": "Etc/GMT+3",
    "the machine’s own": "localtime",
    "the UK": "Europe/London",
    "a region": "America",
    "a script": "<script>alert(1)</script>",
    "twice, the last one bad": [ZONE, "rubbish"],
}


def links(page: str) -> list[str]:
    """The addresses of booking steps on the page."""
    return re.findall(r'href="(/book/[^"]*)"', page.partition("<main")[2].partition("<footer")[0])


# --- the choice


def test_the_times_page_offers_the_choice_and_carries_everything_there_and_back(
    client: Browser, world: World
) -> None:
    times = client.get(address("time", world, day="2026-11-25", draft="abc"))
    found = re.search(r'href="([^"]+)"> ?Not in the UK\? Choose where you are ?<', text_of(times))
    assert found
    page = text_of(client.get(found[1].replace("&amp;", "&")))
    for name, value in (("what", "consultation"), ("day", "2026-11-25"), ("draft", "abc")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert f'action="{reverse("time")}" method="get"' in page
    assert '<optgroup label="Europe">' in page
    assert f'<option value="{ZONE}">New York</option>' in page
    assert "selected" not in page
    assert all("day=2026-11-25&amp;draft=abc" in link for link in links(page))


def test_the_choice_that_was_made_stands_in_the_list_and_can_be_taken_back(
    client: Browser, world: World
) -> None:
    page = text_of(client.get(address("zone", world, zone=ZONE)))
    assert page.count(" selected>") == 1
    assert f'<option value="{ZONE}" selected>New York</option>' in page
    assert 'type="hidden" name="zone"' not in page
    assert '<option value="">In the UK</option>' in page


def test_without_what_and_how_there_is_nothing_to_show_the_time_of(client: Browser) -> None:
    response = client.get(reverse("zone"), {"zone": ZONE})
    assert (response.status_code, response["Location"]) == (302, reverse("book"))


def test_choosing_sets_no_cookie(client: Browser, world: World) -> None:
    client.get(address("zone", world))
    client.get(address("time", world, zone=ZONE))
    assert not client.cookies


# --- the times


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "part"])
def test_own_time_stands_beside_uk_time_and_the_script_is_left_nothing_to_do(
    client: Browser, world: World, headers: dict[str, str]
) -> None:
    response = client.get(address("time", world, zone=ZONE), headers=headers)
    page = text_of(response)
    assert UK_AND_OWN.search(page)
    assert "All times are UK time, with the time in New York below." in page
    assert "Change where you are" in page
    assert MARK not in page


def test_without_a_choice_the_script_may_ask_the_browser(client: Browser, world: World) -> None:
    page = text_of(client.get(address("time", world)))
    assert "All times are UK time. The" in page
    assert MARK in page
    assert "<small>5am" not in page


def test_where_the_clocks_agree_that_is_said_once(client: Browser, world: World) -> None:
    page = text_of(client.get(address("time", world, zone="Europe/Lisbon")))
    assert "All times are UK time, and it’s the same time in Lisbon." in page
    assert "<span>10am</span></button>" in page
    assert MARK not in page


def test_a_visitor_who_chose_and_one_who_did_not_get_pages_of_their_own(
    client: Browser, world: World
) -> None:
    for zone, shown in ((ZONE, True), (None, False), (ZONE, True)):
        page = text_of(client.get(address("time", world, zone=zone)))
        assert bool(UK_AND_OWN.search(page)) is shown


@pytest.mark.parametrize("draft", [None, "abc"])
def test_every_link_of_the_times_page_keeps_the_zone(
    client: Browser, world: World, draft: str | None
) -> None:
    page = text_of(client.get(address("time", world, zone=ZONE, draft=draft)))
    found = links(page)
    assert len(found) > 5
    assert [link for link in found if CARRIED not in link] == []
    assert f'<input type="hidden" name="zone" value="{ZONE}">' in page


def test_a_time_just_taken_names_the_nearest_in_both_and_keeps_the_zone(
    client: Browser, world: World
) -> None:
    factories.book(world, factories.NOW.replace(day=24, hour=10))
    response = client.get(address("details", world, slot=SLOT, zone=ZONE))
    assert response.status_code == 422
    page = text_of(response)
    assert (
        "<span>Tuesday 24 November 2026, 9:30am UK time</span> <small>4:30am in New York</small>"
        in page
    )
    assert [link for link in links(page) if CARRIED not in link] == []


def test_changing_what_is_booked_keeps_the_zone(client: Browser, world: World) -> None:
    page = text_of(client.get(address("book", world, zone=ZONE)))
    found = [link for link in links(page) if link.startswith("/book/")]
    assert len(found) > len(Format)  # the ways to meet, and the other meeting
    assert [link for link in found if CARRIED not in link and link != reverse("book")] == []


@pytest.mark.parametrize("zone", BAD.values(), ids=BAD)
@pytest.mark.parametrize("step", ["book", "time", "zone", "details"])
def test_a_zone_that_is_none_reads_as_absent(
    client: Browser, world: World, step: str, zone: Any
) -> None:
    asked = {"slot": SLOT} if step == "details" else {}
    page = text_of(client.get(address(step, world, zone=zone, **asked)))
    form = r'name="(csrfmiddlewaretoken|rendered)" value="[^"]*"'
    without = text_of(client.get(address(step, world, **asked)))
    assert re.sub(form, "", page) == re.sub(form, "", without)


# --- details, check, booked


def test_the_zone_goes_with_the_answers_to_the_last_look_and_the_confirmation(
    client: Browser, world: World
) -> None:
    form = address("details", world, slot=SLOT, zone=ZONE)
    page = text_of(client.get(form))
    own = "<small>5am in New York</small>"
    assert f"<span>Tuesday 24 November 2026, 10am UK time</span> {own}" in page
    assert [link for link in links(page) if CARRIED not in link] == []
    check = client.post(form, answers())["Location"]
    page = text_of(client.get(check))
    assert f"10am to 10:15am UK time</span> {own}" in page
    assert len([link for link in links(page) if CARRIED in link]) == 2
    back = text_of(client.get(f"{reverse('details')}?draft={check.split('/')[3]}"))
    assert own in back
    booked = press(client, check)["Location"]
    assert booked.endswith(f"?booked=1&{CARRIED}")
    page = text_of(client.get(booked))
    assert f"10am to 10:15am UK time</span> {own}" in page
    assert MARK not in page


def test_without_a_choice_every_page_that_tells_the_time_is_marked_for_the_script(
    client: Browser, world: World
) -> None:
    check = check_address(client, world)
    booked = press(client, check)
    assert booked["Location"].endswith("?booked=1")
    pages = address("details", world, slot="2026-11-24T11:00"), booked["Location"]
    for path in pages:
        page = text_of(client.get(path))
        assert page.count(MARK) == 1
        assert "js/kicks" in page


def test_another_time_keeps_the_zone_and_another_zone_the_answers(
    client: Browser, world: World
) -> None:
    check = client.post(address("details", world, slot=SLOT, zone=ZONE), answers())["Location"]
    draft = check.split("/")[3]
    for slot, zone, told in (
        ("2026-11-24T11:00", ZONE, "6am in New York"),
        ("2026-11-24T11:00", "Asia/Kathmandu", "4:45pm in Kathmandu"),
        (SLOT, None, "data-uk-instant"),
    ):
        moved = client.get(address("details", world, slot=slot, zone=zone, draft=draft))
        assert (moved.status_code, moved["Location"]) == (302, check)
        assert told in text_of(client.get(check))


def test_a_zone_is_no_answer_so_the_key_stays_and_one_press_books_once() -> None:
    draft = Draft(service_id=1, format="online", slot=SLOT, zone=ZONE)
    elsewhere = draft.changed(zone="Asia/Tokyo")
    assert (elsewhere.zone, elsewhere.key) == ("Asia/Tokyo", draft.key)
    assert draft.changed(zone="", name="Sam").key != draft.key


def test_a_draft_from_before_the_zone_still_opens(client: Browser, world: World) -> None:
    check = check_address(client, world)
    draft_id = check.split("/")[3]
    session = client.session
    kept = drafts.load(session, draft_id)
    assert kept
    old = {name: getattr(kept, name) for name in kept.__slots__ if name != "zone"}
    session["drafts"] = {draft_id: seal(json.dumps(old))}
    session.save()
    assert drafts.load(client.session, draft_id) == kept
    assert client.get(check).status_code == 200
