"""A chart of shares, written in Markdown as a fence and read as a table.

    ```shares What helps in therapy
    The relationship | 30 | 40 | How the two of you get on
    Hope | 15
    ```

Each line is a label, a percentage, for a range a second one, and if you like what belongs to it.
The table is the chart: a bar stands beside each figure for those who see it, and says nothing that
the figure does not.
"""

import re
from dataclasses import dataclass

from django.utils.html import escape

FENCE = "shares"
MOST = 100
_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9])?\Z")
_HEAD = (
    '<thead><tr><th scope="col">Factor, and what belongs to it</th>\n'
    '<th scope="col">Share</th></tr></thead>'
)


class ChartError(ValueError):
    """Says which line of a chart cannot be read, in words for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Share:
    """A label with its percentage; a range has a `high` above its `low`. `what` belongs to it."""

    label: str
    low: float
    high: float
    what: str = ""

    @property
    def figure(self) -> str:
        """`40%`, or `30 to 40%`."""
        return f"{self.low:g}%" if self.low == self.high else f"{self.low:g} to {self.high:g}%"


def draw(title: str, text: str) -> str:
    """Return the chart as HTML. Raises `ChartError`."""
    if not title:
        raise ChartError(f"Give the chart a title: ```{FENCE} What the shares are of")
    shares = [_read(line) for line in text.splitlines() if line.strip()]
    if not shares:
        raise ChartError(f"The chart “{title}” has no lines.")
    longest = max(share.high for share in shares) or MOST
    rows = "".join(_row(share, longest) for share in shares)
    head = _HEAD if any(share.what for share in shares) else ""
    caption = f"<caption>{escape(title)}</caption>\n"
    return (
        f'<figure class="kt-shares"><table>{caption}{head}<tbody>{rows}</tbody></table></figure>\n'
    )


def _read(line: str) -> Share:
    label, *cells = (part.strip() for part in line.split("|"))
    what = cells.pop() if len(cells) > 1 and any(map(str.isalpha, cells[-1])) else ""
    numbers = [cell.removesuffix("%") for cell in cells]
    if not label or len(numbers) not in (1, 2) or not all(map(_NUMBER.match, numbers)):
        raise ChartError(f"In the chart, write “{line.strip()}” as: a label | 30, or | 30 | 40")
    low, high = float(numbers[0]), float(numbers[-1])
    if not low <= high <= MOST:
        raise ChartError(f"In the chart, “{line.strip()}” must rise and end at 100 at the most.")
    return Share(label, low, high, what)


def _row(share: Share, longest: float) -> str:
    low, high = (round(100 * number / longest, 1) for number in (share.low, share.high))
    bar = (
        '<svg class="kt-shares__bar" viewBox="0 0 100 10" preserveAspectRatio="none"'
        f' aria-hidden="true"><rect class="kt-shares__low" width="{low:g}" height="10"></rect>'
        f'<rect class="kt-shares__range" x="{low:g}" width="{high - low:g}" height="10"></rect>'
        "</svg>"
    )
    what = f" <small>{escape(share.what)}</small>" if share.what else ""
    head = f'<th scope="row">{escape(share.label)}{what}</th>'
    return f"<tr>{head}\n<td>{bar} {share.figure}</td></tr>\n"
