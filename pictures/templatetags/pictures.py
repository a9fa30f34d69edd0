"""A picture on a page: `{% load pictures %}{% picture therapist.portrait "face" %}`."""

from django import template
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from pictures.models import Focus, Picture
from pictures.variants import KINDS, MEDIA_TYPES

register = template.Library()

# How large a picture is shown, in CSS pixels, by where it stands: a condition, a width, and the
# height of the box that it fills. `pages.css` and `places.css` have the same boxes; there the page
# keeps their room before a file has come.
PLACES: dict[str, tuple[tuple[str, int, int], ...]] = {
    "face": (("(min-width: 992px) ", 374, 368), ("", 104, 120)),
    "small": (("", 64, 64),),
    "person": (("(min-width: 992px) ", 128, 149), ("", 72, 84)),
    "card": (("(min-width: 640px) ", 380, 178), ("", 342, 160)),
    "lead": (("(min-width: 992px) ", 650, 305), ("", 342, 160)),
    "cover": (("(min-width: 720px) ", 672, 315), ("", 366, 172)),
    "place": (("(min-width: 992px) ", 560, 350), ("", 350, 219)),
}
# On the first screen of its page: fetched at once, the others when somebody comes near.
AT_ONCE = {"face", "small", "lead", "cover"}
FALLBACK = 640  # the file for whoever knows no choice of files


@register.simple_tag
def picture(shown: Picture, place: str, *, decorative: bool = False) -> SafeString:
    """Return it in every kind, so that a browser takes the smallest that is sharp enough.

    `decorative` where words beside it say the same; one that is decoration is so everywhere.
    """
    sizes = ", ".join(_size(shown, *box) for box in PLACES[place])
    *better, last = KINDS
    sources = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        ((MEDIA_TYPES[kind], _files(shown, kind), sizes) for kind in better),
    )
    return format_html(
        '<picture>{}<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{}{}>'
        "</picture>",
        sources,
        shown.address(_nearest(shown), last),
        _files(shown, last),
        sizes,
        shown.width,
        shown.height,
        "" if decorative else shown.alt,
        SafeString(_WHEN[place in AT_ONCE]),
        _kept(shown),
    )


_WHEN = {True: ' fetchpriority="high"', False: ' loading="lazy" decoding="async"'}


def _kept(shown: Picture) -> SafeString:
    """Return the class by which a box that cuts it keeps what was chosen; none for the middle."""
    return flatatt({} if shown.focus == Focus.MIDDLE else {"class": f"kt-at-{shown.focus}"})


def _size(shown: Picture, when: str, width: int, height: int) -> str:
    """Return how wide it is drawn: a box that is filled cuts off what is over at its sides."""
    return f"{when}{max(width, round(height * shown.shape))}px"


def _files(shown: Picture, kind: str) -> str:
    return ", ".join(f"{shown.address(width, kind)} {width}w" for width in shown.widths)


def _nearest(shown: Picture) -> int:
    return max((width for width in shown.widths if width <= FALLBACK), default=min(shown.widths))
