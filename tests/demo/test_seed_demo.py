"""The demo practice: filled once, and never where somebody works."""

import stat
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from availability.models import Place, Practice, Service, Therapist, WeeklyHours
from clients.models import PrivacyNotice
from tests.factories import make_notice, make_therapist
from tests.moments import MOMENTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def local(settings: Settings, tmp_path: Path) -> Path:
    settings.LOCAL_DIR = tmp_path / "local"
    return tmp_path / "local"


def stored() -> list[list[tuple[object, ...]]]:
    tables = (Practice, Therapist, Place, Service, WeeklyHours, PrivacyNotice, User)
    return [list(table._default_manager.order_by("pk").values_list()) for table in tables]


@pytest.mark.parametrize("now", MOMENTS.values(), ids=list(MOMENTS))
def test_the_demo_takes_bookings_at_once_whenever_it_is_filled(
    now: datetime, client: Browser
) -> None:
    with time_machine.travel(now, tick=False):
        call_command("seed_demo")
        takes_bookings(client)
    assert PrivacyNotice.objects.get().published_on <= now.date()


def takes_bookings(client: Browser) -> None:
    """Each way to meet has a free time on the page that it leads to."""
    page = client.get(reverse("book"), {"what": "consultation"}).content.decode()
    for way in ("in_person", "online", "walking"):
        query = {"what": "consultation", "how": way}
        assert f'href="{reverse("time")}?{urlencode(query)}&who=robin"' in unescape(page)
        assert 'name="slot"' in client.get(reverse("time"), query).content.decode()


def test_everything_in_the_demo_passes_its_own_validation() -> None:
    call_command("seed_demo")
    for table in (Practice, Therapist, Place, Service, WeeklyHours, PrivacyNotice):
        for row in table._default_manager.all():
            row.full_clean()


def test_the_password_is_kept_where_only_this_user_reads_it(local: Path) -> None:
    call_command("seed_demo")
    kept = local / "admin-password"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert User.objects.get(username="admin").check_password(kept.read_text())


def test_filling_twice_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_demo")
    before = stored()
    call_command("seed_demo")
    assert stored() == before
    assert "nothing was changed" in capsys.readouterr().out


def test_a_database_with_a_therapist_is_left_alone(local: Path) -> None:
    make_therapist()
    before = stored()
    call_command("seed_demo")
    assert stored() == before
    assert not local.exists()


def test_an_admin_who_is_there_keeps_their_password(local: Path) -> None:
    User.objects.create_superuser("admin", password="theirs")  # noqa: S106
    call_command("seed_demo")
    assert User.objects.get(username="admin").check_password("theirs")
    assert not (local / "admin-password").exists()


def test_a_privacy_notice_that_is_there_stays_as_it_is() -> None:
    make_notice()
    call_command("seed_demo")
    assert PrivacyNotice.objects.get().body == "We keep little."
