"""The picture of a therapist, a place, an article: uploaded, described, replaced, taken away."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from PIL import Image
from pytest_django.fixtures import Settings

from availability.models import Format, Place, Therapist
from desk.picture_page import CHANGED
from desk.picture_words import WORDS
from kicks import picture_storage
from pictures.errors import Code
from pictures.file_kinds import MOST_BYTES
from pictures.models import Focus, Picture
from staff.models import Role
from tests.desk.tab import Tab
from tests.factories import (
    World,
    make_article,
    make_picture,
    make_place,
    make_therapist,
    make_user,
)
from tests.pages import browser_of, signed_in, text_of
from tests.pictures.images import moving, photo, scene, written
from tests.races.together import held

pytestmark = pytest.mark.django_db

SMALL = written(scene(400, 480))


@pytest.fixture
def browser(world: World, picture_folder: Path) -> Browser:
    """The therapist's own; what they upload goes to a folder of this test."""
    return signed_in(world.therapist)


def page(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_picture", args=[row.pk])


def change(row: Any) -> str:
    return page(row).replace("/picture/", "/change/")


def upload(browser: Browser, row: Any, data: bytes = SMALL, **answers: Any) -> Any:
    """Choose a file and press Save."""
    file = SimpleUploadedFile("me.jpg", data, "image/jpeg")
    return browser.post(page(row), {"file": file, "alt": "Robin, smiling", "seen": "", **answers})


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["form"].errors
    return found


def stored(folder: Path) -> tuple[int, int]:
    """How many rows and how many files there are."""
    return Picture.objects.count(), len(list(folder.glob("*")))


def test_a_portrait_is_uploaded_and_everybody_sees_it(
    browser: Browser, world: World, picture_folder: Path
) -> None:
    assert "There is none yet" in text_of(browser.get(page(world.therapist)))
    assert "Add a picture…" in text_of(browser.get(change(world.therapist)))
    response = upload(browser, world.therapist, photo())
    assert response.url == change(world.therapist)
    portrait = Therapist.objects.get().portrait
    assert portrait
    assert portrait.alt == "Robin, smiling"
    assert stored(picture_folder) == (1, 12)
    home = text_of(Browser().get("/"))
    assert f'src="{portrait.address(640, "jpg")}"' in home
    with Image.open(BytesIO(Browser().get(portrait.preview).content)) as opened:
        assert opened.format == "JPEG"
    shown = text_of(browser.get(change(world.therapist)))
    assert portrait.preview in shown
    assert "Change it…" in shown
    assert "Saved." in shown
    assert LogEntry.objects.get().get_change_message() == "Changed Picture."


def test_a_place_and_an_article_have_theirs(browser: Browser, world: World) -> None:
    place, article = world.place(Format.WALKING), make_article()
    assert upload(browser, place).status_code == 302
    owner = browser_of(make_user(Role.OWNER))
    assert upload(owner, article, alt="", is_decorative="on").status_code == 302
    place.refresh_from_db()
    article.refresh_from_db()
    assert place.picture
    assert place.picture.alt == "Robin, smiling"
    assert article.picture
    assert article.picture.is_decorative


def test_words_alone_are_changed_without_another_file(
    browser: Browser, world: World, picture_folder: Path
) -> None:
    upload(browser, world.therapist)
    portrait = Therapist.objects.get().portrait
    assert portrait
    assert 'alt="Robin, smiling"' in text_of(Browser().get("/"))
    posted = {"alt": "Robin by the river", "seen": portrait.name}
    assert browser.post(page(world.therapist), posted).status_code == 302
    portrait.refresh_from_db()
    assert portrait.alt == "Robin by the river"
    assert 'alt="Robin by the river"' in text_of(Browser().get("/"))
    assert stored(picture_folder) == (1, 3)


def test_what_to_keep_in_view_is_chosen_and_stays_with_the_picture(
    browser: Browser, world: World
) -> None:
    """A page cuts a picture to its own shape: around the middle, unless somebody says otherwise."""
    upload(browser, world.therapist)
    portrait = Therapist.objects.get().portrait
    assert portrait
    assert "kt-at-" not in text_of(Browser().get("/"))
    posted = {"alt": "Robin, smiling", "seen": portrait.name, "focus": Focus.TOP_LEFT}
    assert browser.post(page(world.therapist), posted).status_code == 302
    home = text_of(Browser().get("/"))
    assert re.search(rf'<img [^>]*{portrait.name}[^>]* class="kt-at-top-left">', home)
    shown = text_of(browser.get(page(world.therapist)))
    assert re.search('<option value="top-left"[^>]* selected', shown)
    assert 'class="kt-at-top-left"' in shown
    # A page of the release before asks nothing of it, and takes nothing away.
    assert browser.post(page(world.therapist), {**posted, "focus": ""}).status_code == 302
    portrait.refresh_from_db()
    assert portrait.focus == Focus.TOP_LEFT
    response = browser.post(page(world.therapist), {**posted, "focus": "elsewhere"})
    assert errors(response).keys() == {"focus"}
    upload(browser, world.therapist, seen=portrait.name, focus=Focus.BOTTOM)
    after = Therapist.objects.get().portrait
    assert after
    assert (after.focus, portrait.focus) == (Focus.BOTTOM, Focus.TOP_LEFT)


@pytest.mark.parametrize("sheet", ["kt.css", "admin.css"])
def test_each_part_that_may_be_kept_is_in_the_styles(sheet: str) -> None:
    styles = (Path(settings.BASE_DIR) / "static" / "css" / sheet).read_text()
    written = set(re.findall(r"\.kt-at-([a-z-]+) { object-position: [\d%]+ [\d%]+; }", styles))
    assert written == set(Focus) - {Focus.MIDDLE}


def test_another_picture_has_other_files_and_the_old_ones_stay_for_now(
    browser: Browser, world: World, picture_folder: Path
) -> None:
    upload(browser, world.therapist)
    before = Therapist.objects.get().portrait
    assert before
    upload(browser, world.therapist, seen=before.name)
    after = Therapist.objects.get().portrait
    assert after
    assert after.name != before.name
    assert stored(picture_folder) == (2, 6)
    assert browser.get(before.preview).status_code == 200


def test_it_is_taken_away_and_the_drawing_is_back(browser: Browser, world: World) -> None:
    upload(browser, world.therapist)
    portrait = Therapist.objects.get().portrait
    assert portrait
    posted = {"alt": "Whatever", "seen": portrait.name, "_remove": "1"}
    assert browser.post(page(world.therapist), posted).status_code == 302
    assert Therapist.objects.get().portrait is None
    assert "The picture is gone." in text_of(browser.get(change(world.therapist)))
    assert "<picture>" not in text_of(browser.get("/"))


# --- what is refused


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.EMPTY),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Code.SVG),
        (b"\0\0\0\x18ftypheic\0\0\0\0", Code.PHONE_FORMAT),
        (b"%PDF-1.7", Code.PDF),
        (b"MZ", Code.NO_PICTURE),
        (SMALL[:3000], Code.BROKEN),
        (SMALL + b"<script>alert(1)</script>", Code.TWO_KINDS),
        (moving("PNG"), Code.MOVES),
        (written(scene(400, 400, "CMYK")), Code.FOR_PRINT),
        (written(scene(100, 100)), Code.TOO_SMALL),
        (b"x" * (MOST_BYTES + 1), Code.TOO_LONG),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_wrong_is_said_with_what_to_do_and_nothing_is_kept(
    browser: Browser, world: World, picture_folder: Path, data: bytes, code: Code
) -> None:
    response = upload(browser, world.therapist, data)
    assert errors(response) == {"file": [WORDS[code]]}
    assert 'value="Robin, smiling"' in text_of(response)
    assert stored(picture_folder) == (0, 0)
    assert Therapist.objects.get().portrait is None
    assert not LogEntry.objects.exists()


