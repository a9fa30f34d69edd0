"""The site on the tests' database as a server runs it, and other people's sites beside it."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from django.conf import settings

from bench.https import Identity, serving_https
from tests.races.site import database_url


@contextmanager
def production_site(folder: Path, **more: str) -> Iterator[str]:
    """Run it until the block ends; yield its address. It reads what this process encrypts."""
    keys = ",".join(settings.FIELD_KEYS)
    with serving_https(database_url(), folder, FIELD_KEYS=keys, **more) as root:
        yield root


@dataclass(frozen=True)
class Production:
    """The site, and two others: one that may show its times in a frame, and one that may not."""

    root: str
    friend: "OtherSite"
    stranger: "OtherSite"
    pictures: Path  # where it keeps them


@dataclass
class OtherSite:
    """Somebody else's site, of one page: the words that were put there last."""

    identity: Identity
    page: str = ""
    host: str = field(init=False)

    def __post_init__(self) -> None:
        """Open the door, so that the site has a name before anybody is told of it."""
        site = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(site.page.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.load_cert_chain(*self.identity)
        self._server.socket = secure.wrap_socket(self._server.socket, server_side=True)
        self.host = f"127.0.0.1:{self._server.server_port}"

    @contextmanager
    def open(self) -> Iterator["OtherSite"]:
        """Answer until the block ends."""
        Thread(target=self._server.serve_forever, daemon=True).start()
        yield self
        self._server.shutdown()
        self._server.server_close()
