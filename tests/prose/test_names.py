"""What may be typed as a name, and how a mail greets by it."""

import time

import pytest
from django.core.exceptions import ValidationError

from prose.names import greeting_name, has_address, person_name

ADDRESSES = (
    "https://evil.example/free",
    "HTTP://EVIL",
    "www.evil",
    "WWW.evil.test",
    "Sam / evil",
    "evil\\free",
    "sam@evil",
    "evil.example",
    "free money evil.com now",
    "Evil.Com",
    "EVIL.COM",
    "evil.xn--p1ai",
    "evil\N{IDEOGRAPHIC FULL STOP}example",
    "evil\N{FULLWIDTH FULL STOP}example",
    "\N{FULLWIDTH LATIN SMALL LETTER W}ww.evil",
    "evil\N{FULLWIDTH SOLIDUS}free",
    "evil\N{ZERO WIDTH NON-JOINER}.example",
)
NAMES = (
    "Sam Okafor",
    "St.John Smith",
    "J.R. Smith",
    "Dr. Ann Bell",
    "O’Neil-Jones",
    "Patel, Ann",
    "x" * 100,
    "山田.太郎",
    "سميرة",
    "Sam 😀",
    ";-)",
)


@pytest.mark.parametrize("typed", ADDRESSES)
def test_a_name_that_mail_programs_may_make_a_link_of_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"without|hidden"):
        person_name(typed)
    assert has_address(typed)
    assert greeting_name(typed) == ""


@pytest.mark.parametrize("typed", NAMES)
def test_a_name_is_a_name(typed: str) -> None:
    assert person_name(typed) == typed


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Sam Okafor", "Sam Okafor"),
        ("Mrs. Smith", "Mrs. Smith"),
        ("Patel, Ann", "Patel, Ann"),
        ("van der Berg", "van der Berg"),
        ("Sam (Okafor)", "Sam (Okafor)"),
        ("Sam 😀", "Sam 😀"),
        ("Mrs.", ""),
        ("Patel,", ""),
        ("Sam -", ""),
        ("", ""),
    ],
)
def test_a_greeting_has_the_whole_name_or_none(name: str, greeting: str) -> None:
    assert greeting_name(name) == greeting


def test_a_name_beyond_all_measure_is_read_in_no_time() -> None:
    began = time.monotonic()
    has_address("x" * 200_000)
    has_address("x-" * 100_000 + ".")
    assert time.monotonic() - began < 2
