"""The outbox in admin: everything to see, nothing to change, and failed mail sent again."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.notices.keys import about_booking
from outbox import tracking
from outbox.models import OutgoingMail
from staff.models import Role
from tests.factories import NOW, World, force_booking, make_user
from tests.outbox.letters import queued
from tests.pages import browser_of, signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:outbox_outgoingmail_changelist")
State = OutgoingMail.State


def failed(**facts: str) -> OutgoingMail:
    mail = queued(**facts)
    error = "SMTPRecipientsRefused: 550 no such person"
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=State.FAILED, attempts=18, last_error=error
    )
    mail.refresh_from_db()
    return mail


def test_the_list_shows_state_attempts_and_the_last_error(admin_client: Browser) -> None:
    failed()
    shown = admin_client.get(LIST).content.decode()
    for word in ("Failed", "18", "550 no such person", "Your appointment"):
        assert word in shown


def test_the_list_shows_what_came_back_and_why(admin_client: Browser) -> None:
    back, fine = queued(), queued()
    tracking.tell(back.message_id, back.to, OutgoingMail.Fate.BOUNCED, "550 <b>no</b> such user")
    tracking.tell(fine.message_id, fine.to, OutgoingMail.Fate.DELIVERED)
    shown = admin_client.get(LIST, {"fate__exact": "bounced"}).content.decode()
    assert "550 &lt;b&gt;no&lt;/b&gt; such user" in shown
    assert back.to in shown
    assert fine.to not in shown


def test_a_mail_is_read_as_it_went_out_and_escaped(admin_client: Browser) -> None:
    mail = queued(text="Hello <script>alert(1)</script>\nYours", invite="BEGIN:VCALENDAR\r\nX")
    path = reverse("admin:outbox_outgoingmail_change", args=[mail.pk])
    shown = admin_client.get(path).content.decode()
    assert "Hello &lt;script&gt;alert(1)&lt;/script&gt;<br>Yours" in shown
    assert "BEGIN:VCALENDAR<br>X" in shown
    assert mail.message_id.strip("<>") in shown


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_mail_is_changed_added_or_deleted_by_hand(admin_client: Browser, method: str) -> None:
    mail = queued()
    before = OutgoingMail.objects.values().get()
    for name in ("change", "delete"):
        path = reverse(f"admin:outbox_outgoingmail_{name}", args=[mail.pk])
        sent = {"subject": "Mine", "state": "sent", "post": "yes"}
        assert getattr(admin_client, method)(path, sent).status_code < 500
    assert admin_client.post(reverse("admin:outbox_outgoingmail_add"), {}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [mail.pk], "post": "yes"}
    assert admin_client.post(LIST, action).status_code < 500
    assert OutgoingMail.objects.values().get() == before


@pytest.mark.parametrize(
    ("role", "state"),
    [
        (Role.THERAPIST, State.PENDING),
        (Role.MANAGER, State.PENDING),
        (Role.ASSISTANT, State.FAILED),
    ],
)
def test_failed_mail_is_sent_again_by_who_may(world: World, role: Role, state: State) -> None:
    about = about_booking(force_booking(world, NOW).uid)
    bad = failed(about=about)
    gone = queued(about=about)
    OutgoingMail.objects.filter(pk=gone.pk).update(state=State.SENT)
    action = {"action": "send_again", "_selected_action": [bad.pk, gone.pk]}
    signed_in(world.therapist, role).post(LIST, action)
    bad.refresh_from_db()
    gone.refresh_from_db()
    assert (bad.state, gone.state) == (state, State.SENT)
    assert bad.attempts == (0 if state == State.PENDING else 18)


def test_who_asks_to_send_again_what_has_left_is_told_why_it_is_not(admin_client: Browser) -> None:
    gone = queued()
    OutgoingMail.objects.update(state=State.SENT)
    action = {"action": "send_again", "_selected_action": [gone.pk]}
    page = admin_client.post(LIST, action, follow=True)
    assert "only email that failed or came back can be sent again" in page.text
    assert "They leave within a minute" not in page.text


def test_who_may_not_read_sees_no_mail(world: World) -> None:
    mail = queued(about=about_booking(force_booking(world, NOW).uid))
    browser = browser_of(make_user(Role.ASSISTANT, world.therapist))
    for path in (LIST, reverse("admin:outbox_outgoingmail_change", args=[mail.pk])):
        assert browser.get(path).status_code == 403
