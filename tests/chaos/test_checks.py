"""What the drill checks, and that it finds each kind of harm that is planted in its evidence."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chaos.checks import aims
from chaos.truth import CUT, Account, Answered, Evidence, Kept, Mail, Note, Outage, Told

Plant = Callable[[Evidence], Evidence]
BEGAN, GAP = 1000.0, Outage("Postgres", 1020.0, 1021.0, data=True)
# Of the evidence below, which has few acts.
TOO_FEW = "2,000 acts acknowledged"


def mail(uid: str, sequence: int, kind: str, state: str = "sent") -> Mail:
    return Mail(f"{uid}:{sequence}:{kind}", f"<{uid}-{sequence}-{kind}>", state)


def sent(at: float, *mails: Mail) -> list[Note]:
    """Each taken by the mail server, from a sender who lives on."""
    notes = [
        [Note(at, "taken", m.message_id), Note(at + 0.1, "went on", m.message_id)] for m in mails
    ]
    return [note for pair in notes for note in pair]


def evidence() -> Evidence:
    """Two people: one booked, one booked and cancelled before the therapist's notice had left."""
    stays = Account("a", [Told("book", 0, "2026-12-01T09:00", 1001)], unknown=1, found=1)
    goes = Account("b", [Told("book", 0, "2026-12-01T10:00", 1002)])
    goes.told.append(Told("cancel", 1, "2026-12-01T10:00", 1010))
    stays.answers += [Answered(1000, 1000, CUT), Answered(1000, 1001, 302)]
    goes.answers += [Answered(1001, 1002, 302), Answered(1020.5, 1022, 500)]
    leave = [mail("a", 0, "confirmation"), mail("a", 0, "therapist_new")]
    leave += [mail("b", 0, "confirmation")]
    later = [mail("b", 1, "cancellation"), mail("b", 1, "therapist_cancelled")]
    # So many others that the share of what is refused stays what it is.
    others = [Note(1003, "taken", f"<{n}>") for n in range(700)]
    others += [Note(1003, "refused", "") for _ in range(300)]
    return Evidence(
        accounts=[stays, goes],
        kept={
            "a": Kept("2026-12-01T09:00", cancelled=False, sequence=0),
            "b": Kept("2026-12-01T10:00", cancelled=True, sequence=1),
        },
        overlaps=0,
        too_near=0,
        mails=[*leave, *later, mail("b", 0, "therapist_new", "withdrawn")],
        notes=[
            *others,
            *sent(1004, *leave),
            *(Note(1012 + n, "hung", m.message_id) for n, m in enumerate(later)),
            *(Note(1015 + n, "hung", m.message_id) for n, m in enumerate(later)),
            Note(1020, "calm", ""),
            *sent(1030, *later),
        ],
        kills=[BEGAN + n for n in range(30)],
        outages=[GAP, Outage("Valkey", 1005, 1017), GAP],
        length=30.0,
        drained=100.0,
        alone=1.0,
    )


def missed(found: Evidence) -> list[str]:
    return [aim for aim, _, met in aims(found) if not met]


def test_evidence_without_harm_meets_every_aim_but_the_number() -> None:
    assert missed(evidence()) == [TOO_FEW]


def lose_a_booking(found: Evidence) -> Evidence:
    return replace(found, kept={"b": found.kept["b"]})


def undo_a_cancellation(found: Evidence) -> Evidence:
    return replace(found, kept={**found.kept, "b": replace(found.kept["b"], cancelled=False)})


def undo_a_move(found: Evidence) -> Evidence:
    return replace(found, kept={**found.kept, "a": replace(found.kept["a"], slot="elsewhere")})


def book_twice(found: Evidence) -> Evidence:
    return replace(found, kept={**found.kept, "c": found.kept["a"]})


def overlap(found: Evidence) -> Evidence:
    return replace(found, overlaps=1)


def crowd(found: Evidence) -> Evidence:
    return replace(found, too_near=1)


def forget_to_queue(found: Evidence) -> Evidence:
    return replace(found, mails=[m for m in found.mails if m.key != "b:0:therapist_new"])


