"""Pictures in a bucket: what it is asked, over HTTP and signed, and what is said when it fails."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from pytest_django.fixtures import Settings

from kicks import picture_storage
from pictures import store_picture
from pictures.errors import Code, PictureRefusedError
from pictures.housekeeping import forget_unused
from pictures.models import Picture, storage
from pictures.variants import KINDS, MEDIA_TYPES
from tests.factories import NOW
from tests.pictures.images import scene, written

KEY, SECRET = "AKIA-test", "a/secret+word"
AT = f"s3://{KEY}:a%2Fsecret%2Bword@kicks-pictures?region=eu-west-2"
BUCKET = picture_storage.picture_storage(f"{AT}&address=https://pictures.example.org")
SIGNED = re.compile(r"SignedHeaders=([^,]+), Signature=(\w+)")
LISTED = "<Contents><Key>{}</Key><Size>1</Size></Contents>"


@dataclass
class Kept:
    """What a bucket holds: each file with what was said of it. `status` is what it answers."""

    files: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    status: int = 200
    unsigned: list[str] = field(default_factory=list)
    modified: str = "Mon, 23 Nov 2026 09:00:00 GMT"


class Server(BaseHTTPRequestHandler):
    """Speaks as much of S3 as is asked here, and checks each signature as the real one does."""

    kept: Kept
    protocol_version = "HTTP/1.1"  # so that who asks whether to go on is answered

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status if self.kept.status == 200 else self.kept.status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def name(self) -> str:
        self.check_signature()
        return self.path.partition("?")[0].removeprefix("/kicks-pictures/")

    def check_signature(self) -> None:
        """Sign what came as the owner of the key would, and compare."""
        found = SIGNED.search(self.headers.get("Authorization", ""))
        wanted = ""
        if found:
            url = f"http://{self.headers['Host']}{self.path}"
            signed = {name: self.headers[name] for name in found[1].split(";")}
            request = AWSRequest(self.command, url, headers=signed)
            request.context["timestamp"] = self.headers["X-Amz-Date"]
            auth = S3SigV4Auth(Credentials(KEY, SECRET), "s3", "eu-west-2")
            text = auth.string_to_sign(request, auth.canonical_request(request))
            wanted = auth.signature(text, request)
        if not found or wanted != found[2]:
            self.kept.unsigned.append(f"{self.command} {self.path}")

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.kept.files[self.name()] = (content, dict(self.headers.items()))
        self.answer(200, ETag='"x"')

    def do_HEAD(self) -> None:
        known = self.name() in self.kept.files
        self.answer(200 if known else 404, Last_Modified=self.kept.modified)

    def do_DELETE(self) -> None:
        self.kept.files.pop(self.name(), None)
        self.answer(204)

    def do_GET(self) -> None:
        self.name()
        listed = "".join(LISTED.format(name) for name in self.kept.files)
        self.answer(200, f"<ListBucketResult>{listed}</ListBucketResult>".encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing on the terminal."""


@pytest.fixture
def kept(settings: Settings) -> Iterator[Kept]:
    """A bucket of another maker's on this machine, which the settings name."""
    kept = Kept()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Server,), {"kept": kept}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    found = picture_storage.picture_storage(f"{AT}&endpoint={endpoint}")
    settings.STORAGES = {**settings.STORAGES, "pictures": found}
    yield kept
    server.shutdown()
    server.server_close()


@pytest.mark.django_db
def test_each_file_is_put_there_signed_with_what_it_is_and_for_good(kept: Kept) -> None:
    taken = store_picture.take(written(scene(700, 500)))
    assert kept.files.keys() == {f"{taken.name}-{w}.{k}" for w in (320, 640) for k in KINDS}
    for name, (content, said) in kept.files.items():
        assert content
        assert said["Content-Type"] == MEDIA_TYPES[name.rpartition(".")[2]]
        assert said["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Content-Encoding" not in said
    assert kept.unsigned == []
    picture = store_picture.add(taken, alt="A", now=NOW)
    host = storage().endpoint_url  # type: ignore[attr-defined]
    assert picture.address(640, "avif") == f"{host}/kicks-pictures/{taken.name}-640.avif"


@pytest.mark.django_db
def test_what_nothing_shows_is_deleted_there_too(kept: Kept) -> None:
    store_picture.take(written(scene(400, 400)))
    kept.files["notes.txt"] = (b"", {})
    forget_unused(NOW + timedelta(hours=23))
    assert len(kept.files) == 4
    forget_unused(NOW + timedelta(hours=25))
    assert set(kept.files) == {"notes.txt"}
    assert kept.unsigned == []


def test_a_bucket_that_refuses_is_a_refusal_and_not_an_error(kept: Kept) -> None:
    kept.status = 403
    with pytest.raises(PictureRefusedError) as refused:
        store_picture.take(written(scene(400, 400)))
    assert refused.value.code is Code.NOT_KEPT


@pytest.mark.django_db
def test_the_housekeeping_goes_on_without_it(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    kept.status = 403
    forget_unused(NOW)
    assert caplog.messages == ["pictures that nothing shows are still kept: OSError"]
    assert not Picture.objects.exists()


def test_nobody_there_is_told_within_seconds(settings: Settings) -> None:
    found = picture_storage.picture_storage(f"{AT}&endpoint=http://127.0.0.1:1")
    settings.STORAGES = {**settings.STORAGES, "pictures": found}
    with pytest.raises(PictureRefusedError) as refused:
        store_picture.take(written(scene(400, 400)))
    assert refused.value.code is Code.NOT_KEPT
    with pytest.raises(OSError, match="EndpointConnectionError"):
        storage().delete("x")


def test_amazons_own_bucket_has_an_address_of_its_own(settings: Settings) -> None:
    found = picture_storage.picture_storage(AT)
    settings.STORAGES = {**settings.STORAGES, "pictures": found}
    assert storage().url("x.jpg") == "https://kicks-pictures.s3.eu-west-2.amazonaws.com/x.jpg"
