"""Radicale on loopback, and the few requests by which a calendar program keeps events in it."""

import http.client
import itertools
import logging
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from radicale import config
from radicale.app import Application

CAL, DAV = "{urn:ietf:params:xml:ns:caldav}", "{DAV:}"
# RFC 4791, 7.8.1. A server compares instants, so the resource must lie right in UTC.
QUERY = """\
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><D:getetag/><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>
</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>
"""
ROBIN = {"Authorization": "Basic cm9iaW46"}  # a name and no password: whoever says it is robin
_number = itertools.count()


@dataclass(frozen=True)
class Shelf:
    """One calendar of the server, with the names and versions of what lies in it."""

    port: int
    path: str
    etags: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, ics: str) -> int:
        """Store a resource; return the status. A new one may replace nothing, an old one only
        the version that we know: RFC 4791, 5.3.2.
        """
        known = self.etags.get(name)
        guard = {"If-Match": known} if known else {"If-None-Match": "*"}
        kind = {"Content-Type": "text/calendar; charset=utf-8"}
        answer = self._ask("PUT", name, ics.encode(), {**guard, **kind})
        if answer.status in {http.HTTPStatus.CREATED, http.HTTPStatus.NO_CONTENT}:
            self.etags[name] = answer.headers["ETag"]
        return answer.status

    def get(self, name: str) -> str:
        """Return a resource as the server gives it back."""
        answer = self._ask("GET", name)
        assert answer.status == http.HTTPStatus.OK
        return answer.read().decode()

    def names(self) -> list[str]:
        """Return the names of all resources."""
        tree = self._report("PROPFIND", b"", {"Depth": "1"})
        hrefs = [element.text or "" for element in tree.iter(f"{DAV}href")]
        return [href.removeprefix(self.path) for href in hrefs if href.endswith(".ics")]

    def between(self, start: datetime, end: datetime) -> list[str]:
        """Return the resources with an event in this stretch of UTC, as they came in the XML."""
        query = QUERY.format(start=start, end=end).encode()
        tree = self._report("REPORT", query, {"Depth": "1", "Content-Type": "application/xml"})
        return [element.text or "" for element in tree.iter(f"{CAL}calendar-data")]

    def _report(self, method: str, body: bytes, headers: dict[str, str]) -> ET.Element:
        answer = self._ask(method, "", body, headers)
        assert answer.status == http.HTTPStatus.MULTI_STATUS
        return ET.fromstring(answer.read())  # noqa: S314, from our own server

    def _ask(
        self, method: str, name: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, f"{self.path}{name}", body, {**ROBIN, **(headers or {})})
        return connection.getresponse()


@dataclass(frozen=True)
class Server:
    """A CalDAV server that runs."""

    port: int

    def new_calendar(self) -> Shelf:
        """Return an empty calendar."""
        shelf = Shelf(self.port, f"/robin/{next(_number)}/")
        answer = shelf._ask("MKCALENDAR", "")
        assert answer.status == http.HTTPStatus.CREATED
        return shelf


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def radicale(folder: Path) -> Iterator[Server]:
    """Run Radicale over a real socket on a free port."""
    logging.getLogger("radicale").setLevel(logging.CRITICAL)
    configuration = config.load()
    changes = {
        "auth": {"type": "none"},
        "storage": {"filesystem_folder": str(folder), "strict_preconditions": "True"},
    }
    configuration.update(changes, "the tests", privileged=True)
    with make_server("127.0.0.1", 0, Application(configuration), handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield Server(server.server_port)
        finally:
            server.shutdown()
            thread.join()
