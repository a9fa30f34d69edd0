"""Every address of the site, with something in the place of what differs from one to the next."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

# What stands where an address has a part that differs, by the converter's name.
SAMPLES = {
    "int": "1",
    "path": "x",
    "slug": "x",
    "str": "x",
    "uuid": "00000000-0000-0000-0000-000000000000",
}
# Of who works here, signing in: nobody's rows but their own.
SIGN_IN = {
    "admin_password_reset",
    "change_password",
    "choose_password",
    "end_other_sessions",
    "forget_browser",
    "own_sign_in",
    "passkey_made",
    "passkey_make",
    "passkey_show",
    "passkey_shown",
    "recovery_codes",
    "remove_factor",
    "second_factor",
    "set_up",
    "set_up_app",
    "set_up_passkey",
    "sign_in",
    "sign_out",
}
PROBES = ("healthz", "readyz")  # answered before addresses are looked up


def every_address() -> Iterator[tuple[str, str]]:
    """Yield the name and one path of each pattern of the project, the admin's too."""
    yield from _under(get_resolver(), "", "/")
    for probe in PROBES:
        yield probe, f"/{probe}"


def _under(resolver: URLResolver, space: str, prefix: str) -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        path = prefix + _sample(str(one.pattern))
        if isinstance(one, URLPattern):
            yield f"{space}{one.name or ''}", path
        else:
            yield from _under(one, f"{space}{one.namespace}:" if one.namespace else space, path)


def _sample(route: str) -> str:
    """Fill in a route. What is a regular expression here (two of the admin's) takes any word."""
    if "(?P" in route:
        return SAMPLES["str"]
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], route)
