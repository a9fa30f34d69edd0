"""Every page of admin says when the mail is in trouble, and nothing when it is not."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from outbox.models import OutgoingMail
from staff.models import Role
from tests.factories import make_user
from tests.outbox.letters import queued
from tests.outbox.test_monitoring import failing, looked
from tests.pages import browser_of
from tests.white_space import as_shown

pytestmark = pytest.mark.django_db
LIST = reverse("admin:outbox_outgoingmail_changelist")
INDEX = reverse("admin:index")
PAGES = {
    "index": INDEX,
    "app": reverse("admin:app_list", args=["outbox"]),
    "list": LIST,
    "another app's form": reverse("admin:academy_topic_add"),
    "password": reverse("admin:password_change"),
    "why not": reverse("why_not"),
}
SECTION = re.compile(r'<section aria-label="Trouble with email".*?</section>', re.DOTALL)


def said(browser: Browser, page: str = INDEX) -> tuple[list[str], list[str]]:
    """What the banner says and where it leads; nothing where there is none."""
    html = as_shown(browser.get(page).content.decode())
    found = SECTION.search(html)
    if found is None:
        return [], []
    lines = re.findall(r"<p.*?</p>", found[0])
    return [strip_tags(line) for line in lines], re.findall(r'href="([^"]+)"', found[0])


def given_up() -> OutgoingMail:
    mail = queued()
    OutgoingMail.objects.filter(pk=mail.pk).update(state="failed")
    return mail


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_it_stands_on_every_page(admin_client: Browser, page: str) -> None:
    [words], [link] = said(admin_client, page)
    assert words.startswith("No email is leaving: nothing has looked for email to send yet.")
    assert link == f"{LIST}?state__exact=pending"


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_it_is_not_there_while_all_is_well(admin_client: Browser, page: str) -> None:
    looked(sweeper=4)
    queued(wait=-timedelta(minutes=9))
    assert said(admin_client, page) == ([], [])


def test_who_is_not_signed_in_is_told_nothing_of_the_mail(admin_client: Browser) -> None:
    for answer in (
        Browser().get(reverse("admin:login")),
        admin_client.post(reverse("admin:logout")),
    ):
        assert answer.status_code == 200
        assert "Trouble with mail" not in answer.content.decode()


def test_silence_is_named_and_explains_what_is_late(admin_client: Browser) -> None:
    looked(sweeper=7, worker=9)
    failing(25)
    [words], _ = said(admin_client)
    assert words.replace("\N{NO-BREAK SPACE}", " ") == (
        "No email is leaving: nothing has looked for email to send for 7 minutes."
        " Tell whoever runs this site. See waiting email"
    )


def test_late_and_failed_mail_are_named_and_shown(admin_client: Browser) -> None:
    looked(sweeper=0)
    late, lost = failing(25), given_up()
    fine = queued()
    words, links = said(admin_client)
    assert "waited for 25\N{NO-BREAK SPACE}minutes" in words[0]
    assert "could not be delivered" in words[1]
    for link, shown in zip(links, (late, lost), strict=True):
        page = admin_client.get(link).content.decode()
        assert shown.to in page
        assert {late.to, lost.to, fine.to} - {shown.to} == {
            to for to in (late.to, lost.to, fine.to) if to not in page
        }


def test_the_list_without_the_filter_shows_all(admin_client: Browser) -> None:
    late, fine = failing(25), queued()
    for query in ("", "?trouble=nonsense"):
        page = admin_client.get(f"{LIST}{query}", follow=True).content.decode()
        assert late.to in page
        assert fine.to in page


def test_who_may_not_see_mail_is_told_and_given_no_link() -> None:
    words, links = said(browser_of(make_user(Role.ASSISTANT)))
    assert (len(words), links) == (1, [])
    assert len(said(browser_of(make_user(Role.MANAGER)))[1]) == 1


def test_it_costs_one_question(
    admin_client: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    looked(sweeper=0, worker=0)
    failing(25)
    # Session, user, whose diaries there are, whose mail came back; and the banner's.
    with django_assert_num_queries(5):
        admin_client.get(INDEX)
