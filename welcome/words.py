"""What ships for a practice that has written nothing yet: words that are true of any."""

from datetime import date

HEADLINE = "A steady place to talk things through"
REASSURANCE = "There’s no need to decide anything on the day."
STEPS = (
    ("A first talk", "We meet for a short while. Ask me anything. It needn’t be your whole story."),
    (
        "Time to think",
        "Sleep on it. If I’m not right for you, I’ll say so and suggest who might be.",
    ),
    ("A first session", "If it feels right, we choose a time and a way to meet."),
)

# Every sentence under "checked" is a test of ours: who changes one changes the other.
CHECKED_ON = date(2026, 11, 23)
STATEMENT = """\
I’d like everybody to be able to read this site and to book with it, whatever they see, hear or \
can do with their hands, and however they feel when they come here.

## How it’s made

- Everything works with a keyboard alone, and without JavaScript.
- The text can be made twice as large, and the pages fit a screen 320 pixels wide, without \
anything being cut off.
- The pages follow your device when it asks for dark colours, for colours of your own, or for less \
movement.
- Each question in a form has its words beside it. A mistake is named at the top of the page and \
at the question, and what you typed is kept.
- Nothing counts down on the screen. If a time is taken while you’re typing, your answers are kept.

## How it was checked

The aim is level AA of the Web Content Accessibility Guidelines (WCAG) 2.2. Whenever the site \
changes, a program opens each kind of page in a real browser, on a phone’s screen and on a wide \
one, in light and in dark colours, with its errors and its empty states, and axe, a tool for this, \
looks for faults. The same program books with the keyboard alone, and without JavaScript.

## What hasn’t been checked

Such tools find only some of what can be wrong. The site hasn’t been tried by people who use a \
screen reader, a magnifier or voice control every day, and nobody independent has examined it. \
What lies outside of it, such as the video room or your own calendar, isn’t part of this.

## If something doesn’t work for you

Tell me what you were trying to do. I’ll find another way with you, and I’ll try to put it right.

If you’re not happy with my answer, the \
[Equality Advisory and Support Service](https://www.equalityadvisoryservice.com/) explains what \
the law says and what you can do.
"""


def statement() -> str:
    """Return the statement that ships; a function, so that no migration holds its words."""
    return STATEMENT


def checked_on() -> date:
    """Return the day on which what it says was last gone through."""
    return CHECKED_ON
