"""What stands around every page: the practice, for pages of apps that do not know it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from availability.models import Practice


def practice(request: HttpRequest) -> dict[str, Any]:
    """Give a page its `practice`, asked for only where its template looks at it.

    A view that passes its own goes before. An address that leads nowhere costs no question.
    """
    if request.resolver_match is None:
        return {}
    return {"practice": SimpleLazyObject(Practice.objects.first)}
