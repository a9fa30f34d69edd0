"""What somebody reads whose file is not taken: what it is, and what to do instead."""

from pictures.errors import Code

AGAIN = "Open it in a program for photos, save it as a JPEG, and upload that."

WORDS = {
    Code.TOO_LONG: "This file is larger than 10 MB. Save the picture smaller: 2,000 pixels across "
    "is plenty.",
    Code.EMPTY: "This file is empty. Choose the picture once more.",
    Code.SVG: "This is a drawing of lines (SVG), which can’t be shown here. Save it as a PNG, and "
    "upload that.",
    Code.PHONE_FORMAT: "This is a photo as phones keep it (HEIC or AVIF), which can’t be read "
    "here. Send it to yourself by email, or open it and choose to save or share it as a JPEG; then "
    "upload that.",
    Code.TIFF: f"This is a TIFF, as scanners and cameras write it. {AGAIN}",
    Code.PDF: "This is a PDF, not a picture. Save its page as a JPEG, or take a screenshot of it, "
    "and upload that.",
    Code.GIF: "This is a GIF, which has too few colours for a photo. Upload the picture that it "
    "was made of, as a JPEG or a PNG.",
    Code.NO_PICTURE: "This isn’t a picture that can be read here, whatever its name says. Upload a "
    "JPEG, a PNG or a WebP.",
    Code.TWO_KINDS: f"Inside this picture there is another kind of file too. {AGAIN}",
    Code.BROKEN: "This picture can’t be read to its end: it may not have been copied whole. Copy "
    "it once more, or open it and save it as a JPEG.",
    Code.TOO_MANY_PIXELS: "This picture has more than 40 million pixels. Save it smaller: 2,000 "
    "pixels across is plenty.",
    Code.TOO_SMALL: "This picture is too small to be sharp: each side needs 320 pixels or more. "
    "Upload the original, not a thumbnail or a picture saved from a chat.",
    Code.TOO_NARROW: "This picture is more than four times as long as it’s wide. Cut out the part "
    "that matters, and upload that.",
    Code.MOVES: "This picture moves. Upload one that stands still: moving ones disturb people who "
    "read.",
    Code.FOR_PRINT: "This picture’s colours are mixed for printing (CMYK), so screens would show "
    "others. Save it as an RGB JPEG, and upload that.",
    Code.DEEP: "This picture has 16 bits a colour, more than a page can show. Save it as a JPEG, "
    "or as a PNG with 8 bits.",
    Code.CLEAR_PALETTE: f"One can see through parts of this picture’s table of colours. {AGAIN}",
    Code.BUSY: "Another picture is being worked on just now. Try once more in a few seconds.",
    Code.NOT_KEPT: "The picture is fine, but the place where pictures are kept doesn’t answer. "
    "Nothing has changed. Try again in a few minutes; if that doesn’t help, tell whoever looks "
    "after the site.",
}
