"""A visitor who follows every link, and a reader who notices what a page lacks.

No browser: what is checked here is the markup as it is sent.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from django.test import Client as Browser

# A moment is told in full, "Tuesday 3 March 2026, 2:30pm UK time", or as a span of two times.
TIME = r"\d+(?::\d\d)?[ap]m"
MOMENT = re.compile(rf"\w+day \d+ [A-Z]\w+(?: \d{{4}})?, {TIME}(?: to {TIME})?(?: UK time)?")
IN_FULL = re.compile(r"\w+day \d+ [A-Z]\w+ \d{4}, .* UK time")
CLOCK_24 = re.compile(r"(?<![\d:T-])[0-2]?\d:[0-5]\d(?!\d|:\d|[ap]m)")
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
NAMED_BY_THEIR_WORDS = {"a", "button", "summary"}
NAMES = ("aria-label", "aria-labelledby", "title")
FIELDS = {"input", "select", "textarea"}
# Attributes that name other elements of the page.
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls")
ELSEWHERE = ("geo:", "mailto:", "sms:", "tel:")

Attributes = dict[str, str]


def odd_times(text: str) -> list[str]:
    """Return what tells a time in another way than the site does."""
    plain = text.replace("\N{NO-BREAK SPACE}", " ")
    cut = [found for found in MOMENT.findall(plain) if not IN_FULL.fullmatch(found)]
    return cut + CLOCK_24.findall(plain)


@dataclass
class Element:
    """A start tag, and the words inside of it."""

    tag: str
    attributes: Attributes
    labelled: bool = False  # inside a <label>
    words: str = ""

    @property
    def is_unnamed(self) -> bool:
        """Whether somebody who listens is not told what it is."""
        if self.words.strip() and self.tag not in FIELDS:
            return False
        return not any(self.attributes.get(name) for name in NAMES)


class Page(HTMLParser):
    """What a page says of itself. Raises nothing: it collects."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.unbalanced: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        labelled = any(one.tag == "label" for one in self._open)
        element = Element(tag, {name: value or "" for name, value in attrs}, labelled)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1].tag != tag:
            self.unbalanced.append(tag)
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.words += data

    def all(self, *tags: str) -> list[Element]:
        return [one for one in self.elements if one.tag in tags]

    @property
    def ids(self) -> list[str]:
        return [one.attributes["id"] for one in self.elements if "id" in one.attributes]

    @property
    def title(self) -> str:
        return " ".join(self.all("title")[0].words.split())

    @property
    def canonical(self) -> str:
        found = [one for one in self.all("link") if one.attributes.get("rel") == "canonical"]
        return found[0].attributes["href"] if found else ""

    def links(self) -> Iterator[str]:
        """Yield where it leads: by links, and by forms that ask, with each of their choices."""
        yield from (one.attributes["href"] for one in self.all("a") if "href" in one.attributes)
        yield from (one.attributes["href"] for one in self.all("link") if _is_page(one))
        begins = [n for n, one in enumerate(self.elements) if one.tag == "form"]
        for begin, end in pairwise([*begins, len(self.elements)]):
            if self.elements[begin].attributes.get("method") == "get":
                yield from _asks(self.elements[begin], self.elements[begin:end])

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with it, in words."""
        for name, count in Counter(self.ids).items():
            if count > 1:
                yield f"{count} elements have the id {name}"
        yield from self._unnamed()
        yield from self._dangling()
        body = "".join(one.words for one in self.all("body"))
        yield from (f"it tells a time as {time}" for time in odd_times(body))
        yield from (f"</{tag}> closes nothing that is open" for tag in self.unbalanced)
        yield from (f"<{one.tag}> is never closed" for one in self._open)
        if self.all("html")[0].attributes.get("lang") != "en-GB":
            yield "it does not say that it is in English"
        if len(self.all("h1")) != 1:
            yield f"it has {len(self.all('h1'))} first headings"
        if not self.title or len(self.all("main")) != 1:
            yield "it has no title, or not one main part"

    def _unnamed(self) -> Iterator[str]:
        labels = {one.attributes.get("for") for one in self.all("label") if one.words.strip()}
        for one in self.elements:
            what = f"<{one.tag} {one.attributes}>"
            if one.tag in NAMED_BY_THEIR_WORDS and one.is_unnamed:
                yield f"{what} has no name"
            named = one.labelled or one.attributes.get("id", "") in labels
            is_hidden = one.attributes.get("type") == "hidden"
            if one.tag in FIELDS and not is_hidden and not named and one.is_unnamed:
                yield f"{what} has no name"
            if one.tag == "img" and "alt" not in one.attributes:
                yield f"{what} has no words for who cannot see it"

    def _dangling(self) -> Iterator[str]:
        known = set(self.ids)
        for one in self.elements:
            for name in REFERENCES:
                for target in one.attributes.get(name, "").split():
                    if target not in known:
                        yield f"{name} names {target}, which is not there"


def _asks(form: Element, inside: list[Element]) -> Iterator[str]:
    """Yield what the form's button asks for with nothing chosen, and with each choice."""
    given = [one.attributes for one in inside if one.attributes.get("name")]
    hidden = [(one["name"], one.get("value", "")) for one in given if one.get("type") == "hidden"]
    radios = [(one["name"], one["value"]) for one in given if one.get("type") == "radio"]
    for choice in ([], *([radio] for radio in radios)):
        yield f"{form.attributes['action']}?{urlencode([*hidden, *choice])}"


