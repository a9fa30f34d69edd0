"""What is wrong with an address that can't be an email address: in words, so that it can be mended.

Whoever typed an @ is not told to type one.
"""

import re
from collections.abc import Callable

LIKE = "like name@example.com"
LONGEST_NAME, LONGEST = 64, 254


def _parts(text: str) -> tuple[str, str]:
    name, _, domain = text.partition("@")
    return name, domain


def _is_another_script(text: str) -> bool:
    return not _parts(text)[0].isascii()


# The first that is true is said.
_FAULTS: tuple[tuple[Callable[[str], object], str], ...] = (
    (lambda text: "@" not in text, f"Enter an email address with an @, {LIKE}"),
    (
        lambda text: re.search(r"@\S*[,;\s].*@", text, re.DOTALL),
        "Enter one email address only: there is more than one here",
    ),
    (lambda text: text.count("@") > 1, "Take out one of the @ signs: an email address has one"),
    (
        lambda text: re.search(r"[<>\"]", text),
        f"Enter the email address alone, without a name beside it, {LIKE}",
    ),
    (
        lambda text: not text.isprintable(),
        "Something in this email address can’t be seen. Please type it instead of pasting it.",
    ),
    (lambda text: " " in text, "Take the space out of the email address"),
    (lambda text: not _parts(text)[0], f"Enter what comes before the @ as well, {LIKE}"),
    (lambda text: not _parts(text)[1], f"Enter what comes after the @ as well, {LIKE}"),
    (lambda text: ".." in text, "Take out one of the two full stops in a row"),
    (
        lambda text: "," in _parts(text)[1],
        "There’s a comma after the @ where a full stop should be",
    ),
    (
        lambda text: _parts(text)[0].startswith(".") or _parts(text)[0].endswith("."),
        "Take out the full stop at the beginning, or just before the @",
    ),
    (
        lambda text: "." not in _parts(text)[1],
        f"What comes after the @ isn’t whole: it should end {LIKE.replace('name@', '')}",
    ),
    (
        _is_another_script,
        "I can’t send email to an address with these letters before the @. Please enter another.",
    ),
    (
        lambda text: len(_parts(text)[0]) > LONGEST_NAME or len(text) > LONGEST,
        "This email address is too long. Please check it.",
    ),
)
OTHER = f"Something in this email address isn’t right. Please check it: it should look {LIKE}"


def fault(text: str) -> str:
    """Return what is wrong with an address that mail servers don't take."""
    return next((words for is_true, words in _FAULTS if is_true(text)), OTHER)
