"""What the tests of bookings share."""

import io
import logging
from collections.abc import Iterator

import pytest
import time_machine

from kicks.privacy import Discreet
from tests.factories import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands still on the Monday morning of the factories, until it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


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
