"""One picture as several files: each kind at each width, so that a screen takes what it needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

WIDTHS = (320, 640, 960, 1440)
# From the smallest to what every browser shows: a browser takes the first that it knows.
KINDS = ("avif", "webp", "jpg")
# Under its name a file never becomes another.
FOR_GOOD = "public, max-age=31536000, immutable"
MEDIA_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
# Judged by eye at these widths; AVIF's own scale is another than the two others'.
_HOW: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "quality": 55, "speed": 7},
    "webp": {"format": "WEBP", "quality": 76, "method": 4},
    "jpg": {"format": "JPEG", "quality": 78, "optimize": True, "progressive": True},
}


@dataclass(frozen=True, slots=True)
class Variant:
    """One file."""

    width: int
    kind: str
    content: bytes


def widths_of(width: int) -> list[int]:
    """Return the widths of the files of a picture that is so wide: none is made larger."""
    return [one for one in WIDTHS if one <= width]


def encode(picture: Image.Image) -> Sequence[Variant]:
    """Return every file of a picture."""
    return [one for width in widths_of(picture.width) for one in _of_width(picture, width)]


def height_at(width: int, picture: Image.Image) -> int:
    """Return how high it is when it is so wide."""
    return max(1, round(picture.height * width / picture.width))


def _of_width(picture: Image.Image, width: int) -> Iterator[Variant]:
    size = (width, height_at(width, picture))
    shown = picture.resize(size, Image.Resampling.LANCZOS)
    for kind in KINDS:
        written = BytesIO()
        shown.save(written, **_HOW[kind])
        yield Variant(width, kind, written.getvalue())
