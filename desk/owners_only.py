"""Pages that the practice's owner opens, and nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from weakref import WeakKeyDictionary

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from staff.models import Role
from staff.roles import role_of

# Of each request that is being answered: it goes with the request.
_known: WeakKeyDictionary[HttpRequest, bool] = WeakKeyDictionary()
Parts = ParamSpec("Parts")
View = Callable[Concatenate[HttpRequest, Parts], HttpResponse]


def owners_only(view: View[Parts]) -> View[Parts]:
    """Answer 403 to whoever is not an owner."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: Parts.args, **kwargs: Parts.kwargs) -> HttpResponse:
        if not is_owner(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return answer


def is_owner(request: HttpRequest) -> bool:
    """Whether the practice's owner is signed in; a page of admin asks often, and looks once."""
    if request not in _known:
        _known[request] = role_of(request.user) is Role.OWNER
    return _known[request]
