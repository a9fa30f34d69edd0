"""A form of admin in a tab: as the page sends it, and as a browser posts it."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client as Browser

from desk.page_state import STATE

Filled = dict[str, list[str]]


class _Form(HTMLParser):
    """What the form of a row would post as it stands. Buttons post nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.filled: Filled = {}
        self._inside = False
        self._select = self._area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            # Of all forms that post, not the one that signs out.
            self._inside = has.get("method") == "post" and not has.get("action")
        if not self._inside:
            return
        if tag == "input" and has.get("name"):
            self._input(has)
        if tag == "select":
            self._select = has["name"]
        if tag == "option" and "selected" in has:
            self.filled.setdefault(self._select, []).append(has.get("value", ""))
        if tag == "textarea":
            self._area = has["name"]
            self.filled[self._area] = [""]

    def _input(self, has: dict[str, str]) -> None:
        kind = has.get("type", "text")
        if kind == "submit" or (kind in ("checkbox", "radio") and "checked" not in has):
            return
        nothing = "on" if kind in ("checkbox", "radio") else ""
        self.filled.setdefault(has["name"], []).append(has.get("value", nothing))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            # The parser leaves the first line end in, which a browser takes off.
            self.filled[self._area][0] = self.filled[self._area][0].removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.filled[self._area][0] += data


class Tab:
    """A tab in which the page of a row is open."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser, self.path = browser, path
        self.show(browser.get(path))

    def show(self, response: Any) -> None:
        """Look at a page."""
        self.response = response
        self.html = response.content.decode()
        self.filled = _Form(self.html).filled

    def save(self, **typed: Any) -> int:
        """Type into the form and press Save; return the status, and look at what comes of it.

        A list is typed as it is; None takes a field away, as an unticked box is.
        """
        posted: dict[str, Any] = {**self.filled, **typed}
        answer = self.browser.post(
            self.path, {name: value for name, value in posted.items() if value is not None}
        )
        if answer.status_code != 302:
            self.show(answer)
        return answer.status_code

    @property
    def changes(self) -> dict[str, tuple[str, str, str | None]]:
        """What the page tells of each change: was, now, and what was typed, if anything."""
        told = self.response.context["told"]
        return {
            one.label: (one.was, one.now, one.typed if one.is_typed else None)
            for one in told.changes
        }


def as_opened(browser: Browser, path: str) -> dict[str, str]:
    """What a page says that it shows, for who posts the rest by hand; {} of one without a form."""
    context = browser.get(path).context
    told = context.get("told") if context else None
    return {STATE: told.state} if told else {}
