"""A therapist uploads a portrait, and the first screen of a phone has it, in its place at once."""

from pathlib import Path

import pytest
from django.conf import settings as known
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from availability.models import Therapist
from tests.factories import World
from tests.flows import steps
from tests.flows.visits import DESK, PHONE, Visits
from tests.pages import signed_in
from tests.pictures.hanging import introduce, keep_in
from tests.pictures.images import photo

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("pictures")]

SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => window.shifted += one.value))
        .observe({type: "layout-shift", buffered: true});
"""


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    keep_in(settings, tmp_path / "pictures")


def desk(visits: Visits, practice: World) -> Page:
    """A window in which the therapist is signed in."""
    cookie = known.STAFF_SESSION_COOKIE_NAME
    page = visits.open("/robots.txt")
    value = signed_in(practice.therapist).cookies[cookie].value
    page.context.add_cookies([{"name": cookie, "value": value, "url": visits.root}])
    return page


def test_a_portrait_is_chosen_refused_mended_and_shown(
    visits: Visits, practice: World, tmp_path: Path
) -> None:
    page = desk(visits, practice)
    page.goto(f"/admin/availability/therapist/{practice.therapist.pk}/change/")
    page.get_by_role("link", name="Add a picture…").click()
    (tmp_path / "drawing.jpg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "me.jpg").write_bytes(photo(960, 1152))
    page.get_by_label("What it shows").fill("Robin Kicks, smiling")
    page.get_by_label("Picture", exact=True).set_input_files(tmp_path / "drawing.jpg")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This is a drawing of lines (SVG)")).to_be_visible()
    expect(page.get_by_label("What it shows")).to_have_value("Robin Kicks, smiling")
    page.get_by_label("Picture", exact=True).set_input_files(tmp_path / "me.jpg")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Change it…")).to_be_visible()
    public = visits.open("/", width=PHONE)
    expect(public.get_by_role("img", name="Robin Kicks, smiling")).to_be_visible()
    steps.see_pictures(public, 2)
    page.get_by_role("link", name="Change it…").click()
    page.get_by_label("What to keep in view").select_option("The top")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Change it…")).to_be_visible()
    public.reload()
    for width in (PHONE, DESK):
        public.set_viewport_size({"width": width, "height": 900})
        portrait = public.get_by_role("img", name="Robin Kicks, smiling")
        expect(portrait).to_have_css("object-position", "50% 0px")
    page.get_by_role("link", name="Change it…").click()
    page.get_by_role("button", name="Take the picture away").click()
    expect(page.get_by_role("link", name="Add a picture…")).to_be_visible()
    assert Therapist.objects.get().portrait is None


@pytest.mark.parametrize(("width", "height"), [(PHONE, 844), (DESK, 800)])
def test_the_first_screen_has_face_name_register_headline_and_button_and_nothing_moves(
    visits: Visits, practice: World, width: int, height: int
) -> None:
    introduce(practice.therapist)
    page = visits.open("/robots.txt", width=width)
    page.set_viewport_size({"width": width, "height": height})
    page.add_init_script(SHIFTS)
    page.goto("/")
    for shown in (
        page.get_by_role("img", name="Robin Kicks, smiling"),
        page.locator(".kt-face strong"),
        page.get_by_role("link", name="Check me on the BACP register"),
        page.get_by_role("heading", level=1),
        page.get_by_role("link", name="Book a free 15-minute consultation").first,
    ):
        box = shown.bounding_box()
        assert box
        assert box["y"] + box["height"] <= height, shown
    link = page.get_by_role("link", name="Check me on the BACP register").bounding_box()
    assert link
    assert link["height"] >= 44
    steps.see_pictures(page, 3)
    assert page.evaluate("window.shifted") == 0
