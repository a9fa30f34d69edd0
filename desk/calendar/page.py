"""The calendar: a week with nothing opened, with a meeting or with a free time; and a month."""

from datetime import date, datetime
from typing import Any

from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from desk.calendar.card import card_of
from desk.calendar.free_card import free_card
from desk.calendar.month import month_of
from desk.calendar.opened import opened_at
from desk.calendar.week import Opened, Week, days, read_week
from desk.calendar.whose import Whose, meeting_of, whose, whose_meeting
from desk.diary_admin import now_of
from prose.dates import UK, parse_day, parse_slot
from prose.parameters import param

WRONG_DAY = "That isn’t a date that this calendar has. Enter one between 2000 and 2199."
WRONG_TIME = "That isn’t a time that can be pressed. Choose one of the calendar."


def calendar(request: HttpRequest) -> HttpResponse:
    """Show the week of a date, or this one."""
    mine = _allowed(request)
    if mine is None:
        return _nobody(request)
    day, wrong = _day(request)
    cancelled = bool(param(request, "cancelled"))
    week = read_week(mine, day, now_of(request), cancelled=cancelled)
    other = mine.address("calendar", day=f"{day}", **({} if cancelled else {"cancelled": "1"}))
    return _week_page(request, week, day, wrong=wrong, cancelled=cancelled, cancelled_url=other)


def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the week of a meeting with its card: the address is the meeting's own."""
    _require_right(request)
    booking, now = meeting_of(request, pk), now_of(request)
    mine = whose_meeting(request, booking)
    day = booking.start.astimezone(UK).date()
    week = read_week(mine, day, now, cancelled=booking.is_cancelled)
    card = card_of(booking, now, request.user)
    return _week_page(request, week, day, card=card, opened=opened_at(week, booking.start))


def free_time(request: HttpRequest) -> HttpResponse:
    """Show the week of a free time with what can be done with it."""
    mine = _allowed(request)
    if mine is None:
        return _nobody(request)
    start, now = parse_slot(param(request, "start")), now_of(request)
    day = start.astimezone(UK).date() if start else _today(now)
    week = read_week(mine, day, now)
    if start is None:
        return _week_page(request, week, day, wrong=WRONG_TIME)
    free = free_card(week, start)
    return _week_page(request, week, day, free=free, opened=opened_at(week, start))


def calendar_month(request: HttpRequest) -> HttpResponse:
    """Show the month of a date, or this one."""
    mine = _allowed(request)
    if mine is None:
        return _nobody(request)
    day, wrong = _day(request)
    month = month_of(mine, day, _today(now_of(request)))
    return _page(request, "month", month.title, mine, month=month, wrong=wrong, shown_day=day)


def _require_right(request: HttpRequest) -> None:
    if not request.user.has_perm("bookings.view_booking"):
        raise PermissionDenied


def _allowed(request: HttpRequest) -> Whose | None:
    _require_right(request)
    return whose(request)


def _today(now: datetime) -> date:
    return now.astimezone(UK).date()


def _day(request: HttpRequest) -> tuple[date, str]:
    """Return the date that is asked for; today, and what is wrong, where none is."""
    today = _today(now_of(request))
    if not request.GET.get("day"):
        return today, ""
    found = parse_day(param(request, "day"))
    return (found, "") if found else (today, WRONG_DAY)


def _nobody(request: HttpRequest) -> HttpResponse:
    """Say that there is no diary to look at."""
    context = {**site.each_context(request), "title": "Calendar"}
    return TemplateResponse(request, "desk/calendar/nobody.html", context)


def _week_page(
    request: HttpRequest, week: Week, day: date, *, opened: Opened | None = None, **facts: Any
) -> HttpResponse:
    mine = week.whose
    shown = {
        "week": week,
        "days": list(days(week, opened)),
        "opened": opened,
        "before": week.beside(-1),
        "after": week.beside(1),
        "closed": f"{mine.week(day)}#d{opened.day}" if opened else "",
        "shown_day": day,
        **week.frame(),
    }
    return _page(request, "week", week.title, mine, **shown, **facts)


def _page(request: HttpRequest, name: str, title: str, mine: Whose, **facts: Any) -> HttpResponse:
    today = _today(now_of(request))
    day = facts["shown_day"]
    context = {
        **site.each_context(request),
        "title": f"Calendar: {title}",
        "whose": mine,
        "this_week": mine.week(today),
        "this_month": mine.month(today),
        "week_url": mine.week(day),
        "month_url": mine.month(day),
        **facts,
    }
    return TemplateResponse(request, f"desk/calendar/{name}.html", context)
