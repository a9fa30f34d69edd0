"""Why is this time not offered? One day of the diary, drawn, and each start with its reasons."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from availability import access, walltime
from availability.models import Format, Service
from availability.models.validators import validate_near
from bookings import busy
from desk.diary_admin import now_of
from desk.why_not import timeline
from desk.why_not.reason_words import Explainer
from prose.dates import UK, day_label


class ServiceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Services of several therapists, told apart."""

    def label_from_instance(self, obj: Service) -> str:
        return f"{obj} ({obj.therapist})"


class QuestionForm(forms.Form):
    """What, how and when."""

    service = ServiceChoice(
        Service.objects.none(), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    how = forms.ChoiceField(label="Format", choices=Format.choices, widget=UnfoldAdminSelectWidget)
    day = forms.DateField(
        validators=[validate_near], widget=UnfoldAdminTextInputWidget(attrs={"type": "date"})
    )

    def __init__(self, services: QuerySet[Service], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["service"]
        field.queryset = services

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        service, how = asked.get("service"), asked.get("how")
        if service and how and how not in service.formats:
            label = str(Format(how).label).lower()
            self.add_error("how", f"{service} isn’t offered {label}. Add it under Services.")
        return asked


def why_not(request: HttpRequest) -> HttpResponse:
    """Ask for a day, a service and a format, and explain each start of that day."""
    if not request.user.has_perm("bookings.view_booking"):
        raise PermissionDenied
    services, now = _services(request), now_of(request)
    form = QuestionForm(services, request.GET or _first_question(services, now))
    context = {
        **site.each_context(request),
        "title": "Why is this time not offered?",
        "form": form,
        "none": not services,
        # Who books and moves keeps no rule: to them a link to its page is a dead end.
        "may_change": request.user.has_perm("availability.change_service"),
    }
    if form.is_valid():
        asked = form.cleaned_data
        context |= _answer(asked["service"], asked["how"], asked["day"], now)
    return TemplateResponse(request, "desk/why_not/page.html", context)


def _services(request: HttpRequest) -> QuerySet[Service]:
    services = Service.objects.select_related("therapist").order_by("therapist", "position", "pk")
    return access.narrowed(services, "therapist", request.user)


def _first_question(services: QuerySet[Service], now: datetime) -> dict[str, Any]:
    service = services.first()
    if service is None:
        return {}
    return {"service": service.pk, "how": service.formats[0], "day": now.astimezone(UK).date()}


def _answer(service: Service, fmt: str, day: date, now: datetime) -> dict[str, Any]:
    known = busy.read_diary(service, fmt, walltime.whole_days(day, day, UK), now)
    explainer = Explainer(known, now)
    starts = timeline.starts(explainer)
    return {
        "service": service,
        "is_closed": not service.takes_bookings,
        "heading": f"{service}, {str(Format(fmt).label).lower()}, {day_label(day)}",
        "picture": timeline.draw(explainer, starts),
        "starts": starts,
        "offered": sum(start.is_offered for start in starts),
        "no_hours": [] if starts else timeline.why_no_hours(explainer, day),
    }
