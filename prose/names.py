"""A person's name: what may be typed as one, and whether a mail greets by it.

A form takes a name from anybody, and the mail goes to whoever's address was typed beside it: what a
mail program makes a link of would be somebody's advertisement on our paper, sent to a stranger.

No rule tells such a name from a person's: `T.Me` is a link and `St.John` is not, though both are
letters around a dot. So nobody is refused for it. What may become a link is taken as a name, and is
in no mail; only what is beyond doubt an address gets a message, because it was typed into the wrong
box. A list of the ends that addresses have would tell them apart today, and not those that will be
sold next year. But a word that is always short for another ("St.John", "Dr.Ann") may be greeted
with the space that its dot is short of: nothing makes a link of "Dr. Ann", nor of "Mr. Bot".
"""

import re
import unicodedata

from django.core.exceptions import ValidationError

from prose import joiners
from prose.cleaning import one_line

NAME_MESSAGE = "Enter your name without a web address or an email address"
# Beyond doubt an address: "https://", "www.", "sam@example.com".
_ADDRESS = re.compile(r"://|\bwww\.|\S@[^\s@]{1,255}\.\S", re.IGNORECASE)
# What mail programs make links of, and some of what they might; each by itself.
_LINKED = re.compile(
    r"""
      @\w | \\\\                              # "@evil", "\\\\server"
    | \w:\S | ::                            # "mailto:x", "javascript:", "evil:8080", IPv6
    | [^\W_] \. [^\W_] [\w-]                # "x.com", "T.Me", "evil.xn--p1ai", "St.John"
    | \d \. \d                              # "1.1.1.1"
    | \d (?: \D{0,3} \d ){2}                # "07700 900123", "0800-FLOWERS", "999"
    """,
    re.VERBOSE,
)
_SLASH = re.compile(r"[/\\]")
# What stands before a name, and its dot.
_SHORT = re.compile(r"\b(St|Dr|Mr|Mrs|Ms|Mx|Prof|Rev|Fr|Sr)\.(?=[^\W\d_])")
ENDS_OF_SENTENCES = frozenset({"Po", "Pd", "Pc"})
# Dots that browsers read as a dot in an address (RFC 3490, 3.1).
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")


def person_name(text: str) -> str:
    """Return a name as it is kept. Raises ValidationError for hidden characters and addresses."""
    name = one_line(text)
    if _ADDRESS.search(_plain(name)):
        raise ValidationError(NAME_MESSAGE)
    return name


def may_be_linked(name: str) -> bool:
    """Whether a mail program may make a link of some of it: an address, a number to ring."""
    plain = _plain(name)
    return bool(_LINKED.search(plain) or _ADDRESS.search(plain))


def is_mailable(name: str) -> bool:
    """Whether a name may stand in mail to who may be a stranger: no link, and no slash.

    "Jo (he/him)" is nobody's link, but a path may be.
    """
    return not (may_be_linked(name) or _SLASH.search(_plain(name)))


def _plain(name: str) -> str:
    """Return a name as mail programs read it: joiners and selectors of looks show nothing."""
    seen = "".join(
        one
        for one in name
        if unicodedata.category(one) != "Cf" and one not in joiners.SHOWS_NOTHING
    )
    return unicodedata.normalize("NFKC", seen.translate(_DOTS))


def greeting_name(name: str) -> str:
    """Return what stands after "Hello": the name, whole, as it was typed; empty if it won't read.

    Never a part of it: a first word is "Mrs." or "Patel,". A name that ends in a full stop or a
    comma reads badly before our own. "St.John" is greeted as "St. John".
    """
    name = _SHORT.sub(r"\1. ", name)
    ends_well = bool(name) and unicodedata.category(name[-1]) not in ENDS_OF_SENTENCES
    return name if ends_well and is_mailable(name) else ""


def initials(name: str) -> str:
    """Return "SO" for "Sam Okafor": who it is, for what may be seen by others."""
    return "".join(word[0] for word in name.split()).upper()
