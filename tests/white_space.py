"""A page's HTML with its white space as a browser shows it, so that templates may be indented."""

import re

# Here each space and line break counts, or is no text.
KEPT = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL)
WHITE_SPACE = re.compile(r"[ \t\n\f\r]+")
BLOCKS = (
    "html|head|body|title|meta|link|main|header|footer|nav|section|article|aside|div|p|h[1-6]|ul|ol"
    "|li|dl|dt|dd|table|caption|thead|tbody|tr|th|td|form|fieldset|legend|details|summary|option"
    "|select|optgroup|hr|br"
)
AROUND_A_BLOCK = re.compile(rf" ?(</?(?:{BLOCKS})\b[^>]*>) ?")


def as_shown(html: str) -> str:
    """Make each run of white space one space, and drop it where a block begins or ends."""
    rest = iter(KEPT.split(html))
    shown = [_collapsed(next(rest))]
    for kept, _, after in zip(rest, rest, rest, strict=True):
        shown += [kept, _collapsed(after)]
    return "".join(shown)


def _collapsed(html: str) -> str:
    return AROUND_A_BLOCK.sub(r"\1", WHITE_SPACE.sub(" ", html))
