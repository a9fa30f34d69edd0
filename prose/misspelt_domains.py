"""Slips in the domains that most people here write from, like gmial.com: offered, never forced.

Only what is close to a domain that we know is named, and nothing that is a provider's itself.
"""

from itertools import product

KNOWN = (
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.co.uk",
    "outlook.com",
    "live.co.uk",
    "yahoo.com",
    "yahoo.co.uk",
    "icloud.com",
    "btinternet.com",
    "virginmedia.com",
    "protonmail.com",
    "talktalk.net",
    "ntlworld.com",
)
# As near as a slip, and none.
OTHERS = frozenset({"mail.com", "email.com", "ymail.com", "cloud.com", "live.com"})
# Like the others of their country, and yet there is no such thing.
NO_SUCH = {
    "gmail.co.uk": "gmail.com",
    "googlemail.co.uk": "googlemail.com",
    "icloud.co.uk": "icloud.com",
}
# Two slips in a name so long leave no doubt.
LONG_NAME = 7


def likely_address(address: str) -> str:
    """Return the address as it was probably meant; empty where it reads as meant."""
    local, _, domain = address.rpartition("@")
    meant = _likely_domain(domain.lower())
    return f"{local}@{meant}" if meant else ""


def _likely_domain(domain: str) -> str:
    if domain in KNOWN or domain in OTHERS:
        return ""
    if domain in NO_SUCH:
        return NO_SUCH[domain]
    near = (known for known in KNOWN if _is_slip(domain, known))
    return next(near, "")


def _is_slip(domain: str, known: str) -> bool:
    """Whether the name or the end was mistyped, not both."""
    name, _, end = domain.partition(".")
    known_name, _, known_end = known.partition(".")
    if name == known_name:
        return slips(end, known_end) == 1
    most = 2 if len(known_name) >= LONG_NAME else 1
    return end == known_end and slips(name, known_name) <= most


def slips(typed: str, meant: str) -> int:
    """Count the letters left out, put in, mistaken, or swapped with their neighbour.

    The distance of optimal string alignment.
    """
    found = {(n, 0): n for n in range(len(typed) + 1)}
    found |= {(0, n): n for n in range(len(meant) + 1)}
    for here, there in product(range(1, len(typed) + 1), range(1, len(meant) + 1)):
        differs = typed[here - 1] != meant[there - 1]
        ways = [
            found[here - 1, there] + 1,
            found[here, there - 1] + 1,
            found[here - 1, there - 1] + differs,
        ]
        if typed[here - 2 : here] == meant[there - 2 : there][::-1] and min(here, there) > 1:
            ways.append(found[here - 2, there - 2] + 1)
        found[here, there] = min(ways)
    return found[len(typed), len(meant)]
