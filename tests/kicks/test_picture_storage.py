"""Where pictures are kept is read from one address; pages may fetch them from there and nowhere."""

from pathlib import Path

import pytest

from kicks.picture_storage import folder, origins, picture_storage
from tests.kicks.test_security import directives
from tests.kicks.test_settings import PRODUCTION, load

OTHER = "s3://k%2Fey:se%2Bcret@practice-pictures?region=auto&endpoint=https://s3.example.net:9000"


def test_a_folder_is_served_by_us() -> None:
    found = picture_storage("file:///srv/my%20pictures")
    assert found == folder(Path("/srv/my pictures"))
    assert found["OPTIONS"]["base_url"] == "/pictures/"
    assert origins(found) == []


def test_a_bucket_is_named_with_its_key_and_where_browsers_find_it() -> None:
    options = picture_storage(f"{OTHER}&address=https://pictures.example.org/p")["OPTIONS"]
    assert options == {
        "bucket_name": "practice-pictures",
        "access_key": "k/ey",
        "secret_key": "se+cret",
        "region_name": "auto",
        "endpoint_url": "https://s3.example.net:9000",
        "url_protocol": "https:",
        "custom_domain": "pictures.example.org/p",
    }


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        (f"{OTHER}&address=https://pictures.example.org/p", "https://pictures.example.org"),
        (OTHER, "https://s3.example.net:9000"),
        ("s3://pics?region=eu-west-2", "https://pics.s3.eu-west-2.amazonaws.com"),
    ],
)
def test_pages_may_fetch_pictures_from_there(said: str, origin: str) -> None:
    assert origins(picture_storage(said)) == [origin]


def test_the_policy_of_every_page_names_the_bucket_and_nothing_more() -> None:
    code = """__import__("django").setup() or "|".join(
        getattr(__import__("kicks.security").security, name)["Content-Security-Policy"]
        for name in ("HEADERS", "ADMIN_HEADERS")
    )"""
    environment = PRODUCTION | {"DJANGO_SETTINGS_MODULE": "kicks.settings", "PICTURES_URL": OTHER}
    said = load(environment, code).stdout.strip()
    public, admin = map(directives, said.split("|"))
    assert public["img-src"] == "'self' https://s3.example.net:9000"
    assert admin["img-src"] == "'self' data: https://s3.example.net:9000"
    assert public["default-src"] == "'none'"
