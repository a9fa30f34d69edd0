"""A mail server that is hard to please: `python -m chaos.sink PORT FILE`.

It refuses some mail for now (451), takes some and never says so, and writes a line to the file for
whatever it does with a mail: a JSON object with the moment `at` (the machine's monotonic clock),
`what` and the Message-ID. After `taken` comes `went on` if the sender then said anything more in
that connection: one that was killed in between, and so could not note that the mail left, did not.
After SIGUSR1, noted as `calm`, it takes everything.
"""

import asyncio
import json
import random
import signal
import sys
import time
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any, TextIO

from aiosmtpd.smtp import SMTP

REFUSED, HUNG = 0.3, 0.004
LATER = "451 4.7.1 Not now: try again later"
SEED = 20_261_123


class Sink:
    """What is done with a mail, as aiosmtpd asks it."""

    def __init__(self, notes: TextIO) -> None:
        self.notes = notes
        self.chance = random.Random(SEED)
        self.calm = False
        self.hangs = HUNG

    def note(self, what: str, message_id: str) -> None:
        """Write it down: it stands there when the line after it does."""
        line = {"at": time.monotonic(), "what": what, "id": message_id}
        self.notes.write(f"{json.dumps(line)}\n")
        self.notes.flush()

    def happens(self, chance: float) -> bool:
        """Whether something of that chance happens now."""
        return not self.calm and self.chance.random() < chance

    async def handle_MAIL(  # noqa: N802, theirs
        self, _server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Somebody begins a mail."""
        self.goes_on(session)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802, theirs
        self, _server: SMTP, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Refuse the recipient, or hear the rest: half of what is refused is refused here."""
        if self.happens(REFUSED / 2):
            self.note("refused", "")
            return LATER
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802, theirs
        """Take the mail, or take it and say nothing, or refuse it."""
        message_id = BytesHeaderParser().parsebytes(envelope.content)["Message-ID"]
        if self.happens(REFUSED / 2 / (1 - REFUSED / 2)):
            self.note("refused", message_id)
            return LATER
        if self.happens(self.hangs):
            self.note("hung", message_id)
            await asyncio.Event().wait()  # until the sender has had enough and goes away
        self.note("taken", message_id)
        session.taken = message_id
        return "250 OK"

    async def handle_RSET(self, _server: SMTP, session: Any, _envelope: Any) -> str:  # noqa: N802, theirs
        """Somebody lets a mail be."""
        self.goes_on(session)
        return "250 OK"

    async def handle_QUIT(self, _server: SMTP, session: Any, _envelope: Any) -> str:  # noqa: N802, theirs
        """Somebody says goodbye."""
        self.goes_on(session)
        return "221 Bye"

    def goes_on(self, session: Any) -> None:
        """Note that the sender of the mail before has lived to say more."""
        if message_id := getattr(session, "taken", ""):
            self.note("went on", message_id)
            session.taken = ""

    def be_calm(self) -> None:
        """Take everything from now on."""
        self.calm = True
        self.note("calm", "")


async def serve(port: int, notes: TextIO) -> None:
    """Take mail until the process is told to stop."""
    sink, loop = Sink(notes), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, sink.be_calm)
    server = await loop.create_server(lambda: SMTP(sink), "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    """Serve."""
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    with path.open("a") as notes:
        asyncio.run(serve(port, notes))


if __name__ == "__main__":
    main()
