"""Why a picture is not taken: a code, which each edge words in its own way."""

from enum import StrEnum


class Code(StrEnum):
    """What is in the way."""

    TOO_LONG = "too_long"  # bytes
    EMPTY = "empty"
    SVG = "svg"
    PHONE_FORMAT = "phone_format"  # HEIC, and AVIF, its younger relative
    TIFF = "tiff"
    PDF = "pdf"
    GIF = "gif"
    NO_PICTURE = "no_picture"
    TWO_KINDS = "two_kinds"  # a picture that is also a web page, a PDF or an archive
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_NARROW = "too_narrow"
    MOVES = "moves"
    FOR_PRINT = "for_print"  # CMYK
    DEEP = "deep"  # 16 bits a colour
    CLEAR_PALETTE = "clear_palette"  # a table of colours, some of which one sees through
    BUSY = "busy"
    NOT_KEPT = "not_kept"  # the folder or the bucket took no file


class PictureRefusedError(Exception):
    """A file that is not taken; nothing of it was kept."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code
