"""Two people on one device: the second sees nothing of the first's."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Practice
from bookings import lifecycle
from bookings.by import By
from bookings.models import Booking, Hold
from bookings.notices import private_links
from clients.models import AccessLink
from tests.clock import Clock
from tests.factories import NOW, World, force_booking, make_client, make_pending, pages_link
from tests.pages import (
    EMAIL,
    SLOT,
    address,
    answers,
    book,
    carried,
    check_address,
    open_link,
    press,
    text_of,
)
from tests.staff_sign_in import session_of

OTHER = {"name": "Vera Lind", "email": "vera@example.com", "note": "Not yours to read"}
LATER = "2026-11-25T11:00"
# What Sam typed.
SAMS = ("Sam Okafor", EMAIL, "07700 900123", "I sleep badly")


def says_of_sam(response: Any) -> list[str]:
    return [word for word in SAMS if word in text_of(response)]


def begin(browser: Browser, world: World, slot: str = SLOT) -> str:
    """Choose a time as the page of times does; return where the form is."""
    led = browser.get(address("details", world, slot=slot, form=None))
    assert led.status_code == 302
    return str(led["Location"])


def test_a_form_that_somebody_left_unfinished_is_not_shown_to_whoever_chooses_the_same_time(
    client: Browser, world: World
) -> None:
    form = begin(client, world)
    assert client.post(form, answers()).status_code == 302
    again = begin(client, world)
    assert again != form
    assert says_of_sam(client.get(again)) == []


def test_the_back_button_finds_ones_own_answers(client: Browser, world: World) -> None:
    form = begin(client, world)
    client.post(form, answers())
    assert says_of_sam(client.get(form)) == list(SAMS)


def test_with_anothers_answers_nothing_is_left_of_the_first(client: Browser, world: World) -> None:
    first = begin(client, world)
    check = client.post(first, answers())["Location"]
    client.post(begin(client, world, LATER), answers(**OTHER))
    assert says_of_sam(client.get(first)) == []
    assert client.get(check)["Location"] == "/book/?again=1"
    assert len(client.session["drafts"]) == 1


def test_ones_own_drafts_in_two_tabs_are_both_kept(client: Browser, world: World) -> None:
    first = begin(client, world)
    client.post(first, answers())
    client.post(begin(client, world, LATER), answers(email="sam+2@example.com"))
    assert says_of_sam(client.get(first)) == list(SAMS)


def test_another_booking_closes_the_one_before(client: Browser, world: World) -> None:
    found = book(client, world)
    page = reverse("booking", args=[found.uid])
    assert client.get(page).status_code == 200
    form = begin(client, world, LATER)
    assert client.get(form).status_code == 200
    assert client.get(page).status_code == 200  # who only looks may be the first
    client.post(form, answers(**OTHER))
    assert client.get(page).status_code == 404


def test_who_begins_another_booking_finds_no_answers_of_before(
    client: Browser, world: World
) -> None:
    """Neither on the form, nor on the last look, nor where it waits for a mail."""
    form = begin(client, world)
    check = client.post(form, answers())["Location"]
    pending = reverse("pending", args=[check.split("/")[-2]])
    assert says_of_sam(client.get(check)) == list(SAMS)
    begin(client, world, LATER)
    assert says_of_sam(client.get(form)) == []
    assert client.get(check)["Location"] == "/book/?again=1"
    assert client.get(pending)["Location"] == check


def test_nor_what_a_form_refused(client: Browser, world: World) -> None:
    form = begin(client, world)
    client.post(form, answers(agree=None))
    assert says_of_sam(client.get(form)) == list(SAMS)
    begin(client, world, LATER)
    assert says_of_sam(client.get(form)) == []


def test_a_last_look_that_stands_open_in_another_tab_still_books(
    client: Browser, world: World
) -> None:
    check = client.post(begin(client, world), answers())["Location"]
    shown = carried(client, check)
    begin(client, world, LATER)
    assert client.post(check, {**shown, "key": "guess"})["Location"] == "/book/?again=1"
    assert client.post(check, shown)["Location"].startswith("/booking/")
    assert Booking.objects.get().contact_name == "Sam Okafor"
    assert "aside" not in client.session


def test_and_where_its_time_has_gone_the_answers_are_kept(client: Browser, world: World) -> None:
    check = client.post(begin(client, world), answers())["Location"]
    shown = carried(client, check)
    begin(client, world, LATER)
    Hold.objects.all().delete()
    book(Browser(), world, email="first@example.com")
    refused = text_of(client.post(check, shown, follow=True))
    assert "Please choose another time" in refused
    moved = client.get(address("details", world, slot=LATER, draft=check.split("/")[-2], form=None))
    assert says_of_sam(client.get(moved["Location"])) == list(SAMS)


def test_so_many_drafts_are_set_aside_and_no_more(client: Browser, world: World) -> None:
    hours = [f"2026-11-25T{hour}:00" for hour in range(10, 17)]
    checks = [client.post(begin(client, world, at), answers())["Location"] for at in hours]
    begin(client, world, LATER)
    assert len(client.session["aside"]) == 5
    assert "drafts" not in client.session
    client.post(begin(client, world, "2026-11-26T10:00"), answers())
    assert len(client.session["drafts"]) == 5
    assert client.get(checks[0])["Location"] == "/book/?again=1"


def turn_in(response: Any) -> str:
    [turn] = re.findall(r'name="(turn-\w+)"', response.content.decode())
    return str(turn)


def test_a_browser_knows_a_form_again_for_one_person_only(client: Browser, world: World) -> None:
    """It puts back what was typed where the first fields have the names of before."""
    form = begin(client, world)
    first = turn_in(client.get(form))
    assert turn_in(client.get(form)) == first
    assert turn_in(client.get(reverse("sessions"))) == first
    fields = re.findall(r'name="([^"]+)"', client.get(form).content.decode().partition("<form")[2])
    assert fields[:2] == ["csrfmiddlewaretoken", first]
    begin(client, world, LATER)
    second = turn_in(client.get(form))
    client.post(reverse("finish"))
    third = turn_in(client.get(form))
    anothers = force_booking(world, NOW, proven_at=NOW, client=make_client(proven_at=NOW))
    open_link(client, private_links.to_booking(anothers, NOW))
    assert len({first, second, third, turn_in(client.get(form))}) == 4


@pytest.mark.parametrize("name", ["details", "cancel", "move"])
def test_what_somebody_confides_is_put_back_by_no_browser(
    client: Browser, world: World, name: str
) -> None:
    if name == "details":
        page = client.get(begin(client, world))
    else:
        page = client.get(reverse(name, args=[book(client, world).uid], query={"slot": LATER}))
    assert re.search(r"<textarea[^>]+autocomplete=\"off\"", page.content.decode())
    assert turn_in(page)


def test_nothing_that_was_typed_is_kept_once_it_is_booked(client: Browser, world: World) -> None:
    check = check_address(client, world)
    kept_by_mistake = check_address(client, world, LATER)
    press(client, check)
    assert "drafts" not in client.session
    assert client.get(kept_by_mistake)["Location"] == "/book/?again=1"


def test_whoever_goes_back_to_the_form_of_a_booking_finds_the_booking(
    client: Browser, world: World
) -> None:
    form = begin(client, world)
    check = client.post(form, answers())["Location"]
    booked = press(client, check)["Location"].partition("?")[0]
    assert client.get(form, follow=True).redirect_chain[-1][0] == booked
    assert client.get(check)["Location"] == booked


def test_the_page_after_booking_closes_in_an_hour(
    client: Browser, world: World, clock: Clock
) -> None:
    page = reverse("booking", args=[book(client, world).uid])
    clock.shift(private_links.AFTER_BOOKING - private_links.AFTER_BOOKING / 60)
    assert client.get(page).status_code == 200
    clock.shift(private_links.AFTER_BOOKING / 60)
    assert client.get(page).status_code == 404


def test_anothers_link_begins_a_clean_session(client: Browser, world: World) -> None:
    form = begin(client, world)
    check = client.post(form, answers())["Location"]
    first = book(Browser(), world, LATER)
    open_link(client, private_links.to_booking(first, NOW))
    vera = force_booking(world, NOW, client=make_client(email="vera@example.com"))
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    open_link(client, private_links.to_booking(vera, NOW))
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert client.get(reverse("booking", args=[vera.uid])).status_code == 200
    assert client.get(reverse("booking", args=[first.uid])).status_code == 404
    assert says_of_sam(client.get(form)) == []
    assert client.get(check)["Location"] == "/book/?again=1"
    assert Hold.objects.count() == 1  # for whoever opened the form just now


def test_it_changes_the_token_of_forms(client: Browser, world: World) -> None:
    """Who kept a form of the first person's cannot send it as the second."""
    strict = Browser(enforce_csrf_checks=True)
    open_link(strict, private_links.to_booking(force_booking(world, NOW), NOW))
    first = Booking.objects.get()
    page = strict.get(reverse("booking", args=[first.uid])).content.decode()
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    other = force_booking(
        world, NOW - private_links.AFTER_BOOKING, client=make_client(email="v@example.com")
    )
    open_link(strict, private_links.to_booking(other, NOW))
    assert strict.post(reverse("finish"), {"csrfmiddlewaretoken": token}).status_code == 403


