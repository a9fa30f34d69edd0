"""How often one address, one mailbox or everybody may try: token buckets in Postgres, no Redis.

The clock is the database's, so every web process agrees, and one statement both refills and
takes, so two requests at once cannot spend the same token. A refused try changes nothing: a
flood cannot lock somebody out for longer than one refill.
"""

import hashlib
import hmac
import ipaddress
import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from clients.models import RateBucket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Bits of an IPv6 address that one line has, and one site (RFC 6177).
LINE, SITE = 64, 48
# One bucket of several, `{n}` the number of those that are asked before it.
_TAKE = """
t{n} AS (
INSERT INTO clients_ratebucket AS b (key, tokens, updated_at)
SELECT %(key{n})s, %(capacity{n})s - 1, clock_timestamp() WHERE {before}
ON CONFLICT (key) DO UPDATE SET
    tokens = LEAST(%(capacity{n})s, b.tokens
        + %(rate{n})s * EXTRACT(EPOCH FROM clock_timestamp() - b.updated_at)) - 1,
    updated_at = clock_timestamp()
WHERE LEAST(%(capacity{n})s, b.tokens
        + %(rate{n})s * EXTRACT(EPOCH FROM clock_timestamp() - b.updated_at)) >= 1
RETURNING 1)"""
# A limit's name, and whose bucket it is.
Asked = tuple[str, str]


def allow(limit: str, subject: str, most: int | None = None) -> bool:
    """Take one token of `subject`'s bucket for `limit`; False when none is left.

    `settings.RATE_LIMITS[limit]` is `(capacity, seconds in which it refills)`. `most`, 1 or more,
    is another capacity, refilled in the same time.
    """
    return _passed([_bucket(limit, subject, most)]) == 1


def allow_visitor(limit: str, meta: Mapping[str, str]) -> bool:
    """Take a token for whoever asks, of each of `visitor_limits`; False when one has none left."""
    return not refused(visitor_limits(limit, meta))


def refused(asked: Sequence[Asked]) -> str:
    """Take a token of each bucket in turn; return the first limit that has none, or nothing.

    One statement. Whoever is refused takes nothing of the buckets behind: narrow ones come first,
    so that who has used up their own takes nothing of what everybody shares. In that order the
    rows are locked, too: two who ask never wait for each other.
    """
    passed = _passed([_bucket(limit, subject) for limit, subject in asked])
    return asked[passed][0] if passed < len(asked) else ""


class _Bucket(NamedTuple):
    key: str
    capacity: int
    rate: float  # tokens that come back in a second


def _bucket(limit: str, subject: str, most: int | None = None) -> _Bucket:
    capacity, seconds = settings.RATE_LIMITS[limit]
    capacity = capacity if most is None else most
    return _Bucket(_key(limit, subject), capacity, capacity / seconds)


def _passed(buckets: Sequence[_Bucket]) -> int:
    """Take a token of each in turn, up to the first that has none; return how many had one."""
    taken = ", ".join(
        _TAKE.format(n=n, before=f"EXISTS (SELECT FROM t{n - 1})" if n else "true")
        for n in range(len(buckets))
    )
    counted = " + ".join(f"(SELECT count(*) FROM t{n})" for n in range(len(buckets)))  # noqa: S608, numbers
    arguments = {
        f"{name}{n}": value
        for n, one in enumerate(buckets)
        for name, value in one._asdict().items()
    }
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {taken} SELECT {counted}", arguments)
        (passed,) = cursor.fetchone()
    return int(passed)


def visitor_limits(limit: str, meta: Mapping[str, str]) -> list[Asked]:
    """Return what is asked of whoever asks: of their address, then of their network, then of all.

    `limit` is like "book-address"; the wider ones are "book-network" and "book-practice", where
    there are such.
    """
    what = limit.removesuffix("-address")
    subjects = (
        (limit, address_of(meta)),
        (f"{what}-network", network_of(meta)),
        (f"{what}-practice", "all"),
    )
    return [one for one in subjects if one[1] and one[0] in settings.RATE_LIMITS]


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
