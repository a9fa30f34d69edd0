"""Asking for a refusal by the words that its reader finds."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bookings.errors import NotBookableError
from desk import refusals as for_therapist
from front import refusals as for_client
from tests.factories import NOW


@contextmanager
def client_is_told(
    kind: type[NotBookableError], match: str
) -> Iterator[pytest.ExceptionInfo[NotBookableError]]:
    """Expect a refusal whose words for a client match."""
    with pytest.raises(kind) as caught:
        yield caught
    said = for_client.words(caught.value)
    assert re.search(match, said), said


@contextmanager
def therapist_is_told(
    kind: type[NotBookableError], match: str
) -> Iterator[pytest.ExceptionInfo[NotBookableError]]:
    """Expect a refusal whose words for the therapist match."""
    with pytest.raises(kind) as caught:
        yield caught
    said = for_therapist.words(caught.value, NOW)
    assert re.search(match, said), said
