"""Who guesses passwords: few are looked at, and their owner gets in meanwhile."""

import io
import time
from datetime import timedelta
from threading import Thread

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from clients.models import RateBucket
from desk.sign_in import backends, looks
from desk.sign_in.account import count_with_password
from desk.sign_in.limits import shares
from staff.models import SecurityEvent
from tests.clock import Clock
from tests.desk.sign_in.people import (
    CODE,
    HOME,
    LOGIN,
    PASSWORD,
    SLOW_HASHERS,
    WRONG,
    Counted,
    SlowHash,
    app_of,
    come_in,
    give,
    is_in,
    keep_password_by_link,
    kinds,
    make_owner,
    plain,
)

pytestmark = pytest.mark.django_db


def guess(times: int, addresses: int) -> None:
    for turn in range(times):
        n = turn % addresses
        give(Browser(REMOTE_ADDR=f"203.0.{n // 250}.{n % 250 + 1}"), password=WRONG)


@pytest.mark.parametrize("addresses", [1, pytest.param(200, marks=pytest.mark.drill)])
def test_of_a_thousand_guesses_few_are_looked_at_and_the_owner_gets_in_meanwhile(
    owner: User, addresses: int
) -> None:
    app, home = app_of(owner), Browser(REMOTE_ADDR=HOME)
    come_in(home, owner, app)
    home.post("/admin/logout/")
    Counted.looked_at = 0
    guess(500, addresses)
    assert give(home).status_code == 302
    assert home.get(CODE).status_code == 200
    guess(500, addresses)
    assert Counted.looked_at - 1 <= 20
    fresh = Browser(REMOTE_ADDR=HOME)  # another browser at the owner's own address
    assert give(fresh).headers["Location"] == CODE


def test_forty_wrong_passwords_in_a_row_are_not_answered(owner: User) -> None:
    answers = [give(Browser(), password=WRONG) for _ in range(40)]
    assert [one.status_code for one in answers[:3]] == [200] * 3
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "600"
    assert "too many tries" in answers[-1].content.decode()
    assert Counted.looked_at <= 6


def test_guesses_at_names_that_nobody_has_hold_nobody_back(owner: User) -> None:
    """Nor do they cost a hash: one at most, by which the process learns how long one takes."""
    for n in range(400):
        give(Browser(REMOTE_ADDR=f"203.0.{n % 2}.{n // 2 + 1}"), f"name{n}", WRONG)
    assert Counted.looked_at <= 1
    assert give(Browser(REMOTE_ADDR=HOME), password=WRONG).status_code == 200
    assert give(Browser(REMOTE_ADDR=HOME)).status_code == 302


def test_guesses_at_one_account_leave_another_its_own(owner: User) -> None:
    make_owner("other", email="other@example.org")
    Counted.looked_at = 0
    guess(500, 200)
    assert Counted.looked_at == 8
    for _ in range(2):
        wrong = give(Browser(REMOTE_ADDR="192.0.2.9"), "other@example.org", WRONG)
        assert wrong.status_code == 200
    assert give(Browser(REMOTE_ADDR="192.0.2.9"), "other@example.org").status_code == 302


@pytest.mark.parametrize("accounts", [2, 4, 13])
def test_of_all_guesses_at_many_accounts_few_are_looked_at(owner: User, accounts: int) -> None:
    """And none has lost its own look to the others, whose it may be."""
    names = [f"name{n}" for n in range(1, accounts)]
    for name in names:
        make_owner(name, email=f"{name}@example.org")
    Counted.looked_at = 0
    for n in range(10 * accounts):
        browser = Browser(REMOTE_ADDR=f"203.0.113.{n + 1}")
        give(browser, ["owner", *names][n % accounts], WRONG)
    kept = SecurityEvent.objects.filter(kind="sign_in_failed").values("about").distinct()
    assert kept.count() == accounts
    assert Counted.looked_at == 14


