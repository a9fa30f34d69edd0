"""What the tests of the owner's pages share."""

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser

from staff.models import Role
from tests.desk.people.owners import browser_of, somebody


@pytest.fixture
def owner(db: None) -> User:
    return somebody(Role.OWNER, "Olive Owner")


@pytest.fixture
def browser(owner: User) -> Browser:
    return browser_of(owner)
