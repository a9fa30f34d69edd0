"""Every page in every state, one after the other: for whoever wants to look at them all.

Each is waited for by what it says: whoever looks while a page is being left sees neither.
"""

from collections.abc import Iterator
from pathlib import Path

from django.template.loader import render_to_string
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from academy import shipped
from academy.models import Article
from availability.models import Format, Place, Practice, Service, Therapist, WeeklyHours
from demo import words
from demo.front_page import write_home
from demo.places import ROOM
from tests.factories import World, force_booking, make_service, make_therapist
from tests.flows import steps
from tests.flows.visits import PHONE, Visits
from tests.pictures.hanging import introduce, keep_in

TIME = "/book/time/?what=consultation&how=walking"

CLOSED = "I’m away with a newborn until May. Sam Okafor in Putney is good."
CLOSED_PAGES = {
    "/": "home, closed to new people",
    "/book/": "choose, closed to new people",
    "/fees/": "fees, closed to new people",
}

States = Iterator[tuple[str, Page]]


def front_states(visits: Visits) -> States:
    """The pages for who is only looking: as they are when new, and full."""
    page = visits.open("/")
    yield "home, new", page
    page.goto("/accessibility/")
    steps.heading(page, "Accessibility")
    yield "accessibility", page
    write_home()
    Therapist.objects.update(registration=words.REGISTRATION, about=words.ABOUT)
    Practice.objects.update(insurers=words.INSURERS, receipts=words.RECEIPTS)
    shipped.load()
    Place.objects.filter(format=Format.IN_PERSON).update(**ROOM)
    page.goto("/")
    steps.heading(page, "A steady place")
    yield "home", page
    for question in page.locator(".kt-faq summary").all():
        question.click()
    yield "home, answers open", page
    page.get_by_role("link", name="All the places where we can meet").click()
    steps.heading(page, "Where to find me")
    yield "places", page
    page.goto("/video-check/")
    expect(page.get_by_role("button", name="Turn on camera and microphone")).to_be_visible()
    yield "try of sound and camera", page
    page.goto("/")
    page.get_by_role("link", name="What happens if your plans change").click()
    steps.heading(page, "Fees, changing and cancelling")
    yield "fees", page
    page.set_viewport_size({"width": PHONE, "height": 900})
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("link", name="How I work")).to_be_visible()
    yield "fees, menu open", page
    Service.objects.update(is_active=False)
    page.reload()
    expect(page.get_by_text("I haven’t put my fees here yet.")).to_be_visible()
    yield "fees, none yet", page


def picture_states(visits: Visits, settings: Settings, tmp_path: Path) -> States:
    """The public face with a portrait, the places and the covers; then with several faces."""
    keep_in(settings, tmp_path / "pictures")
    write_home()
    shipped.load()
    introduce(Therapist.objects.get())
    page = visits.open("/")
    expect(page.get_by_role("link", name="Check me on the BACP register")).to_be_visible()
    steps.see_pictures(page, 6)
    yield "home, with pictures", page
    page.goto("/academy/")
    steps.see_pictures(page, 6)
    yield "academy, with covers", page
    page.goto("/academy/why-the-relationship-matters/")
    steps.see_pictures(page, 4)
    yield "article, with a cover", page
    for name in ("Kim Li", "Ash Lane"):
        make_service(make_therapist(name=name, practice=Practice.objects.get(), about="I listen."))
    page.goto("/")
    expect(page.get_by_role("link", name="Kim Li")).to_be_visible()
    steps.see_pictures(page, 6)
    yield "home, of several", page


def booking_states(visits: Visits) -> States:
    """The steps of a booking, each also as it looks when something is missing."""
    page = visits.open("/")
    yield "home", page
    page.goto("/book/?what=consultation")
    steps.heading(page, "How shall we meet")
    yield "choose", page
    steps.choose(page, Format.WALKING)
    steps.heading(page, "Choose a day and time")
    yield "times", page
    steps.pick_time(page)
    steps.heading(page, "Your details")
    yield "details", page
    steps.go_on(page)
    steps.fault(page, "Enter your name")
    yield "details, nothing answered", page
    page.get_by_text("Anything that would make this easier").click()
    page.get_by_label("Your pronouns").fill("they/them")
    yield "details, unfolded", page
    steps.fill_in_details(page, email="sam@gmial.com", place="Barnes Common")
    steps.heading(page, "Check this looks right")
    expect(page.get_by_text("Did you mean sam@gmail.com?")).to_be_visible()
    yield "check, a slip in the address", page
    steps.go_on(page, "Use sam@gmail.com")
    expect(page.get_by_text("Did you mean")).to_be_hidden()
    yield "check", page
    steps.press_book(page)
    yield "booked", page


