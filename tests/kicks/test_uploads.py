"""A file is read from those who work here, at the addresses that take one, and nowhere else."""

import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils.encoding import force_bytes

from kicks.request_bodies import UPLOAD_LIMIT, USUAL_LIMIT, OnePicture, limit_of
from kicks.security import TAKES_FILE
from pictures.file_kinds import MOST_BYTES
from pictures.models import Picture
from tests.addresses import every_address
from tests.factories import World
from tests.kicks.test_request_bodies import Unread
from tests.pages import signed_in

pytestmark = pytest.mark.django_db

PARTS = "multipart/form-data; boundary=x"
BASE_64 = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n"
)
PART = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n1\r\n'


def page(world: World) -> str:
    return reverse("admin:availability_therapist_picture", args=[world.therapist.pk])


def file_of(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.jpg", b"\xff\xd8\xff" + b"x" * (size - 3), "image/jpeg")


def test_these_addresses_take_a_file_and_no_other() -> None:
    taking = {name for name, path in every_address() if TAKES_FILE.fullmatch(path)}
    assert taking == {
        f"admin:{model}_picture"
        for model in ("availability_therapist", "availability_place", "academy_article")
    }
    for path in ("/admin/x/y/1/picture", "/admin/x/y/z/picture/", "/x/admin/a/b/1/picture/"):
        assert limit_of(path) < UPLOAD_LIMIT
    assert limit_of("/academy/1/picture/") == USUAL_LIMIT


@pytest.mark.parametrize("who", ["nobody", "a client", "no staff"])
def test_of_anybody_elses_file_not_a_byte_is_read(world: World, who: str) -> None:
    browser = Browser(enforce_csrf_checks=True)
    if who == "a client":
        browser.get("/book/")
    if who == "no staff":
        browser.force_login(User.objects.create_user("sam"))
    sent: dict[str, Any] = {
        "CONTENT_LENGTH": str(MOST_BYTES),
        "CONTENT_TYPE": PARTS,
        "wsgi.input": Unread(),
    }
    response = browser.generic("POST", page(world), **sent)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/?next=")


def test_what_no_camera_writes_is_refused_unread(world: World) -> None:
    sent: dict[str, Any] = {
        "CONTENT_LENGTH": str(UPLOAD_LIMIT + 1),
        "CONTENT_TYPE": PARTS,
        "wsgi.input": Unread(),
    }
    assert signed_in(world.therapist).generic("POST", page(world), **sent).status_code == 400


@pytest.mark.parametrize(
    ("size", "kept"), [(5000, 5000), (MOST_BYTES, MOST_BYTES), (MOST_BYTES + 1, 0), (20_000_000, 0)]
)
def test_a_file_is_kept_in_memory_up_to_the_most_and_dropped_beyond(size: int, kept: int) -> None:
    handler, piece = OnePicture(), 64 * 1024
    handler.new_file("file", "me.jpg", "image/jpeg", None)
    for start in range(0, size, piece):
        handler.receive_data_chunk(b"x" * min(piece, size - start), start)
    file = handler.file_complete(size)
    assert (file.size, len(file.read())) == (size, kept)


@pytest.mark.parametrize("size", [5000, MOST_BYTES + 1])
def test_no_file_of_a_picture_is_left_anywhere(
    world: World, picture_folder: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    made: list[object] = []
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *a, **k: made.append(a))
    response = signed_in(world.therapist).post(page(world), {"file": file_of(size), "alt": "Robin"})
    assert response.context["form"].errors.keys() == {"file"}
    assert response.context["form"]["alt"].value() == "Robin"
    assert (made, Picture.objects.count(), picture_folder.exists()) == ([], 0, False)


@pytest.mark.parametrize(
    "body",
    [
        PART % (b"file", b"a") + PART % (b"more", b"b") + b"--x--\r\n",
        BASE_64,
    ],
    ids=["two files", "base64"],
)
def test_a_form_that_no_page_of_ours_sends_is_a_bad_request(world: World, body: bytes) -> None:
    browser = signed_in(world.therapist)
    response = browser.generic("POST", page(world), force_bytes(body), content_type=PARTS)
    assert response.status_code == 400


def test_a_form_without_a_file_is_read_as_ever(world: World) -> None:
    browser = signed_in(world.therapist)
    response = browser.post(page(world), {"alt": "Robin"})
    assert response.context["form"]["alt"].value() == "Robin"


def test_another_sites_form_is_refused(world: World, picture_folder: Path) -> None:
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = signed_in(world.therapist).cookies
    assert strict.post(page(world), {"file": file_of(100), "alt": "A"}).status_code == 403
    assert not picture_folder.exists()


def test_no_other_page_of_admin_takes_a_file(world: World) -> None:
    browser = signed_in(world.therapist)
    path = reverse("admin:availability_therapist_change", args=[world.therapist.pk])
    assert browser.post(path, {"file": io.BytesIO(b"x")}).status_code == 400
