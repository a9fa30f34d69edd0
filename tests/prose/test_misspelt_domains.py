"""An address with a slip in a common domain is offered as it was meant; no other is."""

import pytest

from prose.misspelt_domains import likely_address, slips

SLIPS = {
    "gmial.com": "gmail.com",
    "gmal.com": "gmail.com",
    "gnail.com": "gmail.com",
    "GMAILL.com": "gmail.com",
    "gmail.con": "gmail.com",
    "gmail.cm": "gmail.com",
    "gmail.co.uk": "gmail.com",
    "googlemial.com": "googlemail.com",
    "hotmial.co.uk": "hotmail.co.uk",
    "homail.com": "hotmail.com",
    "outlok.com": "outlook.com",
    "iclod.com": "icloud.com",
    "btinternet.co": "btinternet.com",
    "yaho.co.uk": "yahoo.co.uk",
    "vrginmedai.com": "virginmedia.com",
}
MEANT = (
    *("gmail.com", "hotmail.co.uk", "hotmail.fr", "yahoo.ca", "ymail.com", "mail.com", "email.com"),
    *("example.com", "live.com", "sky.com", "aol.com", "protonmail.ch", "kicks.example", "gmx.com"),
    *("nhs.net", "ucl.ac.uk", "fail.com.example"),
)


@pytest.mark.parametrize(("typed", "meant"), SLIPS.items())
def test_a_slip_is_seen(typed: str, meant: str) -> None:
    assert likely_address(f"Sam+x@{typed}") == f"Sam+x@{meant}"


@pytest.mark.parametrize("domain", MEANT)
def test_what_may_be_meant_is_left_alone(domain: str) -> None:
    assert likely_address(f"sam@{domain}") == ""


@pytest.mark.parametrize(
    ("typed", "meant", "count"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("ab", "abc", 1),
        ("abcd", "abc", 1),
        ("abx", "abc", 1),
        ("acb", "abc", 1),
        ("xacb", "abc", 2),
        ("", "abc", 3),
    ],
)
def test_slips_are_counted(typed: str, meant: str, count: int) -> None:
    assert slips(typed, meant) == count
