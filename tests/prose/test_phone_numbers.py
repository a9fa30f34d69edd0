"""A phone number is kept as it was typed, and understood however that was."""

import pytest

from prose.cleaning import phone_number
from prose.phone_numbers import e164, link, told

DRAMA, LONDON = "+447700900123", "+442079460018"
NUMBERS = {
    "07700 900123": ("07700 900123", DRAMA),
    "+44 (0)20 7946-0018": ("+44 (0)20 7946-0018", LONDON),
    "020.7946.0018": ("020.7946.0018", LONDON),
    "+44\N{NO-BREAK SPACE}(0)7700\N{NO-BREAK SPACE}900123": ("+44 (0)7700 900123", DRAMA),
    "0044 7700 900123": ("0044 7700 900123", DRAMA),
    # As other programs copy them.
    "\N{LEFT-TO-RIGHT EMBEDDING}07700 900123\u202c": (
        "07700 900123",
        DRAMA,
    ),
    "\N{LEFT-TO-RIGHT MARK}07700900123": ("07700900123", DRAMA),
    "\N{ZERO WIDTH SPACE}07700900123\n": ("07700900123", DRAMA),
    "020\N{EN DASH}7946\N{EN DASH}0018": ("020-7946-0018", LONDON),
    "07700\N{NON-BREAKING HYPHEN}900\N{NON-BREAKING HYPHEN}123": ("07700-900-123", DRAMA),
    "tel:07700900123": ("07700900123", DRAMA),
    "TEL: 07700 900 123.": ("07700 900 123", DRAMA),
    "tel:%2B44%207700900123": ("+44 7700900123", DRAMA),
    "٠٧٧٠٠٩٠٠١٢٣": ("07700900123", DRAMA),
    "07700\x00900123": ("07700 900123", DRAMA),
    # From elsewhere.
    "+1 (415) 555-2671": ("+1 (415) 555-2671", "+14155552671"),
    "0049 30 901820": ("0049 30 901820", "+4930901820"),
    # With words beside it.
    "07700 900123 (mum)": ("07700 900123 (mum)", DRAMA),
    "Sam: 07700 900123": ("Sam: 07700 900123", DRAMA),
}
EXTENSIONS = ("020 7946 0018 ext 12", "020 7946 0018x12", "tel:+44-20-7946-0018;ext=12;x=y")
ODD = (
    *("999", "=cmd|' /C calc'!A0", "call me", "1" * 31, "+", "ext 12"),
    "020 7946 0018 or 07700 900123",
)


@pytest.mark.parametrize(("typed", "kept"), NUMBERS.items(), ids=ascii)
def test_a_number_is_kept_as_typed_and_understood(typed: str, kept: tuple[str, str]) -> None:
    shown, dialled = kept
    assert phone_number(typed) == shown
    assert phone_number(shown) == shown
    assert e164(shown) == dialled
    assert link(shown) == f"tel:{dialled}"
    assert told(shown) == shown


@pytest.mark.parametrize("typed", EXTENSIONS)
def test_an_extension_is_dialled_too(typed: str) -> None:
    shown = phone_number(typed)
    assert e164(shown) == LONDON
    assert link(shown) == f"tel:{LONDON};ext=12"


@pytest.mark.parametrize("typed", ODD)
def test_what_cannot_be_understood_is_kept_and_said_to_be_so(typed: str) -> None:
    shown = phone_number(typed)
    assert shown == typed
    assert (e164(shown), link(shown)) == ("", "")
    assert told(shown) == f"{typed} (as they typed it: it doesn’t read as a phone number)"


def test_no_number_is_nothing() -> None:
    assert (phone_number(" \N{NO-BREAK SPACE} "), e164(""), link(""), told("")) == ("", "", "", "")
