"""The load: clients that keep their connection and ask as fast as they are answered.

A program of its own, so that its CPU is not the app's. It reads `{"port", "clients", "times",
"requests": [text, ...]}` from stdin; each client takes the next request until all have been asked
so many times. It writes `{"seconds", "ms": [...], "statuses": {code: n}}`. Loopback only.
"""

import json
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain, repeat

PATIENCE = 30.0  # seconds without an answer


def client(
    port: int, start: threading.Barrier, requests: Iterator[bytes], answers: list[tuple[int, float]]
) -> None:
    """Ask until nothing is left to ask. An answer that never came has the status 0."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start.wait()
        for request in requests:
            before = time.perf_counter()
            status = ask(connection, request)
            answers.append((status, (time.perf_counter() - before) * 1000))


def ask(connection: socket.socket, request: bytes) -> int:
    """Send one request, read the whole answer and return its status."""
    try:
        connection.sendall(request)
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += some(connection)
        head = answer[:end].lower()
        left = int(head.partition(b"\r\ncontent-length:")[2].split(b"\r\n", 1)[0])
        left -= len(answer) - end - 4
        while left > 0:
            left -= len(some(connection))
    except OSError:
        return 0
    return int(head.split(b" ", 2)[1])


def some(connection: socket.socket) -> bytes:
    """Return what has arrived."""
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionResetError
    return piece


def main() -> None:
    """Run the plan from stdin."""
    plan = json.load(sys.stdin)
    # Its next() is one step for the interpreter, so that the clients can share it.
    requests = chain.from_iterable(repeat([r.encode() for r in plan["requests"]], plan["times"]))
    answers: list[tuple[int, float]] = []
    start = threading.Barrier(plan["clients"] + 1, timeout=PATIENCE)
    given = (plan["port"], start, requests, answers)
    threads = [threading.Thread(target=client, args=given) for _ in range(plan["clients"])]
    for thread in threads:
        thread.start()
    start.wait()
    before = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - before
    statuses = Counter(status for status, _ in answers)
    json.dump(
        {"seconds": seconds, "ms": [ms for _, ms in answers], "statuses": statuses}, sys.stdout
    )


if __name__ == "__main__":
    main()
