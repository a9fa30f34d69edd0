"""What the tests of bookings share."""

import shutil
from collections.abc import Iterator

import pytest

from tests.bookings.fees import AGREED
from tests.bookings.notices.caldav import Server, radicale
from tests.bookings.notices.calendars import Reader, by_icalendar, by_icaljs, by_vobject
from tests.factories import World


@pytest.fixture
def demo(world: World) -> World:
    """A practice whose first meeting costs £75, as its late fee does."""
    for name, value in AGREED.items():
        setattr(world.consultation, name, value)
    world.consultation.save()
    return world


@pytest.fixture(scope="session")
def icaljs() -> Iterator[Reader]:
    """The parser of Thunderbird; without node it is skipped."""
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        missing = "no node to read invites with ical.js: install the package nodejs"
        pytest.skip(missing)
    with by_icaljs(node) as read:
        yield read


@pytest.fixture(scope="session", params=["icalendar", "vobject", "ical.js"])
def reader(request: pytest.FixtureRequest) -> Reader:
    """Each of three parsers that we did not write."""
    if request.param == "ical.js":
        read: Reader = request.getfixturevalue("icaljs")
        return read
    return by_icalendar if request.param == "icalendar" else by_vobject


@pytest.fixture(scope="session")
def caldav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real CalDAV server on loopback."""
    with radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server
