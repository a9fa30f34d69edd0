"""A server that was told too little, or wrongly, says so in one line and does not start."""

import os
import runpy
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

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
        # A key of a kind that is none, and one that is not RSA.
        "postal://key@postal.example.org?webhook_key=MAowBQYDKgMEAwEA",
        f"postal://key@postal.example.org?webhook_key=MCowBQYDK2VwAyEA{'A' * 43}%3D",
        "postal://key@postal.example.org:port?webhook_key=QUJD",
    ],
    "WEBHOOK_SECRET": [
        "hook",
        "hook:short",
        "hook-and-a-word-but-nothing-between",
        "hook:a word with spaces and so on and on",
        "hook:a/word/that/cannot/stand/in/an/address",
    ],
    "DEFAULT_FROM_EMAIL": ["nobody", "Kicks <>", "a@b@c", "Kicks\n<a@example.org>"],
    "TRUSTED_PROXIES": ["-1", "one", "1.5", "٣"],
    "RATE_LIMIT_FACTOR": ["0", "-1", "nan", "inf", "much"],
    "STATEMENT_TIMEOUT": ["soon"],
    "PORT": ["http", "0", "65536"],
    "PICTURES_URL": [
        "pictures",
        "file://",
        "file:///",
        "file://host/folder",
        "https://bucket.example.org",
        "s3://",
        "s3://b",
        "s3://dotted.name",
        "s3://bucket/folder",
        "s3://bucket:9000",
        "s3://bucket?region",
        "s3://bucket?region=eu west",
        "s3://bucket?colour=red",
        "s3://bucket?endpoint=ftp://s3.example.net",
        "s3://bucket?endpoint=https://s3.example.net/path",
        "s3://bucket?address=http://pictures.example.org",
        "s3://bucket?address=https://pictures.example.org/",
        "s3://bucket?address=https://a.example; script-src *",
        "s3://bucket?address=https://*",
    ],
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
    return run(["-c", program], environment)


