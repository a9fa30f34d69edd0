"""The floor of sending: `python -m bench.bare PORT FILE` sends ready-made mails, and nothing else.

One connection, Python's own smtplib, and the bytes of the file: a JSON list of mails, each
`[sender, recipient, text]`. Nothing is looked up, made or noted.
"""

import json
import sys
from itertools import cycle, islice
from pathlib import Path
from smtplib import SMTP

from bench.turns import take_turns


def main() -> None:
    """Send whenever asked."""
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    known = [(one, to, text.encode()) for one, to, text in json.loads(path.read_text())]

    def send(count: int) -> None:
        with SMTP("127.0.0.1", port) as server:
            for one, to, text in islice(cycle(known), count):
                server.sendmail(one, [to], text)

    take_turns(send)


if __name__ == "__main__":
    main()
