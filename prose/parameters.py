"""What the address of a page asks for."""

from django.http import HttpRequest

LONGEST_PARAMETER = 100


def param(request: HttpRequest, name: str) -> str:
    """Return a parameter of the address; what no link of ours would say reads as absent."""
    value = request.GET.get(name, "")
    return value if len(value) <= LONGEST_PARAMETER and value.isprintable() else ""
