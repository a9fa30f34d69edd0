"""Whether the process lives (/healthz), and whether the site keeps its promises (/readyz).

Both are answered before anything else looks at the request: a probe comes over plain HTTP, from
this machine or the next, under whatever host name it likes, and gets no session. So the answers
say nothing of anybody and nothing of the machine.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, socket
from threading import Timer

from django.conf import settings
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import Redis, RedisError

from outbox import monitoring
from outbox.monitoring import Watch

GetResponse = Callable[[HttpRequest], HttpResponse]

PATIENCE = 1  # seconds for a statement, for the broker's door and for its word
LONGEST_SILENCE = 2  # seconds after which a database that says nothing at all is given up
OK, DEGRADED, FAILING, UNKNOWN = "ok", "degraded", "failing", "unknown"


def probes(get_response: GetResponse) -> GetResponse:
    """Answer the probes and pass on everything else."""
    answers = {"/healthz": alive, "/readyz": ready}

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = answers.get(request.path_info)
        if answer is None or request.method not in {"GET", "HEAD"}:
            return get_response(request)
        response = answer()
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return middleware


def alive() -> HttpResponse:
    """Say that this process answers; ask nothing of anybody."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


def ready() -> HttpResponse:
    """Say how each part fares: 503 where a promise is being broken, with the parts that break it.

    A broker that is gone is no such part: bookings are taken and mail leaves by the sweeper.
    """
    with ThreadPoolExecutor(1) as pool:  # so that the slow do not add up
        broker = pool.submit(_broker_answers)
        seen = _look()
    parts = _parts(seen, broker_answers=broker.result())
    failing = [name for name, state in parts.items() if state == FAILING]
    status = FAILING if failing else DEGRADED if DEGRADED in parts.values() else OK
    silences = seen.silences if seen else {}
    said = {
        "status": status,
        "failing": failing,
        "parts": parts,
        "mail_waits_seconds": round(seen.stuck.total_seconds()) if seen and seen.stuck else None,
        "swept_seconds_ago": {by: round(ago.total_seconds()) for by, ago in silences.items()},
    }
    return JsonResponse(said, status=503 if failing else 200)


def _parts(seen: Watch | None, *, broker_answers: bool) -> dict[str, str]:
    """Return how each part fares; `seen` is None where the database does not answer."""
    broker = OK if broker_answers else DEGRADED
    if seen is None:
        return {"database": FAILING, "broker": broker, "mail": UNKNOWN, "sweeps": UNKNOWN}
    quiet = DEGRADED if seen.is_half_attended else OK
    return {
        "database": OK,
        "broker": broker,
        "mail": FAILING if seen.stuck else OK,
        "sweeps": FAILING if seen.is_unattended else quiet,
    }


def _look() -> Watch | None:
    """Ask the database about the mail: an answer says that it answers, too."""
    try:
        with _given_up_after(LONGEST_SILENCE), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE * 1000])
            return monitoring.look()
    except Error:
        return None


@contextmanager
def _given_up_after(seconds: float) -> Iterator[None]:
    """Cut the line to the database after so long, so that waiting for it ends with an error.

    A server that is frozen minds no limit of its own, and a socket's limits don't help: the kernel
    still answers for it. To open a line has its limit in the settings.
    """
    connection.ensure_connection()
    # A name of our own for the line: the driver's may be another's by the time that it is cut.
    line = socket(fileno=os.dup(connection.connection.fileno()))
    timer = Timer(seconds, _cut, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        line.close()


def _cut(line: socket) -> None:
    with suppress(OSError):
        line.shutdown(SHUT_RDWR)


def _broker_answers() -> bool:
    """Ask the broker, once and in a bounded time."""
    client = Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    try:
        with client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False
