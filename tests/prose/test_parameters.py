"""What an address asks for is read as our own links write it, or not at all."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from prose.parameters import param


def asked(value: str) -> HttpRequest:
    return RequestFactory().get("/", {"how": value})


@pytest.mark.parametrize("value", ["online", "50 minutes", "Zoë", "x" * 100, ""])
def test_a_parameter_is_what_the_address_says(value: str) -> None:
    assert param(asked(value), "how") == value
    assert param(asked(value), "who") == ""


@pytest.mark.parametrize(
    "value", ["x" * 101, "a\0b", "a\nb", "\N{RIGHT-TO-LEFT OVERRIDE}x", "\ud800"]
)
def test_what_no_link_would_say_reads_as_absent(value: str) -> None:
    request = HttpRequest()
    request.GET["how"] = value
    assert param(request, "how") == ""
