"""The server ends threads that have nothing to do; their connections to Postgres end with them."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from chaos.machines import wait_until
from tests.races.site import Site, running_site
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.real_time, pytest.mark.xdist_group("races")]
IDLE = 5  # seconds, the fewest that granian takes
NEWER = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND backend_start > %s
"""


@pytest.fixture
def site(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site that is impatient with idle threads."""
    monkeypatch.setenv("GRANIAN_BLOCKING_THREADS_IDLE_TIMEOUT", str(IDLE))
    with running_site(tmp_path) as site:
        yield site


def test_connections_end_with_idle_threads(site: Site) -> None:
    with connection.cursor() as cursor:
        # Postgres dates its connections by its own clock, on whatever day the test lives.
        cursor.execute("SELECT pg_catalog.clock_timestamp()")
        (began,) = cursor.fetchone()

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute(NEWER, [began])
            return int(cursor.fetchone()[0])

    with site.visitors(20) as crowd:
        together([partial(visitor.get, "/") for visitor in crowd])
    most = count()
    assert most > 2
    # Each of the two workers keeps a thread.
    wait_until(lambda: count() <= 2)