def test_each_reason_has_its_words() -> None:
    assert WORDS.keys() == set(Code)


def test_a_file_is_asked_for_and_words_for_who_cannot_see_it(
    browser: Browser, world: World, picture_folder: Path
) -> None:
    response = browser.post(page(world.therapist), {"alt": "", "seen": ""})
    assert errors(response) == {
        "file": ["Choose a picture."],
        "alt": ["Say what the picture shows, for people who can’t see it."],
    }
    response = upload(browser, world.therapist, alt="  ")
    assert errors(response).keys() == {"alt"}
    assert "Choose the file once more" in text_of(response)
    response = upload(browser, world.therapist, alt="x" * 201)
    assert errors(response).keys() == {"alt"}
    # A face is never decoration.
    response = upload(browser, world.therapist, alt="", is_decorative="on")
    assert errors(response).keys() == {"alt"}
    assert stored(picture_folder) == (0, 0)


def test_a_cover_is_described_or_decoration_and_not_both(
    picture_folder: Path, world: World
) -> None:
    owner, article = browser_of(make_user(Role.OWNER)), make_article()
    assert "or say that it’s decoration" in errors(upload(owner, article, alt=""))["alt"][0]
    both = upload(owner, article, is_decorative="on")
    assert errors(both) == {"alt": ["Leave this empty, or say that the picture is not decoration."]}
    assert stored(picture_folder) == (0, 0)


