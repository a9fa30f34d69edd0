"""A person's name: what may be typed as one, and how a mail greets by it.

A form takes a name from anybody, and the mail goes to whoever's address was typed beside it: an
address in the name would be somebody's advertisement on our paper, sent to a stranger. Mail
programs make a link of much that is no link, so that what only looks like an address is refused.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError

from prose import joiners
from prose.cleaning import one_line

NAME_MESSAGE = "Enter your name without a slash, an @ or a web address"
# What no name has, and what addresses are made of.
_MARKS = re.compile(r"://|www\.|[/\@\\]", re.IGNORECASE)
# Like "evil.example": two letters or more on both sides of a dot. "St.John" is a name, because a
# name begins with a capital and goes on with small letters; "Evil.Com" isn't. A label of a domain
# has 63 letters at the most (RFC 1035, 2.3.4), so a long text is read once and not for ever.
_DOMAIN = re.compile(r"[^\W_-][\w-]{1,62}\.([^\W\d_]{2,}|xn--[\w-]+)")
ENDS_OF_SENTENCES = frozenset({"Po", "Pd", "Pc"})
_KNOWN_ENDS = frozenset(
    {"app", "biz", "co", "com", "dev", "eu", "info", "io", "link", "live", "me", "net", "online"}
    | {"org", "shop", "site", "store", "top", "uk", "xyz"}
)
# Dots that browsers read as a dot in an address (RFC 3490, 3.1).
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")


def person_name(text: str) -> str:
    """Return a name as it is kept. Raises ValidationError for hidden characters and addresses."""
    name = one_line(text)
    if has_address(name):
        raise ValidationError(NAME_MESSAGE)
    return name


def has_address(name: str) -> bool:
    """Whether a mail program may make a link of some of it."""
    plain = unicodedata.normalize("NFKC", _seen(name).translate(_DOTS))
    if _MARKS.search(plain):
        return True
    return any(_is_domain_end(found[1]) for found in _DOMAIN.finditer(plain))


def _seen(name: str) -> str:
    """Return a name without what nobody sees: joiners, and the selectors of an emoji's look."""
    return "".join(
        one
        for one in name
        if unicodedata.category(one) != "Cf" and one not in joiners.SHOWS_NOTHING
    )


def _is_domain_end(end: str) -> bool:
    return end.lower() in _KNOWN_ENDS or end != end.capitalize()


def greeting_name(name: str) -> str:
    """Return what stands after "Hello": the name, whole, as it was typed; empty if it won't read.

    Never a part of it: a first word is "Mrs." or "Patel,". A name that ends in a full stop or a
    comma reads badly before our own, and one with an address in it (a row from before they were
    refused) is never sent.
    """
    ends_well = bool(name) and unicodedata.category(name[-1]) not in ENDS_OF_SENTENCES
    return name if ends_well and not has_address(name) else ""