def test_ones_own_second_link_keeps_the_first(client: Browser, world: World) -> None:
    sam = make_client()
    mine = [
        force_booking(world, NOW + n * private_links.AFTER_BOOKING, client=sam) for n in (24, 26)
    ]
    for one in mine:
        open_link(client, private_links.to_booking(one, NOW))
    assert [client.get(reverse("booking", args=[one.uid])).status_code for one in mine] == [
        200,
        200,
    ]


def test_a_sign_in_to_admin_is_none_of_it(world: World) -> None:
    owner = Browser()
    owner.force_login(world.therapist.user)
    open_link(owner, private_links.to_booking(force_booking(world, NOW), NOW))
    owner.post(reverse("finish"))
    assert session_of(owner)["_auth_user_id"] == str(world.therapist.user_id)


# --- a client whom we know


@pytest.fixture
def vera(client: Browser, world: World) -> str:
    """Vera has come by her link; the address of her form."""
    known = make_client(name="Vera Lind", email="vera@example.com", accepted_at=NOW)
    open_link(client, pages_link(known))
    return begin_session(client, world)


def begin_session(client: Browser, world: World, slot: str = SLOT) -> str:
    where = address("details", world, slot=slot, service=world.session, form=None)
    return str(client.get(where)["Location"])


def test_who_is_not_the_client_whom_the_page_names_says_so(
    client: Browser, world: World, vera: str
) -> None:
    page = text_of(client.get(vera))
    assert "You’re booking as <strong>Vera Lind</strong>" in page
    assert "Not you?" in page
    assert client.get(reverse("not_me")).status_code == 405
    assert client.post(reverse("not_me"))["Location"] == reverse("book")
    assert client.get(vera)["Location"].startswith(f"{reverse('sessions')}?")
    stranger = text_of(client.get(begin(client, world, LATER)))
    assert "Vera" not in stranger
    assert "Your name" in stranger


