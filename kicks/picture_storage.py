"""Where uploaded pictures are kept, as `PICTURES_URL` says it: a folder, or a bucket."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# As browsers reach them where they are in a folder: the address of pictures/urls.py.
ADDRESS = "/pictures/"
# A name with a dot fits no certificate.
BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
REGION = re.compile(r"[a-z0-9-]+")
HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?"
ENDPOINT = re.compile(rf"https?://{HOST}")
PUBLIC = re.compile(rf"https://{HOST}(/[\w.~-]+)*", re.ASCII)
SHAPES = {"region": REGION, "endpoint": ENDPOINT, "address": PUBLIC}

Kept = dict[str, Any]  # a storage, as Django's STORAGES has it


def picture_storage(value: str) -> Kept:
    """Read `file:///folder`, or `s3://KEY:SECRET@bucket?region=…&endpoint=…&address=…`.

    What is missing is said by `manage.py check` (pictures/settings_check.py).
    """
    parts = urlsplit(value)
    if parts.scheme == "file" and not parts.netloc and parts.path.strip("/"):
        return folder(Path(unquote(parts.path)))
    if (
        parts.scheme != "s3"
        or not BUCKET.fullmatch(parts.hostname or "")
        or parts.path
        or parts.port
    ):
        raise ValueError
    said = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    if not all(name in SHAPES and SHAPES[name].fullmatch(one) for name, one in said.items()):
        raise ValueError
    return _bucket(
        str(parts.hostname), unquote(parts.username or ""), unquote(parts.password or ""), said
    )


def folder(path: Path) -> Kept:
    """Return the storage of a folder, which the web process serves."""
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": path, "base_url": ADDRESS},
    }


def _bucket(name: str, key: str, secret: str, said: dict[str, str]) -> Kept:
    region, endpoint = said.get("region"), said.get("endpoint")
    usual = f"{endpoint}/{name}" if endpoint else f"https://{name}.s3.{region}.amazonaws.com"
    protocol, _, address = said.get("address", usual).partition("//")
    return {
        "BACKEND": "pictures.bucket.Bucket",
        "OPTIONS": {
            "bucket_name": name,
            # None: boto3 looks where it always does.
            "access_key": key or None,
            "secret_key": secret or None,
            "region_name": region,
            "endpoint_url": endpoint,
            "url_protocol": protocol,
            "custom_domain": address,
        },
    }


def origins(kept: Kept) -> list[str]:
    """Return the other sites from which pages fetch pictures: none, or the bucket's."""
    options = kept["OPTIONS"]
    if "bucket_name" not in options:
        return []
    return [f"{options['url_protocol']}//{options['custom_domain'].partition('/')[0]}"]
