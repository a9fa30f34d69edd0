"""What browsers report of the admin's policy: that something which it forbids was tried.

Anybody can send such reports, and a true one names the page and quotes it. So few are heard, and
the log gets the directive and the host of what was blocked, nothing else.
"""

import json
import logging
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from clients import rate_limits

log = logging.getLogger(__name__)

DIRECTIVE = re.compile(r"[a-z-]{1,40}", re.ASCII)
HOST = re.compile(r"[a-z0-9.:-]{1,80}", re.ASCII)
# What stands in the place of an address where nothing was fetched, or no more is told.
NO_ADDRESS = {"inline", "eval", "wasm-eval", "self", "data", "blob", "filesystem"}
EVERYBODY = "everybody"


@csrf_exempt
@require_POST
def hear(request: HttpRequest) -> HttpResponse:
    """Log one report: 400 for what is none, 429 for who sends many, or where all together do."""
    found = _read(request.body)
    if found is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    address = rate_limits.address_of(request.META)
    heard = rate_limits.allow("report-address", address)
    if not heard or not rate_limits.allow("report-site", EVERYBODY):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    log.warning("the policy's %s blocked %s", *found)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _read(body: bytes) -> tuple[str, str] | None:
    """Return the directive and what it blocked; None for what is no report."""
    try:
        report = json.loads(body)["csp-report"]
        directive = report.get("effective-directive") or report["violated-directive"]
        return str(DIRECTIVE.match(directive)[0]), _host(report["blocked-uri"])  # type: ignore[index]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _host(blocked: Any) -> str:
    """Return whose file it was, without what stood behind: an address may hold anything."""
    if not isinstance(blocked, str):
        raise TypeError
    if blocked in NO_ADDRESS:
        return blocked
    host = urlsplit(blocked).hostname or ""
    return host if HOST.fullmatch(host) else "something"
