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
page (`many_lines`) is only freed of NUL; an address and a phone number, of what their copy brought
along.
"""

import unicodedata
from typing import cast
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from email_validator import EmailNotValidError, validate_email

from prose import email_faults, joiners, phone_numbers

# Cc: CR, LF, NUL; Cf: bidi controls, zero width; Cs, Co, Cn: no characters at all; Zl, Zp: lines.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What joins letters that are drawn as one (families of emoji, Persian), or says where a word parts.
IN_WORDS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{SOFT HYPHEN}"
LINE_ENDS = "\t\r\n"
# What other programs put around and into what they show, and nobody sees. Not what turns letters
# round (U+202D, U+202E): without it the text would no longer read as it did.
SHY, ALM, ZWSP, LRM, RLM, WORD_JOINER, BOM = 0xAD, 0x61C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF
EMBEDDINGS, ISOLATES = range(0x202A, 0x202D), range(0x2066, 0x206A)
PASTED_MARKS = dict.fromkeys(
    (SHY, ALM, ZWSP, LRM, RLM, WORD_JOINER, BOM, *EMBEDDINGS, *ISOLATES),
)
MOST_MARKS = 4
HIDDEN_MESSAGE = "Remove the hidden characters: please type this again instead of pasting it."
# As they are typed on a keyboard for other scripts.
WIDE = str.maketrans("\uff20\uff0e\u3002", "@..")
QUOTES = (("<", ">"), ('"', '"'), ("'", "'"), ("(", ")"), ("“", "”"), ("‘", "’"))


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

    What a paste brings along goes: spaces and hidden marks, `mailto:`, brackets, a full stop
    behind. Raises ValidationError, which says what is wrong, for what cannot receive mail from
    everywhere: a local part outside ASCII, no public domain, two addresses, a display name.
    """
    return _as_servers_take_it(_unwrapped(text))


def _as_servers_take_it(text: str) -> str:
    try:
        # Strict: no more than 64 characters before the @, which is all that servers must take.
        found = validate_email(text, allow_smtputf8=False, check_deliverability=False, strict=True)
    except EmailNotValidError:
        raise ValidationError(email_faults.fault(text)) from None
    # There is one: without SMTPUTF8 no other passes.
    return cast("str", found.ascii_email)


def _unwrapped(text: str) -> str:
    plain = text.translate(PASTED_MARKS).translate(WIDE).strip().rstrip(".,;: ")
    if plain[:7].lower() == "mailto:":
        plain = unquote(plain[7:].partition("?")[0]).strip()
    for before, after in QUOTES:
        if len(plain) > 1 and plain.startswith(before) and plain.endswith(after):
            return _unwrapped(plain[1:-1])
    return plain


def validate_email_address(text: str) -> None:
    """Validator for model fields that mail is sent to: nothing is understood that isn't one."""
    _as_servers_take_it(text)


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
    """Return a phone number as typed, on one plain line, whatever was typed.

    It is asked for in case, so nothing is refused: what can't be dialled is shown as such.
    """
    return phone_numbers.as_typed(text)
