"""axe finds nothing on any page in any state, and no odd window loses anything of it."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page
from pytest_django.fixtures import Settings

from tests.factories import World
from tests.flows import states
from tests.flows.odd_windows import losses
from tests.flows.states import States
from tests.flows.visits import HEIGHT, LOOKS, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("accessibility")]

# target-size (WCAG 2.2) is not among axe's defaults.
ALL = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# By night the same page only has other colours.
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
ASKED = {"light": ALL, "dark": COLOURS}


def faults(name: str, page: Page) -> list[str]:
    """Return what axe finds on the page as it stands, in each look."""
    found = []
    page.evaluate(AXE_SCRIPT)
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        result = AxeResults(page.evaluate("options => axe.run(options)", ASKED[scheme]))
        if result.violations_count:
            found.append(f"{name}, {width} px, {scheme}: {result.generate_report()}")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{name}, {width} px: it scrolls sideways")
    return [*found, *(f"{name}: {lost}" for lost in losses(page))]


def faults_of_all(pages: States) -> list[str]:
    return [fault for name, page in pages for fault in faults(name, page)]


def test_the_public_face_is_accessible(visits: Visits) -> None:
    assert faults_of_all(states.front_states(visits)) == []


def test_the_steps_of_a_booking_are_accessible(visits: Visits) -> None:
    assert faults_of_all(states.booking_states(visits)) == []


def test_the_steps_with_own_time_beside_the_uks_are_accessible(visits: Visits) -> None:
    assert faults_of_all(states.zone_states(visits)) == []


def test_the_page_of_a_time_just_taken_is_accessible(visits: Visits, practice: World) -> None:
    assert faults_of_all(states.taken_states(visits, practice)) == []


def test_the_private_pages_are_accessible(visits: Visits) -> None:
    assert faults_of_all(states.private_states(visits)) == []


def test_the_pages_of_changes_and_reminders_are_accessible(visits: Visits, practice: World) -> None:
    assert faults_of_all(states.changing_states(visits, practice)) == []


def test_the_way_to_a_session_is_accessible(visits: Visits, practice: World) -> None:
    assert faults_of_all(states.session_states(visits, practice)) == []


def test_the_academy_is_accessible(visits: Visits) -> None:
    assert faults_of_all(states.academy_states(visits)) == []


def test_the_times_on_another_site_are_accessible(visits: Visits, settings: Settings) -> None:
    assert faults_of_all(states.embed_states(visits, settings)) == []


def test_the_pages_nobody_sets_out_to_see_are_accessible(
    visits: Visits, settings: Settings
) -> None:
    assert faults_of_all(states.odd_states(visits, settings)) == []
