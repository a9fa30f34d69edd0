"""What the owner's pages about people share: their frame, and what they refuse in words."""

from typing import Any, assert_never

from django.contrib.admin import site
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from availability import access
from availability.models import Practice
from bookings.errors import NotBookableError
from desk import refusals
from desk.diary_admin import now_of
from desk.people.new_diary import NoPlaceError
from desk.people.person import ChangedMeanwhileError, DiaryInUseError
from staff.people import AlreadyHereError, LastOwnerError, name_of

# Everything for which a change of people is refused, and nothing has happened.
REFUSALS = (
    AlreadyHereError,
    ChangedMeanwhileError,
    DiaryInUseError,
    LastOwnerError,
    NoPlaceError,
    NotBookableError,
)
Refusal = (
    AlreadyHereError
    | ChangedMeanwhileError
    | DiaryInUseError
    | LastOwnerError
    | NoPlaceError
    | NotBookableError
)


def page(request: HttpRequest, template: str, title: str, **facts: Any) -> HttpResponse:
    """Return one of the pages, in the frame of admin."""
    context = {**site.each_context(request), "title": title, **facts}
    return TemplateResponse(request, f"desk/people/{template}.html", context)


def owner_of(request: HttpRequest) -> User:
    """Return who is signed in: `owners_only` lets nobody through who isn't."""
    assert isinstance(request.user, User)  # noqa: S101, for the type checker
    return request.user


def practice_of(request: HttpRequest) -> Practice | None:
    """Return whose people they are: the owner's own practice, or the first that there is."""
    mine = access.own(request.user)
    return mine.practice if mine else Practice.objects.order_by("pk").first()


def refuse(request: HttpRequest, form: Any, why: Refusal) -> None:
    """Put into the form why nothing has been done, beside the field that would mend it."""
    match why:
        case AlreadyHereError():
            url = reverse("person", args=[why.user.pk])
            link = '<a class="underline" href="{}">{}</a> has this address already.'
            form.add_error("email", format_html(link, url, name_of(why.user)))
        case NoPlaceError():
            label = str(why.format.label).lower()
            form.add_error("formats", f"Say below where they meet {label}: there is no place yet.")
        case DiaryInUseError():
            form.add_error("role", _in_use(why.coming))
        case LastOwnerError():
            words = "Nobody else is an owner who can sign in. Make somebody one first."
            form.add_error("role" if "role" in form.fields else None, words)
        case ChangedMeanwhileError():
            form.add_error(None, "Somebody changed this meanwhile. Look again, then save.")
        case NotBookableError():
            form.add_error(None, refusals.words(why, now_of(request)))
        case _ as never:
            assert_never(never)


def _in_use(coming: int) -> str:
    booked = f" and holds {coming} meeting{pluralize(coming)} to come" if coming else ""
    return (
        f"Their diary takes bookings{booked}. In this role they meet nobody: untick “takes "
        "bookings” under Therapists and hand over or cancel what is booked, then choose it."
    )