def run(arguments: list[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run Python with no other environment than this."""
    return subprocess.run(
        [sys.executable, *arguments],
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
    assert_one_line(result.stderr, name)


def assert_one_line(said: str, name: str) -> None:
    assert said.startswith(f"kicks: the setting {name} is ")
    assert said.count("\n") == 1


@dataclass(frozen=True)
class Reader:
    """Runs the file of the settings here, as an import in a new process does: that takes 0.3 s."""

    capsys: pytest.CaptureFixture[str]

    def read(self, environment: dict[str, str]) -> SimpleNamespace:
        """Return the settings that this environment makes; on the way nothing is said."""
        with patch.dict(os.environ, environment, clear=True):
            found = runpy.run_path(str(ROOT / "kicks" / "settings.py"))
        assert self.capsys.readouterr() == ("", "")
        return SimpleNamespace(**found)

    def refusal(self, environment: dict[str, str], name: str) -> str:
        """Return the one line with which this environment ends the process, with its status."""
        with pytest.raises(SystemExit) as end:
            self.read(environment)
        assert end.value.code == 2
        out, err = self.capsys.readouterr()
        assert out == ""
        assert_one_line(err, name)
        return err


@pytest.fixture
def reader(capsys: pytest.CaptureFixture[str]) -> Reader:
    return Reader(capsys)


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - OPTIONAL))
@pytest.mark.parametrize("empty", [False, True], ids=["unset", "empty"])
def test_a_missing_setting_is_one_line_that_names_it(
    reader: Reader, name: str, *, empty: bool
) -> None:
    environment = {key: value for key, value in PRODUCTION.items() if key != name}
    said = reader.refusal(environment | ({name: " "} if empty else {}), name)
    assert "missing: it should be " in said


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_malformed_setting_is_one_line_that_does_not_repeat_it(
    reader: Reader, name: str, value: str
) -> None:
    said = reader.refusal(PRODUCTION | {name: value}, name)
    assert "malformed: it should be " in said
    assert value == "," or value not in said.split("should be")[0]


@pytest.mark.parametrize(
    ("wrong", "shape"), [({"SITE_URL": ""}, "missing"), ({"PORT": "0"}, "malformed")]
)
def test_the_process_of_a_refused_start_ends_with_that_line(
    wrong: dict[str, str], shape: str
) -> None:
    [name] = wrong
    result = load(PRODUCTION | wrong)
    assert_refused(result, name)
    assert f"{shape}: it should be " in result.stderr


def test_production_settings_are_read_as_they_are_written(reader: Reader) -> None:
    s = reader.read(PRODUCTION)
    assert [
        s.DEBUG,
        s.ALLOWED_HOSTS,
        s.SITE_URL,
        s.EMAIL_HOST_USER,
        s.EMAIL_HOST_PASSWORD,
        s.EMAIL_USE_TLS,
        s.EMAIL_PORT,
        s.CELERY_BROKER_URL,
        s.SESSION_COOKIE_NAME,
        [s.DATABASES["default"][key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")],
        hasattr(s, "SECURE_PROXY_SSL_HEADER"),
    ] == [
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


def test_a_server_asks_staff_for_two_factors_and_keeps_their_sessions_apart(
    reader: Reader,
) -> None:
    s = reader.read(PRODUCTION)
    assert s.SECOND_FACTOR_REQUIRED
    assert s.STAFF_SESSION_COOKIE_NAME == "__Host-staff"
    assert s.STAFF_DEVICE_COOKIE_NAME == "__Host-staff-device"
    assert s.OTP_WEBAUTHN_ALLOWED_ORIGINS == ["https://book.example.org"]
    assert s.OTP_WEBAUTHN_RP_ID == "book.example.org"


def test_numbers_are_read_as_they_are_written(reader: Reader) -> None:
    s = reader.read(PRODUCTION | {"PORT": "8001", "RATE_LIMIT_FACTOR": "0.5"})
    assert (s.PORT, s.RATE_LIMIT_FACTOR) == (8001, 0.5)
    assert s.RATE_LIMITS["book-address"] == (5, 3600)


def test_the_sites_that_may_show_the_times_are_read_as_they_are_written(reader: Reader) -> None:
    hosts = {"EMBED_HOSTS": "www.example.org, directory.example.com:8443,localhost"}
    assert reader.read(PRODUCTION | hosts).EMBED_HOSTS == [
        "www.example.org",
        "directory.example.com:8443",
        "localhost",
    ]
    assert reader.read(PRODUCTION).EMBED_HOSTS == []


def test_a_proxy_is_believed_only_where_one_is_said_to_stand(reader: Reader) -> None:
    found = reader.read(PRODUCTION | {"TRUSTED_PROXIES": "1"})
    assert "X_FORWARDED_PROTO" in found.SECURE_PROXY_SSL_HEADER[0]


def test_a_secret_key_alone_makes_a_server_of_a_machine(reader: Reader) -> None:
    assert reader.refusal({"SECRET_KEY": SECRET}, "FIELD_KEYS")


@pytest.mark.parametrize("server", ["kicks.wsgi", "celery"])
def test_a_server_without_settings_does_not_take_itself_for_a_developer(server: str) -> None:
    module = ["-c", f"import {server}"] if server == "kicks.wsgi" else ["-m", "celery"]
    arguments = [] if server == "kicks.wsgi" else ["-A", "kicks", "inspect", "ping"]
    result = run([*module, *arguments], {"DJANGO_SETTINGS_MODULE": "kicks.settings"})
    assert_refused(result, "SECRET_KEY")


def test_the_broker_on_a_socket_is_named_as_celery_names_it(reader: Reader) -> None:
    found = reader.read(PRODUCTION | {"REDIS_URL": "unix:///run/a%20b/valkey.sock"})
    assert found.CELERY_BROKER_URL == "redis+socket:///run/a%20b/valkey.sock"


def test_a_provider_is_read_as_it_is_written(reader: Reader) -> None:
    s = reader.read(PRODUCTION | PROVIDER)
    assert [
        s.EMAIL_BACKEND,
        s.ANYMAIL["MAILGUN_API_KEY"],
        s.ANYMAIL["MAILGUN_WEBHOOK_SIGNING_KEY"],
        s.ANYMAIL["MAILGUN_SENDER_DOMAIN"],
        s.ANYMAIL["MAILGUN_API_URL"],
        s.ANYMAIL["WEBHOOK_SECRET"],
        s.ANYMAIL["REQUESTS_TIMEOUT"],
    ] == [
        "outbox.providers.MailgunBackend",
        "a/key",
        "signing+key",
        "mg.example.org",
        "https://api.eu.mailgun.net/v3",
        "hook:a-word-of-24-letters-or-more",
        10,
    ]


def test_a_provider_without_a_word_for_its_news_is_refused(reader: Reader) -> None:
    assert reader.refusal(PRODUCTION | {"EMAIL_URL": PROVIDER["EMAIL_URL"]}, "WEBHOOK_SECRET")


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
