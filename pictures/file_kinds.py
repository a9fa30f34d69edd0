"""What a file is, by its bytes: its name and what a browser says of it are anybody's word."""

import re
import zipfile
from io import BytesIO

from pictures.errors import Code, PictureRefusedError

MOST_BYTES = 10 * 1024 * 1024
# How each kind that is taken begins, by Pillow's name for it.
_TAKEN = {
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "WEBP": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
# And what people have instead, each with words of its own.
_REFUSED = {
    Code.PHONE_FORMAT: re.compile(rb".{4}ftyp(hei|hev|mif|msf|avi)", re.DOTALL),
    Code.TIFF: re.compile(rb"II\*\0|MM\0\*|II\+\0|MM\0\+"),
    Code.GIF: re.compile(rb"GIF8"),
    Code.PDF: re.compile(rb".{0,1000}%PDF-", re.DOTALL),
    Code.SVG: re.compile(rb"(\xef\xbb\xbf)?\s*<(\?xml|!--|!doctype svg|svg)", re.IGNORECASE),
}
# What a browser or a server might run, if it took the picture for something else. A reader of PDF
# looks for its mark in the first 1,024 bytes.
_MARKUP = re.compile(rb"<script[\s>]|<html[\s>]|<!doctype\s|<\?php\s", re.IGNORECASE)
_PDF_TOO, _LOOKS = re.compile(rb"%PDF-"), 1024


def kind_of(data: bytes) -> str:
    """Return Pillow's name of the kind: JPEG, PNG or WEBP. Raises PictureRefusedError."""
    if not data:
        raise PictureRefusedError(Code.EMPTY)
    if len(data) > MOST_BYTES:
        raise PictureRefusedError(Code.TOO_LONG)
    for kind, begins in _TAKEN.items():
        if begins.match(data):
            _require_one_kind(data)
            return kind
    raise PictureRefusedError(_instead(data))


def _instead(data: bytes) -> Code:
    return next((code for code, begins in _REFUSED.items() if begins.match(data)), Code.NO_PICTURE)


def _require_one_kind(data: bytes) -> None:
    """Refuse a file that somebody made to be read as something else as well.

    What we keep is drawn anew and holds none of it; but whoever made such a file meant no good.
    """
    is_pdf = _PDF_TOO.search(data[:_LOOKS])
    if is_pdf or _MARKUP.search(data) or zipfile.is_zipfile(BytesIO(data)):
        raise PictureRefusedError(Code.TWO_KINDS)
