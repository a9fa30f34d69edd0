"""Two people on one browser, one after the other: what the second finds of the first.

Once with a jar of cookies, at every address; once in Chromium, with its back button.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from playwright.sync_api import Page, sync_playwright

from attack import clients, words
from attack.browser import Browser
from attack.links import Booked, come_in, path_of, somebody
from attack.practice import Practice, slot
from attack.site import Site
from bench.https import serving_https
from chaos.aims import Aim, none_of
from prose.dates import slot_value

CHROMIUM = "KICKS_CHROMIUM"
FINISHED = "I’ve finished on this device"
BACK = 6  # presses of the back button
READING = 5_000  # milliseconds: who is quicker is taken for a script
SECOND = "Ada"
AWAY = "https://www.bbc.co.uk/"


class TwoPeople:
    """The first has a booking and an unfinished form; the second has a link of their own."""

    def __init__(self, site: Site, practice: Practice) -> None:
        """Let both book, elsewhere."""
        self.site, self.service = site, practice.victim.consultation
        self.first = Booked(site, practice, 15)
        self.second = f"{SECOND.lower()}@example.com"
        said = clients.Answers(self.second, f"{SECOND} Lind", "", "")
        clients.book(somebody(site), self.service, slot_value(slot(16)), said)
        self.tokens = clients.tokens_to(site, self.second)
        # Each time another: what somebody looks at is kept for them a while.
        self.free = count(19)

    def leave_behind(self, browser: Browser) -> list[str]:
        """Be the first on this browser; return the addresses that were open."""
        come_in(browser, self.first.token)
        draft = clients.Answers(f"{words.EMAIL}99@example.com", note=words.DRAFT)
        free = slot_value(slot(next(self.free)))
        pages = clients.fill_in(browser, self.service, free, draft)
        at = f"/booking/{self.first.booking.uid}/"
        own = [at, *(f"{at}{page}/" for page in ("change", "cancel", "reminders"))]
        own += [f"{at}appointment.ics", *(page.path for page in pages)]
        return [*dict.fromkeys(own), clients.details_path(self.service, free), "/book/", "/"]


def told(browser: Browser, paths: list[str]) -> list[str]:
    """Return what these pages say of the first."""
    kinds = words.CONFIDED | words.CONTACT
    return [
        f"{path}: {kind}"
        for path in paths
        for kind in words.told(browser.follow(browser.get(path)).text, kinds)
    ]


def in_a_jar(two: TwoPeople) -> Iterator[Aim]:
    """Let the second come in each of the ways there are."""
    for way in ("another link", "another booking", "finished on this device"):
        browser = somebody(two.site)
        paths = two.leave_behind(browser)
        seen = told(browser, paths) if way == "another link" else ["not asked"]
        _come(two, browser, way)
        yield none_of(
            f"words of the first after {way}", told(browser, paths), f"{len(paths)} pages"
        )
        if way == "another link":
            yield "the first saw them there", f"{len(seen)}", len(seen) > 2


def _come(two: TwoPeople, browser: Browser, way: str) -> None:
    if way == "another link":
        come_in(browser, two.tokens[0])
    elif way == "another booking":
        said = clients.Answers("eve@example.com", "Eve Moss", "", "")
        clients.fill_in(browser, two.service, slot_value(slot(18)), said)
    else:
        browser.post("/finish/")  # what its button sends, and the quick way out with JavaScript


@contextmanager
def chromium(site: Site) -> Iterator[tuple[str, Page]]:
    """Yield the site's address over HTTPS, on the same data, and a window of a real browser."""
    folder = site.folder / "https"
    folder.mkdir(exist_ok=True)
    own = {name: site.environment[name] for name in ("FIELD_KEYS", "SECRET_KEY")}
    # Playwright's loop stays in this thread: Django would take each query for an asynchronous one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with (
        serving_https(site.environment["DATABASE_URL"], folder, **own) as root,
        sync_playwright() as playwright,
    ):
        found = playwright.chromium.launch(executable_path=os.environ[CHROMIUM], args=flags)
        yield root, found.new_context(ignore_https_errors=True).new_page()
        found.close()


def with_the_back_button(two: TwoPeople) -> Iterator[Aim]:
    """Let the first finish, or the second come, and go back as far as it goes."""
    for way in ("finished on this device", "the quick way out", "another link"):
        with chromium(two.site) as (root, page):
            seen = _type(two, root, page)
            _go(two, root, page, way)
            found = list(_back(page))
        yield none_of(
            f"words of the first by the back button after {way}", found, f"{BACK} presses"
        )
        yield f"Chromium showed them before {way}", ", ".join(seen), bool(seen)


def _go(two: TwoPeople, root: str, page: Page, way: str) -> None:
    if way == "another link":
        page.goto(f"{root}{path_of(two.tokens[0])}")
    elif way == "the quick way out":
        page.route(f"{AWAY}**", lambda route: route.fulfill(body="The weather"))
        page.locator("[data-leave]").click()
        page.wait_for_url(f"{AWAY}**")
    else:
        page.goto(f"{root}{path_of(two.first.token)}")
        page.get_by_role("button", name=FINISHED).first.click()
        page.wait_for_url("**/finished/")


def _type(two: TwoPeople, root: str, page: Page) -> list[str]:
    """Type the details of a booking and look at them once more; return what that page says."""
    free = slot_value(slot(next(two.free)))
    page.goto(f"{root}{clients.details_path(two.service, free)}")
    said = clients.Answers(f"{words.EMAIL}98@example.com", note=words.DRAFT)
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true })")
    for name, value in said._asdict().items():
        page.fill(f"[name={name}]", value)
    page.check("[name=agree]")
    page.wait_for_timeout(READING)
    page.locator("[name=rendered]").evaluate("field => field.form.requestSubmit()")
    page.wait_for_url("**/book/check/**")
    return words.told(page.content(), words.CONFIDED | words.CONTACT)


# What stands in the boxes is in no page's source: a browser puts back what was typed there.
BOXES = "[...document.querySelectorAll('input, textarea')].map((box) => box.value).join('\\n')"


def _back(page: Page) -> Iterator[str]:
    for _ in range(BACK):
        page.go_back()
        page.wait_for_load_state()
        seen = f"{page.content()}\n{page.evaluate(BOXES)}"
        kinds = words.told(seen, words.CONFIDED | words.CONTACT)
        yield from (f"{page.url.partition('?')[0]}: {kind}" for kind in kinds)


def aims(site: Site, practice: Practice) -> Iterator[Aim]:
    """Let two people use one browser; yield the aims."""
    two = TwoPeople(site, practice)
    yield from in_a_jar(two)
    if os.environ.get(CHROMIUM):
        yield from with_the_back_button(two)
    else:
        yield f"a real browser is here ({CHROMIUM})", "none", False