def _is_page(link: Element) -> bool:
    return link.attributes.get("rel") == "alternate"


@dataclass
class Crawl:
    """Everything that can be reached from where a browser starts, page by page."""

    browser: Browser
    pages: dict[str, Page] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    outside: set[str] = field(default_factory=set)
    anchors: list[tuple[str, str, str]] = field(default_factory=list)

    def follow(self, *starts: str) -> "Crawl":
        """Follow every link from there on; fetch each address once."""
        waiting = deque((start, "the start") for start in starts)
        while waiting:
            path, origin = waiting.popleft()
            if path in self.statuses:
                continue
            found = [*self._fetch(path, origin)]
            waiting.extend((one, path) for one in found)
        self._check_anchors()
        return self

    def _fetch(self, path: str, origin: str) -> Iterator[str]:
        response = self.browser.get(path)
        self.statuses[path] = response.status_code
        if response.status_code >= 400 and response.status_code != 422:
            self.faults.append(f"{response.status_code} for {path}, linked from {origin}")
        if "Location" in response.headers:
            yield from self._leads(path, [response.headers["Location"]])
        elif response.headers["Content-Type"].startswith("text/html"):
            page = self.pages[path] = Page(response.content.decode())
            match = response.wsgi_request.resolver_match
            self.names[path] = match.view_name if match else ""
            self.faults += [f"{path}: {fault}" for fault in page.faults()]
            yield from self._leads(path, page.links())

    def _leads(self, path: str, found: Iterable[str]) -> Iterator[str]:
        """Yield those that are ours."""
        for href in found:
            address, fragment = urldefrag(urljoin(path, href))
            if address.startswith(ELSEWHERE) or urlsplit(address).netloc:
                self.outside.add(address)
                continue
            if fragment:
                self.anchors.append((path, address, fragment))
            yield address

    def _check_anchors(self) -> None:
        for path, address, fragment in self.anchors:
            if address in self.pages and fragment not in self.pages[address].ids:
                self.faults.append(f"{path} leads to #{fragment}, which {address} has not")

    def titles(self) -> dict[str, set[str]]:
        """Return the pages that bear each title, each page by the one address that it has."""
        found: dict[str, set[str]] = {}
        for path, page in self.pages.items():
            name = page.canonical or urlsplit(path).path
            found.setdefault(page.title, set()).add(name)
        return found
