"""A browser without a window that anybody may hold: its cookies, its address, what came back."""

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPMessage
from http.cookies import Morsel, SimpleCookie
from time import perf_counter
from urllib.parse import urlencode, urljoin, urlsplit

from attack.forms import Form, Pairs, forms_of
from attack.site import Site
from bench.servers import HOST

PATIENCE = 60
TAGS, SHOWN = re.compile(r"<[^>]*>"), 200
MOST_STEPS = 8
CSRF_FIELD, CSRF_COOKIE = "csrfmiddlewaretoken", "__Host-csrftoken"
STAFF_CSRF_COOKIE = "__Host-staff-csrftoken"
CSRF = "0123456789abcdefghijABCDEFGHIJ01"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Page:
    """What came back to one request."""

    path: str
    status: int
    headers: HTTPMessage
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The words, and the headers."""
        return f"{self.headers}\n{self.body.decode(errors='replace')}"

    @property
    def location(self) -> str:
        """Where it sends the browser, as an address of the site; empty if nowhere."""
        to = urlsplit(urljoin(self.path, self.headers.get("Location", "")))
        return "" if "Location" not in self.headers else f"{to.path}?{to.query}".rstrip("?")

    @property
    def forms(self) -> list[Form]:
        """Its forms."""
        return forms_of(self.body.decode(errors="replace"))

    def form(self, *names: str) -> Form:
        """Return the first form that is posted and has fields of these names."""
        for form in self.forms:
            if form.is_post and all(map(form.has, names)):
                return form
        shown = " ".join(TAGS.sub(" ", self.text.partition("<main")[2]).split())[:SHOWN]
        raise LookupError(f"{self.path} ({self.status}) has no form with {names}: {shown}")


class Browser:
    """Somebody at a browser of their own; one connection, kept."""

    def __init__(self, site: Site, address: str = "198.51.100.7") -> None:
        """Ask `site` from a network address."""
        self.cookies: dict[str, str] = {}
        self.address = address
        self._site = site
        self._connection = HTTPConnection("127.0.0.1", site.web.port, timeout=PATIENCE)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let go of the connection; whoever asks again opens another."""
        self._connection.close()

    def get(self, path: str, **headers: str) -> Page:
        """Open a page."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: Pairs | Mapping[str, str] = ()) -> Page:
        """Send a form as the site's own pages do."""
        kept_in = STAFF_CSRF_COOKIE if path.startswith("/admin/") else CSRF_COOKIE
        self.cookies.setdefault(kept_in, CSRF)
        pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
        token = self.cookies[kept_in]
        pairs = [(name, value) for name, value in pairs if name != CSRF_FIELD]
        body = urlencode([(CSRF_FIELD, token), *pairs]).encode()
        return self.ask("POST", path, body, {"Content-Type": FORM})

    def press(self, page: Page, form: Form, **answers: str) -> Page:
        """Send a form of a page with other answers."""
        return self.post(urljoin(page.path, form.action or page.path), form.sent(**answers))

    def press_what_leads(self, page: Page, to: str) -> Page | None:
        """Press the button whose form goes to such an address; None if the page has none."""
        found = next((form for form in page.forms if form.is_post and to in form.action), None)
        return self.press(page, found) if found else None

    def follow(self, page: Page) -> Page:
        """Go where a page sends the browser, to the end."""
        for _ in range(MOST_STEPS):
            if page.status not in (301, 302, 303, 307, 308):
                return page
            page = self.get(page.location)
        return page

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Send any request at all; a connection that was closed meanwhile is opened again."""
        with self._lock:
            began = perf_counter()
            try:
                response = self._sent(method, path, body, headers or {})
            except (ConnectionError, HTTPException):
                self._connection.close()
                if not isinstance(body, bytes | None):
                    raise
                response = self._sent(method, path, body, headers or {})
            status, said, came = response
            page = Page(path, status, said, came, perf_counter() - began)
        self._keep(said.get_all("Set-Cookie") or [], said.get("Clear-Site-Data", ""))
        self._site.trail.append((path, said.get("Location", "")))
        return page

    def _sent(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None,
        headers: Mapping[str, str],
    ) -> tuple[int, HTTPMessage, bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": self.address,
            "Referer": f"https://{HOST}/",
            **({"Cookie": cookies} if cookies else {}),
            **headers,
        }
        self._connection.request(method, path, body, own, encode_chunked=False)
        response = self._connection.getresponse()
        return response.status, response.headers, response.read()

    def _keep(self, set_cookies: list[str], cleared: str) -> None:
        """Do with the cookies what a browser does."""
        if '"cookies"' in cleared:
            self.cookies.clear()
        for line in set_cookies:
            for name, morsel in SimpleCookie(line).items():
                if _is_over(morsel):
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


def _is_over(morsel: "Morsel[str]") -> bool:
    if morsel["max-age"] == "0":
        return True
    return bool(morsel["expires"]) and parsedate_to_datetime(morsel["expires"]) < datetime.now(UTC)
