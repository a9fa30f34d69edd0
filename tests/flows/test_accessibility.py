"""axe finds nothing on any page in any state, and no odd window loses anything of it.

Each page is looked at once in each width and once in each theme; `make drills` looks at each in
every look, and in the odd windows too, where otherwise only the first page of each way is.
"""

from pathlib import Path
from typing import NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page
from pytest_django.fixtures import Settings

from tests.factories import World
from tests.flows import client_states, states
from tests.flows.odd_windows import losses
from tests.flows.states import States
from tests.flows.visits import DESK, HEIGHT, LOOKS, PHONE, Look, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("accessibility")]

# target-size (WCAG 2.2) is not among axe's defaults.
ALL = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
EACH_ONCE: tuple[Look, ...] = ((PHONE, "light"), (DESK, "dark"))


class Judge(NamedTuple):
    """How much of each page is looked at."""

    looks: tuple[Look, ...]
    is_drill: bool

    def faults(self, name: str, page: Page) -> list[str]:
        """Return what axe finds on the page as it stands, in each look."""
        found = []
        page.evaluate(AXE_SCRIPT)
        for width, scheme in self.looks:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(color_scheme=scheme)
            result = AxeResults(page.evaluate("options => axe.run(options)", ALL))
            if result.violations_count:
                found.append(f"{name}, {width} px, {scheme}: {result.generate_report()}")
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append(f"{name}, {width} px: it scrolls sideways")
        return found

    def faults_of_all(self, pages: States) -> list[str]:
        found = []
        for number, (name, page) in enumerate(pages):
            found += self.faults(name, page)
            if self.is_drill or number == 0:
                found += [f"{name}: {lost}" for lost in losses(page)]
        return found


@pytest.fixture(
    params=[
        Judge(EACH_ONCE, is_drill=False),
        pytest.param(Judge(LOOKS, is_drill=True), marks=pytest.mark.drill),
    ],
    ids=["each-once", "all"],
)
def judge(request: pytest.FixtureRequest) -> Judge:
    judge: Judge = request.param
    return judge


def test_the_public_face_is_accessible(judge: Judge, visits: Visits) -> None:
    assert judge.faults_of_all(states.front_states(visits)) == []


def test_the_public_face_with_pictures_is_accessible(
    judge: Judge, visits: Visits, settings: Settings, tmp_path: Path
) -> None:
    assert judge.faults_of_all(states.picture_states(visits, settings, tmp_path)) == []


def test_the_steps_of_a_booking_are_accessible(judge: Judge, visits: Visits) -> None:
    assert judge.faults_of_all(states.booking_states(visits)) == []


def test_the_page_of_a_meeting_that_has_to_be_found_is_accessible(
    judge: Judge, visits: Visits, practice: World
) -> None:
    assert judge.faults_of_all(client_states.finding_states(visits, practice)) == []


def test_the_steps_with_own_time_beside_the_uks_are_accessible(
    judge: Judge, visits: Visits
) -> None:
    assert judge.faults_of_all(states.zone_states(visits)) == []


def test_the_page_of_a_time_just_taken_is_accessible(
    judge: Judge, visits: Visits, practice: World
) -> None:
    assert judge.faults_of_all(states.taken_states(visits, practice)) == []


def test_the_private_pages_are_accessible(judge: Judge, visits: Visits, practice: World) -> None:
    assert judge.faults_of_all(client_states.private_states(visits, practice)) == []


def test_the_pages_of_changes_and_reminders_are_accessible(
    judge: Judge, visits: Visits, practice: World
) -> None:
    assert judge.faults_of_all(client_states.changing_states(visits, practice)) == []


def test_the_pages_that_say_what_cancelling_costs_are_accessible(
    judge: Judge, visits: Visits, practice: World
) -> None:
    assert judge.faults_of_all(client_states.money_states(visits, practice)) == []


def test_the_ways_out_are_accessible(judge: Judge, visits: Visits, practice: World) -> None:
    assert judge.faults_of_all(client_states.leaving_states(visits, practice)) == []


def test_what_waits_for_a_mailed_link_is_accessible(
    judge: Judge, visits: Visits, practice: World
) -> None:
    assert judge.faults_of_all(client_states.pending_states(visits, practice)) == []


def test_the_way_to_a_session_is_accessible(judge: Judge, visits: Visits, practice: World) -> None:
    assert judge.faults_of_all(client_states.session_states(visits, practice)) == []


def test_the_academy_is_accessible(judge: Judge, visits: Visits) -> None:
    assert judge.faults_of_all(states.academy_states(visits)) == []


def test_the_times_on_another_site_are_accessible(
    judge: Judge, visits: Visits, settings: Settings
) -> None:
    assert judge.faults_of_all(states.embed_states(visits, settings)) == []


def test_the_pages_nobody_sets_out_to_see_are_accessible(
    judge: Judge, visits: Visits, settings: Settings
) -> None:
    assert judge.faults_of_all(states.odd_states(visits, settings)) == []


def test_the_pages_of_a_practice_with_no_time_left_are_accessible(
    judge: Judge, visits: Visits
) -> None:
    assert judge.faults_of_all(states.closed_states(visits)) == []
