"""Whether a kept connection still lives, asked of the kernel; and that it ends with its thread."""

import os
import select
import threading
from typing import Any
from weakref import WeakSet

from django.db.backends.postgresql import base


class OpenedHere:
    """The connections that one thread opened. It goes when the thread does, and closes them.

    What Django keeps of a thread is a ring of objects that only the garbage collector undoes, and
    behind `gc.freeze()` that looks once in thousands of requests. Meanwhile each thread that a
    server ended because it was idle would leave a connection open, until Postgres takes no more.
    Python's own threading minds its ended threads in the same way (`_DeleteDummyThreadOnDel`).
    """

    def __init__(self) -> None:
        self.connections: WeakSet[Any] = WeakSet()
        self._process = os.getpid()

    def __del__(self) -> None:
        # A forked child, which nobody measures, shares them and must not say goodbye.
        if os.getpid() == self._process:  # pragma: no branch
            for connection in self.connections:
                connection.close()


class _Thread(threading.local):
    def __init__(self) -> None:
        self.opened = OpenedHere()


_thread = _Thread()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is checked before each request without a round trip.

    A server that went away, or ended the connection, has said so: then there is something to read
    on a connection that nobody uses. Measured: the usual `SELECT 1` costs each request more than
    finding the page's own row.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open one that lasts no longer than this thread."""
        connection = super().get_new_connection(conn_params)
        _thread.opened.connections.add(connection)
        return connection

    def is_usable(self) -> bool:
        """Ask the server only if it has said something unasked, or about an open transaction."""
        if self.connection is None or self.connection.closed:
            return False
        if self.in_atomic_block:
            return bool(super().is_usable())
        look = select.poll()
        look.register(self.connection, select.POLLIN)
        return bool(super().is_usable()) if look.poll(0) else True
