"""Browser windows, and the ears that listen to what a browser complains of."""

from types import TracebackType
from typing import Any, Literal, Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

PHONE, DESK = 390, 1280
HEIGHT = 900
# On a phone and at a desk, by day and by night.
Look = tuple[int, Literal["light", "dark"]]
LOOKS: tuple[Look, ...] = (
    (PHONE, "light"),
    (PHONE, "dark"),
    (DESK, "light"),
    (DESK, "dark"),
)
# Chromium says so of every page whose answer is not a 200; the tests look at the page itself.
STATUS = "Failed to load resource: the server responded with a status of 4"


class Visits:
    """Opens windows, each with cookies of its own, and collects what goes wrong in them."""

    def __init__(self, browser: Browser, root: str) -> None:
        self.root = root
        self.complaints: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for context in self._contexts:
            context.close()

    def open(self, path: str = "/", *, width: int = DESK, **options: Any) -> Page:
        """Open a window without history or cookies at a page of the site."""
        context = self._browser.new_context(
            base_url=self.root,
            viewport={"width": width, "height": HEIGHT},
            locale="en-GB",
            reduced_motion="reduce",
            ignore_https_errors=True,  # nobody vouches for the certificate of bench/https.py
            **options,
        )
        context.set_default_timeout(10_000)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("response", self._look)
        self._contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(STATUS):
            self.complaints.append(f"{message.page and message.page.url}: {message.text}")

    def _look(self, response: Response) -> None:
        foreign = not response.url.startswith((self.root, "data:", "blob:"))
        if (
            foreign
            or response.status >= 500
            or (response.status == 404 and "/static/" in response.url)
        ):
            self.complaints.append(f"{response.status} {response.url}")
