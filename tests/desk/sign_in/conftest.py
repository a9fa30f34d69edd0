"""What every test of a sign-in has: somebody to sign in, and a server that asks for two factors."""

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from tests.desk.sign_in.people import HASHERS, Counted, make_owner


@pytest.fixture(autouse=True)
def _as_on_a_server(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    settings.PASSWORD_HASHERS = HASHERS
    Counted.looked_at = 0


@pytest.fixture
def owner(db: None) -> User:
    user = make_owner()
    Counted.looked_at = 0
    return user
