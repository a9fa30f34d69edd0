"""The mails after a consultation, as each therapist words them in admin."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Therapist
from bookings.follow_up_mails import SUBJECT, WORDS
from bookings.models import FollowUp
from staff.models import Role
from tests.desk.tab import as_opened
from tests.factories import World, make_therapist, make_user
from tests.pages import browser_of, signed_in, text_of

WORDING = reverse("follow_ups")


@pytest.fixture
def mine(world: World) -> Browser:
    return signed_in(world.therapist)


def send(browser: Browser, sent: dict[str, Any], **options: Any) -> Any:
    """Post the page's form, with what the page says that it shows."""
    return browser.post(WORDING, {**as_opened(browser, WORDING), **sent}, **options)


def wording(found: Therapist, **changes: Any) -> dict[str, Any]:
    """What the page of the words sends: all as it came, but for the changes of one outcome."""
    changed = changes.pop("outcome", "")
    sent: dict[str, Any] = {}
    for mail in FollowUp.objects.of([found]):
        fields = {"is_on": "on" if mail.is_on else None, "subject": mail.subject, "body": mail.body}
        if mail.outcome == changed:
            fields |= changes
        name = f"{found.pk}-{mail.outcome}"
        sent |= {f"{name}-{key}": value for key, value in fields.items() if value is not None}
    return sent


def test_the_words_that_came_are_shown_to_be_changed_and_only_what_changed_is_kept(
    mine: Browser, world: World
) -> None:
    shown = text_of(mine.get(WORDING))
    for words in WORDS.values():
        assert words.split("\n\n")[0] in shown
    sent = wording(world.therapist, outcome="think", body="Take your time.\r\n\r\nRobin")
    done = send(mine, sent, follow=True)
    assert "Saved." in text_of(done)
    mail = FollowUp.objects.get()
    assert (mail.therapist, mail.outcome, mail.is_on) == (world.therapist, "think", True)
    assert (mail.subject, mail.body) == (SUBJECT, "Take your time.\n\nRobin")
    assert "Take your time." in text_of(mine.get(WORDING))


def test_saving_what_stands_there_keeps_nothing_whatever_line_ends_the_browser_sends(
    mine: Browser, world: World
) -> None:
    sent = {key: text.replace("\n", "\r\n") for key, text in wording(world.therapist).items()}
    assert send(mine, sent).status_code == 302
    assert not FollowUp.objects.exists()


def test_a_mail_is_switched_off_for_good_and_on_again(mine: Browser, world: World) -> None:
    for ticked in (None, "on"):
        send(mine, wording(world.therapist, outcome="continue", is_on=ticked))
        assert FollowUp.objects.get().is_on == bool(ticked)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"subject": ""}, "This field is required."),
        ({"body": "  "}, "This field is required."),
        ({"subject": "Hello\r\nBcc: all@example.com"}, "Remove the hidden characters"),
        ({"subject": "x" * 121}, "to 120 characters or fewer"),
        ({"body": "x" * 4001}, "to 4,000 characters or fewer"),
        ({"body": "a\x00"}, "hidden characters"),
    ],
    ids=ascii,
)
def test_words_that_no_mail_can_carry_are_refused_and_all_that_was_typed_is_kept(
    mine: Browser, world: World, change: dict[str, Any], words: str
) -> None:
    sent = wording(world.therapist, outcome="think", **change)
    sent[f"{world.therapist.pk}-continue-body"] = "I typed this."
    refused = send(mine, sent)
    assert refused.status_code == 200
    shown = text_of(refused)
    assert words in shown
    assert "Nothing is saved yet" in shown
    assert "I typed this." in shown
    assert not FollowUp.objects.exists()


def test_each_therapist_writes_their_own_and_the_owner_all(mine: Browser, world: World) -> None:
    other = make_therapist(practice=world.therapist.practice, name="Kim Other")
    assert f'name="{other.pk}-think-body"' not in text_of(mine.get(WORDING))
    sent = wording(other, outcome="think", body="Not yours to write.")
    send(mine, {**wording(world.therapist), **sent})
    assert not FollowUp.objects.exists()
    owner = Browser()
    owner.force_login(User.objects.create_superuser("owner"))
    assert f'name="{other.pk}-think-body"' in text_of(owner.get(WORDING))
    send(owner, {**wording(world.therapist), **sent})
    assert FollowUp.objects.get().therapist == other


def test_who_may_only_read_the_words_changes_none(world: World) -> None:
    reader = signed_in(world.therapist, Role.MANAGER)
    assert "disabled" in text_of(reader.get(WORDING))
    sent = wording(world.therapist, outcome="think", body="Changed")
    assert reader.post(WORDING, sent).status_code == 403
    assert signed_in(world.therapist, Role.ASSISTANT).get(WORDING).status_code == 403
    assert Browser().get(WORDING)["Location"].startswith(reverse("admin:login"))
    assert not FollowUp.objects.exists()


def test_without_a_diary_of_ones_own_the_page_says_so(world: World) -> None:
    browser = browser_of(make_user(Role.THERAPIST))
    assert "no diary of your own" in text_of(browser.get(WORDING))