def test_the_last_look_asks_it_too(client: Browser, world: World, vera: str) -> None:
    check = client.post(vera, answers())["Location"]
    assert "Not you?" in text_of(client.get(check))


def test_a_link_that_was_revoked_books_nothing_more(
    client: Browser, world: World, vera: str
) -> None:
    check = client.post(vera, answers())["Location"]
    AccessLink.objects.all().revoke(NOW)
    assert press(client, check)["Location"] == "/book/?again=1"
    assert client.get(vera)["Location"].startswith(f"{reverse('sessions')}?")
    assert Booking.objects.count() == 0


def test_a_known_client_keeps_their_link_for_the_next_session(
    client: Browser, world: World, vera: str
) -> None:
    press(client, client.post(vera, answers())["Location"])
    first = Booking.objects.get()
    page = text_of(client.get(begin_session(client, world, LATER)))
    assert "Vera Lind" in page
    assert client.get(reverse("booking", args=[first.uid])).status_code == 200


# --- finishing


def test_who_has_finished_leaves_nothing(client: Browser, world: World) -> None:
    form = begin(client, world)
    check = client.post(form, answers())["Location"]
    answer = client.post(reverse("finish"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("finished"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not client.cookies[settings.SESSION_COOKIE_NAME].value
    assert not Hold.objects.exists()
    assert client.get(check)["Location"] == "/book/?again=1"
    assert says_of_sam(client.get(form)) == []


def test_a_time_that_waits_for_a_mail_stays_kept(client: Browser, world: World) -> None:
    """Whoever asked at a library opens the mail at home."""
    Practice.objects.update(unproven_most=1)
    force_booking(world, NOW + 9 * private_links.AFTER_BOOKING)
    check = client.post(begin(client, world), answers())["Location"]
    pending = press(client, check)["Location"]
    assert "I’ve finished on this device" in text_of(client.get(pending))
    client.get(begin(client, world, LATER))
    client.post(reverse("finish"))
    assert Hold.objects.get().is_promised
    assert client.get(pending, follow=True).redirect_chain[-1][0] == "/book/?again=1"


def test_finishing_is_a_press_and_may_be_repeated(client: Browser, world: World) -> None:
    found = book(client, world)
    page = reverse("booking", args=[found.uid])
    assert client.get(reverse("finish")).status_code == 405
    assert client.get(page).status_code == 200
    for _ in range(2):
        assert client.post(reverse("finish"))["Location"] == reverse("finished")
    assert client.get(page).status_code == 404
    assert "You’ve finished here" in text_of(client.get(reverse("finished")))


FINISH = re.compile(
    r'<div class="container">\s*<section class="kt-finish".*?I’ve finished on this device.*?'
    r'</section>\s*<section class="kt-help"',
    re.DOTALL,
)


def has_both_ways_out(response: Any) -> bool:
    """The quick one, and in the place where all have it the one that ends it all here."""
    page = text_of(response)
    assert page.count("I’ve finished on this device") == 1
    assert "no-store" in response["Cache-Control"]
    return '<a href="https://www.bbc.co.uk/weather" rel="noreferrer"' in page and bool(
        FINISH.search(page)
    )


@pytest.mark.parametrize("name", ["booking", "cancel", "change", "move", "reminders"])
def test_every_page_of_a_booking_has_the_ways_out(client: Browser, world: World, name: str) -> None:
    path = reverse(name, args=[book(client, world).uid], query={"slot": LATER})
    assert has_both_ways_out(client.get(path))


def test_so_has_one_that_was_cancelled(client: Browser, world: World) -> None:
    found = book(client, world)
    lifecycle.cancel(found.pk, by=By.client(), reason="", now=NOW)
    assert has_both_ways_out(client.get(reverse("booking", args=[found.uid])))


def test_every_page_that_shows_what_was_typed_has_them(client: Browser, world: World) -> None:
    form = begin(client, world)
    assert has_both_ways_out(client.get(form))
    assert has_both_ways_out(client.post(form, answers(name=""), follow=True))
    check = client.post(form, answers())["Location"]
    assert has_both_ways_out(client.get(check))
    Practice.objects.update(unproven_most=1)
    force_booking(world, NOW + 9 * private_links.AFTER_BOOKING)
    assert has_both_ways_out(client.get(press(client, check)["Location"]))


def test_every_page_that_a_private_link_opens_has_them(client: Browser, world: World) -> None:
    found = book(Browser(), world, email="vera@example.com")
    client.get(reverse("link", args=[private_links.to_booking(found, NOW)]))
    assert has_both_ways_out(client.get(reverse("open")))
    token = make_pending(world, NOW + 26 * private_links.AFTER_BOOKING)
    led = client.get(reverse("confirm_link", args=[token]), follow=True)
    assert led.redirect_chain == [(reverse("confirm"), 302)]
    assert has_both_ways_out(led)
    [stop] = private_links.store([private_links.reminders_link(found, NOW)])
    assert has_both_ways_out(client.get(reverse("stop_reminders", args=[stop]), follow=True))


@pytest.mark.parametrize("name", ["book", "time", "zone"])
def test_the_steps_before_offer_it_once_somebody_has_been_here(
    client: Browser, world: World, name: str
) -> None:
    path = address(name, world, draft="x", **({"how": None} if name == "book" else {}))
    assert "I’ve finished on this device" not in text_of(client.get(path))
    assert not client.cookies
    begin(client, world)
    client.get(begin(client, world))
    page = client.get(path)
    assert FINISH.search(text_of(page))
    assert 'name="csrfmiddlewaretoken"' in page.content.decode()
    client.post(reverse("finish"))
    assert "I’ve finished on this device" not in text_of(client.get(path))


@pytest.mark.parametrize("name", ["book", "time", "details", "zone"])
def test_every_step_has_the_quick_way_out(client: Browser, world: World, name: str) -> None:
    queries: dict[str, dict[str, Any]] = {"details": {"slot": SLOT}, "book": {"how": None}}
    page = text_of(client.get(address(name, world, **queries.get(name, {}))))
    assert '<a href="https://www.bbc.co.uk/weather" rel="noreferrer"' in page
