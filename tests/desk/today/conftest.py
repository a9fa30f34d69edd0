"""A therapist who looks at her day."""

import pytest
from django.test import Client as Browser

from tests.factories import World
from tests.pages import signed_in


@pytest.fixture
def mine(world: World) -> Browser:
    """The browser of the therapist."""
    return signed_in(world.therapist)
