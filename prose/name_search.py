"""What people search for, found however it is spelled: no accents, other spaces, with +44 or not.

Both sides of a comparison are made plain by the same expressions of Postgres, which knows Unicode
since version 13: no second column that somebody forgets to write. An index holds the letters of the
very same expression, three by three (pg_trgm): `trigrams(PlainName("name"), "…")`. Whoever changes
an expression here replaces those indexes in a migration; a test asks Postgres whether it uses them.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import Func, Lookup
from django.db.models.functions import Upper
from django.db.models.lookups import IContains

# Django's lookups are generic for the type checker only.
if TYPE_CHECKING:
    AnyLookup = Lookup[Any]
else:
    AnyLookup = Lookup

# What Unicode takes to be a letter of its own, and people type as another.
_LETTERS = ("łøđðħıŧŀĸŋŁØĐÐĦŦĿŊ", "loddhitlknLODDHTLN")
_PAIRS = (
    *(("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("þ", "th")),
    *(("ẞ", "ss"), ("Æ", "ae"), ("Œ", "oe"), ("Þ", "th")),
)
# The joiners, and marks on letters: of Latin, Greek and Cyrillic, of Hebrew, of Arabic.
_MARKS = r"[\u200c\u200d\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]"
# What stands before a number, and who searches may leave out: the UK's code, another's +, a 0.
_PREFIX = "^([+]440?|00440?|44(?=[127])|00|[+]|0)"


def _plain_name(sql: str) -> str:
    """Return the expression of a name in small letters without marks and joiners."""
    plain = f"regexp_replace(normalize({sql}::text, NFD), '{_MARKS}', '', 'g')"
    plain = f"translate({plain}, '{_LETTERS[0]}', '{_LETTERS[1]}')"
    for one, two in _PAIRS:
        plain = f"replace({plain}, '{one}', '{two}')"
    # In small letters last: whatever the database's own language, it knows those without marks.
    return f"lower({plain})"


def _plain_column(sql: str) -> str:
    """Return the same of a column, which is named four times in it.

    Most names are plain already, as their length in bytes tells: those are not taken to pieces.
    """
    is_plain = f"octet_length({sql}::text) = length({sql}::text)"
    return f"CASE WHEN {is_plain} THEN lower({sql}::text) ELSE {_plain_name(sql)} END"


def _plain_number(sql: str) -> str:
    """Return the expression of the digits of a number within its country, or behind its +."""
    return f"regexp_replace(regexp_replace({sql}::text, '[^0-9+]', '', 'g'), '{_PREFIX}', '')"


class PlainName(Func):
    """A column as `says` compares it."""

    template = _plain_column("%(expressions)s")


class PlainNumber(Func):
    """A column as `dials` compares it."""

    template = _plain_number("%(expressions)s")


def trigrams(what: Func, name: str) -> GinIndex:
    """Return the index by which text is found that holds something anywhere within."""
    return GinIndex(OpClass(what, name="gin_trgm_ops"), name=name)


def anywhere(column: str, name: str) -> GinIndex:
    """Return the index of a column that is searched by `icontains`."""
    return trigrams(Upper(column), name)


class Says(IContains):
    """Whether text holds what is looked for, in any case, with or without accents and joiners.

    Its name in `search_fields`, `name__says`, is given where it is registered (`clients.apps`).
    """

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = Lookup.process_lhs(self, compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        sql = f"{_plain_column(left)} LIKE {_plain_name(right)}"
        return sql, [*left_params * 4, *right_params]


class Dials(AnyLookup):
    """Whether a phone number holds these digits, however either is spelled: `phone__dials`.

    What has fewer than three digits to look for is found nowhere.
    """

    lookup_name = "dials"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        sought = _plain_number(right)
        sql = f"(length({sought}) > 2 AND {_plain_number(left)} LIKE '%%' || {sought} || '%%')"
        return sql, [*right_params, *left_params, *right_params]
