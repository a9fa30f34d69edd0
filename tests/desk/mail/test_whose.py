"""Mail carries private links: a therapist reads that of their own diary alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Therapist
from bookings.notices.keys import about_booking, about_client
from outbox.models import OutgoingMail
from tests.factories import NOW, World, force_booking, make_client, make_places, make_therapist
from tests.outbox.letters import queued
from tests.pages import signed_in

LIST = reverse("admin:outbox_outgoingmail_changelist")


def readable(browser: Browser) -> set[str]:
    """The subjects of the mails whose page opens, which are those that are listed."""
    listed = {mail.subject for mail in browser.get(LIST).context["cl"].result_list}
    opened = set()
    for mail in OutgoingMail.objects.all():
        page = browser.get(reverse("admin:outbox_outgoingmail_change", args=[mail.pk]))
        if page.status_code == 200:
            opened.add(mail.subject)
    assert listed == opened
    return opened


@pytest.fixture
def colleague(world: World) -> Therapist:
    found = make_therapist(practice=world.therapist.practice, name="Ash Lane")
    make_places(found)
    return found


def book_with(world: World, whose: Therapist, **facts: Any) -> str:
    """Book with one of them, and queue a mail about it and one about its client."""
    found = force_booking(replace(world, therapist=whose), NOW, **facts)
    queued(about=about_booking(found.uid), subject=f"{whose}: booking")
    return about_client(found.client.pk)


def test_a_therapist_reads_the_mail_of_their_own_diary(world: World, colleague: Therapist) -> None:
    for whose in (world.therapist, colleague):
        queued(about=book_with(world, whose), subject=f"{whose}: client")
    for whose in (world.therapist, colleague):
        browser = signed_in(whose)
        assert readable(browser) == {f"{whose}: booking", f"{whose}: client"}


def test_what_has_links_to_two_diaries_is_read_by_the_owner_alone(
    world: World, colleague: Therapist, client: Browser
) -> None:
    shared = make_client()
    for whose in (world.therapist, colleague):
        book_with(world, whose, client=shared)
    queued(about=about_client(shared.pk), subject="Links to both")
    assert readable(signed_in(colleague)) == {f"{colleague}: booking"}
    client.force_login(User.objects.create_superuser("owner"))
    assert len(readable(client)) == 3


def test_nobody_sends_again_what_they_may_not_read(world: World, colleague: Therapist) -> None:
    book_with(world, world.therapist)
    OutgoingMail.objects.update(state="failed", due_at=NOW - timedelta(days=1))
    browser = signed_in(colleague)
    action = {"action": "send_again", "_selected_action": [OutgoingMail.objects.get().pk]}
    browser.post(LIST, action)
    assert OutgoingMail.objects.get().state == "failed"
