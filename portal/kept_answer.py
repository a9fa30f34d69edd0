"""What a page answered to a form that was sent in vain, kept for an address of its own.

The answer to a POST stands in the browser's history as a form that Back asks to send again. So it
is kept, sealed, in the session, and the browser is led to the same page under a name that shows it.
"""

import secrets
import zlib
from base64 import b64decode, b64encode

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode

from encryption.fields import UndecipherableError, seal, unseal
from front.responses import UNPROCESSABLE, look_again
from front.visitor import ANSWER
from prose.parameters import param

AGAIN = "again"
LONGEST = 200_000


def lead_to(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Keep the answer in place of the one before, and lead to it; one that is too long is given."""
    if len(answer.content) > LONGEST:
        return answer
    name = secrets.token_urlsafe(6)
    packed = b64encode(zlib.compress(answer.content)).decode()
    request.session[ANSWER] = [name, request.path, seal(packed)]
    asked = [(key, value) for key, values in request.GET.lists() for value in values]
    kept = [(key, value) for key, value in asked if key != AGAIN]
    return look_again(f"{request.path}?{urlencode([*kept, (AGAIN, name)])}")


def kept(request: HttpRequest) -> HttpResponse | None:
    """Return the answer that this address names, if this browser got it."""
    name, path, sealed = request.session.get(ANSWER, ("", "", ""))
    if not name or (name, path) != (param(request, AGAIN), request.path):
        return None
    try:
        page = zlib.decompress(b64decode(unseal(sealed)))
    except UndecipherableError:
        return None  # a key was retired: the page is shown as it is asked for the first time
    return HttpResponse(page, status=UNPROCESSABLE)
