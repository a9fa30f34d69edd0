"""Pictures that the tests draw: no photo of anybody is kept with the code."""

import random
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageDraw, ImageFilter

SECRET = "51.4696 north, Robin’s camera"  # noqa: S105, where a photo was taken


def scene(width: int = 1600, height: int = 1920, mode: str = "RGB") -> Image.Image:
    """Return soft shapes with some grain: about as hard to pack as a photo of a face."""
    chance = random.Random(width * height)  # noqa: S311, the same picture each time
    small = Image.new("RGB", (40, 48))
    small.putdata([_colour(chance) for _ in range(40 * 48)])
    soft = small.filter(ImageFilter.GaussianBlur(2)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    draw = ImageDraw.Draw(soft)
    draw.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.65), fill=(214, 170, 140))
    grain = Image.effect_noise((width, height), 12).convert("RGB")
    return Image.blend(soft, grain, 0.12).convert(mode)


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(90, 200), chance.randrange(120, 220), chance.randrange(110, 200)


def written(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Return a picture as a file."""
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def photo(width: int = 1600, height: int = 1920) -> bytes:
    """Return what a camera writes: it says where it was, twice, and how it was held."""
    picture = scene(width, height)
    exif = Image.Exif()
    exif[0x010E] = exif[0x0110] = SECRET
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 28.0, 10.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
    options: dict[str, Any] = {"exif": exif, "icc_profile": profile, "xmp": xmp, "comment": SECRET}
    return written(picture, quality=88, **options)


def png_of(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    """Return a PNG that promises so many pixels and has none: its head is all that may be read."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b""))


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def moving(kind: str) -> bytes:
    """Return two pictures that follow one another."""
    first, second = Image.new("RGB", (400, 400), "teal"), Image.new("RGB", (400, 400), "navy")
    return written(first, kind, save_all=True, append_images=[second], duration=200)


def everything_in(data: bytes) -> Iterator[str]:
    """Yield the name of each thing that a file says besides its pixels."""
    with Image.open(BytesIO(data)) as opened:
        opened.load()
        yield from map(str, opened.info)
        yield from map(str, opened.getexif())