def never_send(found: Evidence) -> Evidence:
    """It is said to have left, and never came."""
    return replace(found, notes=[n for n in found.notes if n.id != "<a-0-confirmation>"])


def leave_waiting(found: Evidence) -> Evidence:
    mails = [replace(m, state="pending") if m.key == "a:0:confirmation" else m for m in found.mails]
    return replace(found, mails=mails)


def withdraw_the_last_word(found: Evidence) -> Evidence:
    mails = [
        replace(m, state="withdrawn") if m.key == "b:1:cancellation" else m for m in found.mails
    ]
    return replace(found, mails=mails)


def send_what_was_withdrawn(found: Evidence) -> Evidence:
    return replace(found, notes=[*found.notes, *sent(1012, mail("b", 0, "therapist_new"))])


def send_a_stale_notice(found: Evidence) -> Evidence:
    """The confirmation comes once more, half a minute after the cancellation."""
    notes = [n for n in found.notes if n.id != "<b-0-confirmation>"]
    return replace(found, notes=[*notes, *sent(1040, mail("b", 0, "confirmation"))])


def send_twice(found: Evidence) -> Evidence:
    return replace(found, notes=[*found.notes, *sent(1050, mail("a", 0, "confirmation"))])


def send_again_and_again(found: Evidence) -> Evidence:
    """By senders who all die before they can note it."""
    extra = [Note(1003, "taken", "<a-0-confirmation>") for _ in range(40)]
    return replace(found, notes=[*extra, *found.notes])


def fail_a_page(found: Evidence) -> Evidence:
    found.accounts[0].answers.append(Answered(1040, 1041, 500))
    return found


def lose_an_answer(found: Evidence) -> Evidence:
    found.accounts[0].answers.append(Answered(1040, 1041, 0))
    return found


def answer_slowly(found: Evidence) -> Evidence:
    found.accounts[0].answers.append(Answered(1040, 1046, 302))
    return found


def refuse_an_act(found: Evidence) -> Evidence:
    found.accounts[0].failed.append("move: 404")
    return found


@pytest.mark.parametrize(
    ("plant", "aim"),
    [
        (lose_a_booking, "0 acknowledged bookings lost"),
        (undo_a_cancellation, "0 acknowledged changes that do not hold"),
        (undo_a_move, "0 acknowledged changes that do not hold"),
        (book_twice, "0 bookings that nobody was told of"),
        (overlap, "0 overlaps, 0 too near"),
        (crowd, "0 overlaps, 0 too near"),
        (forget_to_queue, "0 mails lost"),
        (never_send, "0 mails lost"),
        (leave_waiting, "0 mails lost"),
        (withdraw_the_last_word, "0 mails lost"),
        (send_what_was_withdrawn, "0 withdrawn mails that left"),
        (send_a_stale_notice, "0 mails that left after a change made them untrue"),
        (send_twice, "0 duplicates without a cause"),
        (send_again_and_again, "duplicates at most kills x 1 in flight + hung: 30 + 4"),
        (fail_a_page, "0 errors but for the database's own gaps"),
        (lose_an_answer, "0 errors but for the database's own gaps"),
        (answer_slowly, "every answer within 5 s"),
        (refuse_an_act, "0 acts that ended otherwise"),
    ],
)
def test_each_harm_is_found_and_nothing_else_is_blamed(plant: Plant, aim: str) -> None:
    assert missed(plant(evidence())) == [TOO_FEW, aim]


@pytest.mark.parametrize(
    ("mildness", "aim"),
    [
        ({"kills": []}, "a sender killed every second"),
        ({"outages": [GAP]}, "the database restarted twice"),
        ({"drained": None}, "the outbox drained"),
        ({"alone": None}, "the worker sends afterwards, with no sweeper, within 120 s"),
    ],
)
def test_a_storm_that_hurt_nobody_and_an_end_that_did_not_come_are_no_success(
    mildness: dict[str, Any], aim: str
) -> None:
    assert aim in missed(replace(evidence(), **mildness))
