"""What the environment says: read once, strictly, and refused in one line that says what to do.

A refusal names the setting and its shape and never repeats the value, which may be a secret.
"""

import os
import re
import sys
from base64 import b64decode
from collections.abc import Callable
from email.utils import parseaddr
from typing import Any, NoReturn, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from email_validator import validate_email
from environ import Env  # type: ignore[import-untyped]  # it ships none

T = TypeVar("T")

REFUSED = 2  # the exit status of a start that was refused
SECRET_LENGTH = 50
LAST_PORT = 65535
YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off")


def refuse(message: str) -> NoReturn:
    """End the process with one line on stderr."""
    sys.stderr.write(f"kicks: {message}\n")
    raise SystemExit(REFUSED)


def read(name: str, cast: Callable[[str], T], shape: str, default: Callable[[], T] | None) -> T:
    """Return setting `name`; `cast` raises ValueError where it is malformed.

    An empty value counts as none. `default` None means that there is no start without it.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        if default is None:
            refuse(f"the setting {name} is missing: it should be {shape}")
        return default()
    try:
        return cast(value)
    except ValueError:
        refuse(f"the setting {name} is malformed: it should be {shape}")


def boolean(value: str) -> bool:
    """Read true or false; anything else is an error, not a guess."""
    if value.lower() not in YES + NO:
        raise ValueError
    return value.lower() in YES


def whole(value: str) -> int:
    """Read a whole number, zero or more, in ASCII digits."""
    if not (value.isascii() and value.isdigit()):
        raise ValueError
    return int(value)


def port(value: str) -> int:
    """Read a port that a server can have."""
    if not 1 <= (number := whole(value)) <= LAST_PORT:
        raise ValueError
    return number


def factor(value: str) -> float:
    """Read a finite number above zero."""
    number = float(value)
    if not 0 < number < float("inf"):
        raise ValueError
    return number


def words(value: str) -> list[str]:
    """Read a comma separated list of at least one word."""
    found = [word.strip() for word in value.split(",") if word.strip()]
    if not found:
        raise ValueError
    return found


def hosts(value: str) -> list[str]:
    """Read the host names to answer for; `*` would undo Django's check of the Host header."""
    found = words(value)
    if any("*" in host or "/" in host for host in found):
        raise ValueError
    return found


def sites(value: str) -> list[str]:
    """Read the hosts of other sites; more than a name and a port could say more in a header."""
    found = words(value)
    if not all(re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", one) for one in found):
        raise ValueError
    return found


def secret(value: str) -> str:
    """Read a key long and varied enough to sign with."""
    if len(value) < SECRET_LENGTH or len(set(value)) < SECRET_LENGTH // 5:
        raise ValueError
    return value


def fernet_keys(value: str) -> list[str]:
    """Read Fernet keys; each is tried here, so that a broken one never meets a client's words."""
    keys = words(value)
    for key in keys:
        Fernet(key)
    return keys


def site(value: str) -> str:
    """Read the public address: https, a host, no path, no trailing slash."""
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or value != f"https://{parts.netloc}":
        raise ValueError
    return value


def redis(value: str) -> str:
    """Read the broker's address in redis-py's form."""
    parts = urlsplit(value)
    if parts.scheme == "unix" and parts.path:
        return value
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ValueError
    return value


def database(value: str) -> dict[str, Any]:
    """Read a PostgreSQL address into Django's settings.

    libpq's form for a Unix socket, `?host=/folder`, is understood as well.
    """
    parts = urlsplit(value)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError
    found: dict[str, Any] = Env.db_url_config(value)
    options = found.setdefault("OPTIONS", {})
    found["HOST"] = options.pop("host", found["HOST"])
    return found


def mail(value: str) -> dict[str, Any]:
    """Read where mail goes into Django's EMAIL_ settings.

    A mail server, a folder said explicitly, or one of `outbox.providers`: then MAIL_EVENTS is the
    view that hears what became of the mail.
    """
    parts = urlsplit(value)
    if parts.scheme in PROVIDERS:
        return PROVIDERS[parts.scheme](parts)
    if parts.scheme == "file" and not parts.netloc and parts.path.strip("/"):
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": unquote(parts.path)}
    if parts.scheme not in {"smtp", "smtp+tls", "smtp+ssl"} or not parts.hostname:
        raise ValueError
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
    }


def _mailgun(parts: SplitResult) -> dict[str, Any]:
    """`mailgun://KEY:SIGNING-KEY@DOMAIN?region=eu`; without a region it is the United States."""
    regions = {"": "api", "region=us": "api", "region=eu": "api.eu"}
    if not (parts.username and parts.password and parts.hostname) or parts.path or parts.port:
        raise ValueError
    if parts.query not in regions:
        raise ValueError
    return {
        "EMAIL_BACKEND": "outbox.providers.MailgunBackend",
        "MAIL_EVENTS": "outbox.webhooks.MailgunEvents",
        "ANYMAIL": {
            "MAILGUN_API_KEY": unquote(parts.username),
            "MAILGUN_WEBHOOK_SIGNING_KEY": unquote(parts.password),
            "MAILGUN_SENDER_DOMAIN": parts.hostname,
            "MAILGUN_API_URL": f"https://{regions[parts.query]}.mailgun.net/v3",
        },
    }


def _postal(parts: SplitResult) -> dict[str, Any]:
    """`postal://KEY@HOST?webhook_key=…`, the server's public key as base64."""
    name, _, key = parts.query.partition("=")
    if not (parts.username and parts.hostname) or parts.path or name != "webhook_key":
        raise ValueError
    port = f":{parts.port}" if parts.port else ""
    return {
        "EMAIL_BACKEND": "outbox.providers.PostalBackend",
        "MAIL_EVENTS": "outbox.webhooks.PostalEvents",
        "ANYMAIL": {
            "POSTAL_API_KEY": unquote(parts.username),
            "POSTAL_WEBHOOK_KEY": _public_key(unquote(key)),
            "POSTAL_API_URL": f"https://{parts.hostname}{port}",
        },
    }


def _public_key(text: str) -> str:
    """Read an RSA key; tried here, so that a broken one does not wait for the first bounce."""
    try:
        found = load_der_public_key(b64decode(text, validate=True))
    except UnsupportedAlgorithm:
        raise ValueError from None
    if not isinstance(found, RSAPublicKey):
        raise ValueError  # noqa: TRY004, what `read` takes for malformed
    return text


PROVIDERS = {"mailgun": _mailgun, "postal": _postal}


def webhook_secret(value: str) -> str:
    """Read `name:word`, of characters that can stand in an address as they are."""
    if not re.fullmatch(r"[\w.~-]+:[\w.~-]{24,}", value, re.ASCII):
        raise ValueError
    return value


def sender(value: str) -> str:
    """Read the address that mail comes from, with or without a name before it."""
    if "\n" in value or "\r" in value:
        raise ValueError
    validate_email(parseaddr(value)[1], check_deliverability=False, test_environment=False)
    return value


def for_celery(url: str) -> str:
    """Return the broker's address in kombu's words: it calls redis-py's `unix://` its own way."""
    return url.replace("unix://", "redis+socket://", 1)
