"""What no page of ours would ask is refused at the door."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DataError
from django.db.models import DateTimeField
from django.http import HttpRequest, HttpResponse

from kicks.security import ADMIN_PATH, TAKES_FILE

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

GetResponse = Callable[[HttpRequest], HttpResponse]

NUL = "%00"
# How the filters of a list ask for a column's value, and its dates for a year, a month, a day.
BY_FILTERS = ("exact", "id__exact", "isnull")
BY_DATES = {"year": 9998, "month": 12, "day": 31}  # each with its last; a year has one after it


class StrictAdmin:
    """Answers 400 to what Django's admin hands on as it comes, and which ends in an error there.

    Our own pages read what they are asked by `param`, and their forms say what is wrong.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(ADMIN_PATH):
            _require_text(request)
            _require_numbers(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: object) -> None:
        """Refuse a list that is asked for what none of its links asks, and what no form can show.

        Django takes any column of a model, and each comparison that Postgres knows of it.
        """
        page: ModelAdmin[Any] | None = getattr(view, "model_admin", None)
        name = str(request.resolver_match and request.resolver_match.url_name)
        if page and name.endswith("_changelist"):
            _require_filters(request, page)
        if page and name.endswith("_add"):
            _require_fillable(request, page)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Refuse what only Postgres found to be no value of its column, where nothing is saved.

        And what Django's admin finds suspicious: whoever types an address is no error of ours.
        """
        if not request.path_info.startswith(ADMIN_PATH):
            return
        if isinstance(error, DataError) and request.method == "GET":
            raise BadRequest("A value that its column cannot have.") from error
        if isinstance(error, SuspiciousOperation):
            raise BadRequest("What no page of admin asks.") from error


def _require_text(request: HttpRequest) -> None:
    """Refuse an address with a NUL, which Postgres takes in no text."""
    if NUL in request.META["QUERY_STRING"]:
        raise BadRequest("A NUL in the address.")


def _require_numbers(request: HttpRequest) -> None:
    """Refuse rows that were ticked by anything but their number; every row of admin has one.

    A page that takes a file has no rows to tick, and is not read before it is known who sends it.
    """
    if TAKES_FILE.fullmatch(request.path_info):
        return
    if not all(row.isdecimal() for row in request.POST.getlist(ACTION_CHECKBOX_NAME)):
        raise BadRequest("A row that has no number.")


def _require_filters(request: HttpRequest, page: "ModelAdmin[Any]") -> None:
    """Refuse columns in any other way than the list's own filters and dates ask for them."""
    columns, filters = _columns(page), set(_names_of_filters(page.get_list_filter(request)))
    for name, value in request.GET.dict().items():
        # What is no column, Django says so itself.
        if name.partition("__")[0] not in columns:
            continue
        asked = {name} | {name.removesuffix(f"__{how}") for how in BY_FILTERS}
        if not asked & filters and not _is_part_of_date(name, str(value), page.date_hierarchy):
            raise BadRequest("A list that no link asks for.")


def _require_fillable(request: HttpRequest, page: "ModelAdmin[Any]") -> None:
    """Refuse a moment that an address puts into a form: Django splits it as if it were one."""
    moments = {one.name for one in page.opts.get_fields() if isinstance(one, DateTimeField)}
    if not moments.isdisjoint(request.GET):
        raise BadRequest("A form that no link fills in.")


def _columns(page: "ModelAdmin[Any]") -> set[str]:
    """Return the names by which a model's columns and relations are asked for."""
    fields = page.opts.get_fields()
    return {"pk"}.union(*({field.name, getattr(field, "attname", "pk")} for field in fields))


def _names_of_filters(filters: Iterable[Any]) -> Iterable[str]:
    """Yield what filters call themselves in an address: a column, or their own word."""
    for one in filters:
        first = one[0] if isinstance(one, (list, tuple)) else one
        yield first if isinstance(first, str) else str(getattr(first, "parameter_name", ""))


def _is_part_of_date(name: str, value: str, dates: str | None) -> bool:
    column, _, part = name.rpartition("__")
    is_number = value.isascii() and value.isdigit()
    return column == dates and is_number and 1 <= int(value[:5]) <= BY_DATES.get(part, 0)
