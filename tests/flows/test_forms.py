"""What people type and paste: nothing is cut off, and the room that is left is said in time."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking
from tests.factories import World
from tests.flows.visits import PHONE, Visits

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("forms")]
DETAILS = "/book/details/?what=consultation&how=online&who={}&slot={}"
PASTED = ("I’ve not slept well for months. " * 38)[:1187] + " It’s only safe to call after 6pm"


def details(visits: Visits, practice: World, start: str, **options: Any) -> Page:
    return visits.open(DETAILS.format(practice.therapist.slug, start), width=PHONE, **options)


def free_start(visits: Visits) -> str:
    page = visits.open("/book/time/?what=consultation&how=online")
    return str(page.locator("#times button").first.get_attribute("value"))


def test_a_long_paste_is_kept_whole_and_counted_while_it_is_mended(
    visits: Visits, practice: World
) -> None:
    page = details(visits, practice, free_start(visits))
    note = page.get_by_label("What brings you here?")
    note.fill("Not much")
    shown, said = page.locator("#id_note ~ .kt-count"), page.locator("#id_note ~ [role=status]")
    expect(shown).to_be_hidden()  # there is room enough: nobody needs to be told
    expect(said).to_be_empty()
    note.focus()
    page.evaluate("document.querySelector('#id_note').value = ''")
    page.keyboard.insert_text(PASTED)  # as a paste arrives: a field that cuts, cuts this
    assert note.input_value() == PASTED
    over = len(PASTED) - 1000
    expect(shown).to_have_text(f"{over} characters too many")
    expect(said).to_have_text(f"{over} characters too many")  # once they pause
    page.get_by_label("Your name").fill("Sam")
    page.get_by_label("Email").fill("sam@example.com")
    page.get_by_label("I agree").check()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#id_note_error")).to_contain_text(f"and has {len(PASTED):,}")
    assert page.get_by_label("What brings you here?").input_value() == PASTED
    page.get_by_label("What brings you here?").fill(PASTED[over:])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("It’s only safe to call after 6pm")).to_be_visible()
    page.get_by_role("button", name="Book this consultation").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You’re booked in")
    assert Booking.objects.get().note.endswith("It’s only safe to call after 6pm")


def test_without_a_script_the_words_say_how_many_there_may_be(
    visits: Visits, practice: World
) -> None:
    page = details(visits, practice, free_start(visits), java_script_enabled=False)
    note = page.get_by_label("What brings you here?")
    described = str(note.get_attribute("aria-describedby"))
    expect(page.locator(f"#{described}")).to_contain_text("Up to 1,000 characters.")
    note.fill(PASTED)
    assert note.input_value() == PASTED
    fold = page.get_by_text("Anything that would make this easier")
    expect(page.get_by_label("Your pronouns")).to_be_hidden()
    fold.click()
    expect(page.get_by_label("Your pronouns")).to_be_visible()