def test_where_pictures_cannot_be_kept_it_is_said(
    browser: Browser, world: World, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    settings.STORAGES = {**settings.STORAGES, "pictures": picture_storage.folder(file)}
    assert errors(upload(browser, world.therapist)) == {"file": [WORDS[Code.NOT_KEPT]]}


# --- two at once


def test_who_saves_over_another_picture_is_told_and_may_go_on(
    browser: Browser, world: World
) -> None:
    upload(browser, world.therapist)
    first = Therapist.objects.get().portrait
    assert first
    cases: tuple[dict[str, Any], ...] = ({}, {"_remove": "1"})
    for posted in cases:
        response = upload(browser, world.therapist, **posted)  # from a page of before
        assert CHANGED in errors(response)["__all__"]
        assert Therapist.objects.get().portrait == first
        assert response.context["form"]["seen"].value() == first.name
        assert first.preview.partition("-")[0] in text_of(response)
    assert upload(browser, world.therapist, seen=first.name).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_being_written_is_no_error(browser: Browser, world: World) -> None:
    with held(world.therapist):
        response = upload(browser, world.therapist)
    assert errors(response) == {"__all__": [WORDS[Code.BUSY]]}
    assert upload(browser, world.therapist).status_code == 302


# --- who may


def test_nobody_else_opens_or_changes_it(world: World, picture_folder: Path) -> None:
    other = make_therapist(practice=world.therapist.practice)
    article = make_article()
    assistant = browser_of(make_user(Role.ASSISTANT, world.therapist))
    for who, row, status in (
        (signed_in(other), world.therapist, 404),
        (signed_in(other), world.place(), 404),
        (signed_in(other), article, 404),
        (assistant, world.place(), 403),
        (assistant, world.therapist, 403),
    ):
        assert who.get(page(row)).status_code in {status, 403}
        assert upload(who, row).status_code in {status, 403}
    assert upload(browser_of(make_user(Role.MANAGER)), article).status_code == 302
    assert Picture.objects.count() == 1
    assert not Therapist.objects.exclude(portrait=None).exists()
    assert not Place.objects.exclude(picture=None).exists()


def test_before_a_row_is_there_its_form_says_so(browser: Browser, world: World) -> None:
    add = reverse("admin:availability_place_add")
    assert "Save this first, then you can add one." in text_of(browser.get(add))


def test_the_form_of_a_row_leaves_its_picture_alone(browser: Browser, world: World) -> None:
    place = make_place(world.therapist, picture=make_picture())
    assert Tab(browser, change(place)).save(name="The gate") == 302
    place.refresh_from_db()
    assert place.name == "The gate"
    assert place.picture
