"""What Celery makes of the settings: it takes a misspelt one without a word."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from kicks.celery import app

ROOT = Path(settings.BASE_DIR)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # A worker that is killed had its task in hand: it is done again, by another.
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", True),
        # It has no other in reserve, which would wait with it.
        ("worker_prefetch_multiplier", 1),
        # A page does not wait for a broker that is gone; a worker does.
        ("task_publish_retry", False),
        ("broker_connection_retry_on_startup", True),
        ("broker_connection_max_retries", None),
        # Nobody reads results: nothing is to be stored in the broker but the word to look.
        ("task_ignore_result", True),
    ],
)
def test_celery_does_as_the_settings_say(name: str, value: object) -> None:
    assert app.conf[name] == value


def test_a_broker_that_hangs_costs_two_seconds_at_most() -> None:
    options = app.conf.broker_transport_options
    assert 0 < options["socket_timeout"] <= 2
    assert 0 < options["socket_connect_timeout"] <= 2
    assert options["max_retries"] == 0


def test_beat_names_tasks_that_exist_and_rings_for_mail_each_minute() -> None:
    app.loader.import_default_modules()
    schedule = app.conf.beat_schedule
    assert {entry["task"] for entry in schedule.values()} <= set(app.tasks)
    assert schedule["send due mail"] == {"task": "bookings.tasks.sweep", "schedule": 60.0}


def test_tasks_keep_their_names_whatever_module_they_move_to() -> None:
    """A worker of the release before would drop what it does not know."""
    app.loader.import_default_modules()
    assert {name for name in app.tasks if not name.startswith("celery.")} == {
        "bookings.links.answer",
        "bookings.repeats.cancel",
        "bookings.resets.answer",
        "bookings.tasks.housekeeping",
        "bookings.tasks.sweep",
        "outbox.tasks.send_about",
    }


def test_no_task_waits_in_the_broker_for_its_time() -> None:
    """A task with an ETA sits in one worker's memory and comes twice after an hour."""
    apps = ("kicks", "desk", "portal", "front", "bookings", "availability", "clients", "outbox")
    code = [path.read_text() for name in apps for path in (ROOT / name).rglob("*.py")]
    assert code
    assert not [text for text in code if re.search(r"\b(countdown|eta)\s*=|apply_async", text)]
