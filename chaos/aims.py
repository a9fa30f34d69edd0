"""How an aim is told: what was promised, what was found, whether that is so."""

from collections.abc import Sequence

from bench.aims import Aim

__all__ = ["Aim", "none_of", "tell"]


def none_of(what: str, bad: Sequence[object], among: str) -> Aim:
    """Return the aim that there is none of it; the first few that there are stand in it."""
    examples = "".join(f"; {one}" for one in bad[:3])
    return f"0 {what}", f"{len(bad):,} of {among}{examples}", not bad


def tell(aims: Sequence[Aim]) -> int:
    """Print each aim, beside what was found; return the exit status: 1 if any is missed."""
    width = max(len(aim) for aim, _, _ in aims)
    for aim, found, met in aims:
        print(f"{'met ' if met else 'OVER'}  {aim:{width}}  {found}")
    return int(not all(met for _, _, met in aims))
