"""Taking an uploaded file: it is judged, drawn anew, its files are kept, and then it gets a row.

    taken = store_picture.take(data)             # before the transaction: seconds, and a folder
    with transaction.atomic():
        row.portrait = store_picture.add(taken, alt="…", now=now)

So a row never names files that aren't there. Files whose row never came, because something failed
in between, are swept away by the housekeeping.
"""

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.core.files.base import ContentFile

from pictures import plain_pixels, variants
from pictures.errors import Code, PictureRefusedError
from pictures.models import NAME, Focus, Picture, file_name, storage
from pictures.variants import Variant

PATIENCE = 15  # seconds that a picture waits for the one before it
# A large one takes a few hundred megabytes for a moment: never two of them in one process.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture whose files are kept, and which has no row yet."""

    name: str
    width: int
    height: int
    widths: Sequence[int]


def take(data: bytes) -> Taken:
    """Judge a file, draw it anew and keep what was drawn. Raises PictureRefusedError.

    Two seconds for a photo of 12 megapixels. Call it outside of a transaction.
    """
    with _alone():
        picture = plain_pixels.read(data)
        files = variants.encode(picture)
    taken = _taken(files, variants.height_at(files[-1].width, picture))
    _keep(taken.name, files)
    return taken


def add(
    taken: Taken,
    *,
    alt: str,
    now: datetime,
    is_decorative: bool = False,
    focus: str = Focus.MIDDLE,
) -> Picture:
    """Give the files their row; the row that shows it is saved in the same transaction."""
    return Picture.objects.create(
        name=taken.name,
        width=taken.width,
        height=taken.height,
        widths=list(taken.widths),
        alt=alt,
        is_decorative=is_decorative,
        focus=focus,
        added_at=now,
    )


@contextmanager
def _alone() -> Iterator[None]:
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise PictureRefusedError(Code.BUSY)
    try:
        yield
    finally:
        _one_at_a_time.release()


def _taken(files: Sequence[Variant], height: int) -> Taken:
    widths = list(dict.fromkeys(one.width for one in files))
    return Taken(_name(files), widths[-1], height, widths)


def _name(files: Sequence[Variant]) -> str:
    """Return a name that no other picture has, nor the same one uploaded once more.

    So nobody else needs the files that one row lets go.
    """
    digest = sha256(secrets.token_bytes(16))
    for one in files:
        digest.update(one.content)
    return digest.hexdigest()[:NAME]


def _keep(name: str, files: Sequence[Variant]) -> None:
    kept = storage()
    try:
        for one in files:
            kept.save(file_name(name, one.width, one.kind), ContentFile(one.content))
    except OSError as error:
        raise PictureRefusedError(Code.NOT_KEPT) from error
