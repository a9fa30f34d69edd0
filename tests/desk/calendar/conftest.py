"""A calendar that its therapist looks at."""

import pytest
from django.test import Client as Browser

from tests.factories import World
from tests.pages import signed_in


@pytest.fixture
def browser(world: World) -> Browser:
    return signed_in(world.therapist)
