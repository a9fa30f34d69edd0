"""A server that was told too little, or wrongly, says so in one line and does not start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
SECRET = "only-for-the-tests-0123456789-abcdefghijklmnopqrstuvwxyz"  # noqa: S105 not one
PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": SECRET,
    "FIELD_KEYS": KEY,
    "DATABASE_URL": "postgresql://kicks:p%40ss@db.example.org:5433/diary",
    "REDIS_URL": "rediss://:word@redis.example.org:6380/1",
    "ALLOWED_HOSTS": "book.example.org,www.example.org",
    "SITE_URL": "https://book.example.org",
    "EMAIL_URL": "smtp+tls://us%40er:p%3Ass@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Kicks <bookings@example.org>",
}
MALFORMED = {
    "DEBUG": ["maybe", "2"],
    "SECRET_KEY": ["short", "a" * 60],
    "FIELD_KEYS": ["nonsense", f"{KEY},broken", ",", "Aé"],
    "DATABASE_URL": ["foo", "sqlite:///db", "postgresql://host", "postgresql://h:port/db"],
    "REDIS_URL": ["foo", "http://redis", "redis://"],
    "ALLOWED_HOSTS": ["*", "https://book.example.org", ","],
    "SITE_URL": ["http://a.example", "https://a.example/", "https://a.example/x", "https://[::1"],
    "EMAIL_URL": [
        "smtp://",
        "mail.example.org",
        "file://folder",
        "smtp://host:port",
        "postmark://token",
        "mailgun://key@mg.example.org",
        "mailgun://key:signing@",
        "mailgun://key:signing@mg.example.org?region=uk",
        "mailgun://key:signing@mg.example.org/v3",
        "mailgun://key:signing@mg.example.org:443",
        "postal://key@postal.example.org",
        "postal://postal.example.org?webhook_key=QUJD",
        "postal://key@postal.example.org?webhook_key=QUJD",
        "postal://key@postal.example.org?webhook_key=%2B",
        "postal://key@postal.example.org:port?webhook_key=QUJD",
    ],
    "WEBHOOK_SECRET": [
        "hook",
        "hook:short",
        "hook-and-a-word-but-nothing-between",
        "hook:a word with spaces and so on and on",
        "hook:a/word/that/cannot/stand/in/an/address",
    ],
    "DEFAULT_FROM_EMAIL": ["nobody", "Kicks <>", "a@b@c"],
    "TRUSTED_PROXIES": ["-1", "one", "1.5", "٣"],
    "RATE_LIMIT_FACTOR": ["0", "-1", "nan", "inf", "much"],
    "STATEMENT_TIMEOUT": ["soon"],
    "PORT": ["http", "0", "65536"],
    "EMBED_HOSTS": [",", "*", "https://www.example.org", "a.example/b", "a.example; script-src *"],
}
OPTIONAL = {"DEBUG", "TRUSTED_PROXIES", "RATE_LIMIT_FACTOR", "STATEMENT_TIMEOUT", "PORT"}
PROVIDER = {
    "EMAIL_URL": "mailgun://a%2Fkey:signing%2Bkey@mg.example.org?region=eu",
    "WEBHOOK_SECRET": "hook:a-word-of-24-letters-or-more",
}
WRONG = [(name, value) for name, values in MALFORMED.items() for value in values]


def load(environment: dict[str, str], code: str = "") -> "subprocess.CompletedProcess[str]":
    """Import the settings in a process of their own and print what `code` evaluates to."""
    program = f"from kicks import settings as s; print({code})"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def assert_refused(result: "subprocess.CompletedProcess[str]", name: str) -> None:
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"kicks: the setting {name} is ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - OPTIONAL))
@pytest.mark.parametrize("empty", [False, True], ids=["unset", "empty"])
def test_a_missing_setting_is_one_line_that_names_it(name: str, *, empty: bool) -> None:
    environment = {key: value for key, value in PRODUCTION.items() if key != name}
    result = load(environment | ({name: " "} if empty else {}))
    assert_refused(result, name)
    assert "missing: it should be " in result.stderr


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_malformed_setting_is_one_line_that_does_not_repeat_it(name: str, value: str) -> None:
    result = load(PRODUCTION | {name: value})
    assert_refused(result, name)
    assert "malformed: it should be " in result.stderr
    assert value == "," or value not in result.stderr.split("should be")[0]


def test_production_settings_are_read_as_they_are_written() -> None:
    code = """[
        s.DEBUG, s.ALLOWED_HOSTS, s.SITE_URL, s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD,
        s.EMAIL_USE_TLS, s.EMAIL_PORT, s.CELERY_BROKER_URL, s.SESSION_COOKIE_NAME,
        [s.DATABASES["default"][key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")],
        hasattr(s, "SECURE_PROXY_SSL_HEADER"),
    ]"""
    result = load(PRODUCTION, code)
    assert result.stderr == ""
    assert result.stdout.strip() == str(
        [
            False,
            ["book.example.org", "www.example.org"],
            "https://book.example.org",
            "us@er",
            "p:ss",
            True,
            587,
            "rediss://:word@redis.example.org:6380/1",
            "__Host-sessionid",
            ["diary", "kicks", "p@ss", "db.example.org", 5433],
            False,
        ]
    )


def test_the_sites_that_may_show_the_times_are_read_as_they_are_written() -> None:
    hosts = {"EMBED_HOSTS": "www.example.org, directory.example.com:8443,localhost"}
    expected = ["www.example.org", "directory.example.com:8443", "localhost"]
    assert load(PRODUCTION | hosts, "s.EMBED_HOSTS").stdout.strip() == str(expected)
    assert load(PRODUCTION, "s.EMBED_HOSTS").stdout.strip() == "[]"


def test_a_proxy_is_believed_only_where_one_is_said_to_stand() -> None:
    result = load(PRODUCTION | {"TRUSTED_PROXIES": "1"}, "s.SECURE_PROXY_SSL_HEADER")
    assert "X_FORWARDED_PROTO" in result.stdout


def test_a_secret_key_alone_makes_a_server_of_a_machine() -> None:
    assert_refused(load({"SECRET_KEY": SECRET}), "FIELD_KEYS")


@pytest.mark.parametrize("server", ["kicks.wsgi", "celery"])
def test_a_server_without_settings_does_not_take_itself_for_a_developer(server: str) -> None:
    module = ["-c", f"import {server}"] if server == "kicks.wsgi" else ["-m", "celery"]
    arguments = [] if server == "kicks.wsgi" else ["-A", "kicks", "inspect", "ping"]
    result = subprocess.run(
        [sys.executable, *module, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "kicks.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert_refused(result, "SECRET_KEY")


def test_the_broker_on_a_socket_is_named_as_celery_names_it() -> None:
    result = load(
        PRODUCTION | {"REDIS_URL": "unix:///run/a%20b/valkey.sock"}, "s.CELERY_BROKER_URL"
    )
    assert result.stdout.strip() == "redis+socket:///run/a%20b/valkey.sock"


def test_a_provider_is_read_as_it_is_written() -> None:
    code = """[
        s.EMAIL_BACKEND, s.ANYMAIL["MAILGUN_API_KEY"], s.ANYMAIL["MAILGUN_WEBHOOK_SIGNING_KEY"],
        s.ANYMAIL["MAILGUN_SENDER_DOMAIN"], s.ANYMAIL["MAILGUN_API_URL"],
        s.ANYMAIL["WEBHOOK_SECRET"], s.ANYMAIL["REQUESTS_TIMEOUT"],
    ]"""
    result = load(PRODUCTION | PROVIDER, code)
    assert result.stderr == ""
    assert result.stdout.strip() == str(
        [
            "outbox.providers.MailgunBackend",
            "a/key",
            "signing+key",
            "mg.example.org",
            "https://api.eu.mailgun.net/v3",
            "hook:a-word-of-24-letters-or-more",
            10,
        ]
    )


def test_a_provider_without_a_word_for_its_news_is_refused() -> None:
    assert_refused(load(PRODUCTION | {"EMAIL_URL": PROVIDER["EMAIL_URL"]}), "WEBHOOK_SECRET")


@pytest.mark.parametrize("chosen", [False, True])
def test_anymail_is_loaded_only_where_a_provider_is_chosen(*, chosen: bool) -> None:
    code = """__import__("django").setup() or [
        "hooks/mail/" in map(str, [p.pattern for p in __import__("kicks.urls").urls.urlpatterns]),
        "anymail" in s.INSTALLED_APPS,
        any(name.startswith("anymail") for name in __import__("sys").modules),
    ]"""
    environment = PRODUCTION | (PROVIDER if chosen else {})
    result = load(environment | {"DJANGO_SETTINGS_MODULE": "kicks.settings"}, code)
    assert result.stdout.strip() == str([chosen] * 3), result.stderr
