"""The site closed for a while. Nothing here may ask the database: pytest would refuse it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

CLOSED = 503
Close = Callable[[str], None]


@pytest.fixture
def close(settings: Settings, tmp_path: Path) -> Close:
    """Close the site with these words in the file."""
    file = tmp_path / "maintenance"
    settings.MAINTENANCE_FILE = str(file)

    def close(said: str) -> None:
        file.write_text(said)

    return close


@pytest.mark.parametrize("path", ["/", "/book/", "/b/x/", "/academy/", "/admin/", "/no/such/page/"])
def test_every_page_says_that_it_is_closed_without_asking_the_database(
    client: Client, close: Close, path: str
) -> None:
    close("")
    response = client.get(path)
    html = response.content.decode()
    assert response.status_code == CLOSED
    assert response["Retry-After"] == "600"
    assert "no-store" in response["Cache-Control"]
    assert "<h1" in html
    assert "I’ll be back soon" in html
    assert "116123" in html
    assert 'content="noindex"' in html


def test_nothing_is_taken_while_it_is_closed(client: Client, close: Close) -> None:
    close("")
    response = client.post("/book/link/", {"email": "sam@example.com"})
    assert response.status_code == CLOSED
    assert "nothing was changed" in response.content.decode()
    assert not response.cookies


def test_the_page_has_the_headers_of_every_other(client: Client, close: Close) -> None:
    close("")
    headers = client.get("/").headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("said", "after", "words"),
    [
        ("20", "1200", "about 20 minutes"),
        (" 1\n", "60", "about a minute"),
        ("0", "600", ""),
        ("soon", "600", ""),
        ("-5", "600", ""),
        ("٣", "600", ""),
        ("9" * 5000, "600", ""),
        ("\x00\ufffd", "600", ""),
    ],
    ids=ascii,
)
def test_the_file_may_say_in_how_many_minutes_it_opens(
    client: Client, close: Close, said: str, after: str, words: str
) -> None:
    close(said)
    response = client.get("/")
    assert response["Retry-After"] == after
    html = response.content.decode()
    assert words in html
    assert ("open again" in html) == bool(words)


def test_a_file_that_cannot_be_read_closes_it_all_the_same(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.MAINTENANCE_FILE = str(tmp_path)
    assert client.get("/").status_code == CLOSED


def test_probes_and_files_go_on(client: Client, close: Close) -> None:
    close("")
    assert client.get("/healthz").content == b"ok"
    assert b".kt-help" in client.get("/static/css/kt.css").getvalue()


@pytest.mark.django_db
def test_it_opens_as_soon_as_the_file_is_gone(
    client: Client, close: Close, settings: Settings
) -> None:
    close("")
    assert client.get("/").status_code == CLOSED
    Path(settings.MAINTENANCE_FILE).unlink()
    assert client.get("/").status_code == 200
    close("")
    assert client.get("/").status_code == CLOSED
