"""What `manage.py check` says of where pictures are kept."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Warned

# What boto3 finds by itself: keys, a profile's name, the role of a container.
FOUND_ELSEWHERE = (
    "AWS_ACCESS_KEY_ID",
    "AWS_S3_SESSION_PROFILE",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def check_settings(**_: Any) -> Iterable[CheckMessage]:
    """Say what is missing before somebody uploads a picture and is told that it can't be kept."""
    options = settings.STORAGES["pictures"]["OPTIONS"]
    return list(_of_bucket(options) if "bucket_name" in options else _of_folder(options))


def _of_bucket(options: dict[str, Any]) -> Iterator[CheckMessage]:
    if not options["region_name"] and not options["endpoint_url"]:
        yield Error(
            "PICTURES_URL names a bucket, but not where it is.",
            hint="Add ?region=eu-west-2, or ?endpoint=https://… for another maker's.",
            id="pictures.E001",
        )
    keys = [bool(options[name]) for name in ("access_key", "secret_key")]
    if any(keys) and not all(keys):
        yield Error(
            "PICTURES_URL has one half of a key.",
            hint="s3://KEY:SECRET@bucket, with %2F for a slash and %2B for a plus in the secret.",
            id="pictures.E002",
        )
    if not any(keys) and not any(map(os.environ.get, FOUND_ELSEWHERE)):
        yield Warned(
            "PICTURES_URL has no key, and the environment has none either.",
            hint="Right where the machine itself has a role that may write to the bucket.",
            id="pictures.W001",
        )
    if options["endpoint_url"] and options["endpoint_url"].endswith(_host(options)):
        yield Warned(
            "Browsers are sent to the bucket's endpoint for pictures.",
            hint="Say with &address=https://… where everybody may read them.",
            id="pictures.W002",
        )


def _host(options: dict[str, Any]) -> str:
    """Return the host at which browsers ask for pictures, after two slashes."""
    return f"//{str(options['custom_domain']).partition('/')[0]}"


def _of_folder(options: dict[str, Any]) -> Iterator[CheckMessage]:
    """Look at the folder, or the nearest above it that there is: the first picture makes it."""
    folder = Path(options["location"])
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        yield Warned(
            "The folder for pictures can't be written to.",
            hint="Let PICTURES_URL name another, as file:///var/lib/kicks/pictures.",
            id="pictures.W003",
        )
