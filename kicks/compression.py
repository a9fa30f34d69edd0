"""Pages travel compressed where that can tell nobody anything.

Compressing a page that holds a secret beside words from its address lets who listens guess the
secret by its size (BREACH). So pages are compressed for visitors without a cookie, for whom there
is no secret yet: at each first visit, when a browser has to fetch everything else too. For the
others, only what is named below is; and the admin, whose lists are heavy, behind padding that
makes each answer a little longer or shorter by chance ("Heal the Breach", Palacios and others,
2022): who would guess by sizes has to ask some thousand times for each guess.
"""

import gzip
from collections.abc import Callable
from functools import lru_cache

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

from kicks.security import ADMIN_PATH

GetResponse = Callable[[HttpRequest], HttpResponse]
Ways = dict[str, Callable[[bytes], bytes]]  # by their names in Accept-Encoding

WORTH_IT = 1024  # bytes
KINDS = ("text/html", "application/xml", "application/atom+xml")
# They repeat nothing that was typed, and hold no secret but the token by which a device is finished
# with, which Django writes otherwise each time.
HARMLESS = {"book", "time", "zone", "change"}
PADDING = 100  # bytes at the most, as Django's own compression has it
NEVER = {"q=0", "q=0.0", "q=0.00", "q=0.000"}


def compressed(get_response: GetResponse) -> GetResponse:
    """Compress what may be, as small as the browser takes it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if _may_be(response):
            patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
            if _is_harmless(request) or not (request.COOKIES or response.cookies):
                _compress(response, request.headers.get("Accept-Encoding", ""), _SQUEEZE)
            elif request.path_info.startswith(ADMIN_PATH):
                _compress(response, request.headers.get("Accept-Encoding", ""), _PADDED)
        return response

    return middleware


def _is_harmless(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name in HARMLESS


def _may_be(response: HttpResponse) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    return kind in KINDS and not response.streaming and "Content-Encoding" not in response.headers


def _compress(response: HttpResponse, accepted: str, ways: Ways) -> None:
    encoding = next((name for name in ways if name in _names(accepted)), "")
    if not encoding or len(response.content) < WORTH_IT:
        return
    response.content = ways[encoding](response.content)
    response.headers["Content-Encoding"] = encoding
    response.headers["Content-Length"] = str(len(response.content))
    tag = response.headers.get("ETag", "")
    if tag.startswith('"'):
        # The same page in other bytes; what compares tags of pages ignores the mark (RFC 9110).
        response.headers["ETag"] = f"W/{tag}"


@lru_cache(maxsize=64)
def _names(accepted: str) -> frozenset[str]:
    """Read Accept-Encoding: the names that are not refused."""
    parts = (part.partition(";") for part in accepted.lower().split(","))
    return frozenset(name.strip() for name, _, q in parts if q.replace(" ", "") not in NEVER)


# Compressed once: most pages are the same for everybody for a while.
@lru_cache(maxsize=256)
def _brotli(content: bytes) -> bytes:
    return bytes(brotli.compress(content, quality=5))


@lru_cache(maxsize=256)
def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _padded_gzip(content: bytes) -> bytes:
    return compress_string(content, max_random_bytes=PADDING)


# In the order of how small they make it.
_SQUEEZE: Ways = {"br": _brotli, "gzip": _gzip}
# Padding goes where gzip keeps a file's name, which every browser passes over; brotli has no such.
_PADDED: Ways = {"gzip": _padded_gzip}
