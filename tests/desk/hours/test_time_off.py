"""Why somebody is away is read by them alone; that they are, by whoever keeps the diary."""

from datetime import timedelta

import pytest
from django.urls import reverse

from availability.models import TimeOff
from staff.models import Role
from tests.desk.tab import as_opened
from tests.factories import NOW, World, make_off, make_user
from tests.pages import browser_of, signed_in, text_of

DAY = timedelta(days=1)
LIST = reverse("admin:availability_timeoff_changelist")
ADD = reverse("admin:availability_timeoff_add")
REASON = "At the hospital"


@pytest.fixture
def away(world: World) -> TimeOff:
    off = make_off(world.therapist, NOW + 30 * DAY, NOW + 31 * DAY)
    TimeOff.objects.update(reason=REASON)
    return off


def page(off: TimeOff, name: str = "change") -> str:
    return reverse(f"admin:availability_timeoff_{name}", args=[off.pk])


def leave(world: World, **facts: str) -> dict[str, object]:
    moments = {"starts_at_0": "2026-12-23", "starts_at_1": "09:00"}
    moments |= {"ends_at_0": "2026-12-30", "ends_at_1": "09:00"}
    return {"therapist": world.therapist.pk, **moments, **facts}


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.OWNER])
def test_who_is_away_reads_why(world: World, away: TimeOff, role: Role) -> None:
    browser = signed_in(world.therapist, role)
    for path in (LIST, page(away)):
        assert REASON in text_of(browser.get(path))


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
def test_whoever_else_keeps_the_diary_reads_that_it_is_time_off(away: TimeOff, role: Role) -> None:
    browser = browser_of(make_user(role))
    listed = text_of(browser.get(LIST))
    assert "Time off" in listed
    for shown in (listed, *(text_of(browser.get(page(away, name))) for name in PAGES)):
        assert REASON not in shown
    assert browser.get(LIST, {"reason__startswith": "At"}).status_code == 400


PAGES = ("change", "delete", "history")


def test_a_manager_who_moves_the_leave_leaves_its_reason(world: World, away: TimeOff) -> None:
    browser = browser_of(make_user(Role.MANAGER))
    sent = {**as_opened(browser, page(away)), **leave(world, reason="Mine")}
    assert browser.post(page(away), sent).status_code == 302
    away.refresh_from_db()
    assert (away.starts_at.day, away.reason) == (23, REASON)


def test_what_is_typed_wrong_is_shown_again_without_the_reason(world: World, away: TimeOff) -> None:
    browser = browser_of(make_user(Role.MANAGER))
    sent = {**as_opened(browser, page(away)), **leave(world, ends_at_0="2026-12-01")}
    answer = browser.post(page(away), sent)
    assert answer.context["errors"]
    assert REASON not in text_of(answer)


def test_a_leave_without_a_reason_has_none(world: World) -> None:
    make_off(world.therapist, NOW + 30 * DAY, NOW + 31 * DAY)
    [row] = signed_in(world.therapist).get(LIST).context["cl"].result_list
    assert row.read == ""


def test_an_owner_enters_leave_for_somebody_and_only_they_read_why(world: World) -> None:
    owner = browser_of(make_user(Role.OWNER))
    assert owner.post(ADD, leave(world, reason=REASON)).status_code == 302
    off = TimeOff.objects.get()
    assert REASON not in text_of(owner.get(page(off)))
    assert REASON in text_of(signed_in(world.therapist).get(page(off)))
