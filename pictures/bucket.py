"""Pictures in a bucket that speaks S3's language, fetched from there by browsers."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from pictures.variants import FOR_GOOD, MEDIA_TYPES

Parts = ParamSpec("Parts")
Answer = TypeVar("Answer")


def _as_os_error(act: Callable[Parts, Answer]) -> Callable[Parts, Answer]:
    """Let whoever keeps pictures hear of a bucket what a folder would say."""

    @wraps(act)
    def answer(*args: Parts.args, **kwargs: Parts.kwargs) -> Answer:
        try:
            return act(*args, **kwargs)
        except (BotoCoreError, Boto3Error, ClientError) as error:
            raise OSError(type(error).__name__) from error

    return answer


class Bucket(S3Storage):
    """Says of each file what it is, and that it may be kept for good; gives up after seconds."""

    def __init__(self, **options: Any) -> None:
        style = "path" if options.get("endpoint_url") else "virtual"
        super().__init__(
            **options,
            querystring_auth=False,
            client_config=Config(
                signature_version="s3v4",
                s3={"addressing_style": style},
                connect_timeout=3,
                read_timeout=10,
                retries={"total_max_attempts": 2},
                # Buckets of other makers know no newer checks than the signature's.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            transfer_config=TransferConfig(use_threads=False),
        )

    def get_object_parameters(self, name: str) -> dict[str, str]:
        kind = name.rpartition(".")[2]
        return {"ContentType": MEDIA_TYPES[kind], "CacheControl": FOR_GOOD}

    @_as_os_error
    def _save(self, name: str, content: Any) -> str:
        return str(super()._save(name, content))

    @_as_os_error
    def delete(self, name: str) -> None:
        super().delete(name)

    @_as_os_error
    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        folders, files = super().listdir(name)
        return folders, files

    @_as_os_error
    def get_modified_time(self, name: str) -> datetime:
        found: datetime = super().get_modified_time(name)
        return found
