"""What a person typed, made safe to store, mail and show; refused where it cannot be.

A control character in a name can end a mail header, a direction mark can make an address read as
another, an invisible letter can make two names look the same. One table says what becomes of what
is hidden, for whatever is typed: by a visitor, by the therapist, in an article.

    what                          in a line         in a title       in lines
    spaces of every kind          one plain space   kept             kept
    line ends, tabs               refused           refused          kept, as LF
    other controls, NUL           refused           refused          refused
    direction marks, isolates     refused           refused          refused
    zero width space, BOM         refused           refused          refused
    no characters at all          refused           refused          refused
    soft hyphen                   refused           kept             kept
    joiners (U+200C, U+200D)      where they join   kept             kept
    selectors, tags of flags      where they belong where they belong kept

A line is a name, a place, a subject: it stands in headers, invites and links. Where joiners join
and selectors belong, `joiners` says: between letters of Persian, in a family of emoji. U+200C
behind a letter that joins to none changes nothing, and is taken out. What is typed on a client's
page (`many_lines`) is only freed of NUL; a phone number, of marks that its copy brought along.
"""

import re
import unicodedata
from typing import cast

from django.core.exceptions import ValidationError
from email_validator import EmailNotValidError, validate_email

from prose import joiners

# Cc: CR, LF, NUL; Cf: bidi controls, zero width; Cs, Co, Cn: no characters at all; Zl, Zp: lines.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What joins letters that are drawn as one (families of emoji, Persian), or says where a word parts.
IN_WORDS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{SOFT HYPHEN}"
LINE_ENDS = "\t\r\n"
# What other programs put around and into the numbers that they show.
DIRECTIONS = frozenset(
    map(chr, (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
DASHES = dict.fromkeys(
    "\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{MINUS SIGN}", "-"
)
# Fifteen digits at most (E.164), and those of an extension.
PHONE = re.compile(
    r"(?:[+() .-]*[0-9]){1,15}[() .-]*(?:(?:ext\.?|x) ?[0-9]{1,5})?", re.IGNORECASE | re.ASCII
)
MOST_MARKS = 4
HIDDEN_MESSAGE = "Remove the hidden characters: please type this again instead of pasting it."
EMAIL_MESSAGE = "Enter an email address with an @, like name@example.com"


def one_line(text: str) -> str:
    """Return `text` in NFC with plain single spaces. Raises ValidationError for hidden characters.

    Up to four combining marks may stand on a letter, which no language exceeds; more is a prank
    that covers the lines above and below.
    """
    normal = joiners.without_idle(unicodedata.normalize("NFC", text.strip()))
    _refuse_hidden(normal)
    _refuse_stacks(normal)
    return " ".join(normal.split())


def many_lines(text: str) -> str:
    """Return `text` in NFC with LF line ends. Raises ValidationError for NUL and the like."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    if "\x00" in normal:
        raise ValidationError(HIDDEN_MESSAGE)
    _refuse_stacks(normal)
    return normal


def validate_one_line(text: str) -> None:
    """Validator for model fields that end up in a mail header, an invite or a link."""
    one_line(text)


def validate_printable(text: str) -> None:
    """Refuse hidden characters in what stands on one line of a page, a mail header or an invite."""
    _refuse_hidden(text)


def validate_title(text: str) -> None:
    """Refuse them in what stands on one line of a page alone, but for what belongs to words."""
    _refuse_hidden(text, allowed=IN_WORDS)


def validate_lines(text: str) -> None:
    """Refuse them in what may have several lines, but for the ends of these and that."""
    _refuse_hidden(text, allowed=IN_WORDS + LINE_ENDS)


def _refuse_hidden(text: str, allowed: str = "") -> None:
    hidden = (at for at, one in enumerate(text) if _is_hidden(one) and one not in allowed)
    if not all(joiners.belongs(text, at) for at in hidden):
        raise ValidationError(HIDDEN_MESSAGE)


def _is_hidden(one: str) -> bool:
    return unicodedata.category(one) in HIDDEN or one in joiners.SHOWS_NOTHING


def _refuse_stacks(text: str) -> None:
    height = 0
    for character in text:
        height = height + 1 if unicodedata.combining(character) else 0
        if height > MOST_MARKS:
            raise ValidationError("Remove some of the marks above and below the letters.")


def email_address(text: str) -> str:
    """Return the address as mail servers take it: ASCII, the domain in lower case and punycode.

    Raises ValidationError for what cannot receive mail from everywhere: a local part outside
    ASCII, no public domain, two addresses, a display name.
    """
    try:
        # Strict: no more than 64 characters before the @, which is all that servers must take.
        found = validate_email(text, allow_smtputf8=False, check_deliverability=False, strict=True)
    except EmailNotValidError:
        raise ValidationError(EMAIL_MESSAGE) from None
    # There is one: without SMTPUTF8 no other passes.
    return cast("str", found.ascii_email)


def validate_email_address(text: str) -> None:
    """Validator for model fields that mail is sent to."""
    email_address(text)


# Where the provider says so, and nowhere else: dots are nothing in the names of Gmail
# (support.google.com/mail/answer/7436150), and googlemail.com is gmail.com (answer/10313). The
# domains that Google runs for others do tell dots apart.
SAME_DOMAIN = {"googlemail.com": "gmail.com"}
WITHOUT_DOTS = frozenset({"gmail.com"})


def same_mailbox(address: str) -> str:
    """Return one key for the spellings of a mailbox: lower case, without a +tag.

    Dots go too where the provider ignores them. Not what mail is sent to: a server may tell them
    apart. It only answers "the same person?".
    """
    local, _, domain = address.lower().rpartition("@")
    domain = SAME_DOMAIN.get(domain, domain)
    name = local.partition("+")[0] or local
    return f"{name.replace('.', '') if domain in WITHOUT_DOTS else name}@{domain}"


def phone_number(text: str) -> str:
    """Return a phone number as typed, with plain spaces and hyphens. Raises ValidationError.

    What a copied number brings along goes: direction marks, `tel:`. An extension may stand behind.
    """
    plain = "".join(DASHES.get(c, c) for c in text if c not in DIRECTIONS).strip()
    line = one_line(plain.removeprefix("tel:"))
    digits = sum(c in "0123456789" for c in line)
    if line and (not PHONE.fullmatch(line) or not 7 <= digits <= 20):  # noqa: PLR2004, E.164 and more
        raise ValidationError("Enter a phone number, like 07700 900 123")
    return line
