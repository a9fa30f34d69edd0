"""What is typed into a search: in words, a phone number being one, however many spaces it has."""

from collections.abc import Sequence

from django.db.models import Q
from django.db.models.constants import LOOKUP_SEP
from django.utils.text import smart_split, unescape_string_literal

from prose.phone_numbers import as_typed

QUOTES = ("'", '"')
FEWEST_DIGITS = 3


def words(term: str) -> list[str]:
    """Return the words of a search; what stands in quotation marks is one."""
    number = as_number(term)
    return [number] if number else [_unquoted(bit) for bit in smart_split(term)]


def as_number(term: str) -> str:
    """Return a phone number as one word; empty for what is none."""
    plain = as_typed(term)
    digits = sum(one.isdigit() for one in plain)
    is_number = digits >= FEWEST_DIGITS and not any(one.isalpha() or one in QUOTES for one in plain)
    return plain if is_number else ""


def one_word(term: str) -> str:
    """Return a search whose number, if it is one, is taken for one word by Django too."""
    number = as_number(term)
    return f'"{number}"' if number else term


def _unquoted(bit: str) -> str:
    is_quoted = len(bit) > 1 and bit[0] == bit[-1] and bit[0] in QUOTES
    return unescape_string_literal(bit) if is_quoted else bit


def any_of(fields: Sequence[str], word: str) -> Q:
    """Return what asks for rows that hold a word in one of these fields.

    A field without a lookup is asked for the word in any case.
    """
    asked = Q()
    for field in fields:
        own = field.rpartition(LOOKUP_SEP)[2] in ("says", "dials")
        asked |= Q(**{field if own else f"{field}__icontains": word})
    return asked
