"""What a log line must not say: private links, and what a database error quotes of a row."""

import logging
import re

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
