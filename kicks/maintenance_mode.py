"""The site closed for a while: as long as one file is there, every page says so.

A file, because it opens and closes the site at once, for all processes that see it, without a
restart and without the database. What it says may be a number: the minutes until the site is open.
"""

import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

GetResponse = Callable[[HttpRequest], HttpResponse]

USUAL = 10  # minutes after which to come back where nobody said when
LONGEST = 4  # digits: some days, in minutes
CLOSED = 503


def maintenance(get_response: GetResponse) -> GetResponse:
    """Answer every request with the page that asks for patience while the file is there.

    It stands behind the probes and the static files, which go on, and before all that asks the
    database: admin and webhooks are closed, too, because what they write might be lost.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        # For each answer, so it must cost nothing: 3 microseconds (to open what is not there, 6).
        closed = os.path.exists(settings.MAINTENANCE_FILE)  # noqa: PTH110, nor a Path each time
        return _closed() if closed else get_response(request)

    return middleware


def _closed() -> HttpResponse:
    minutes = _minutes(_said(Path(settings.MAINTENANCE_FILE)))
    page = render_to_string("503.html", {"minutes": minutes})
    response = HttpResponse(page, status=CLOSED)
    response["Retry-After"] = str((minutes or USUAL) * 60)
    add_never_cache_headers(response)
    return response


def _said(file: Path) -> str:
    """Return what the file says; nothing where it is not for us to read, or has just gone."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def _minutes(said: str) -> int:
    """Return the minutes that were said; 0 for anything else."""
    text = said.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else 0
