"""A browser without a window: one connection, its cookies, and the forms of the pages."""

import re
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from django.core import signing

from front import forms
from front.choice import Choice
from front.responses import SEE_OTHER

PATIENCE = 30
CSRF = "csrfmiddlewaretoken"


@dataclass(frozen=True)
class Answer:
    """What came back. `location` is where a redirect leads, on the same site."""

    status: int
    location: str
    text: str
    seconds: float


class Visitor:
    """Somebody at a browser of their own."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        """Go to a port of this machine; `headers` are those of a proxy in front, say."""
        self.cookies: dict[str, str] = {}
        self._port = port
        self._headers = headers or {}
        # What each last page showed of the agreement: its form sends it back.
        self._shown: dict[str, dict[str, str]] = {}
        self._tabs: list[Visitor] = []
        self._began = 0.0
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def close(self) -> None:
        """Let go of the connections; whoever comes back opens them anew."""
        for tab in self._tabs:
            tab.close()
        self._connection.close()

    def another_tab(self) -> "Visitor":
        """The same browser: a connection of its own, the same cookies."""
        tab = Visitor(self._port, self._headers)
        tab.cookies, tab._shown = self.cookies, self._shown
        self._tabs.append(tab)
        return tab

    @property
    def _csrf(self) -> str:
        """The token of forms, as its cookie has it: it changes when somebody else's turn begins."""
        return next((v for name, v in self.cookies.items() if name.endswith("csrftoken")), "")

    def get(self, path: str) -> Answer:
        """Open a page."""
        self._send("GET", path)
        return self._answer()

    def post(self, path: str, **answers: str) -> Answer:
        """Press a form's button; a form that was sent in vain leads to the page that says why."""
        self._send("POST", path, self._filled(path, answers))
        answer = self._answer()
        return self.get(answer.location) if answer.status == SEE_OTHER else answer

    def post_and_lose_the_answer(self, path: str, **answers: str) -> None:
        """Press it and go away."""
        self._send("POST", path, self._filled(path, answers))
        self._connection.close()

    def _filled(self, path: str, answers: dict[str, str]) -> dict[str, str]:
        return {CSRF: self._csrf, **self._shown.get(path, {}), **answers}

    def look_at(self, check: str) -> Answer:
        """Open the last page: what it shows goes along with each press of its button."""
        answer = self.get(check)
        found = dict(re.findall(r'name="(key|shown)" value="([^"]+)"', answer.text))
        if found:
            self._shown[check] = found
        return answer

    def fill_in_details(self, choice: Choice, slot: str, email: str, **answers: str) -> str:
        """Send the details as somebody who took five seconds; return the check page, now open."""
        path = choice.link("details", slot=slot)
        if not self._csrf:
            self.get(self.get(path).location)  # the first leads to a form with a name of its own
        rendered = signing.dumps(time.time() - 5, salt=forms.SALT)
        given = {"name": "Sam Okafor", "email": email, "agree": "on", "rendered": rendered}
        answer = self.post(path, **{**given, **answers})
        assert (answer.status, answer.location[:12]) == (302, "/book/check/"), answer.text
        self.look_at(answer.location)
        return answer.location

    def _send(self, method: str, path: str, answers: dict[str, str] | None = None) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**self._headers, "Cookie": cookies}
        if answers is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._began = time.monotonic()
        self._connection.request(method, path, urlencode(answers or {}), headers)

    def _answer(self) -> Answer:
        response = self._connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        to = urlsplit(response.headers.get("Location", ""))
        location = f"{to.path}?{to.query}" if to.query else to.path
        return Answer(response.status, location, text, time.monotonic() - self._began)
