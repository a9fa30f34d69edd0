"""What the page that books knows: who, what and when, as far as they are typed, and all dates."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.text import get_text_list

from availability import access, walltime
from availability.diary import Diary
from availability.models import Place, Service, Therapist
from availability.walltime import utc
from bookings import busy, lifecycle
from bookings.eligibility import may_book_sessions
from bookings.lifecycle import Person, Request
from clients.models import Consent, PrivacyNotice
from desk.bookings import book_day, book_words
from desk.bookings.book_form import BookForm
from desk.bookings.book_who import Who, who_is_meant
from desk.bookings.book_words import DateShown
from desk.diary_admin import now_of
from desk.why_not.reason_words import Explainer
from prose.dates import UK, parse_slot, slot_value

USUAL_TIMES = "6"
PRICE_IS_NEW = "This is the price of what is booked now. Check it, then press once more."
DATES_ARE_NEW = "Look through the dates, then press once more."
MAIL_IS_NEW = "They have an email address now. Check what is emailed, then press once more."


class Draft:
    """One booking, or several of one kind, as far as they are decided; nothing is written."""

    def __init__(self, request: HttpRequest, cards: Any, data: QueryDict) -> None:
        """Take what the page sent, or what its address asks for."""
        self.request, self.now = request, now_of(request)
        self.is_pressed = data.get("press") == "book"
        self.who: Who = who_is_meant(request, cards, data, is_pressed=self.is_pressed)
        whose = access.therapists_of(request.user)
        all_services = list(Service.objects.offered().filter(therapist__in=whose))
        self.therapists = list({one.therapist_id: one.therapist for one in all_services}.values())
        self.therapist = _chosen(self.therapists, data.get("therapist", ""))
        self.services = [one for one in all_services if one.therapist == self.therapist]
        active = Place.objects.filter(therapist=self.therapist, is_active=True)
        self.places = list(active) if self.therapist else []
        self.data = self._filled(data.copy()) if self.has_something else data.copy()
        self.form = BookForm(self.data, self.services, self.places)
        self.despite = frozenset(
            key for keys in data.getlist("despite") for key in keys.splitlines()
        )

    @property
    def has_something(self) -> bool:
        """Whether there is a service and a place, so that something can be booked."""
        return bool(self.services and self.places)

    def _filled(self, data: QueryDict) -> QueryDict:
        """Return what was sent, with what is usual where nothing was."""
        self._fill_when(data)
        service = self._fill_service(data)
        places = [one for one in self.places if one.format in service.formats] or self.places
        if data.get("place") not in {str(one.pk) for one in places} and not self.is_pressed:
            data["place"] = str(places[0].pk)
        is_first = self.request.method == "GET"
        if is_first or (not self.is_pressed and data["price"] == data.get("price_was")):
            data["price"] = price_typed(service)
        if is_first or (not self.is_pressed and self._mail_is_new(data)):
            data["tells"] = data["reminds"] = "on"
        return data

    def _fill_when(self, data: QueryDict) -> None:
        if self.request.method == "GET":
            data["key"] = str(uuid.uuid4())
        data.setdefault("times", USUAL_TIMES)
        start = parse_slot(data.get("instead") or data.get("start", ""))
        if start:
            data["day"], data["at"] = slot_value(start).split("T")
        if "day" not in data:
            data["day"] = self.now.astimezone(UK).date().isoformat()

    def _fill_service(self, data: QueryDict) -> Service:
        """Choose what is usual for them, until somebody chooses otherwise."""
        by_pk = {str(one.pk): one for one in self.services}
        posted = data.get("service", "")
        is_untouched = posted == data.get("was_service", "")
        if posted in by_pk and (self.is_pressed or not is_untouched):
            return by_pk[posted]
        usual = self._usual_service()
        if not self.is_pressed:
            data["service"] = data["was_service"] = str(usual.pk)
        return usual

    def _usual_service(self) -> Service:
        client = self.who.client
        meets = may_book_sessions(client, self.now) if client else not self.who.is_new
        usual = [one for one in self.services if one.for_clients == meets]
        return (usual or self.services)[0]

    def _mail_is_new(self, data: QueryDict) -> bool:
        """Whether the page showed that they can't be emailed, and now they can."""
        address = self.who.client.mailed_at if self.who.client else data.get("email", "").strip()
        return data.get("mail_was") == "off" and bool(address)

    @cached_property
    def starts(self) -> list[datetime]:
        """All dates that are to be booked."""
        out = self.data.getlist("skip")
        return [one for one in self.form.starts if slot_value(one) not in out]

    @cached_property
    def _read(self) -> busy.Read:
        """The diary over all dates, or over the day that is chosen: read once."""
        day = self.form.said["day"]
        days = [day, *(start.astimezone(UK).date() for start in self.form.starts)]
        span = walltime.whole_days(min(days), max(days), UK)
        therapist = self.services[0].therapist
        return busy.read_all([therapist], span)[therapist.pk]

    def _diary(self, first: datetime, last: datetime) -> Diary | None:
        said = self.form.said
        service, place = said.get("service"), said.get("place")
        if not (service and place):
            return None
        span = walltime.whole_days(first.astimezone(UK).date(), last.astimezone(UK).date(), UK)
        return busy.read_diary(service, place.format, span, self.now, read=self._read)

    @property
    def lifecycle_request(self) -> Request | None:
        """What is asked of the lifecycle; None while what, how or when is open."""
        said, who = self.form.said, self.who
        service, place, start = (said.get(name) for name in ("service", "place", "start"))
        if not (service and place and start and self.starts):
            return None
        price = said.get("price")
        return Request(
            service=service,
            format=place.format,
            place=place,
            start=self.starts[0],
            person=_person(who, said),
            note="",
            notice=None,
            key=self.form.press_key,
            price=None if price == service.price else price,
            tells=said.get("tells", False),
            reminds=said.get("reminds", False),
            told=self.told,
        )

    @cached_property
    def consent(self) -> Consent | None:
        """The last that says that they were told how their data is kept."""
        client = self.who.client
        return client.consents.select_related("notice").last() if client else None

    @cached_property
    def notice(self) -> PrivacyNotice | None:
        """What they can be told by phone; None if they know, or there is none."""
        return None if self.consent else PrivacyNotice.objects.current()

    @property
    def told(self) -> PrivacyNotice | None:
        """What they were told, in the version that the page named."""
        version = self.data.get("told", "")
        if not version or not self.notice:
            return None
        if version == str(self.notice.version):
            return self.notice
        older = PrivacyNotice.objects.filter(version=version) if version.isdecimal() else None
        return older.first() if older is not None else None

    def dates(self) -> list[DateShown]:
        """Return each date as it stands now, with what speaks against it."""
        asked, all_starts = self.lifecycle_request, self.form.starts
        known = self._diary(all_starts[0], all_starts[-1]) if all_starts else None
        if asked is None or known is None:
            return [book_words.left_out(start) for start in all_starts]
        explainer = Explainer(known, self.now)
        judged = {
            one.start: book_words.date_shown(one, self.despite, explainer, asked.place)
            for one in lifecycle.judge(asked, self.starts, self.now, self._read)
        }
        return [judged.get(one) or book_words.left_out(one) for one in all_starts]

    def day(self, dates: Sequence[DateShown]) -> book_day.DayShown | None:
        """Return the list of the day that is chosen, with what would be booked in it."""
        day = self.form.said.get("day")
        if day is None or self.therapist is None:
            return None
        noon = utc(walltime.instant(day, 12 * 60, UK))
        clashes = bool(dates and dates[0].refused)
        mine = book_words.mine(self.form, self.who, clashes=clashes)
        return book_day.shown(day, self._diary(noon, noon), self.therapist, mine, self.now)

    @property
    def mail(self) -> book_words.Mail:
        """What is emailed."""
        is_over = bool(self.starts) and all(start <= self.now for start in self.starts)
        hours = self.therapist.practice.reminder_hours if self.therapist else []
        before = get_text_list([f"{n} hour{'s' if n > 1 else ''}" for n in hours], "and")
        return book_words.mail_of(self.who, self.form, before, is_over=is_over)

    @property
    def seen(self) -> str:
        """Which dates the page lists, where there are several."""
        return ",".join(map(slot_value, self.starts)) if len(self.form.starts) > 1 else ""

    def read_again(self) -> None:
        """Forget the diary as it was read before somebody else wrote to it."""
        self.__dict__.pop("_read", None)

    def look_again(self) -> None:
        """Let what was new to the page that was pressed be on the page that is shown."""
        names = dict(self.notices())
        service = self.form.said.get("service")
        if "price" in names and service:
            self.data["price"] = price_typed(service)
        if "tells" in names:
            self.data["tells"] = self.data["reminds"] = "on"
        self.form = BookForm(self.data, self.services, self.places)

    def notices(self) -> list[tuple[str, str]]:
        """Return what the page that was pressed had not shown: the field, and in words."""
        said, found = self.form.said, []
        service, price_was = said.get("service"), self.data.get("price_was", "")
        if service and self.data.get("price") == price_was != price_typed(service):
            found.append(("price", PRICE_IS_NEW))
        if self._mail_is_new(self.data):
            found.append(("tells", MAIL_IS_NEW))
        if self.seen and self.data.get("seen", "") != self.seen:
            found.append(("dates", DATES_ARE_NEW))
        return found


def price_typed(service: Service) -> str:
    """Return a service's price as one types it."""
    return f"{service.price:.2f}".removesuffix(".00")


def _chosen(therapists: Sequence[Therapist], pk: str) -> Therapist | None:
    found = [one for one in therapists if str(one.pk) == pk]
    return next(iter(found or therapists), None)


def _person(who: Who, said: Any) -> Person:
    if who.client:
        return Person(who.client.name, who.client.email, who.client.phone, who.client)
    return Person(said.get("name") or who.name, said.get("email", ""), said.get("phone", ""))
