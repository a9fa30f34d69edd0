"""Every address of admin, from the URL configuration itself, with the victim's rows in it.

So an address that is added tomorrow is asked tomorrow. One whose parts nobody here can fill in is
told, and the aim that there is none fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

from attack import words
from attack.rows import Rows, foreign_keys

PART = re.compile(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)")
EACH = 2  # rows of one model that are asked for, the first and the last
# Parts of addresses that are no row's.
WORDS = {"app_label": "availability", "url": "zq/zq/", "draft_id": "zq", "uidb64": "MQ"}
WORDS |= {"token": "zq", "slug": "victim", "topic_slug": "zq"}
NEVER = ("admin:logout", "sign_out")  # it would end the walk


@dataclass(frozen=True)
class Address:
    """A name in the URL configuration, and one path of it."""

    name: str
    path: str


def patterns(
    resolver: URLResolver | None = None, space: str = "", route: str = "/"
) -> Iterator[tuple[str, str]]:
    """Yield the name and the whole route of every address of the site."""
    for one in (resolver or get_resolver()).url_patterns:
        whole = route + re.sub(r"^\^|\$$|\\Z$|\\", "", str(one.pattern))
        if isinstance(one, URLPattern):
            yield f"{space}{one.name or ''}", whole
        else:
            yield from patterns(one, f"{space}{one.namespace}:" if one.namespace else space, whole)


def of_admin(rows: Rows) -> tuple[list[Address], list[str]]:
    """Return every address with the rows in it, and the names of those that could not be filled."""
    found, unfilled = [], []
    for name, route in patterns():
        if not route.startswith("/admin/") or name in NEVER:
            continue
        paths = list(_filled(name, route, rows))
        found += [Address(name, path) for path in paths]
        unfilled += [] if paths else [name]
    return [*found, *_lists(found), *_choices()], unfilled


def _filled(name: str, route: str, rows: Rows) -> Iterator[str]:
    """Yield the route with each of the rows that it may be about."""
    parts = [found[2] or found[3] for found in PART.finditer(route)]
    if not parts:
        yield route if "(" not in route else "/admin/zq/zq/"
        return
    for pk in _about(name, rows):
        given = {part: WORDS.get(part, pk) for part in parts}
        yield PART.sub(lambda found: given[found[2] or found[3]], route)  # noqa: B023, at once


def _about(name: str, rows: Rows) -> list[str]:
    """Return the ids to ask for: those of the model that the name says, else of every kind."""
    for model in admin.site._registry:
        if name.startswith(f"admin:{model._meta.app_label}_{model._meta.model_name}_"):
            pks = rows.of(model)
            return [str(pk) for pk in dict.fromkeys([*pks[:EACH], *pks[-EACH:]])]
    return sorted({str(pk) for pks in rows.all().values() for pk in pks[:1]})


def _lists(found: list[Address]) -> Iterator[Address]:
    """Yield the lists again with everything that they can show, and searched."""
    asked = {"_facets": "True", "when": "all"}
    for one in found:
        if one.name.endswith("_changelist"):
            yield Address(one.name, f"{one.path}?{urlencode(asked)}")
            yield Address(one.name, f"{one.path}?{urlencode({**asked, 'q': words.BEGINNING})}")


def _choices() -> Iterator[Address]:
    """Yield what completes a choice, of every foreign key that there is."""
    for key, _ in (found for model in apps.get_models() for found in foreign_keys(model)):
        asked = {
            "app_label": key.model._meta.app_label,
            "model_name": key.model._meta.model_name,
            "field_name": key.name,
            "term": words.BEGINNING,
        }
        yield Address("admin:autocomplete", f"/admin/autocomplete/?{urlencode(asked)}")
    yield Address("admin:search", f"/admin/search/?{urlencode({'s': words.BEGINNING})}")
