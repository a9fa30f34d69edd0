"""A file's pixels alone: upright, in the colours of the web, without what the file said besides.

Where and when a photo was taken, with which camera and by whom stands beside its pixels (EXIF, XMP,
comments, a thumbnail of what was cut away): none of it is carried over, because what is returned is
a new picture into which the pixels were painted.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageCms
from PIL.ExifTags import Base

from pictures.errors import Code, PictureRefusedError
from pictures.file_kinds import kind_of

MOST_PIXELS = 40_000_000
LEAST_SIDE = 320
LONGEST_SIDE = 1920  # of what is returned
MOST_TIMES_AS_LONG = 4  # the longer side, measured by the shorter
DEEP_AT, DEPTH_OF_PNG = 16, 24  # bits, and the byte of a PNG that says how many
OF_SEVERAL = "MPO"  # a photo and, behind it, what the phone made of it for other screens
PAPER = (255, 255, 255)  # what shows where one sees through
SRGB = ImageCms.createProfile("sRGB")
# How a camera that was held otherwise says so, and what sets it upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow and its libraries raise for a file that is not as its first bytes promise.
BROKEN = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def read(data: bytes) -> Image.Image:
    """Return the pixels of an uploaded file, at most so large. Raises PictureRefusedError.

    Its size is judged by its head, before a pixel is unpacked. A JPEG is unpacked at an eighth, a
    quarter or a half of its size, where that is enough. Measured with 40 megapixels, what encodes
    it included: 220 MB for a JPEG, 370 for a PNG, 620 for a WebP, whose decoder keeps two copies;
    one to two seconds of one core.
    """
    kind = kind_of(data)
    with _told_as_broken(), Image.open(BytesIO(data), formats=(kind,)) as opened:
        _judge(opened, data)
        return _plain(_small(opened))


@contextmanager
def _told_as_broken() -> Iterator[None]:
    try:
        yield
    except BOMBS as error:
        raise PictureRefusedError(Code.TOO_MANY_PIXELS) from error
    except BROKEN as error:
        raise PictureRefusedError(Code.BROKEN) from error


def _judge(opened: Image.Image, data: bytes) -> None:
    """Refuse by what the head says."""
    for code, is_so in (
        (Code.TOO_MANY_PIXELS, opened.width * opened.height > MOST_PIXELS),
        (Code.MOVES, opened.format != OF_SEVERAL and getattr(opened, "is_animated", False)),
        (Code.FOR_PRINT, opened.mode in {"CMYK", "LAB"}),
        (Code.DEEP, opened.mode[0] in "IF" or _is_deep(opened, data)),
        (Code.CLEAR_PALETTE, opened.mode in {"P", "PA"} and "transparency" in opened.info),
        (Code.TOO_SMALL, min(opened.size) < LEAST_SIDE),
        (Code.TOO_NARROW, max(opened.size) > MOST_TIMES_AS_LONG * min(opened.size)),
    ):
        if is_so:
            raise PictureRefusedError(code)


def _is_deep(opened: Image.Image, data: bytes) -> bool:
    """Whether it has more shades than a screen shows; Pillow halves them without a word."""
    return opened.format == "PNG" and data[DEPTH_OF_PNG] >= DEEP_AT


def _small(opened: Image.Image) -> Image.Image:
    """Return it no larger than it is ever shown, before anything costs by its size."""
    if opened.mode in {"1", "P", "PA"}:  # a table's numbers can't be mixed
        found = opened.convert("RGB")
        found.info |= opened.info
    else:
        found = opened
    found.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return found


def _plain(found: Image.Image) -> Image.Image:
    """Return a new picture with the same pixels, as they are meant to be seen."""
    upright = _upright(found)
    coloured = _in_srgb(_opaque(upright), upright.info.get("icc_profile"))
    plain = Image.new("RGB", coloured.size)
    plain.paste(coloured)
    return plain


def _upright(picture: Image.Image) -> Image.Image:
    try:
        turn = TURNS.get(picture.getexif().get(Base.Orientation, 1))
    except BROKEN:  # what a camera noted may be spoilt while its picture is whole
        return picture
    return picture if turn is None else picture.transpose(turn)


def _opaque(picture: Image.Image) -> Image.Image:
    """Return it on white paper, where one sees through it."""
    if not picture.mode.endswith(("A", "a")):
        return picture
    paper = Image.new("RGB", picture.size, PAPER)
    paper.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
    return paper


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return its colours as those of the web; a profile that can't be read is passed over."""
    if not profile:
        return picture.convert("RGB")
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        seen = ImageCms.profileToProfile(picture, own, SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture.convert("RGB")
    return seen or picture.convert("RGB")
