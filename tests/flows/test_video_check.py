"""Sound and camera are tried in a real browser, with a camera of its own making."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, Page, expect

from tests.factories import World
from tests.flows.conftest import QUIET, chromium
from tests.flows.visits import PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("journeys")]

PATH = "/video-check/"
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
START, STOP = "Turn on camera and microphone", "Turn both off"
LIVE = "video => video.srcObject?.getTracks().map(one => one.readyState) ?? []"
# Keeps what was turned on where a test can look after the page let go of it.
KEEP = """
const ask = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = async function (wanted) {
  const live = await ask.call(this, wanted);
  (window.kept ??= []).push(...live.getTracks());
  return live;
};
"""
KEPT = "window.kept.map(one => one.readyState)"


@pytest.fixture(scope="module")
def filmed(browser: Browser) -> Iterator[Browser]:
    """A browser with a made-up camera and microphone, which it lends without asking anybody."""
    own = browser.browser_type.launch(
        executable_path=chromium(), args=[*QUIET, *FAKE, "--no-sandbox"]
    )
    yield own
    own.close()


@pytest.fixture
def seen(filmed: Browser, visits: Visits, practice: World) -> Iterator[Visits]:
    with Visits(filmed, visits.root) as found:
        yield found
    assert found.complaints == []


def until(page: Page, true: str) -> None:
    """Wait until it is so. Playwright's own way evaluates a string, which the policy forbids."""
    for _ in range(100):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never {true}")


def turned_on(visits: Visits, **options: Any) -> Page:
    page = visits.open(PATH, **options)
    page.add_init_script(KEEP)
    page.reload()
    page.get_by_role("button", name=START).click()
    expect(page.get_by_role("status")).to_contain_text("It’s on. Do you see yourself?")
    return page


def test_somebody_sees_and_hears_themselves_and_turns_it_off(seen: Visits) -> None:
    page = turned_on(seen, width=PHONE)
    video = page.locator("video")
    expect(video).to_be_visible()
    assert video.evaluate(LIVE) == ["live", "live"]
    until(page, "document.querySelector('video').videoWidth > 0")
    until(page, "!document.querySelector('video').paused")
    # The made-up microphone beeps once a second.
    until(page, "document.querySelector('meter').value > 0.05")
    page.evaluate(AXE_SCRIPT)
    assert AxeResults(page.evaluate("axe.run()")).violations_count == 0
    expect(page.get_by_role("button", name=STOP)).to_be_focused()
    page.get_by_role("button", name=STOP).click()
    expect(page.get_by_role("status")).to_have_text("It’s off.")
    expect(video).to_be_hidden()
    assert page.evaluate(KEPT) == ["ended", "ended"]
    expect(page.get_by_role("button", name=START)).to_be_focused()


def test_leaving_the_page_turns_it_off(seen: Visits) -> None:
    page = turned_on(seen)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert page.evaluate(KEPT) == ["ended", "ended"]
    expect(page.get_by_role("button", name=START)).to_be_visible()


def test_nothing_is_asked_for_while_it_is_on(seen: Visits) -> None:
    page = turned_on(seen)
    page.wait_for_load_state("networkidle")
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Play a sound").click()
    expect(page.get_by_role("status")).to_contain_text("Did you hear a sound?")
    page.wait_for_timeout(500)
    assert asked == []


REFUSALS = {
    "NotAllowedError": "wasn’t allowed to use the camera or microphone",
    "NotFoundError": "can’t find a camera or a microphone",
    "NotReadableError": "Another program is using",
    "OverconstrainedError": "That didn’t work on this device.",
}


@pytest.mark.parametrize("name", REFUSALS)
def test_whatever_goes_wrong_it_says_what_to_do(seen: Visits, name: str) -> None:
    page = seen.open(PATH)
    page.evaluate(
        "name => { navigator.mediaDevices.getUserMedia = async () => {"
        " throw new DOMException('', name) } }",
        name,
    )
    page.get_by_role("button", name=START).click()
    expect(page.get_by_role("status")).to_contain_text(REFUSALS[name])
    expect(page.get_by_role("button", name=START)).to_be_visible()


def test_without_a_camera_sound_alone_is_tried(seen: Visits) -> None:
    page = seen.open(PATH)
    page.evaluate(
        "() => { const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        " navigator.mediaDevices.getUserMedia = async (wanted) => {"
        " if (wanted.video) throw new DOMException('', 'NotFoundError'); return ask(wanted) } }"
    )
    page.get_by_role("button", name=START).click()
    expect(page.get_by_role("status")).to_contain_text("The microphone works.")
    expect(page.locator("video")).to_be_hidden()
    expect(page.get_by_label("Your microphone")).to_be_visible()


def test_who_turns_it_off_while_the_browser_asks_is_not_filmed_after_all(seen: Visits) -> None:
    page = seen.open(PATH)
    page.evaluate(
        "() => { const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        " navigator.mediaDevices.getUserMedia = async (wanted) => {"
        " const live = await ask(wanted); window.kept = live.getTracks();"
        " await new Promise((go) => { window.go = go }); return live } }"
    )
    page.get_by_role("button", name=START).click()
    until(page, "!!window.go")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.evaluate("window.go()")
    until(page, f"{KEPT}.every((state) => state === 'ended')")
    expect(page.locator("video")).to_be_hidden()


def test_without_a_script_the_words_say_what_to_try(visits: Visits, practice: World) -> None:
    page = visits.open(PATH, java_script_enabled=False)
    expect(page.get_by_role("button", name=START)).to_be_hidden()
    expect(page.get_by_text("Open your device’s own camera")).to_be_visible()
