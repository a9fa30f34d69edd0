"""The forms of a page, as a browser would send them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

Pairs = Sequence[tuple[str, str]]
Attributes = list[tuple[str, str | None]]
WORDS = {"text", "email", "tel", "url", "search", "textarea"}
UNSENT = {"submit", "button", "image", "reset", "file"}


@dataclass
class Field:
    """One field: what it would send as it stands (`values`), and what it offers."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form, its fields in their order, and the names of its buttons."""

    action: str = ""
    method: str = "get"
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_post(self) -> bool:
        """Whether it may change something."""
        return self.method == "post"

    def sent(self, **answers: str) -> list[tuple[str, str]]:
        """Return what is sent when its first button is pressed, with these answers instead."""
        sent = [
            (one.name, value)
            for one in self.fields
            if one.name not in answers
            for value in one.values
        ]
        return [*sent, *answers.items(), *self.buttons[:1]]

    def has(self, name: str) -> bool:
        """Whether there is a field of that name."""
        return any(one.name == name for one in self.fields)

    def words(self) -> Iterator[Field]:
        """Yield the fields that take words."""
        return (one for one in self.fields if one.kind in WORDS)

    def choices(self, name: str) -> list[str]:
        """Return what may be chosen in a field; nothing if there is none of that name."""
        return [option for one in self.fields if one.name == name for option in one.options]

    def changed(self, word: str) -> "Form":
        """Return the form with its first written words changed."""
        first = next((one for one in self.words() if any(one.values)), None)
        if first is None:
            return self
        other = replace(first, values=[f"{word}{value}" for value in first.values])
        return replace(self, fields=[other if one is first else one for one in self.fields])


class _Reader(HTMLParser):
    """Collects the forms; a field outside of them that names its form belongs to it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._named: dict[str, Form] = {}
        self._form: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
            self._named[given.get("id", "")] = self._form
        elif tag == "option" and self._select is not None:
            self._option(given)
        elif tag in {"input", "select", "textarea", "button"}:
            self._field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select is not None:
            self._choose_first(self._select)
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.values[0] += data

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form = self._named.get(given["form"]) if "form" in given else self._form
        name = given.get("name", "")
        if form is None or not name or "disabled" in given:
            return
        kind = given.get("type", "submit" if tag == "button" else "text").lower()
        if tag == "button" or kind in UNSENT:
            form.buttons += [(name, given.get("value", ""))] if kind == "submit" else []
            return
        found = Field(name, tag if tag != "input" else kind)
        form.fields.append(found)
        if tag == "select":
            self._select = found
            found.kind = "multiple" if "multiple" in given else "select"
        elif tag == "textarea":
            self._area = found
            found.values = [""]
        elif kind not in {"checkbox", "radio"}:
            found.values = [given.get("value", "")]
        else:
            found.options = [given.get("value", "on")]
            found.values = [*found.options] if "checked" in given else []

    def _option(self, given: dict[str, str]) -> None:
        assert self._select is not None
        self._select.options.append(given.get("value", ""))
        if "selected" in given:
            self._select.values.append(given.get("value", ""))

    @staticmethod
    def _choose_first(select: Field) -> None:
        """A list of which one must be chosen shows its first."""
        if select.kind == "select" and not select.values:
            select.values = select.options[:1]


def forms_of(page: str) -> list[Form]:
    """Return the forms of a page of HTML."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
