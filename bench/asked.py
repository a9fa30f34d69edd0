"""What is asked of the servers: the app's pages, and answers as data."""

from bench import diary, group
from bench.databases import DATABASES, HISTORY, use
from bench.servers import HOST, Server, Task

PAGE_REQUESTS, DRAFTS, DEAR_REQUESTS, GROUP_REQUESTS = 900, 300, 90, 20
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
    body = f"csrfmiddlewaretoken={CSRF}&key={key}&shown={shown}"
    return (
        f"POST /book/check/{draft}/ HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n"
        f"X-Forwarded-For: 10.0.{number // 250}.{number % 250}\r\nReferer: https://{HOST}/\r\n"
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


def dear_tasks(apps: Servers) -> list[Task]:
    """Return what is asked of the pages before it and after it."""
    tasks = []
    for name in HISTORY:
        use(DATABASES[name])
        session, addresses = diary.chooser()
        choosing = [get(address, session) for address in addresses]
        tasks += [
            Task(f"choose {name}", apps[name], [get(diary.pages()["choose"])], DEAR_REQUESTS),
            Task(f"details {name}", apps[name], choosing, DEAR_REQUESTS // len(choosing)),
        ]
    return tasks


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
