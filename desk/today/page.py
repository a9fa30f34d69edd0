"""Today: read on a phone between two meetings, in the order in which it is needed."""

from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from desk.diary_admin import now_of
from desk.mail import trouble_banner
from desk.today import meetings, waiting
from desk.today.mail_cards import mail_cards
from desk.today.meetings import Meeting
from desk.today.shown import Shown, shown_to
from desk.today.waiting import Card
from prose.dates import UK, day_label


def today(request: HttpRequest) -> HttpResponse:
    """Show whoever is signed in their day, and what waits for them."""
    now, context = now_of(request), site.each_context(request)
    day = day_label(now.astimezone(UK).date(), year=False)
    facts: dict[str, Any] = {"title": "Today", "day": day}
    if request.user.has_perm("bookings.view_booking"):
        shown = shown_to(request)
        facts |= {"shown": shown, **_day(request, shown, now)}
        facts["menu"] = _counted(context["menu"](), facts)
    return TemplateResponse(request, "desk/today/page.html", {**context, **facts})


def _day(request: HttpRequest, shown: Shown, now: datetime) -> dict[str, Any]:
    may_record = request.user.has_perm("bookings.record_booking")
    past = waiting.past(shown, now) if may_record else []
    mail, troubles = mail_cards(request, shown), list(trouble_banner.troubles(request))
    cards = [*_cards(request, shown, now, past), *mail]
    return {
        "days": meetings.days(shown, now, may_record=may_record),
        "tomorrow": day_label(now.astimezone(UK).date() + timedelta(days=1), year=False),
        "attendance": [(press.say, press.word) for press in waiting.ATTENDANCE],
        "cards": cards[: waiting.MOST],
        "more": len(cards) - waiting.MOST,
        "waiting": len(cards),
        "unreached": len(mail),
        "recorded": _recorded(past, now),
        # What came back has a card of its own here.
        "mail_trouble": [one for one in troubles if one["which"] != "failed" or not mail],
        "mail_runs": not any(one["which"] != "failed" for one in troubles),
    }


def _cards(request: HttpRequest, shown: Shown, now: datetime, past: list[Meeting]) -> list[Card]:
    """Return what waits in the diaries, the oldest first."""
    waits = [*waiting.record_cards(past), *waiting.open_cards(shown, now)]
    if request.user.has_perm("bookings.waive_booking"):
        waits += waiting.late_cards(shown, now)
    return sorted(waits, key=attrgetter("since"))


def _recorded(past: list[Meeting], now: datetime) -> list[Meeting]:
    """Return what was recorded today of days before: until midnight it can be taken back here."""
    begins = meetings.midnight(now)
    return [one for one in past if one.can_undo and one.booking.end <= begins]


def _counted(menu: list[Any], facts: dict[str, Any]) -> list[Any]:
    """Return the menu with what waits beside its entries."""
    counts = {"today": facts["waiting"], "mail": facts["unreached"]}
    return [replace(entry, count=counts.get(entry.icon, 0)) for entry in menu]
