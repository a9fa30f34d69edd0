"""Who begins lands on what there is to do, marked as it is done; later on admin's first page."""

from datetime import time, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Practice, Service, Therapist, WeeklyHours
from clients.models import PrivacyNotice
from desk.first_steps.steps import landing, steps_of
from staff.models import Role
from tests.factories import NOW, World, make_date, make_user
from tests.pages import text_of

pytestmark = pytest.mark.django_db
PAGE, INDEX = "/admin/first-steps/", "/admin/"


@pytest.fixture
def beginner(world: World) -> User:
    """A therapist who has services and places, as an invitation makes them, and no hours."""
    world.therapist.weekly_hours.all().delete()
    return User.objects.get(pk=world.therapist.user_id)


def states(user: User) -> dict[str, bool]:
    fresh = User.objects.get(pk=user.pk)
    return {step.title: step.is_done for step in steps_of(fresh, NOW.date())}


def shown(user: User) -> str:
    browser = Browser()
    browser.force_login(user)
    return text_of(browser.get(PAGE))


def test_a_therapist_who_begins_is_shown_what_is_done_and_what_is_not(beginner: User) -> None:
    assert landing(beginner, NOW) == PAGE
    assert states(beginner) == {
        "Enter your hours": False,
        "Look over your services": True,
        "Say where you meet": True,
        "Introduce yourself": False,
    }
    page = shown(beginner)
    for words in ("Clients can book once these are done", "To do", "Done", "If you like"):
        assert words in page, words


def test_each_step_leads_to_where_it_is_done(beginner: User) -> None:
    browser = Browser()
    browser.force_login(beginner)
    for step in steps_of(beginner, NOW.date()):
        assert browser.get(step.url).status_code == 200, step.url
    page = browser.get(PAGE).content.decode()
    for name in ("home", "book"):
        assert f'href="{reverse(name)}"' in page


def test_once_all_is_done_the_first_page_of_admin_comes_first(world: World) -> None:
    user = User.objects.get(pk=world.therapist.user_id)
    assert landing(user, NOW) == INDEX
    page = shown(user)
    assert "All is there: clients can book" in page
    assert "If you like" in page  # an introduction is nobody's duty
    Therapist.objects.update(about="I have worked here for ten years.")
    assert all(states(user).values())


def test_hours_that_have_ended_are_none(world: World) -> None:
    user = User.objects.get(pk=world.therapist.user_id)
    WeeklyHours.objects.update(last_day=NOW.date() - timedelta(days=1))
    assert not states(user)["Enter your hours"]
    WeeklyHours.objects.update(last_day=NOW.date())
    assert states(user)["Enter your hours"]


def test_hours_on_single_dates_are_hours(beginner: User, world: World) -> None:
    day = NOW.date() + timedelta(days=1)
    row = make_date(world.therapist, day, time(9), time(17))
    assert states(beginner)["Enter your hours"]
    row.day = NOW.date() - timedelta(days=1)
    row.save()
    assert not states(beginner)["Enter your hours"]


def test_a_way_to_meet_without_a_place_is_not_done(world: World) -> None:
    user = User.objects.get(pk=world.therapist.user_id)
    world.therapist.places.filter(format="online").update(is_active=False)
    assert not states(user)["Say where you meet"]
    Service.objects.update(is_active=False)
    assert not states(user)["Look over your services"]
    assert not states(user)["Say where you meet"]


def test_who_takes_no_bookings_has_nothing_to_do(beginner: User) -> None:
    Therapist.objects.update(is_active=False)
    assert landing(beginner, NOW) == INDEX
    assert "Nothing is left for you to set up" in shown(beginner)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ASSISTANT])
def test_who_runs_no_diary_has_nothing_to_do(world: World, role: Role) -> None:
    user = make_user(role, world.therapist)
    assert landing(user, NOW) == INDEX
    assert "Nothing is left for you to set up" in shown(user)


def test_the_first_owner_of_a_new_server_begins_with_the_practice(db: None) -> None:
    owner = make_user(Role.OWNER)
    assert states(owner) == {"Enter the practice": False, "Write a privacy notice": False}
    Practice.objects.create(name="Kicks", email="hello@kicks.example")
    assert states(owner) == {
        "Enter the practice": True,
        "Write a privacy notice": False,
        "Add whoever meets clients": False,
    }
    assert landing(owner, NOW) == PAGE


def test_an_owner_whose_practice_is_there_has_done_it(world: World) -> None:
    owner = make_user(Role.OWNER)
    assert all(states(owner).values())
    assert landing(owner, NOW) == INDEX
    PrivacyNotice.objects.all().delete()
    assert landing(owner, NOW) == PAGE


def test_who_is_not_signed_in_is_asked_to(db: None) -> None:
    assert Browser().get(PAGE).headers["Location"].startswith("/admin/login/")
