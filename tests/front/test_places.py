"""Where to find me: the way for anybody, the address as far as the practice wishes."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Place, Service
from tests.factories import World, make_place
from tests.pages import address, answers, press, text_of

PUBLIC, STEPS, BOOKED = Place.AddressShown
GATE = {"latitude": 51.4716, "longitude": -0.2169}
ADDRESS = "12 Example Mews, London SW6 0AA"
WAY = {
    "area": "Fulham, SW6",
    "steps": "14 stairs & no lift.",
    "toilet": "A toilet on the same floor.",
    "inside": "Chairs with arms.",
    "train": "District line to Putney Bridge.",
    "bus": "Buses stop outside.",
    "parking": "Bike stands outside.",
    "bring": "Nothing but yourself.",
}
SLOT = "2026-11-24T10:00"


@pytest.fixture
def room(world: World) -> Place:
    """The room of the practice, of which everything is written."""
    room = world.place(Format.IN_PERSON)
    Place.objects.filter(pk=room.pk).update(**WAY, **GATE, directions="Ring the secret bell.")
    room.refresh_from_db()
    return room


def show(room: Place, shown: str) -> None:
    Place.objects.filter(pk=room.pk).update(address_shown=shown)


def places(browser: Browser) -> str:
    response = browser.get(reverse("places"))
    assert response.status_code == 200
    return text_of(response)


def card(html: str, place: Place) -> str:
    [found] = re.findall(rf'<section [^>]*id="place-{place.pk}".*?</section>', html)
    return str(found)


def test_the_way_and_the_access_are_said_to_anybody_the_steps_first(
    client: Browser, room: Place
) -> None:
    html = card(places(client), room)
    said = [
        html.index(words.replace("&", "&amp;")) for name, words in WAY.items() if name != "area"
    ]
    assert said == sorted(said)
    assert "How to get there" in html
    assert "What to bring" in html


@pytest.mark.parametrize("shown", [STEPS, BOOKED])
def test_until_the_practice_says_so_nobody_reads_the_address_nor_sees_where_it_is(
    client: Browser, room: Place, shown: str
) -> None:
    show(room, shown)
    for page in (places(client), text_of(client.get(reverse("home")))):
        html = card(page, room)
        assert "<address>Fulham, SW6</address>" in html
        for secret in (ADDRESS, "51.47", "0.2169", "kt-place__map", "openstreetmap", "secret bell"):
            assert secret not in html, secret


def test_a_public_address_comes_with_a_map_and_links_that_are_only_followed_by_a_press(
    client: Browser, room: Place
) -> None:
    show(room, PUBLIC)
    html = card(places(client), room)
    assert f"<address>{ADDRESS}</address>" in html
    assert 'role="img"' in html
    assert "The nearest station on it is Putney Bridge." in html
    links = re.findall(r'<a href="((?:https|geo):[^"]+)"([^>]*)>', html)
    assert [url.partition(":")[0] for url, _ in links] == ["https", "https", "https", "geo"]
    for url, more in links[:3]:
        assert 'rel="noopener noreferrer"' in more, url
    assert not re.search(r'(?:src|srcset|xlink:href)="http', html)
    assert "secret bell" not in html


def test_outside_of_the_drawing_there_is_no_map_and_the_links_stay(
    client: Browser, room: Place
) -> None:
    Place.objects.filter(pk=room.pk).update(
        address_shown=PUBLIC, latitude=53.4808, longitude=-2.2426
    )
    html = card(places(client), room)
    assert "kt-place__map" not in html
    assert "openstreetmap.org/?mlat=53.48080" in html


def test_of_a_place_without_a_word_there_is_its_name_alone(client: Browser, world: World) -> None:
    html = card(places(client), world.place(Format.WALKING))
    assert "Bishop’s Park gate" in html
    assert "<address>Where exactly, you’ll read in your confirmation.</address>" in html
    for part in ("<ul", "kt-place__way", "<p"):
        assert part not in html


def test_rooms_stand_first_and_a_video_room_is_no_place_to_find(
    client: Browser, world: World, room: Place
) -> None:
    make_place(world.therapist, name="Putney Bridge", position=0)
    Place.objects.filter(pk=room.pk).update(position=9)
    names = re.findall(r'<h2 class="kt-place__name"[^>]*>(.*?)</h2>', places(client))
    assert names[0] == "The Fulham room"
    assert set(names[1:]) == {"Putney Bridge", "Bishop’s Park gate"}


def test_what_is_out_of_use_or_in_no_offer_is_left_out(
    client: Browser, world: World, room: Place
) -> None:
    Service.objects.update(formats=[Format.ONLINE, Format.WALKING])
    world.therapist.places.filter(format=Format.WALKING).update(is_active=False)
    html = places(client)
    assert "kt-place__name" not in html
    assert "There’s no place to find just now" in html


def test_before_anything_is_offered_there_is_a_page_all_the_same(client: Browser, db: None) -> None:
    html = places(client)
    assert "There’s no place to find just now" in html
    assert "mailto:" not in html
    assert "btn-primary" not in html


def test_nothing_that_is_written_of_a_place_can_end_its_place(client: Browser, room: Place) -> None:
    sly = "</svg><script>alert(1)</script>"
    facts = dict.fromkeys((*WAY, "name", "address"), sly)
    Place.objects.filter(pk=room.pk).update(address_shown=PUBLIC, **facts)
    for page in (places(client), text_of(client.get(reverse("home")))):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


# --- the home page


def test_the_home_page_shows_the_first_place_and_leads_to_the_others(
    client: Browser, room: Place
) -> None:
    html = text_of(client.get(reverse("home")))
    assert '<h2 id="where-h">Where to find me</h2>' in html
    assert html.count('class="kt-place kt-place--wide"') == 1
    assert f'<a href="{reverse("places")}">All the places where we can meet</a>' in html


def test_with_one_place_it_leads_nowhere_else(client: Browser, world: World, room: Place) -> None:
    world.therapist.places.filter(format=Format.WALKING).delete()
    Service.objects.update(formats=[Format.IN_PERSON])
    html = text_of(client.get(reverse("home")))
    assert "14 stairs" in html
    assert "All the places where we can meet" not in html


def test_the_home_page_has_no_part_for_places_that_say_nothing(
    client: Browser, world: World
) -> None:
    assert "where-h" not in text_of(client.get(reverse("home")))


# --- while somebody books


def in_person(browser: Browser, world: World) -> tuple[str, str]:
    """The third and the last step of a consultation in the room, and its check page's address."""
    step = address("details", world, slot=SLOT, how=Format.IN_PERSON)
    return step, text_of(browser.get(step))


