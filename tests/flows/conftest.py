"""A real browser on the real pages: one for each worker, whose flows share it file by file."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from availability.models import Format, Place
from bench.https import certificate
from tests.factories import World, make_world
from tests.flows.production import OtherSite, Production, production_site
from tests.flows.visits import Visits

USUAL = ("chromium", "chromium-browser", "google-chrome")
# Each new window of a whole Chromium loads the two pages of its address bar: half of its time.
ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# Only the last such list counts, so what Playwright switches off is switched off here again.
WITHOUT = (
    *ADDRESS_BAR,
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
)
QUIET = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    f"--disable-features={','.join(WITHOUT)}",
)


def chromium() -> str | None:
    named = os.environ.get("KICKS_CHROMIUM")
    if named and Path(named).exists():
        return named
    return next(filter(None, map(shutil.which, USUAL)), None)


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """Launches Chromium; without one the flows are skipped, but not where they must count."""
    path = chromium()
    if path is None:
        missing = "no Chromium for the browser flows: install the package chromium"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    # Playwright's loop stays in this thread: Django would take each query for an asynchronous one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        args = [*QUIET, *as_root]
        yield partial(playwright.chromium.launch, executable_path=path, args=args)


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """Chromium, as Playwright has it: it keeps no page whole for its Back button."""
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def production(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Production]:
    """The site as a server runs it, for as long as the flows."""
    folder = tmp_path_factory.mktemp("production")
    identity = certificate(tmp_path_factory.mktemp("others"))
    with (
        OtherSite(identity).open() as friend,
        OtherSite(identity).open() as stranger,
        production_site(
            folder, EMBED_HOSTS=friend.host, PICTURES_URL=(folder / "pictures").as_uri()
        ) as root,
    ):
        yield Production(root, friend, stranger, folder / "pictures")


@pytest.fixture
def practice(transactional_db: None) -> World:
    """A practice of one that walks from either of two places.

    The first free day is tomorrow at the earliest, so that it is a whole one at any time of day.
    """
    world = make_world(notice_hours=24 - timezone.localtime().hour)
    Place.objects.create(
        therapist=world.therapist,
        format=Format.WALKING,
        name="Barnes Common",
        address="Station Road, London SW13 0HT",
        position=1,
    )
    return world


@pytest.fixture
def visits(
    browser: Browser, live_server: LiveServer, practice: World, settings: Settings
) -> Iterator[Visits]:
    """Opens browsers at the site. What any of them complains of fails the test in the end."""
    settings.SITE_URL = live_server.url
    with Visits(browser, live_server.url) as visits:
        yield visits
    assert visits.complaints == []
