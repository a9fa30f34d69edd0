"""The attack's browser keeps what a browser keeps, and its mail server every mail."""

import smtplib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

from attack.browser import CSRF_COOKIE, Browser
from attack.clients import LINK, messages, said_in, tokens, tokens_to
from attack.site import Site, keeping_mail
from attack.words import EMAIL
from bench.servers import Server

MAIL = "To: {0}@example.com\nSubject: Hello\nMIME-Version: 1.0\n\nhttps://x/b/{1}/ it is\n"
TOKENS = ["a" * 43, "b" * 43]
PAGE = '<form method="post" action="/said/?again=1"><input name="word" value="yes"></form>'
SAID = {
    "/in/": ["Location: /home/?a=b", "Set-Cookie: __Host-one=1; Path=/; Secure"],
    "/out/": ["Set-Cookie: __Host-one=; Max-Age=0; Path=/"],
    "/gone/": ["Set-Cookie: __Host-one=; expires=Thu, 01 Jan 1970 00:00:00 GMT"],
    "/clear/": ['Clear-Site-Data: "cache", "cookies"'],
}


class Answers(BaseHTTPRequestHandler):
    """Says what the path has in SAID, and which cookies and words came."""

    def do_GET(self) -> None:
        headers = SAID.get(self.path, [])
        self.send_response(302 if self.path == "/in/" else 200)
        for line in headers:
            self.send_header(*line.split(": ", 1))
        length = int(self.headers.get("Content-Length", 0))
        body = f"{self.headers['Cookie']} {self.rfile.read(length).decode()} {PAGE}".encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815, theirs

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[Site]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        web = Server(int(server.server_address[1]), psutil.Process(), tmp_path / "web.log")
        yield Site(web, {"TMPDIR": str(tmp_path)}, tmp_path)
        server.shutdown()


def test_it_follows_and_keeps_cookies_until_they_are_taken(attacked: Site) -> None:
    browser = Browser(attacked)
    page = browser.follow(browser.get("/in/"))
    assert (page.path, page.status) == ("/home/?a=b", 200)
    assert "__Host-one=1" in page.text
    assert attacked.trail == [("/in/", "/home/?a=b"), ("/home/?a=b", "")]
    for path in ("/out/", "/gone/", "/clear/"):
        browser.cookies["__Host-one"] = "1"
        browser.get(path)
        assert browser.cookies == {}


def test_a_form_is_sent_where_it_goes_with_the_token_of_the_cookie(attacked: Site) -> None:
    browser = Browser(attacked)
    page = browser.get("/home/")
    assert browser.press_what_leads(page, "/elsewhere/") is None
    with pytest.raises(LookupError, match="has no form with"):
        page.form("none")
    sent = browser.press(page, page.form("word"), word="no")
    assert urlsplit(sent.path).path == "/said/"
    said = parse_qs(sent.text.split()[-6])
    assert said == {"csrfmiddlewaretoken": [browser.cookies[CSRF_COOKIE]], "word": ["no"]}


def test_every_mail_is_kept_with_the_links_in_it(attacked: Site) -> None:
    with keeping_mail({}, attacked.folder) as address:
        port = urlsplit(address).port
        assert port
        with smtplib.SMTP("127.0.0.1", port) as client:
            for name, token in zip(("sam", EMAIL), TOKENS, strict=True):
                mail = MAIL.format(name, token)
                client.sendmail("robin@kicks.example", ["sam@example.com"], mail)
    assert LINK.findall(said_in(next(messages(attacked)))) == TOKENS[:1]
    assert tokens_to(attacked, "sam@example.com") == TOKENS[:1]
    assert tokens_to(attacked, "example.com") == TOKENS[1:]
    assert tokens_to(attacked, "example.com", frozenset(TOKENS[1:])) == TOKENS[:1]
    assert [*tokens(attacked).values()] == TOKENS[1:]
