"""What the races share. They take turns in one worker: they share a server and hurt its guards."""

from collections.abc import Iterator

import pytest

from tests.factories import World, make_world
from tests.races.site import Site, running_site


@pytest.fixture(scope="session")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site on this worker's test database."""
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def practice(transactional_db: None) -> World:
    """A practice of one whose rows every connection sees."""
    return make_world()