def test_in_no_hour_are_twenty_wrong_passwords_looked_at(owner: User, clock: Clock) -> None:
    """However slowly somebody guesses, and at whichever accounts."""
    names = ["owner", *(make_owner(f"o{n}", email=f"o{n}@example.org").username for n in range(3))]
    looked_at = []
    for turn in range(45):
        Counted.looked_at = 0
        for n, name in enumerate(names):
            give(Browser(REMOTE_ADDR=f"203.0.{n}.{turn + 1}"), name, WRONG)
        looked_at.append(Counted.looked_at)
        clock.shift(timedelta(minutes=3))
    assert 14 < max(sum(looked_at[n : n + 20]) for n in range(45)) < 20


def test_who_is_known_gets_in_while_all_accounts_are_guessed_at(owner: User) -> None:
    """By their browser, and in a new one by the link that is emailed."""
    app, home = app_of(owner), Browser(REMOTE_ADDR=HOME)
    come_in(home, owner, app)
    home.post("/admin/logout/")
    for n in range(8):
        make_owner(f"other{n}", email=f"o{n}@example.org")
    for n in range(90):
        name = "owner" if n % 9 == 8 else f"other{n % 9}"
        give(Browser(REMOTE_ADDR=f"203.0.113.{n + 1}"), name, WRONG)
    fresh = Browser(REMOTE_ADDR="192.0.2.9")
    assert give(fresh).status_code == 429
    assert give(home).headers["Location"] == CODE
    keep_password_by_link(fresh, owner)
    assert give(fresh).headers["Location"] == CODE


def test_a_made_up_name_is_held_back_as_a_real_one_is(owner: User) -> None:
    """Which names there are can't be told by what guesses at them use up."""
    said: dict[str, list[int]] = {}
    for name in ("owner", "nobody"):
        rows = RateBucket.objects.all()
        rows.delete()
        AccessAttempt.objects.all().delete()
        for n in range(60):
            others = ("first", "second", name)
            browser = Browser(REMOTE_ADDR=f"203.0.113.{n + 1}")
            status = give(browser, others[n % 3], WRONG).status_code
            said.setdefault(name, []).append(status)
    assert said["owner"] == said["nobody"]
    assert 429 in said["owner"]


@pytest.mark.parametrize(
    ("accounts", "own", "shared"),
    [(0, 3, 14), (1, 3, 11), (3, 3, 5), (4, 2, 6), (5, 1, 9), (13, 1, 1), (40, 1, 1)],
)
def test_where_more_sign_in_fewer_looks_are_each_ones_own(
    accounts: int, own: int, shared: int
) -> None:
    assert shares(accounts) == (own, shared)


def test_who_cant_sign_in_takes_nobodys_looks(owner: User) -> None:
    User.objects.create_user("invited", is_staff=True)
    make_owner("left", is_active=False)
    assert count_with_password() == 1


def test_an_account_has_one_bucket_however_it_is_typed(owner: User) -> None:
    for n in range(60):
        name = ("owner", "OWNER@example.org", "Owner")[n % 3]
        give(Browser(REMOTE_ADDR=f"203.0.113.{n + 1}"), name, WRONG)
    assert Counted.looked_at == 8


def test_addresses_of_one_ipv6_site_are_limited_together(owner: User) -> None:
    for n in range(300):
        give(Browser(REMOTE_ADDR=f"2001:db8:1:{n:x}::1"), f"name{n}", WRONG)
    held = give(Browser(REMOTE_ADDR="2001:db8:1:ffff::1"))
    assert held.status_code == 429
    assert give(Browser(REMOTE_ADDR="2001:db8:2::1")).status_code == 302


def test_who_is_held_back_is_led_to_a_link_and_keeps_their_password(owner: User) -> None:
    guess(60, 30)
    page = give(Browser(REMOTE_ADDR=HOME)).content.decode()
    assert "after very many it can take an hour" in page
    assert "have a link emailed to you" in page
    assert 'href="/admin/sign-in/forgotten/"' in page
    assert "can stay as it is" in page


