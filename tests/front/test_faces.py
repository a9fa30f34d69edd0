"""Who one will meet, in the first screen; where one meets; and what their pictures weigh."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from academy.models import Article
from availability.models import Format, Place, Therapist
from bookings.notices import private_links
from pictures.models import Picture
from pictures.templatetags import pictures as tags
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_article,
    make_front_page,
    make_picture,
    make_service,
    make_therapist,
)
from tests.pages import open_link, text_of

pytestmark = pytest.mark.django_db

REGISTER = "https://www.bacp.example/register/123456"
IMAGE = re.compile(r"<picture>.*?</picture>")


def home(browser: Browser) -> str:
    make_front_page()
    return text_of(browser.get("/"))


def hero(html: str) -> str:
    return html.partition('<section class="kt-hero')[2].partition("</section>")[0]


def introduce(**facts: object) -> None:
    Therapist.objects.update(
        registration="Diploma in integrative counselling",
        register="BACP",
        register_number="123456",
        register_url=REGISTER,
        **facts,
    )


# --- one therapist


def test_face_name_credentials_and_the_register_come_first(client: Browser, world: World) -> None:
    introduce(portrait=make_picture(alt="Robin Kicks, smiling"))
    first = hero(home(client))
    figure, _, rest = first.partition("</figure>")
    assert 'alt="Robin Kicks, smiling"' in figure
    assert "<strong>Robin Kicks</strong>" in figure
    assert "<span>Diploma in integrative counselling</span>" in figure
    assert "<span>Registered member of the BACP, no. 123456</span>" in figure
    link = re.search(
        r'<a class="kt-register" href="([^"]+)"[^>]*rel="noopener noreferrer">(.*?)</a>', figure
    )
    assert link
    assert link[1] == REGISTER
    assert link[2].strip().startswith("Check me on the BACP register")
    assert "<h1>" in rest
    assert "kt-map" not in first


def test_without_a_portrait_the_drawing_stays(client: Browser, world: World) -> None:
    introduce()
    html = home(client)
    assert '<svg class="kt-face__art"' in hero(html)
    assert "<picture>" not in html


def test_who_has_said_nothing_of_themselves_leaves_the_river_there(
    client: Browser, world: World
) -> None:
    html = home(client)
    assert "kt-map" in hero(html)
    assert "kt-face" not in html
    assert "kt-banner" not in html


def test_the_river_then_shows_where_one_meets(client: Browser, world: World) -> None:
    introduce()
    assert home(client).partition('<div class="kt-banner">')[2].startswith('<div class="kt-map"')


@pytest.mark.parametrize(
    ("facts", "line", "link"),
    [
        ({"register": "UKCP"}, "Registered member of the UKCP", ""),
        ({"register_url": REGISTER}, "", "Check me on the register"),
        ({"about": "I listen."}, "", ""),
        ({"register": "UKCP", "register_number": "7"}, "Registered member of the UKCP, no. 7", ""),
    ],
)
def test_only_what_is_known_is_said(
    client: Browser, world: World, facts: dict[str, str], line: str, link: str
) -> None:
    Therapist.objects.update(**facts)
    first = hero(home(client))
    assert re.findall(r"<span>(Registered.*?)</span>", first) == ([line] if line else [])
    assert re.findall(r"Check me on the [^<]*", first) == ([link] if link else [])


def test_a_number_says_whose_it_is(world: World) -> None:
    therapist = world.therapist
    therapist.register_number = "123456"
    with pytest.raises(ValidationError) as refused:
        therapist.full_clean()
    assert refused.value.message_dict == {
        "register": ["Whose number is it? Enter the professional body, like BACP."]
    }
    therapist.register = "BACP"
    therapist.full_clean()


# --- several


def test_each_of_several_shows_their_face_and_leads_to_their_words(
    client: Browser, world: World
) -> None:
    introduce(portrait=make_picture())
    kim = make_therapist(
        practice=world.therapist.practice, name="Kim Li", register="UKCP", register_url=REGISTER
    )
    make_service(kim)
    silent = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    make_service(silent)
    html = home(client)
    first = hero(html)
    assert re.findall(r'<a href="#(person-\d)">', first) == ["person-1", "person-2"]
    assert first.count("<picture>") == first.count('<svg class="kt-face__art"') == 1
    assert "kt-map" in first
    assert "kt-banner" not in html
    for number, name in enumerate(("Robin Kicks", "Kim Li"), 1):
        assert f'<h2 id="person-{number}">{name}</h2>' in html
        assert re.search(rf"register<span[^>]*>: {name} \(opens in a new tab\)", html)
    assert "Registered member of the UKCP" in html
    assert "Ash Lane</h2>" not in html


# --- places and articles


def test_a_place_is_seen_where_the_way_to_it_is_told(client: Browser, world: World) -> None:
    room, walk = world.place(Format.IN_PERSON), world.place(Format.WALKING)
    video = world.place(Format.ONLINE)
    Place.objects.filter(pk=video.pk).update(picture=make_picture(alt="A screen"))
    assert 'id="where-h"' not in home(client)
    Place.objects.filter(pk=walk.pk).update(picture=make_picture(alt="A green gate"))
    places = text_of(client.get("/places/"))
    [shown] = re.findall(r'<div class="kt-place__picture">(.*?)</div>', places)
    assert 'alt="A green gate"' in shown
    assert 'loading="lazy"' in shown
    Place.objects.filter(pk=room.pk).update(picture=make_picture(alt="Two armchairs"))
    html = home(client)
    assert 'alt="Two armchairs"' in html.partition('id="where-h"')[2]
    assert "kt-place__map" not in html
    Place.objects.filter(pk=room.pk).update(latitude=51.47, longitude=-0.21, address_shown="public")
    introduce()
    mapped = home(client)
    card = mapped.partition('<div class="kt-place__in">')[2].partition("</section>")[0]
    assert 'alt="Two armchairs"' in card
    assert "kt-place__map" in mapped
    assert "kt-banner" not in mapped
    assert "A screen" not in html + places


def test_who_has_booked_sees_the_place_too(client: Browser, world: World) -> None:
    walk = world.place(Format.WALKING)
    found = force_booking(world, NOW + timedelta(days=3), format=Format.WALKING, place=walk)
    open_link(client, private_links.to_booking(found, NOW))
    path = reverse("booking", args=[found.uid])
    assert not IMAGE.search(text_of(client.get(path)))
    Place.objects.filter(pk=walk.pk).update(picture=make_picture(alt="A green gate"))
    assert 'alt="A green gate"' in text_of(client.get(path))


def test_a_cover_stands_at_the_head_and_in_lists_and_is_shared(
    client: Browser, world: World, settings: Settings
) -> None:
    settings.SITE_URL = "https://book.example.org"
    cover = make_picture(alt="A path by the water")
    article = make_article(picture=cover)
    whole = f"https://book.example.org{cover.address(1440, 'jpg')}"
    assert cover.shared_address == whole
    page = text_of(client.get(article.get_absolute_url()))
    assert '<svg viewBox="0 0 320 150"' not in page.partition("kt-contents")[0]
    [head] = re.findall(r'<div class="kt-cover">(.*?)</div>', page)
    assert 'alt="A path by the water"' in head
    assert 'fetchpriority="high"' in head
    assert f'<meta property="og:image" content="{whole}">' in page
    assert '<meta property="og:image:alt" content="A path by the water">' in page
    assert f'"image": "{whole}"' in page
    for path, when in (("/academy/", 'fetchpriority="high"'), ("/", 'loading="lazy"')):
        [card] = re.findall(r'<div class="kt-cover">(.*?)</div>', text_of(client.get(path)))
        assert 'alt=""' in card
        assert when in card


def test_a_cover_that_is_decoration_is_passed_over(client: Browser) -> None:
    drawn = text_of(client.get(make_article().get_absolute_url()))
    assert "preview.png" in drawn
    assert not IMAGE.search(drawn)
    article = make_article(picture=make_picture(alt="", is_decorative=True))
    page = text_of(client.get(article.get_absolute_url()))
    assert 'alt=""' in IMAGE.findall(page)[0]
    assert "og:image:alt" not in page


def test_the_author_can_be_looked_up(client: Browser, world: World) -> None:
    article = make_article()
    plain = text_of(client.get(article.get_absolute_url()))
    assert "register" not in plain.partition("kt-lead")[0].partition("kt-author")[2]
    introduce()
    page = text_of(client.get(article.get_absolute_url()))
    assert "Registered member of the BACP, no. 123456" in page
    assert f'href="{REGISTER}"' in page
    assert "Check me on the BACP register" in page
    Therapist.objects.update(register="")
    assert "Check me on the register" in text_of(client.get(article.get_absolute_url()))


# --- how it is fetched


def test_a_browser_chooses_kind_and_width_and_keeps_the_room(world: World) -> None:
    shown = make_picture(width=1440, height=1728)
    html = tags.picture(shown, "face")
    kinds = re.findall(r'<source type="([^"]+)" srcset="([^"]+)" sizes="([^"]+)">', html)
    assert [kind for kind, _, _ in kinds] == ["image/avif", "image/webp"]
    assert [one.split()[1] for one in kinds[0][1].split(", ")] == ["320w", "640w", "960w", "1440w"]
    assert {sizes for _, _, sizes in kinds} == {"(min-width: 992px) 374px, 104px"}
    assert 'width="1440" height="1728"' in html
    assert shown.address(640, "jpg") in html.partition("<img")[2].partition("srcset")[0]


def test_a_wide_picture_in_a_high_box_is_fetched_wide_enough(world: World) -> None:
    wide = make_picture(width=1440, height=720)
    assert 'sizes="(min-width: 992px) 736px, 240px"' in tags.picture(wide, "face")
    small = Picture(name="0" * 32, width=320, height=320, widths=[320], alt="A")
    assert f'src="{small.address(320, "jpg")}"' in tags.picture(small, "card")


def test_what_somebody_wrote_is_escaped(world: World) -> None:
    shown = make_picture(alt='"><script>alert(1)</script>')
    assert "<script>" not in tags.picture(shown, "card")


def test_the_demos_page_loads_no_picture_before_it_is_near(
    client: Browser, settings: Settings, tmp_path: object
) -> None:
    settings.LOCAL_DIR = tmp_path
    call_command("seed_demo")
    Therapist.objects.update(portrait=make_picture())
    for place in Place.objects.all():
        Place.objects.filter(pk=place.pk).update(picture=make_picture())
    for article in Article.objects.all():
        Article.objects.filter(pk=article.pk).update(picture=make_picture())
    shown = IMAGE.findall(text_of(client.get("/")))
    assert len(shown) > 5
    assert ["fetchpriority" in one for one in shown] == [True] + [False] * (len(shown) - 1)
    assert all('loading="lazy"' in one for one in shown[1:])