def zone_states(visits: Visits) -> States:
    """Somebody chooses to see their own time beside the UK's."""
    page = visits.open(TIME)
    page.get_by_role("link", name="Not in the UK?").click()
    steps.heading(page, "See your own time too")
    yield "zone", page
    page.get_by_label("Where are you?").select_option(label="Buenos Aires")
    steps.go_on(page, "See the times")
    expect(page.get_by_text("with the time in Buenos Aires")).to_be_visible()
    yield "times, own too", page
    steps.pick_time(page)
    steps.heading(page, "Your details")
    yield "details, own time too", page
    steps.fill_in_details(page, place="Barnes Common")
    steps.heading(page, "Check this looks right")
    yield "check, own time too", page
    steps.press_book(page)
    yield "booked, own time too", page


def taken_states(visits: Visits, practice: World) -> States:
    """Somebody else is quicker while the details are being typed."""
    page = visits.open("/book/?what=consultation&how=online")
    steps.choose(page, Format.ONLINE)
    steps.pick_time(page)
    force_booking(practice, steps.slot_of(page))
    steps.fill_in_details(page)
    steps.fault(page, "has just been taken")
    yield "times, just taken", page


def academy_states(visits: Visits) -> States:
    """The academy as it ships, and as it is before and after that."""
    page = visits.open("/academy/")
    steps.heading(page, "Academy")
    yield "academy, empty", page
    shipped.load()
    page.goto("/academy/")
    yield "academy", page
    page.get_by_role("link", name="Ways to meet").click()
    steps.heading(page, "Ways to meet")
    yield "topic", page
    page.goto("/academy/why-the-relationship-matters/")
    steps.heading(page, "Why the relationship matters")
    yield "article", page
    for question in page.locator(".kt-faq summary").all():
        question.click()
    yield "article, answers open", page
    page.get_by_role("link", name="Person-centred, Gestalt").click()
    steps.heading(page, "Person-centred, Gestalt")
    yield "article with a table", page
    Article.objects.update(state=Article.State.DRAFT)
    page.goto("/academy/topic/ways-to-meet/")
    expect(page.get_by_text("There’s nothing about this just now")).to_be_visible()
    yield "topic, empty", page
    page.set_viewport_size({"width": PHONE, "height": 900})
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("link", name="Book a time")).to_be_visible()
    yield "topic, menu open", page


def embed_states(visits: Visits, settings: Settings) -> States:
    """The free times for another site's page."""
    settings.EMBED_HOSTS = ["www.example.org"]
    page = visits.open("/embed/")
    steps.heading(page, steps.TITLE)
    yield "embed", page
    WeeklyHours.objects.update(formats=[Format.ONLINE])
    page.reload()
    expect(page.get_by_text("No free times just now.")).to_have_count(2)
    yield "embed, times for one way only", page
    Service.objects.update(is_active=False)
    page.reload()
    expect(page.get_by_text("Booking isn’t open just now.")).to_be_visible()
    yield "embed, closed", page


def odd_states(visits: Visits, settings: Settings) -> States:
    """Pages that nobody sets out to see."""
    page = visits.open("/privacy/")
    yield "privacy", page
    page.goto("/nowhere/")
    steps.heading(page, "I can’t find that page")
    yield "not found", page
    page.goto("/book/link/")
    page.context.clear_cookies()
    steps.go_on(page, "Email me my links")
    steps.heading(page, "This page was open for a while")
    yield "stale form", page
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"link-address": (1, 60)}
    page.goto("/b/x/")
    page.goto("/b/x/")
    steps.heading(page, "Too many tries")
    yield "too many tries", page
    broken = render_to_string("500.html")
    page.route("**/broken/", lambda route: route.fulfill(body=broken, content_type="text/html"))
    page.goto("/broken/")
    yield "broken", page
    settings.MAINTENANCE_FILE = __file__
    closed = Client().get("/").content.decode()
    settings.MAINTENANCE_FILE = ""
    page.route("**/closed/", lambda route: route.fulfill(body=closed, content_type="text/html"))
    page.goto("/closed/")
    steps.heading(page, "I’ll be back soon")
    yield "closed for a while", page


def closed_states(visits: Visits) -> States:
    """No time is left, or nothing can be booked at all."""
    WeeklyHours.objects.update(formats=[Format.ONLINE])
    page = visits.open(TIME)
    expect(page.get_by_role("link", name="Meet online instead")).to_be_visible()
    yield "no free times, but another way", page
    WeeklyHours.objects.all().delete()
    page.goto(TIME)
    steps.heading(page, "No free times")
    yield "no free times", page
    Therapist.objects.update(is_closed_to_new=True, closed_words=CLOSED)
    for path, name in CLOSED_PAGES.items():
        page.goto(path)
        expect(page.get_by_text(CLOSED).first).to_be_visible()
        yield name, page
    Service.objects.update(is_active=False)
    page.goto("/book/")
    steps.heading(page, "Booking isn’t open yet")
    yield "closed", page
    page.goto("/")
    yield "home, closed", page
