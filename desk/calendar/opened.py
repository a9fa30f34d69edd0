"""Where a card opens in the grid: beside what it is about, over the emptier side."""

from datetime import datetime

from desk.calendar.week import DRAWN, WEEKEND, Opened, Week
from desk.calendar.week_clock import DAYS, HOUR, ROW, Placed

# Two days wide and about as many minutes of the grid high, at 5 pixels a row.
WIDTH, HEIGHT = 2, 400
ABOVE = 10


def opened_at(week: Week, start: datetime) -> Opened:
    """Return where the card of what begins at `start` opens."""
    instant = int(start.timestamp())
    placed = next(iter(week.clock.parts((instant, instant + 1))))
    side = "left" if _is_emptier_before(week, placed) else "right"
    top, bottom = week.window.first * HOUR, week.window.last * HOUR
    first = max(top, min(placed.first - ABOVE, bottom - HEIGHT))
    h, m = divmod((first - top) // ROW * ROW, HOUR)
    is_beside = first == placed.first - ABOVE
    return Opened(
        day=placed.day,
        start=instant,
        at=f"d{placed.day} h{h} m{m} kd-pop--{side}{' kd-pop--beside' if is_beside else ''}",
    )


def _is_emptier_before(week: Week, placed: Placed) -> bool:
    before = range(placed.day - WIDTH, placed.day)
    after = range(placed.day + 1, placed.day + 1 + WIDTH)
    # A weekend without anything is drawn too narrow for a card.
    last = DAYS if week.is_wide else WEEKEND
    if before.start < 1 or after.stop > last + 1:
        return before.start >= 1
    return _busy(week, before, placed) < _busy(week, after, placed)


def _busy(week: Week, days: range, beside: Placed) -> int:
    """Count what the card would cover on these days."""
    first, last = beside.first - ABOVE, beside.first + HEIGHT
    covered = (one.placed for one in week.entries if one.kind in DRAWN and one.placed.day in days)
    return sum(one.first < last and first < one.last for one in covered)
