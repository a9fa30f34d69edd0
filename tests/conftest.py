"""What the tests share."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from kicks import picture_storage
from kicks.logs import Discreet
from tests.branches import pytest_configure, pytest_sessionfinish, pytest_testnodedown
from tests.clock import Clock, install_database_clock, set_database_clock
from tests.emptying import by_deleting
from tests.factories import NOW, World, make_world
from tests.staff_sign_in import install as install_staff_sign_in

__all__ = ["pytest_configure", "pytest_sessionfinish", "pytest_testnodedown"]

install_staff_sign_in()

IN_REAL_TIME = ("real_time", "flow")
# Servers whose clock no test can stop.
OTHER_CLOCKS = {"live_server", "production", "site"}


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Settings) -> None:
    """Hash quickly: what slows a thief down takes a third of a second for each test's therapist."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _own_mail_folder(settings: Settings, tmp_path: Path) -> None:
    """Keep each test's mail to itself."""
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


@pytest.fixture
def picture_folder(settings: Settings, tmp_path: Path) -> Path:
    """Where this test's pictures are kept; the first makes the folder."""
    folder = tmp_path / "pictures"
    settings.STORAGES = {**settings.STORAGES, "pictures": picture_storage.folder(folder)}
    return folder


@pytest.fixture(scope="session", autouse=True)
def _quickly_emptied() -> Iterator[None]:
    """Let what a test committed go without new files for every table."""
    with by_deleting():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Give the test database a clock that the tests decide."""
    with django_db_blocker.unblock():
        install_database_clock()


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest) -> Iterator[Clock | None]:
    """Stop the clock of Python and Postgres on the Monday morning of the factories.

    None, and the real time, for a test that is marked so.
    """
    if any(map(request.node.get_closest_marker, IN_REAL_TIME)):
        set_database_clock(None)
        yield None
        return
    served = OTHER_CLOCKS.intersection(request.fixturenames)
    assert not served, f"{served} has a clock of its own: mark the test real_time"
    with time_machine.travel(NOW, tick=False) as traveller:
        set_database_clock(NOW)
        yield Clock(traveller)


@pytest.fixture
def world(db: None) -> World:
    """A practice of one, open on weekdays from 9 to 5."""
    return make_world()


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    """All that the app logs, as the handler of the settings prints it."""
    [handler] = [
        handler
        for handler in logging.getLogger("django").handlers
        if isinstance(handler, logging.StreamHandler) and isinstance(handler.formatter, Discreet)
    ]
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)
