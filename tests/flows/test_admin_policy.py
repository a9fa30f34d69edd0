"""Admin in a browser: no page tries what its policy forbids or is too wide, every widget works."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.factories import World
from tests.flows.visits import DESK, PHONE, Visits
from tests.kicks import test_questions as questions
from tests.kicks.everything import Shown, fill_then

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("admin")]

# What no page of admin is, or what leaves it.
NO_PAGE = {"admin:jsi18n", "admin:search", "admin:app_list", "article_preview"}
WATCH = """
    window.forbidden = [];
    addEventListener("securitypolicyviolation", event => window.forbidden.push(
        `${location.pathname}: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture
def shown(practice: World) -> Shown:
    """A practice with one of everything, as it was on the Monday of the factories."""
    return fill_then(practice, 1)


@pytest.fixture
def page(visits: Visits, shown: Shown) -> Page:
    """A window in which the owner is signed in, and which notes whatever the policy forbids."""
    return signed_in(visits, shown.owner, DESK)


def signed_in(visits: Visits, user: User, width: int) -> Page:
    client = Client()
    client.force_login(user)
    page = visits.open("/robots.txt", width=width)
    name = settings.STAFF_SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": visits.root}]
    )
    page.add_init_script(WATCH)
    return page


def forbidden(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.forbidden")
    return found


def every_page(shown: Shown) -> Iterator[str]:
    """Each page that the owner sees, by its address."""
    for name in questions.OWNER.keys() - NO_PAGE:
        yield questions.path_of(name, shown)
    for model, row in shown.rows.items():
        for view in questions.VIEWS:
            about = [] if view in {"changelist", "add"} else [row.pk]
            yield reverse(f"admin:{model}_{view}", args=about)


@pytest.mark.drill
def test_no_page_of_admin_tries_what_the_policy_forbids(page: Page, shown: Shown) -> None:
    seen, found = 0, []
    for path in every_page(shown):
        answer = page.goto(path)
        assert answer
        if "/admin/" in page.url and answer.status == 200:
            policy = answer.headers["content-security-policy"]
            assert ("unsafe-inline" in policy) == ("mail-samples" in path), path
            found += forbidden(page)
            seen += 1
    assert found == []
    assert seen > 80


@pytest.mark.drill
def test_no_page_of_admin_is_wider_than_a_phone(visits: Visits, shown: Shown) -> None:
    page, wide, seen = signed_in(visits, shown.owner, PHONE), [], 0
    for path in every_page(shown):
        answer = page.goto(path)
        assert answer
        if "/admin/" in page.url and answer.status == 200:
            width = page.evaluate("document.documentElement.scrollWidth")
            wide += [f"{path}: {width}"] if width > PHONE else []
            seen += 1
    assert wide == []
    assert seen > 80


def test_no_page_before_the_sign_in_tries_it_either(visits: Visits) -> None:
    """What is forbidden there is a complaint of the visit."""
    page = visits.open("/admin/login/")
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto("/admin/choose-password/x/y/")


def test_the_policy_reports_what_it_forbids(page: Page, visits: Visits) -> None:
    """The control: the walk above would notice."""
    page.goto("/admin/")
    with page.expect_request("**/csp-reports/") as reported:
        page.evaluate("""() => {
            const style = document.createElement("p");
            style.innerHTML = '<b style="color: red" onclick="alert()">x</b>';
            document.body.append(style);
        }""")
    assert reported.value.method == "POST"
    assert [one.split()[1] for one in forbidden(page)] == ["style-src-attr", "script-src-attr"]
    assert len(visits.complaints) == 2
    visits.complaints.clear()


def test_the_sidebar_the_theme_and_the_search_work(page: Page) -> None:
    html = page.locator("html")
    for theme, is_dark in (("Dark", True), ("Light", False)):
        page.goto(reverse("admin:bookings_booking_changelist"))
        page.locator(".kd-me summary").click()
        page.locator(".kd-me").get_by_text(theme, exact=True).click()
        expect(html).to_have_class(re.compile("dark") if is_dark else re.compile("^(?!.*dark)"))
    page.keyboard.press("Control+k")
    field = page.locator("#search-input-command")
    expect(field).to_be_visible()
    field.press_sequentially("Topic")
    expect(page.locator("#command-results")).to_contain_text("Topics")
    assert forbidden(page) == []


def test_the_filters_the_actions_and_a_row_s_menu_work(page: Page, shown: Shown) -> None:
    page.goto(reverse("admin:clients_client_changelist"))
    page.locator("#action-toggle").check()
    bar = page.locator("#changelist-actions")
    expect(bar).to_be_visible()
    assert (bar.bounding_box() or {"width": 0})["width"] > 300
    bar.locator("select").select_option("delete_selected")
    expect(bar.get_by_role("button", name="Run")).to_be_visible()
    page.goto(reverse("admin:bookings_booking_changelist"))
    page.get_by_role("button", name="Filters").or_(page.get_by_text("Filters")).first.click()
    expect(page.get_by_text("By status").or_(page.get_by_text("status")).first).to_be_visible()
    assert forbidden(page) == []


def test_a_date_is_picked_and_an_inline_row_is_added(page: Page, shown: Shown) -> None:
    page.goto(reverse("admin:availability_timeoff_add"))
    page.locator(".date-icon").first.click()
    page.locator(".calendarbox").first.get_by_role("link", name="15", exact=True).click()
    expect(page.locator("#id_starts_at_0")).to_have_value(re.compile(r"15"))
    page.locator(".clock-icon").first.click()
    page.get_by_role("link", name="Noon").first.click()
    expect(page.locator("#id_starts_at_1")).to_have_value(re.compile(r"^12:00"))
    page.goto(reverse("admin:availability_therapist_change", args=[shown.world.therapist.pk]))
    opened = page.locator("[name$='-opens']:visible")
    before = opened.count()
    add = page.locator(".formset", has=page.locator("[name$='-opens']")).locator(".add-row")
    for number in (1, 2):
        add.click()
        expect(opened).to_have_count(before + number)
    page.locator(".delete-template:visible").first.click()
    expect(opened).to_have_count(before + 1)
    assert forbidden(page) == []


def test_why_a_time_is_not_offered_is_drawn_where_its_time_says(page: Page, shown: Shown) -> None:
    page.goto(questions.path_of("why_not", shown))
    track = page.locator(".kt-line__track").first.bounding_box()
    bars = [
        one.bounding_box() for one in page.locator(".kt-line__track").first.locator(".kt-bar").all()
    ]
    assert track
    assert bars
    for bar in bars:
        assert bar
        assert bar["width"] > 10
        assert track["x"] <= bar["x"]
        assert bar["x"] + bar["width"] <= track["x"] + track["width"] + 1
    assert forbidden(page) == []
