"""What the template of the page that books is given, and what the page says is wrong."""

from collections.abc import Sequence
from typing import Any

from availability.models import Format
from desk.bookings import book_words
from desk.bookings.book_draft import Draft, price_typed
from desk.bookings.book_form import EVERY, FEWEST_TIMES, MOST_TIMES
from desk.bookings.book_words import DateShown
from prose.dates import UK, day_label, time_label

NO_NAME = "Give their name."
NO_DATE = "All dates are left out: keep one at least."
TICK = "Tick “Book anyway”, or choose another time."
TICK_OR_LEAVE_OUT = "tick “Book anyway”, or leave it out."
OF_SOMEBODY_NEW = ("name", "email", "phone")
GLYPHS = {Format.IN_PERSON: "chair", Format.ONLINE: "laptop", Format.WALKING: "walk"}


def errors_of(draft: Draft) -> list[tuple[str, str]]:
    """Return what has to be put right before it can be booked: where, and in words."""
    found = [("q", draft.who.error)] if draft.who.error else []
    found += _errors_of_form(draft)
    if found:
        return found
    if not draft.starts:
        return [("dates", NO_DATE)]
    dates = draft.dates()
    wrong = [one for one in dates if not one.is_right]
    return [_of_date(one, is_several=len(dates) > 1) for one in wrong] or draft.notices()


def _of_date(date: DateShown, *, is_several: bool) -> tuple[str, str]:
    """Return what is to be done about a date."""
    if not is_several:
        return f"date-{date.slot}", date.refused or TICK
    return f"date-{date.slot}", f"{date.label}: {date.refused or TICK_OR_LEAVE_OUT}"


def _errors_of_form(draft: Draft) -> list[tuple[str, str]]:
    """Return the form's; what is typed of somebody new counts only if it is for them."""
    is_new = draft.who.is_new
    found = [
        (name, str(words))
        for name, errors in draft.form.errors.items()
        for words in errors
        if is_new or name not in OF_SOMEBODY_NEW
    ]
    if is_new and "name" not in draft.form.errors and not draft.data.get("name", "").strip():
        found.insert(0, ("name", NO_NAME))
    return found


def shown(draft: Draft, errors: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return all that the template says."""
    if not draft.has_something:
        return {"has_something": False}
    dates = draft.dates()
    return {
        "has_something": True,
        "who": draft.who,
        "typed": _typed(draft),
        "therapists": _therapists(draft),
        "services": _services(draft),
        "places": _places(draft),
        "every": [(value, label, draft.data.get("every", "") == value) for value, label in EVERY],
        "fewest": FEWEST_TIMES,
        "most": MOST_TIMES,
        "dates": dates,
        "is_several": len(draft.form.starts) > 1,
        **_all_at_once(dates),
        "clocks": book_words.clocks(draft.form.starts),
        "seen": draft.seen,
        "day": draft.day(dates),
        "mail": draft.mail,
        "consent": draft.consent,
        "notice": draft.notice,
        "errors": errors,
        "error": dict(reversed(errors)),
        "was_service": draft.data.get("was_service", ""),
        "bar": _bar(draft, dates),
        "is_pressed": draft.is_pressed,
    }


def _all_at_once(dates: Sequence[DateShown]) -> dict[str, Any]:
    """Return what one tick sends that accepts all warnings, where several dates have some."""
    warned = [one for one in dates if one.keys]
    if len(warned) < 2:  # noqa: PLR2004, one has its own
        return {"all_keys": ""}
    return {
        "all_keys": "\n".join(one.keys for one in warned),
        "all_accepted": all(one.is_accepted for one in warned),
    }


def _typed(draft: Draft) -> dict[str, str]:
    """Return what fields show: what was typed, be it right or not."""
    names = ("q", "email", "phone", "day", "at", "times", "price", "told")
    service = draft.form.said.get("service")
    return {
        **{name: draft.data.get(name, "") for name in names},
        "name": draft.who.name,
        "key": str(draft.form.press_key),
        "price_was": price_typed(service) if service else "",
    }


def _therapists(draft: Draft) -> list[tuple[str, str, bool]]:
    """Return whose diary it may be, where there are several."""
    several = draft.therapists if len(draft.therapists) > 1 else []
    return [(str(one.pk), one.name, one == draft.therapist) for one in several]


def _services(draft: Draft) -> list[dict[str, Any]]:
    chosen = draft.data.get("service")
    return [
        {
            "pk": one.pk,
            "name": one.name,
            "hint": f"{one.length_minutes} minutes, {one.price_label.lower()}",
            "is_chosen": str(one.pk) == chosen,
        }
        for one in draft.services
    ]


def _places(draft: Draft) -> list[dict[str, Any]]:
    """Return how they can meet, by name where a way has several places."""
    ways, chosen = [one.format for one in draft.places], draft.data.get("place")
    return [
        {
            "pk": one.pk,
            "label": one.get_format_display(),
            "hint": one.name if ways.count(one.format) > 1 else "",
            "glyph": GLYPHS[Format(one.format)],
            "is_chosen": str(one.pk) == chosen,
        }
        for one in draft.places
    ]


def _bar(draft: Draft, dates: Sequence[DateShown]) -> dict[str, str]:
    """Return what the bar at the bottom says: what the button will do, or what is missing."""
    who, starts = draft.who, draft.starts
    missing = [] if who.called else ["who it is for"]
    missing += [] if starts else ["a time"]
    if missing:
        words = f"Choose {' and '.join(missing)}."
        return {"strong": "Nothing is booked yet", "words": words}
    if any(one.refused and not one.is_left_out for one in dates):
        words = "One of the dates can’t be had." if len(dates) > 1 else "That time can’t be had."
        return {"strong": "Nothing is booked yet", "words": f"{words} See above"}
    day = day_label(starts[0].astimezone(UK).date(), year=False)
    strong = f"{who.called}, {day}, {time_label(starts[0])}"
    words = book_words.what_it_does(draft.form, draft.mail, len(starts))
    asks = sum(not one.is_right for one in dates)
    if asks:
        words = f"{words}. First tick “Book anyway” above"
    return {"strong": strong, "words": words}
