"""The token bucket, and whose bucket it is."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from clients import rate_limits
from clients.models import RateBucket


@pytest.fixture(autouse=True)
def _small_buckets(settings: Settings) -> None:
    settings.RATE_LIMITS = {"a": (3, 300), "b": (1, 3600)}


def wait(seconds: float) -> None:
    """Let time pass for every bucket: the database keeps the clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clients_ratebucket SET updated_at = updated_at - make_interval(secs => %s)",
            [seconds],
        )


@pytest.mark.django_db
def test_a_bucket_runs_dry_and_refills_one_token_at_a_time() -> None:
    assert [rate_limits.allow("a", "x") for _ in range(5)] == [True, True, True, False, False]
    wait(99)
    assert not rate_limits.allow("a", "x")
    wait(2)
    assert [rate_limits.allow("a", "x"), rate_limits.allow("a", "x")] == [True, False]


@pytest.mark.django_db
def test_a_bucket_never_holds_more_than_its_capacity() -> None:
    rate_limits.allow("a", "x")
    wait(100_000)
    assert [rate_limits.allow("a", "x") for _ in range(4)] == [True, True, True, False]


@pytest.mark.django_db
def test_a_refused_try_does_not_lengthen_the_wait() -> None:
    for _ in range(4):
        rate_limits.allow("a", "x")
    wait(60)
    assert not rate_limits.allow("a", "x")
    wait(41)
    assert rate_limits.allow("a", "x")


@pytest.mark.django_db
def test_each_subject_and_each_limit_has_its_own_bucket() -> None:
    assert [rate_limits.allow("b", "x"), rate_limits.allow("b", "x")] == [True, False]
    assert rate_limits.allow("b", "y")
    assert rate_limits.allow("a", "x")


@pytest.mark.parametrize(("limit", "minutes"), [("a", 2), ("b", 60)])
def test_the_wait_is_the_time_in_which_one_token_comes_back(limit: str, minutes: int) -> None:
    assert rate_limits.wait_minutes(limit) == minutes


@pytest.mark.django_db
def test_buckets_that_nobody_draws_from_are_forgotten() -> None:
    rate_limits.allow("a", "old")
    wait(25 * 3600)
    rate_limits.allow("a", "new")
    assert rate_limits.forget_old() == 1
    assert RateBucket.objects.count() == 1
    wait(1)
    assert rate_limits.forget_old(timedelta(0)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("subject", ["\x00", "", "x" * 100_000, "'; DROP TABLE clients_ratebucket"])
def test_any_subject_has_a_bucket(subject: str) -> None:
    assert [rate_limits.allow("b", subject), rate_limits.allow("b", subject)] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_tries_at_once_cannot_spend_one_token_twice() -> None:
    got: list[bool] = []

    def draw() -> None:
        got.append(rate_limits.allow("a", "x"))
        connection.close()

    threads = [threading.Thread(target=draw) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 7 + [True] * 3


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "found"),
    [
        (0, "192.0.2.1", "", "192.0.2.1"),
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "10.0.0.1", "192.0.2.1", "192.0.2.1"),
        (1, "10.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
        (1, "10.0.0.1", "192.0.2.1\t,  192.0.2.2 ", "192.0.2.2"),
        (2, "10.0.0.1", "203.0.113.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        (2, "10.0.0.1", "192.0.2.1", "192.0.2.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "nonsense", "unknown"),
        (1, "10.0.0.1", "192.0.2.1, '; DROP TABLE", "unknown"),
        (0, "", "", "unknown"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "fe80::1%eth0", "", "fe80::/64"),
        (0, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (1, "::1", "2001:db8::1", "2001:db8::/64"),
    ],
)
def test_a_visitor_is_the_address_that_our_outermost_proxy_saw(
    settings: Settings, proxies: int, remote: str, forwarded: str, found: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    meta = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}
    assert rate_limits.address_of(meta) == found


@pytest.mark.django_db
def test_of_several_limits_the_first_that_has_none_is_told_and_those_behind_lose_nothing() -> None:
    assert rate_limits.refused([("b", "one"), ("a", "all")]) == ""
    assert rate_limits.refused([("b", "one"), ("a", "all")]) == "b"
    assert rate_limits.refused([("b", "two"), ("a", "all")]) == ""
    assert rate_limits.refused([("b", "three"), ("a", "all")]) == ""
    assert rate_limits.refused([("b", "four"), ("a", "all")]) == "a"
