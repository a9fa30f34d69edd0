"""What became of mail: told once or often, in any order, and until an address is well again."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from outbox import delivery, monitoring, tracking
from outbox.models import OutgoingMail
from outbox.queue import queue_again, take_back
from outbox.tracking import ORDER, tell
from tests.outbox.letters import letter, queued
from tests.outbox.test_monitoring import looked

pytestmark = pytest.mark.django_db
State = OutgoingMail.State
Fate = OutgoingMail.Fate
SAM = "sam@example.com"
HOUR = timedelta(hours=1)


def gone(to: str = SAM, hours_ago: float = 0, **facts: object) -> OutgoingMail:
    """A mail that left so long ago."""
    mail = queued(to=to)
    fresh = {"state": State.SENT, "sent_at": Now() - hours_ago * HOUR, **facts}
    OutgoingMail.objects.filter(pk=mail.pk).update(**fresh)
    mail.refresh_from_db()
    return mail


def bounced(hours_ago: float = 0, to: str = SAM, **facts: object) -> OutgoingMail:
    told = {"fate": Fate.BOUNCED, "fate_at": Now() - hours_ago * HOUR}
    return gone(to, hours_ago, **{**told, **facts})


def unwelcome() -> list[str]:
    return list(OutgoingMail.objects.unwelcome().values_list("to", flat=True))


# --- telling


def test_a_bounce_is_told_by_our_name_or_the_providers() -> None:
    ours, theirs = gone(), gone(provider_id="4711")
    at = timezone.now() - HOUR
    assert tell(ours.message_id, "SAM@example.com", Fate.BOUNCED, "550\nno such\x00 user", at)
    assert tell("4711", SAM, Fate.BOUNCED)
    for mail in (ours, theirs):
        mail.refresh_from_db()
    assert (ours.fate, ours.fate_reason, ours.fate_at) == (
        "bounced",
        "550 no such user",
        at,
    )
    assert (theirs.fate, theirs.fate_reason) == ("bounced", "")
    assert theirs.fate_at is not None


def test_what_is_told_twice_is_no_news() -> None:
    mail = gone()
    at = timezone.now() - HOUR
    assert tell(mail.message_id, SAM, Fate.BOUNCED, "first", at)
    assert not tell(mail.message_id, SAM, Fate.BOUNCED, "again")
    mail.refresh_from_db()
    assert (mail.fate_reason, mail.fate_at) == ("first", at)


@pytest.mark.parametrize("first", ORDER[1:])
@pytest.mark.parametrize("second", ORDER[1:])
def test_the_same_is_kept_in_whatever_order_it_is_told(first: Fate, second: Fate) -> None:
    mail = gone()
    for fate in (first, second):
        tell(mail.message_id, SAM, fate)
    mail.refresh_from_db()
    assert ORDER.index(Fate(mail.fate)) == max(ORDER.index(first), ORDER.index(second))


@pytest.mark.parametrize("name", ["", "<unknown@kicks.example>", "0", "9" * 500])
def test_a_name_that_is_not_known_changes_nothing(name: str) -> None:
    gone()
    assert not tell(name, SAM, Fate.BOUNCED)
    assert unwelcome() == []


def test_a_name_that_fits_another_persons_mail_changes_nothing() -> None:
    mail = gone(provider_id="4711")
    assert not tell("4711", "kim@example.com", Fate.BOUNCED)
    mail.refresh_from_db()
    assert mail.fate == ""


def test_a_moment_to_come_counts_as_now() -> None:
    mail = gone()
    tell(mail.message_id, SAM, Fate.BOUNCED, at=timezone.now() + timedelta(days=9))
    mail.refresh_from_db()
    assert isinstance(mail.fate_at, datetime)
    assert mail.fate_at <= timezone.now()


def test_a_long_reason_is_cut() -> None:
    mail = gone()
    tell(mail.message_id, SAM, Fate.BOUNCED, "x" * 1000)
    mail.refresh_from_db()
    assert len(mail.fate_reason) == tracking.LONGEST_REASON


# --- which addresses want no mail


def test_an_address_that_bounced_is_unwelcome_and_no_other() -> None:
    bounced()
    gone(to="kim@example.com")
    gone(to="ali@example.com", fate=Fate.DELIVERED, fate_at=Now())
    assert unwelcome() == [SAM]


@pytest.mark.parametrize("fate", [Fate.BOUNCED, Fate.COMPLAINED])
@pytest.mark.parametrize(("hours_ago", "well"), [(1, True), (3, False)])
def test_a_later_mail_that_was_delivered_ends_it(
    fate: Fate, hours_ago: float, *, well: bool
) -> None:
    bounced(hours_ago=2, fate=fate)
    gone(fate=Fate.DELIVERED, fate_at=Now() - hours_ago * HOUR)
    assert (unwelcome() == []) == well


def test_a_mail_that_a_provider_took_is_not_yet_delivered() -> None:
    bounced(hours_ago=2)
    gone(hours_ago=1)
    assert unwelcome() == [SAM]


def test_where_a_server_said_no_at_its_door_it_is_enough_that_it_takes_a_later_one() -> None:
    bounced(hours_ago=2, state=State.FAILED, sent_at=None)
    assert unwelcome() == [SAM]
    gone(hours_ago=3)
    assert unwelcome() == [SAM]
    gone(hours_ago=1)
    assert unwelcome() == []


def test_a_later_mail_that_came_back_too_ends_nothing_and_is_the_one_that_tells() -> None:
    bounced(hours_ago=3, state=State.FAILED, sent_at=None)
    last = bounced(hours_ago=1, fate=Fate.COMPLAINED)
    assert list(OutgoingMail.objects.unwelcome()) == [last]


# --- what comes of it


def test_mail_that_came_back_is_in_the_banner_for_three_days() -> None:
    looked(sweeper=0)
    bounced(hours_ago=71)
    assert monitoring.look().failed
    OutgoingMail.objects.update(fate_at=Now() - 73 * HOUR)
    assert not monitoring.look().failed


def test_mail_marked_as_spam_did_arrive() -> None:
    looked(sweeper=0)
    bounced(fate=Fate.COMPLAINED)
    assert not monitoring.look().failed


def test_mail_that_came_back_can_be_sent_again_and_is_then_news_only_if_it_comes_again() -> None:
    mail = bounced(fate_reason="550 no", provider_id="4711")
    arrived = gone(fate=Fate.DELIVERED, fate_at=Now())
    complained = bounced(fate=Fate.COMPLAINED, to="kim@example.com")
    assert delivery.send_again(OutgoingMail.objects.all()) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.fate, mail.fate_reason, mail.fate_at, mail.sent_at) == (
        State.PENDING,
        "",
        "",
        None,
        None,
    )
    for other in (arrived, complained):
        state, fate = other.state, other.fate
        other.refresh_from_db()
        assert (other.state, other.fate) == (state, fate)
    assert delivery.send_due() == 1
    assert unwelcome() == ["kim@example.com"]
    tell(mail.message_id, SAM, Fate.BOUNCED)
    assert set(unwelcome()) == {SAM, "kim@example.com"}


def test_a_letter_that_is_queued_anew_has_its_fate_before_it() -> None:
    mail = bounced(state=State.FAILED, sent_at=None, fate_reason="550 no")
    take_back(mail.about, mail.kind)
    assert unwelcome() == [SAM]
    queue_again(letter(key=mail.key, to="sam@better.example.com"))
    mail.refresh_from_db()
    assert (mail.state, mail.fate, mail.fate_at, mail.fate_reason) == (State.PENDING, "", None, "")


def test_a_long_history_is_not_read_for_one_address() -> None:
    bounced()
    with connection.cursor() as cursor:
        # Four thousand addresses, and the statistics of so many.
        cursor.execute(MANY)
    plan = OutgoingMail.objects.unwelcome().order_by().explain()
    assert "outbox_to" in plan
    assert "Seq Scan" not in plan


MANY = """
INSERT INTO outbox_outgoingmail (key, about, kind, "to", sender, subject, text, html, invite,
    invite_method, message_id, due_at, state, attempts, last_error)
SELECT n, n, '', n, '', '', '', '', '', '', n, now(), 'sent', 1, ''
FROM generate_series(1, 4000) n; ANALYZE outbox_outgoingmail
"""
