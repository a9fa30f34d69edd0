"""A picture's file is served by the whole of its name, for good, and nothing else is."""

from pathlib import Path

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from pictures import store_picture
from pictures.models import Picture
from pictures.variants import KINDS, MEDIA_TYPES
from tests.factories import NOW
from tests.pictures.images import scene, written
from tests.pictures.test_bucket import BUCKET

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture(picture_folder: Path) -> Picture:
    return store_picture.add(store_picture.take(written(scene(700, 500))), alt="A", now=NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_said_to_be_what_it_is_and_may_be_kept_for_good(
    client: Browser, picture: Picture, picture_folder: Path, kind: str
) -> None:
    path = picture.address(640, kind)
    response = client.get(path)
    assert response.status_code == 200
    assert response.content == (picture_folder / path.rpartition("/")[2]).read_bytes()
    assert response["Content-Type"] == MEDIA_TYPES[kind]
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_who_has_it_is_told_so_and_sent_nothing(client: Browser, picture: Picture) -> None:
    path = picture.address(640, "avif")
    tag = client.get(path)["ETag"]
    again = client.get(path, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(path, headers={"if-none-match": '"another"'})
    assert other.status_code == 200
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")


def test_postgres_is_not_asked(
    client: Browser, picture: Picture, django_assert_num_queries: object
) -> None:
    assert callable(django_assert_num_queries)
    with django_assert_num_queries(0):
        assert client.get(picture.address(320, "webp")).status_code == 200


def test_nothing_else_is_found(client: Browser, picture: Picture, picture_folder: Path) -> None:
    (picture_folder.parent / "secret.jpg").write_text("secret")
    (picture_folder / "notes.jpg").write_text("secret")
    name = picture.name
    for path in (
        "../secret.jpg",
        "..%2fsecret.jpg",
        "%2e%2e/secret.jpg",
        "notes.jpg",
        "",
        f"{name}-640.svg",
        f"{name}-640.jpg.txt",
        f"{name}-640.jpg%0a",
        f"{name}-640.jpg%00",
        f"{name.upper()}-640.jpg",
        f"{name}-641.jpg",
        f"{name}-0640.jpg",
        f"{name}-640.jpg/",
        f"{'0' * 32}-640.jpg",
        f"x/{name}-640.jpg",
    ):
        assert client.get(f"/pictures/{path}").status_code == 404, path
    assert client.post(picture.address(640, "jpg")).status_code == 405


def test_where_there_is_a_bucket_it_serves_its_own(
    client: Browser, picture: Picture, settings: Settings
) -> None:
    path = picture.address(640, "jpg")
    settings.STORAGES = {**settings.STORAGES, "pictures": BUCKET}
    assert (
        picture.address(640, "jpg")
        == f"https://pictures.example.org{path.removeprefix('/pictures')}"
    )
    assert client.get(path).status_code == 404
