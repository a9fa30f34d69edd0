"""What is asked of the servers: the app's pages, and answers as data."""

import time
from collections.abc import Sequence
from urllib.parse import urlencode

from django.core import signing

from bench import diary, group
from bench.databases import DATABASES, HISTORY, use
from bench.servers import HOST, Server, Task
from bench.visitors import Prepared
from front.forms import SALT

PAGE_REQUESTS, DRAFTS, DEAR_REQUESTS, GROUP_REQUESTS = 900, 300, 90, 20
# What is typed into the details; the page was shown a while ago, as to somebody who reads it.
TYPED = {"name": "Sam Okafor", "email": "sam@example.com", "note": "I’d like to talk about work."}
READ_FOR = 60  # seconds
DATA_REQUESTS, TURNS = 200, 5
CSRF = "0123456789abcdefghijABCDEFGHIJ01"
Servers = dict[str, Server]


def get(path: str, session: str = "") -> str:
    """Return a GET as it comes from the proxy in front."""
    cookie = f"Cookie: __Host-sessionid={session}\r\n" if session else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n{cookie}"
        "X-Forwarded-For: 192.0.2.1\r\nAccept: text/html\r\nAccept-Encoding: gzip, br\r\n\r\n"
    )


def post(number: int, session: str, draft: str, key: str, shown: str) -> str:
    """Return the press that books, each visitor's from an address of their own."""
    address = f"10.0.{number // 250}.{number % 250}"
    return _post(_check(draft), session, {"key": key, "shown": shown}, address)


def _check(draft: str) -> str:
    return f"/book/check/{draft}/"


def _post(path: str, session: str, sent: dict[str, str], address: str = "192.0.2.1") -> str:
    body = urlencode({"csrfmiddlewaretoken": CSRF, **sent})
    return (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n"
        f"X-Forwarded-For: {address}\r\nReferer: https://{HOST}/\r\n"
        f"Cookie: __Host-sessionid={session}; __Host-csrftoken={CSRF}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        f"{body}"
    )


def times_tasks(apps: Servers) -> list[Task]:
    """Return what is asked of the times page."""
    pages = diary.pages()
    own = [get(f"{pages['time']}&draft=bench{number}") for number in range(DRAFTS)]
    return [
        *(Task(f"time {n}", app, [get(pages["time"])], PAGE_REQUESTS) for n, app in apps.items()),
        *(Task(f"time, a day {n}", apps[n], [get(pages["day"])], PAGE_REQUESTS) for n in HISTORY),
        # A page that is rendered anew: it carries its visitor's draft.
        *(Task(f"time, a draft {n}", apps[n], own) for n in HISTORY),
    ]


def dear_tasks(apps: Servers, lookers: Sequence[Prepared]) -> list[Task]:
    """Return what is asked of the pages before it and after it, up to the press that books."""
    looks = [get(_check(draft), session) for _, session, draft, _, _ in lookers]
    tasks = []
    for name in HISTORY:
        use(DATABASES[name])
        session, addresses = diary.chooser()
        choosing = [get(address, session) for address in addresses]
        session, addresses = diary.sender()
        sending = [_post(address, session, _answers()) for address in addresses]
        app = apps[name]
        tasks += [
            Task(f"home {name}", app, [get(diary.pages()["home"])], DRAFTS),
            Task(f"choose {name}", app, [get(diary.pages()["choose"])], DEAR_REQUESTS),
            Task(f"chosen {name}", app, [get(diary.pages()["chosen"])], DRAFTS, expected=302),
            Task(f"details {name}", app, choosing, DEAR_REQUESTS // len(choosing)),
            Task(f"details sent {name}", app, sending, DEAR_REQUESTS // len(sending), expected=302),
            Task(f"check {name}", app, looks),
        ]
    return tasks


def _answers() -> dict[str, str]:
    """Return what the details page sends; whoever sends it was shown it a while ago."""
    shown = signing.dumps(time.time() - READ_FOR, salt=SALT)
    return {**TYPED, "agree": "on", "rendered": shown}


def data_tasks(servers: Servers) -> list[Task]:
    """Return what is asked as data, ours and what stands beside it."""
    beside = {
        "first": "/first",
        "first, rows": "/first-rows",
        "next, full year": f"/next/{group.FULL}",
        "next, free year": f"/next/{group.FREE}",
    }
    one, few = servers["1k"], servers["group"]
    return [
        # These are compared closely, so they take turns.
        Task("bare 1k", one, [get("/bare")], DATA_REQUESTS),
        *(
            Task(f"starts {n}", each, [get("/starts")], DATA_REQUESTS)
            for n, each in servers.items()
        ),
    ] * TURNS + [Task(f"{n} group", few, [get(path)], GROUP_REQUESTS) for n, path in beside.items()]
