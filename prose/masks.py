"""What nobody but its reader may see of a text: the tokens of private links.

/b/<token>/ opens a booking, and choose-password/<who>/<token>/ lets choose a password: whoever
reads a log, or mail in admin, must not be able to.
"""

import re

PRIVATE_LINK = re.compile(r"(/b/|/choose-password/[^/\s]+/)[^/\s\"'?#<>]+")
MASK = "***"


def without_tokens(text: str) -> str:
    """Return `text` with each private link cut down to what tells that it is one."""
    return PRIVATE_LINK.sub(rf"\1{MASK}", text)
