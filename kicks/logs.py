"""What the log says, and what it must not: private links, and the rows that errors quote."""

import logging
import re
from typing import Any

# /b/<token>/ opens a booking: whoever reads a log must not be able to.
PRIVATE_LINK = re.compile(r"(/b/)[^/\s\"'?#<>]+")
# Postgres adds the offending row to an error ("Failing row contains ..."); it may span lines, and
# ends where Python's own account of the error goes on.
ROW_DETAIL = re.compile(
    r"\n(?:DETAIL|CONTEXT|QUERY|STATEMENT):.*?"
    r"(?=\n\n(?:The above exception|During handling)|\nTraceback |\Z)",
    re.DOTALL,
)


def discreet(text: str) -> str:
    """Return `text` without tokens and without rows."""
    return ROW_DETAIL.sub("", PRIVATE_LINK.sub(r"\1***", text))


class Discreet(logging.Formatter):
    """Formats a record, its traceback included, and takes out what is private."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line to print."""
        return discreet(super().format(record))


def _logger(*handlers: str) -> dict[str, Any]:
    return {"handlers": handlers, "level": "INFO", "propagate": False}


# To stderr: whoever runs the processes decides where it is kept, and for how long.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "kicks.logs.Discreet",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": _logger("stderr"),
        "django.server": _logger("stderr"),
        "granian.access": _logger("stderr"),
        # Scanners ask for other people's hosts all day; they have got their 400.
        "django.security.DisallowedHost": _logger(),
    },
}