def test_the_details_lead_to_the_way_but_not_for_a_meeting_online(
    client: Browser, world: World, room: Place
) -> None:
    link = f'<a href="{reverse("places")}" target="_blank" rel="noopener">'
    assert link in in_person(client, world)[1]
    assert link not in text_of(client.get(address("details", world, slot=SLOT)))


@pytest.mark.parametrize(
    ("shown", "said"), [(PUBLIC, ADDRESS), (STEPS, ADDRESS), (BOOKED, "Fulham, SW6")]
)
def test_the_steps_say_where_as_far_as_the_practice_wishes_and_the_stairs_in_any_case(
    client: Browser, world: World, room: Place, shown: str, said: str
) -> None:
    [unsaid] = {ADDRESS, "Fulham, SW6"} - {said}
    make_place(world.therapist, format=Format.IN_PERSON, name="Second", address="2 Road")
    show(room, shown)
    details = in_person(client, world)[1]
    assert said in details
    assert unsaid not in details
    check = check_of(client, world, room)
    page = text_of(client.get(check))
    assert f"The Fulham room, {said}<br>14 stairs &amp; no lift." in page
    assert unsaid not in page


def check_of(browser: Browser, world: World, room: Place) -> str:
    """Answer everything for a consultation in the room."""
    from_step = address("details", world, slot=SLOT, how=Format.IN_PERSON)
    answered = browser.post(from_step, {**answers(), "place": str(room.pk)})
    assert answered.status_code == 302
    return str(answered["Location"])


def test_who_has_booked_reads_what_was_kept_from_the_steps(
    client: Browser, world: World, room: Place
) -> None:
    show(room, BOOKED)
    booked = press(client, check_of(client, world, room))
    assert booked.status_code == 302
    page = text_of(client.get(booked["Location"]))
    assert ADDRESS in page
    assert "Ring the secret bell." in page


def test_a_hidden_address_that_changes_meanwhile_is_not_what_was_agreed(
    client: Browser, world: World, room: Place
) -> None:
    """Who wasn't shown a house number is not asked about another one; the area is asked about."""
    show(room, BOOKED)
    check = check_of(client, world, room)
    shown = client.get(check).content.decode()
    carried = dict(re.findall(r'<input type="hidden" name="(key|shown)" value="([^"]*)"', shown))
    Place.objects.filter(pk=room.pk).update(area="Putney, SW15")
    asked = client.get(client.post(check, carried)["Location"])
    assert asked.status_code == 422
    assert "Putney, SW15" in text_of(asked)
    carried = dict(
        re.findall(
            r'<input type="hidden" name="(key|shown)" value="([^"]*)"', asked.content.decode()
        )
    )
    Place.objects.filter(pk=room.pk).update(address="14 Example Mews, London SW6 0AA")
    assert client.post(check, carried).status_code == 302
