"""What the log says, and what it must not: private links, and the rows that errors quote.

All that a process says of an error goes one way: records, warnings, and the errors that end a
command, a thread or a server's process.
"""

import logging
import logging.config
import re
import sys
import threading
import time
import traceback
from types import TracebackType
from typing import Any

from prose.masks import without_tokens

# Postgres adds the offending row to an error ("Failing row contains ..."), or the part of the
# statement, with its values, where it goes wrong; it may span lines, and ends where Python's own
# account of the error goes on.
ROW_DETAIL = re.compile(
    r"\n(?:DETAIL|CONTEXT|QUERY|STATEMENT|HINT|LINE \d+):.*?"
    r"(?=\n\n(?:The above exception|During handling)|\nTraceback |\Z)",
    re.DOTALL,
)
# And it quotes the value that a column cannot have: invalid input syntax for type integer: "Sam".
VALUE = re.compile(
    r'((?:invalid|malformed|out of range)[^"\n]*: |value )".*?"(?=\n|\Z| is out of range)',
    re.DOTALL,
)
# What could make a line look like another record's, or colour a terminal; line ends are indented.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# What somebody sends (a host, an address, a browser's name) is as long as they like, and an error
# may quote it: a line keeps this much of its beginning and of its end, a record so many lines.
LINE_HEAD, LINE_TAIL = 600, 200
HEAD_LINES, TAIL_LINES = 100, 200
# What Django refuses (a foreign host, a form that can't be read), it logs with where in the code.
REFUSALS = ("django.security", "django.request")


def discreet(text: str) -> str:
    """Return `text` without tokens, rows and values."""
    return VALUE.sub(r'\1"***"', ROW_DETAIL.sub("", without_tokens(text)))


def in_its_lines(text: str) -> str:
    """Return a record of which only the first line begins at the margin, and no control is live.

    What somebody sent may hold line ends and get into an error's words: nobody writes a record so,
    nor fills the log with it.
    """
    plain = CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
    lines = [_in_short(line) for line in plain.split("\n")]
    left_out = len(lines) - HEAD_LINES - TAIL_LINES
    if left_out > 0:
        lines[HEAD_LINES:-TAIL_LINES] = [f"… {left_out} lines left out …"]
    return "\n    ".join(lines)


def _in_short(line: str) -> str:
    left_out = len(line) - LINE_HEAD - LINE_TAIL
    if left_out <= 0:
        return line
    return f"{line[:LINE_HEAD]} … {left_out} characters left out … {line[-LINE_TAIL:]}"


class Discreet(logging.Formatter):
    """Formats a record, its traceback included, and takes out what is private.

    Moments are UTC and say so: an hour that comes twice is told apart.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        """Return what to print: one line for what was refused, as anybody can bring that about."""
        if record.name.startswith(REFUSALS) and not _is_ours(record):
            record = logging.makeLogRecord({**vars(record), "exc_info": None, "exc_text": None})
        return in_its_lines(discreet(super().format(record)))


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether the fault is: then it is told where in the code."""
    return int(getattr(record, "status_code", 0)) >= 500  # noqa: PLR2004, HTTP's


def configure(config: dict[str, Any]) -> None:
    """Let records, warnings and the errors that nobody catches go through the same formatter.

    Whoever minds a thread's errors already (a test's runner) goes on.
    """
    logging.config.dictConfig(config)
    logging.captureWarnings(capture=True)
    sys.excepthook = print_discreetly
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _print_of_thread


def print_discreetly(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print on stderr what ends the process as Python does, without what is private."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    said = discreet("".join(traceback.format_exception(kind, error, trace)))
    sys.stderr.write("\n".join(map(_in_short, said.split("\n"))))


def _print_of_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        print_discreetly(args.exc_type, args.exc_value, args.exc_traceback)


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
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": _logger("stderr"),
        "django.server": _logger("stderr"),
        "granian.access": _logger("stderr"),
        # Servers bring handlers and levels of their own: the levels stay.
        "_granian": {"handlers": ("stderr",), "propagate": False},
        "celery.task": {"handlers": ("stderr",), "propagate": False},
        "multiprocessing": {"handlers": ("stderr",), "propagate": False},
        # It would tell of each guess, which whoever guesses can have as often as they like; the
        # rows of staff.SecurityEvent tell what matters.
        "axes": {**_logger("stderr"), "level": "CRITICAL"},
    },
}
