"""What is refused before a page sees it."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DataError
from django.http import HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory

from kicks.bad_admin_requests import StrictAdmin
from tests.factories import World


@pytest.fixture
def owner(client: Browser, world: World) -> Browser:
    """A browser in which the owner of the practice is logged in."""
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.mark.parametrize(
    "asked",
    [
        "bookings/booking/?status=%00",
        "bookings/booking/?format__exact=a%00b",
        "bookings/booking/?q=%00",
        "outbox/outgoingmail/?state__exact=%00",
        "outbox/outgoingmail/?fate=%00&p=1",
        "availability/place/?format=%00",
        "?%00=1",
        "login/?next=%00",
    ],
)
def test_a_nul_in_an_address_of_admin_is_a_bad_request(owner: Browser, asked: str) -> None:
    answer = owner.get(f"/admin/{asked}")
    assert answer.status_code == 400
    assert "That didn’t come through" in answer.text


@pytest.mark.parametrize("asked", ["?status=%2500", "?status=\u2400", "?q=100%25"])
def test_what_only_looks_like_one_is_asked(owner: Browser, asked: str) -> None:
    assert owner.get(f"/admin/bookings/booking/{asked}", follow=True).status_code == 200


def test_what_only_postgres_finds_to_be_no_value_is_a_bad_request_where_nothing_is_saved() -> None:
    door, asks = StrictAdmin(lambda _: HttpResponse()), RequestFactory()
    error = DataError("value out of range")
    with pytest.raises(BadRequest):
        door.process_exception(asks.get("/admin/bookings/booking/"), error)
    door.process_exception(asks.post("/admin/bookings/booking/"), error)
    door.process_exception(asks.get("/book/"), error)
    door.process_exception(asks.get("/admin/"), ValueError())
    door.process_exception(asks.get("/book/"), SuspiciousOperation())


@pytest.mark.parametrize("field", ["note", "client", "nonsense", "pk__in", "x" * 5000])
@pytest.mark.parametrize("page", ["", "add/", "1/change/", "1/delete/"])
def test_a_column_by_which_nobody_knows_a_row_is_a_bad_request_and_no_error(
    owner: Browser, printed: io.StringIO, page: str, field: str
) -> None:
    for rows in ("bookings/booking", "availability/timeoff", "clients/client"):
        path = f"/admin/{rows}/{page}"
        for answer in (
            owner.get(path, {"_to_field": field}),
            owner.post(path, {"_to_field": field, "post": "yes", "password_again": "x"}),
        ):
            assert answer.status_code < 500
    assert " ERROR " not in printed.getvalue()
    assert owner.get("/admin/clients/client/", {"_to_field": field}).status_code == 400


def test_our_own_pages_pass_over_it(owner: Browser) -> None:
    assert owner.get("/book/?what=%00").status_code == 200


@pytest.mark.parametrize("row", ["", "\0", "x", "1.5", "-1", "1 OR 1=1"])
@pytest.mark.parametrize("rows", ["outbox/outgoingmail", "clients/client", "academy/article"])
def test_a_row_that_is_ticked_by_no_number_is_a_bad_request(
    owner: Browser, rows: str, row: str
) -> None:
    posted = {"action": "send_again", "_selected_action": ["1", row], "index": "0"}
    assert owner.post(f"/admin/{rows}/", posted).status_code == 400


@pytest.mark.parametrize("row", ["0", "7", "9" * 30])
def test_a_row_that_is_not_there_is_none(owner: Browser, row: str) -> None:
    posted = {"action": "send_again", "_selected_action": row, "index": "0"}
    assert owner.post("/admin/outbox/outgoingmail/", posted).status_code == 302
