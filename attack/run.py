"""All attacks, one after the other, on one site."""

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.db import connection

from attack import enumeration, guesses, hostile, leaks, links, next_person, practice, staff, walk
from attack.site import Site, count_statements, under_attack, without_limits
from chaos.aims import Aim
from staff.models import Role

Attack = Callable[[], Iterable[Aim]]


def run(environment: dict[str, str], folder: Path, only: list[str]) -> list[Aim]:
    """Prepare, attack, return the aims."""
    count_statements()
    found = practice.fill()
    with under_attack(environment, folder) as site:
        known = staff.staff(site, found.people)
        aims: list[Aim] = []
        for name, attack in attacks(site, found, known).items():
            if not only or name in only:
                aims += tried(name, attack)
    connection.close()
    return aims


def tried(name: str, attack: Attack) -> Iterator[Aim]:
    """Yield the aims of an attack; one that cannot be made to its end is no proof of anything."""
    print(f"{name} ...", flush=True)
    began = time.monotonic()
    try:
        yield from attack()
    except TimeoutError:  # the whole run's
        raise
    except Exception as error:  # noqa: BLE001, whatever it is
        traceback.print_exc()
        yield f"{name} is tried to its end", f"{type(error).__name__}: {error}"[:200], False
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)


def attacks(site: Site, found: practice.Practice, known: walk.Browsers) -> dict[str, Attack]:
    """Return each attack by its name, in order: what the first leave is searched by the last."""
    owner, victim = known[Role.OWNER], known[practice.VICTIM]
    return {
        "links": lambda: links.aims(site, found, victim),
        "next_person": lambda: next_person.aims(site, found),
        "guesses": lambda: guesses.aims(site, found.people[Role.OWNER], owner),
        "hostile": lambda: hostile.aims(site, found, owner, victim),
        "enumeration": lambda: _enumeration(site),
        "walk": lambda: walk.aims(site, found, known),
        "leaks": lambda: leaks.aims(site, found),
    }


def _enumeration(site: Site) -> list[Aim]:
    with without_limits(site) as lax:
        return list(enumeration.aims(site, lax))