def test_a_name_that_nobody_has_takes_as_long_as_a_wrong_password(
    owner: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = SLOW_HASHERS
    monkeypatch.setattr(looks._Calm, "seconds", None)
    give(Browser(REMOTE_ADDR="203.0.113.1"), "nobody", WRONG)
    assert Counted.looked_at == 1  # to learn how long that takes
    took = {}
    for name in ("owner", "nobody"):
        began = time.monotonic()
        assert give(Browser(REMOTE_ADDR="203.0.113.1"), name, WRONG).status_code == 200
        took[name] = time.monotonic() - began
    assert Counted.looked_at == 2
    assert min(took.values()) >= looks.MARGIN * SlowHash.SECONDS
    assert abs(took["owner"] - took["nobody"]) < SlowHash.SECONDS / 2


@pytest.mark.parametrize("name", ["invited", "left"])
def test_who_has_no_password_costs_no_hash(db: None, name: str) -> None:
    User.objects.create_user("invited", is_staff=True)
    make_owner("left", is_active=False)
    give(Browser(REMOTE_ADDR="203.0.113.1"), "nobody", WRONG)
    Counted.looked_at = 0
    assert give(Browser(), name).status_code == 200
    assert Counted.looked_at == 0
    assert SecurityEvent.objects.filter(kind="sign_in_failed").exclude(about="").exists()


def test_the_owners_browser_is_not_held_back_by_guesses_from_its_own_network(owner: User) -> None:
    app, browser = app_of(owner), Browser(REMOTE_ADDR=HOME)
    come_in(browser, owner, app)
    browser.post("/admin/logout/")
    for _ in range(30):
        give(Browser(REMOTE_ADDR=HOME), password=WRONG)
    assert give(Browser(REMOTE_ADDR=HOME)).status_code == 429
    assert give(browser).headers["Location"] == CODE


def test_guesses_end_and_a_new_browser_gets_in_again(owner: User, clock: Clock) -> None:
    guess(60, 30)
    stranger = Browser(REMOTE_ADDR=HOME)
    assert give(stranger).status_code == 429
    clock.shift(timedelta(minutes=59))
    assert give(stranger).status_code == 302


def test_a_stolen_word_of_a_browser_gives_few_guesses(owner: User) -> None:
    app, browser = app_of(owner), Browser()
    come_in(browser, owner, app)
    browser.post("/admin/logout/")
    Counted.looked_at = 0
    for _ in range(50):
        give(browser, password=WRONG)
    assert Counted.looked_at == 10


def test_a_word_that_we_did_not_sign_is_none(owner: User) -> None:
    browser = Browser()
    browser.cookies["staff-device"] = "made-up:signature"
    for _ in range(20):
        give(browser, password=WRONG)
    assert Counted.looked_at == 5


def test_known_and_unknown_names_cost_the_same_statements_and_bytes(owner: User) -> None:
    found = []
    for name, address in (("owner", "203.0.113.1"), ("nobod", "203.0.113.2")):
        answers = []
        for _ in range(8):
            browser = Browser(REMOTE_ADDR=address)
            with CaptureQueriesContext(connection) as asked:
                response = give(browser, name, WRONG)
            page = plain(response).replace(name.encode(), b"")
            answers.append((response.status_code, page, len(asked)))
        found.append(answers)
    assert found[0] == found[1]


def test_a_colleague_who_is_no_staff_is_told_nothing_else(db: None) -> None:
    User.objects.create_user("plain", password=PASSWORD)
    response = give(Browser(), "plain")
    assert response.status_code == 200
    assert "don’t let anybody in here" in response.content.decode()


@pytest.mark.parametrize(("limit", "most"), [("sign-in-account-more", 1), ("sign-in-strangers", 4)])
def test_beyond_an_accounts_own_looks_either_bucket_holds_back(
    owner: User, settings: Settings, limit: str, most: int
) -> None:
    own = {"sign-in-account": (3, 3600), "sign-in-account-more": (1, 3600)}
    settings.RATE_LIMITS = settings.RATE_LIMITS | own | {limit: (most, 3600)}
    for n in range(4):
        assert give(Browser(REMOTE_ADDR=f"203.0.113.{n}"), password=WRONG).status_code == 200
    assert give(Browser(REMOTE_ADDR="203.0.113.9")).status_code == 429


def test_a_forged_forwarding_makes_nobody_another(owner: User) -> None:
    for n in range(10):
        give(Browser(), password=WRONG, headers={"x-forwarded-for": f"203.0.113.{n}"})
    assert AccessAttempt.objects.get().ip_address == "127.0.0.1"
    assert Counted.looked_at == 5


def test_addresses_of_one_ipv6_network_are_one(owner: User) -> None:
    for n in range(10):
        give(Browser(REMOTE_ADDR=f"2001:db8:1:2::{n}"), password=WRONG)
    assert AccessAttempt.objects.get().ip_address == "2001:db8:1:2::"
    assert Counted.looked_at == 5


def test_an_address_that_is_none_is_counted_too(owner: User) -> None:
    give(Browser(REMOTE_ADDR="nonsense"), password=WRONG)
    assert AccessAttempt.objects.get().ip_address is None


def test_what_was_typed_is_kept_nowhere(owner: User, printed: io.StringIO) -> None:
    browser = Browser(headers={"user-agent": "Canary agent", "accept": "canary/accept"})
    browser.post(
        f"{LOGIN}?next=/admin/canary-next/",
        {"username": "canary-name", "password": "canary-password", "x": "canary-field"},
    )
    give(browser, password="canary-second")  # noqa: S106
    rows = [*AccessAttempt.objects.values(), *SecurityEvent.objects.values()]
    assert len(rows) == 4
    assert "canary" not in str(rows).lower()
    assert "canary" not in printed.getvalue().lower()
    assert "owner" not in printed.getvalue()
    assert not AccessLog.objects.exists()


def test_guesses_do_not_fill_the_rows(owner: User) -> None:
    guess(200, 100)
    assert kinds().count("sign_in_locked") == 1
    assert kinds().count("sign_in_failed") <= 20
    assert set(SecurityEvent.objects.values_list("about", flat=True)) == {f"user:{owner.pk}"}


def test_while_one_password_is_looked_at_another_is_politely_refused(owner: User) -> None:
    with looks._place:
        response = give(Browser())
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "2"
    assert "try again" in response.content.decode()
    assert Counted.looked_at == 0
    assert not AccessAttempt.objects.exists()
    assert not SecurityEvent.objects.exists()
    assert give(Browser()).status_code == 302


def test_in_a_browser_of_their_own_somebody_waits_a_moment_instead(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, browser = app_of(owner), Browser()
    come_in(browser, owner, app)
    browser.post("/admin/logout/")
    looks._place.acquire()
    Thread(target=looks._place.release).start()
    assert give(browser).headers["Location"] == CODE
    monkeypatch.setattr(backends, "PATIENCE", 0.01)
    with looks._place:
        assert give(browser).status_code == 429


def test_a_password_is_asked_for_again_within_the_same_limits(owner: User) -> None:
    """A page that asks `authenticate` is held back as a sign-in is."""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "203.0.113.9"
    for _ in range(20):
        fresh = HttpRequest()
        fresh.META = request.META
        assert authenticate(fresh, username="owner", password=WRONG) is None
    assert Counted.looked_at == 5


def test_without_a_request_or_a_password_nobody_is_anybody(owner: User) -> None:
    assert authenticate(username="owner", password=PASSWORD) is None
    assert authenticate(HttpRequest(), username="owner") is None
    assert authenticate(HttpRequest(), password=PASSWORD) is None


def test_a_right_password_forgives_the_wrong_ones_before(owner: User) -> None:
    browser, app = Browser(), app_of(owner)
    for _ in range(3):
        give(browser, password=WRONG)
    come_in(browser, owner, app)
    assert not AccessAttempt.objects.exists()
    assert is_in(browser)


def test_a_rate_is_by_person_not_by_how_a_name_is_written(owner: User) -> None:
    for n in range(40):
        name = "OWNER" if n % 2 else "owner"
        give(Browser(REMOTE_ADDR=f"203.0.113.{n + 1}"), name, WRONG)
    assert Counted.looked_at == 8


def test_two_people_in_one_browser_are_known_apart(owner: User) -> None:
    other = make_owner("other", email="other@example.org")
    browser, app = Browser(), app_of(owner)
    come_in(browser, owner, app)
    browser.post("/admin/logout/")
    come_in(browser, other, app_of(other))
    devices = {one.user_id: one.digest for one in owner.staff_devices.all()}
    devices |= {one.user_id: one.digest for one in other.staff_devices.all()}
    assert len(devices) == 2
    assert len(set(devices.values())) == 1
