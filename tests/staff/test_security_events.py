"""What is written down about security stays as it was written."""

import logging

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from staff.models import SecurityEvent
from staff.security_events import LONGEST_DEVICE, Origin, write_down
from tests.factories import NOW

pytestmark = pytest.mark.django_db
SIGNED_IN = SecurityEvent.Kind.SIGNED_IN


def test_a_row_is_neither_changed_nor_deleted() -> None:
    event = write_down(SIGNED_IN, user_id=3, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecurityEvent.objects.update(user_id=4)
    with pytest.raises(IntegrityError), transaction.atomic():
        event.delete()
    assert SecurityEvent.objects.get().user_id == 3


def test_the_log_says_ids_and_no_address(
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with caplog.at_level(logging.INFO), django_capture_on_commit_callbacks(execute=True):
        event = write_down(
            SIGNED_IN,
            user_id=3,
            now=NOW,
            about="user:3",
            origin=Origin("192.0.2.7", "Firefox " * 20),
        )
    assert str(event) == "Signed in"
    assert len(event.device) == LONGEST_DEVICE
    assert caplog.messages == ["security: signed_in by user 3 about user:3"]


def test_what_is_taken_back_is_in_no_log(
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with (
        caplog.at_level(logging.INFO),
        django_capture_on_commit_callbacks(execute=True),
        transaction.atomic(),
    ):
        write_down(SIGNED_IN, user_id=3, now=NOW)
        transaction.set_rollback(True)
    assert caplog.messages == []
