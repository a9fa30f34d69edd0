"""What a page loses on the narrowest screen, with large letters, in forced colours; what moves."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.flows.visits import HEIGHT

# A wide window at 400 %, or the smallest phone; and half a desk with letters twice as large.
# And a phone on which somebody reads letters twice as large.
WINDOWS = ((320, "100%"), (640, "200%"), (390, "200%"))

# The river is a drawing: that its ends lie outside is how it is drawn. Nothing scrolls sideways
# where the hero cuts off what it holds, so its words are measured. What is typed into one line runs
# on behind its end wherever it is longer.
CUT = """() => {
  const root = document.documentElement, found = [];
  if (root.scrollWidth > root.clientWidth) found.push("it scrolls sideways");
  const name = (e) => `${e.tagName} ${e.getAttribute("class") || ""}`;
  const drawn = ":not(.visually-hidden, .visually-hidden *, .kt-day__w, .kt-trap, .kt-skip, "
    + ".kt-hero, input, svg, svg *)";
  for (const e of document.querySelectorAll(`body *${drawn}`))
    if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible")
      found.push(`cuts ${name(e)}`);
  for (const e of document.querySelectorAll(".kt-hero__text *, main h1, .btn, .kt-day, .kt-slot"))
    if (e.getBoundingClientRect().right > innerWidth + 1) found.push(`pushes out ${name(e)}`);
  return found;
}"""

# What is told apart by its ground alone has none where the reader's colours rule: it needs a line.
BOXES = (
    ".btn, button, .form-control, .form-select, .form-check-input, a.kt-day, button.kt-slot, "
    ".kt-notice, .kt-errors, .kt-help, .kt-cta, .kt-ticket, .kt-sofar, .kt-person, "
    ".kt-way, .kt-card, .kt-policy, .kt-tag, .kt-contents, .kt-embed__time"
)
BARE = """(boxes) => {
  const ground = getComputedStyle(document.body).backgroundColor;
  return [...document.querySelectorAll(boxes)].filter((e) => {
    const look = getComputedStyle(e), sides = ["Top", "Right", "Bottom", "Left"];
    const line = (side) => parseFloat(look[`border${side}Width`]) > 0
      && look[`border${side}Style`] !== "none" && look[`border${side}Color`] !== ground;
    return e.getClientRects().length && !sides.some(line);
  }).map((e) => `shows no edge of ${e.tagName} ${e.className} in forced colours`);
}"""

MOVING = """() => [...document.querySelectorAll("*")].filter((e) => {
  const look = getComputedStyle(e), lasts = look.transitionDuration.split(", ");
  return look.animationName !== "none" || lasts.some((seconds) => seconds !== "0s");
}).map((e) => `moves ${e.tagName} ${e.className}`)"""


def losses(page: Page) -> Iterator[str]:
    """Yield what is lost; the page is left as it was found, but for the size of its window.

    Browsers of the flows ask for less movement (visits.py).
    """
    yield from page.evaluate(MOVING)
    for width, letters in WINDOWS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate("size => document.documentElement.style.fontSize = size", letters)
        yield from (f"{width} px, letters {letters}: {lost}" for lost in page.evaluate(CUT))
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.emulate_media(forced_colors="active")
    yield from page.evaluate(BARE, BOXES)
    page.emulate_media(forced_colors="none")
