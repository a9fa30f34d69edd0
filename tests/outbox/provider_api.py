"""A provider's API on this machine: it takes what is posted, and answers what it is told to."""

import base64
import email.policy
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser

QUEUED = {"id": "<of-the-provider@mg.example.org>", "message": "Queued. Thank you."}
STRICT = email.policy.SMTP.clone(raise_on_defect=True)


@dataclass(frozen=True)
class Post:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, bytes]:
        """The fields and files of a multipart form."""
        names = {"Content-Type": "CONTENT_TYPE", "Content-Length": "CONTENT_LENGTH"}
        meta = {theirs: self.headers[ours] for ours, theirs in names.items()}
        handlers = [MemoryFileUploadHandler()]
        fields, files = MultiPartParser(meta, io.BytesIO(self.body), handlers).parse()
        read: dict[str, Any] = {name: files.get(name) for name in files}
        return {name: str(value).encode() for name, value in fields.items()} | {
            name: file.read() for name, file in read.items()
        }

    @property
    def by(self) -> str:
        """Who says that they post: `user:password`."""
        return base64.b64decode(self.headers["Authorization"].split()[1]).decode()


@dataclass
class Api:
    """The posts it took, and its answer to the next."""

    url: str
    status: int = 200
    answer: dict[str, Any] = field(default_factory=lambda: dict(QUEUED))
    location: str = ""
    posts: list[Post] = field(default_factory=list)


@contextmanager
def provider_api() -> Iterator[Api]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            api.posts.append(Post(self.path, dict(self.headers), body))
            said = json.dumps(api.answer).encode()
            self.send_response(api.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Location", api.location)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api = Api(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
