"""How often one address, one mailbox or everybody may try: token buckets in Postgres, no Redis.

The clock is the database's, so every web process agrees, and one statement both refills and
takes, so two requests at once cannot spend the same token. A refused try changes nothing: a
flood cannot lock somebody out for longer than one refill.
"""

import hashlib
import hmac
import ipaddress
import math
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from clients.models import RateBucket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Bits of an IPv6 address that one line has, and one site (RFC 6177).
LINE, SITE = 64, 48
_TAKE = """
INSERT INTO clients_ratebucket AS b (key, tokens, updated_at)
VALUES (%(key)s, %(capacity)s - 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET
    tokens = LEAST(%(capacity)s, b.tokens
        + %(rate)s * EXTRACT(EPOCH FROM clock_timestamp() - b.updated_at)) - 1,
    updated_at = clock_timestamp()
WHERE LEAST(%(capacity)s, b.tokens
        + %(rate)s * EXTRACT(EPOCH FROM clock_timestamp() - b.updated_at)) >= 1
RETURNING 1
"""


def allow(limit: str, subject: str, most: int | None = None) -> bool:
    """Take one token of `subject`'s bucket for `limit`; False when none is left.

    `settings.RATE_LIMITS[limit]` is `(capacity, seconds in which it refills)`. `most`, 1 or more,
    is another capacity, refilled in the same time.
    """
    capacity, seconds = settings.RATE_LIMITS[limit]
    capacity = capacity if most is None else most
    arguments: dict[str, str | float] = {
        "key": _key(limit, subject),
        "capacity": capacity,
        "rate": capacity / seconds,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, arguments)
        return cursor.fetchone() is not None


def allow_visitor(limit: str, meta: Mapping[str, str]) -> bool:
    """Take a token for whoever asks: of their address, then of their network, then of all.

    `limit` is like "book-address"; the wider ones are "book-network" and "book-practice", where
    there are such. The narrow one is asked first: whoever has used up their own takes nothing of
    what everybody shares.
    """
    what = limit.removesuffix("-address")
    subjects = (
        (limit, address_of(meta)),
        (f"{what}-network", network_of(meta)),
        (f"{what}-practice", "all"),
    )
    asked = ((name, subject) for name, subject in subjects if subject)
    return all(allow(name, who) for name, who in asked if name in settings.RATE_LIMITS)


def wait_minutes(limit: str) -> int:
    """Return how long until the next try, at the most: the time in which one token comes back."""
    capacity, seconds = settings.RATE_LIMITS[limit]
    return max(1, math.ceil(seconds / capacity / 60))


def address_of(meta: Mapping[str, str]) -> str:
    """Return the visitor's network address from a request's META; an IPv6 one as its /64."""
    found = _found(meta)
    return str(_widened(found, LINE)) if found else "unknown"


def network_of(meta: Mapping[str, str]) -> str:
    """Return the /48 of an IPv6 visitor; empty for any other.

    Whoever has a /48 (each site of a provider's customer, anybody with a tunnel) has 65,536 /64s
    to ask from. Of IPv4 addresses nobody has as many, and thousands of people share one.
    """
    found = _found(meta)
    return str(_widened(found, SITE)) if isinstance(found, ipaddress.IPv6Address) else ""


def _widened(address: Address, bits: int) -> Address | ipaddress.IPv6Network:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    return ipaddress.IPv6Network((address, bits), strict=False)


def _found(meta: Mapping[str, str]) -> Address | None:
    """Return the visitor's address; None where there is none to read.

    X-Forwarded-For is believed only as far as our own proxies wrote it: the entry of the
    outermost of `settings.TRUSTED_PROXIES`. What stands left of it anybody can make up.
    """
    address = meta.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        forwarded = meta.get("HTTP_X_FORWARDED_FOR", "").split(",")
        address = forwarded[-min(proxies, len(forwarded))].strip() or address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        # A server that listens on both writes IPv4 so; their /64 would be one for everybody.
        return found.ipv4_mapped
    return found


def _key(limit: str, subject: str) -> str:
    secret = settings.SECRET_KEY.encode()
    return hmac.new(secret, f"{limit}:{subject}".encode(), hashlib.sha256).hexdigest()


def forget_old(age: timedelta = timedelta(days=1)) -> int:
    """Delete the buckets that nobody has drawn from for `age`; return how many."""
    return RateBucket.objects.filter(updated_at__lt=Now() - age).delete()[0]
