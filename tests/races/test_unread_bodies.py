"""A server that is sent more than a page may be sent answers before it has read anything."""

import socket

import pytest

from tests.races.site import Site

pytestmark = [pytest.mark.race, pytest.mark.real_time, pytest.mark.xdist_group("races")]


@pytest.mark.parametrize(
    "length", ["Content-Length: 209715200", "Transfer-Encoding: chunked"], ids=["long", "unsaid"]
)
def test_what_is_refused_is_not_read(practice: object, site: Site, length: str) -> None:
    head = f"POST /book/details/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{length}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as line:
        line.sendall(head.encode())
        assert line.recv(12) == b"HTTP/1.1 400"  # though nothing more was sent
