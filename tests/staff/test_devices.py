"""What a browser calls itself, and which are forgotten."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User

from staff import devices, housekeeping
from staff.device_names import device_name
from staff.models import ResetRequest, StaffDevice
from staff.security_events import Origin
from tests.factories import NOW

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (f"{WINDOWS} {CHROME} Safari/537.36", "Chrome on Windows"),
        (f"{WINDOWS} {CHROME} Safari/537.36 Edg/141.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1",
            "Safari on iPhone",
        ),
        (f"Mozilla/5.0 (Linux; Android 15) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_in_known_words(said: str, name: str) -> None:
    assert device_name(said) == name


@pytest.mark.django_db
def test_old_browsers_and_guesses_are_forgotten_at_night() -> None:
    user = User.objects.create_user("robin")
    devices.remember(user, "word", Origin("192.0.2.1", "Firefox"), NOW, trust=False)
    devices.note(user, "link", Origin("192.0.2.1", "Firefox"), NOW)
    ResetRequest.objects.create(email="a@example.org", asked_at=NOW)
    AccessAttempt.objects.create(failures_since_start=1)
    housekeeping.forget_old(NOW + timedelta(minutes=5))
    assert StaffDevice.objects.count() == 2
    assert AccessAttempt.objects.count() == ResetRequest.objects.count() == 1
    housekeeping.forget_old(NOW + timedelta(days=2))
    assert StaffDevice.objects.get().digest == devices.digest_of("word")
    assert not AccessAttempt.objects.exists()
    assert not ResetRequest.objects.exists()
    housekeeping.forget_old(NOW + timedelta(days=366))
    assert not StaffDevice.objects.exists()


@pytest.mark.django_db
def test_rows_are_named_without_anybodys_address() -> None:
    assert str(StaffDevice(name="Firefox")) == "Firefox"
    assert str(ResetRequest(pk=3, email="a@example.org")) == "request 3"
