"""A phone number as people write and paste it, read by Google's rules (libphonenumber).

What is understood can be dialled: `E.164` and a link. Any number that may exist counts, not only
those that are given out: Ofcom's numbers for drama (07700 900 000 to 999) are somebody's too, in a
test. A number without a country is of the UK.
"""

import re
import unicodedata

import phonenumbers
from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatcher,
)

HOME = "GB"
MOST_TRIES = 20
# What other programs write before a number that they hand on.
_SCHEME = re.compile(r"^\s*(?:tel|phone|callto|sms)\s*:\s*(?://)?", re.IGNORECASE)
# RFC 3966, section 5.3: how a link says an extension, and what else it may carry.
_EXTENSION = re.compile(r";ext=(\d{1,7})", re.IGNORECASE)
_OTHER_PARAMETERS = re.compile(r";[a-z-]+=[^;]*", re.IGNORECASE)
DASHES = dict.fromkeys(
    "\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}"
    "\N{MINUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}",
    "-",
)
# What is on no line, or on none that is seen: controls become spaces, marks go.
_SPACES, _MARKS = frozenset({"Cc", "Zl", "Zp", "Zs"}), frozenset({"Cf", "Cs", "Co", "Cn"})


def as_typed(text: str) -> str:
    """Return what was typed on one plain line: nothing hidden, plain spaces, hyphens and digits.

    `tel:` goes, and what a link says of an extension is written out. Nothing is refused.
    """
    plain = "".join(map(_plain, unicodedata.normalize("NFC", text)))
    if _SCHEME.match(plain):
        plain = _SCHEME.sub("", plain).replace("%20", " ").replace("%2B", "+")
        plain = _OTHER_PARAMETERS.sub("", _EXTENSION.sub(r" ext \1", plain))
    return " ".join(plain.split()).rstrip(".,;")


def _plain(one: str) -> str:
    kind = unicodedata.category(one)
    if kind in _SPACES:
        return " "
    if kind in _MARKS:
        return ""
    return str(unicodedata.digit(one)) if kind == "Nd" else DASHES.get(one, one)


def _read(text: str) -> PhoneNumber | None:
    """Return the one number in a text; None where there is none, or whose it is stands open."""
    if any(one.isalpha() for one in text):
        # Words beside it: the keys of a telephone have letters too, and those would be read.
        found = PhoneNumberMatcher(text, HOME, leniency=Leniency.POSSIBLE, max_tries=MOST_TRIES)
        numbers = [each.number for each in found]
        return numbers[0] if len(numbers) == 1 else None
    try:
        number = phonenumbers.parse(text, HOME)
    except NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def e164(text: str) -> str:
    """Like "+447700900123"; empty where the text can't be understood as a number."""
    found = _read(text)
    return phonenumbers.format_number(found, PhoneNumberFormat.E164) if found else ""


def link(text: str) -> str:
    """Return the address that dials it, its extension too (RFC 3966); empty as `e164` is."""
    number, found = e164(text), _read(text)
    if found is None:
        return ""
    return f"tel:{number};ext={found.extension}" if found.extension else f"tel:{number}"


def told(text: str) -> str:
    """Return a number as it was typed; for whom it is for to see, where it can't be understood."""
    is_odd = text and not e164(text)
    return f"{text} (as they typed it: it doesn’t read as a phone number)" if is_odd else text
