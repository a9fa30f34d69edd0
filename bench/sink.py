"""A mail server that takes everything: `python -m bench.sink PORT FILE`.

It writes the Message-ID of each mail to the file before it says that it has it. As little as a
mail server can be, because it shares the machine with those who are measured: aiosmtpd takes
0.55 ms of processor time for such a mail and lets two bare loops send 1,300 a second, this one
0.11 ms and 4,500.
"""

import asyncio
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)
LINE, END = b"\r\n", b"\r\n.\r\n"
YES = b"250 OK\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    def __init__(self, notes: BinaryIO) -> None:
        self.notes = notes
        self.heard = bytearray()
        self.is_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 bench\r\n")

    def data_received(self, data: bytes) -> None:
        self.heard += data
        for answer in self.answers():
            self.transport.write(answer)

    def answers(self) -> Iterator[bytes]:
        """Answer each line that is whole, and each mail."""
        while (at := self.heard.find(end := END if self.is_mail else LINE)) >= 0:
            said = bytes(self.heard[:at])
            del self.heard[: at + len(end)]
            yield self.took(said) if self.is_mail else self.answer(said[:4].upper())

    def answer(self, verb: bytes) -> bytes:
        """Say yes to whatever it is."""
        self.is_mail = verb == b"DATA"
        return {b"DATA": b"354 Go on\r\n", b"QUIT": b"221 Bye\r\n"}.get(verb, YES)

    def took(self, mail: bytes) -> bytes:
        """Note a mail."""
        self.is_mail = False
        found = MESSAGE_ID.search(mail)
        self.notes.write((found[1] if found else b"?") + b"\n")
        return YES


async def serve(port: int, notes: BinaryIO) -> None:
    """Take mail until the process is told to stop."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(notes), "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    """Serve."""
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    with path.open("wb", buffering=0) as notes:
        asyncio.run(serve(port, notes))


if __name__ == "__main__":
    main()
