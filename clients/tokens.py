"""Words that open something: random, mailed once, and stored as their hash alone."""

import hashlib
import secrets


def new_token() -> str:
    """Return 256 random bits, URL-safe: readable only now."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is stored of it: a copy of the database opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
