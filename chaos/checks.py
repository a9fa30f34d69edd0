"""What was promised, beside what the evidence says: each aim, what was found, whether it is met."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise, takewhile

from bookings.notices.keys import mail_key, told_of
from chaos.aims import Aim, none_of
from chaos.truth import CUT, OWED, Account, Answered, Evidence, Mail, Note

ACTS = 2_000
# A mail may be on its way to the mail server while the change that overtakes it is made: for no
# longer than a sender waits for an answer.
ON_ITS_WAY = 10.0
# By then beat has rung twice: it is promised of a worker whose broker came back.
ALONE = 120.0
PATIENCE = 5.0  # seconds for a page, whatever has fallen
SENT, WITHDRAWN, EXPIRED = "sent", "withdrawn", "expired"


def aims(found: Evidence) -> Iterator[Aim]:
    """Yield every aim of the storm."""
    yield from _harm(found)
    yield from _acts(found)
    yield from _bookings(found)
    yield from _mails(found)
    yield from _senders(found)
    yield from _duplicates(found)
    yield from _answers(found)


def _harm(found: Evidence) -> Iterator[Aim]:
    """A storm that hurt nobody would prove nothing."""
    said = Counter(note.what for note in takewhile(lambda note: note.what != "calm", found.notes))
    heard = said["taken"] + said["hung"] + said["refused"]
    share = said["refused"] / max(1, heard)
    kills = len(found.kills)
    yield (
        "a sender killed every second",
        f"{kills} in {found.length:.0f} s",
        kills >= found.length * 0.8,
    )
    yield "some 30% of mail refused for now", f"{share:.0%} of {heard:,}", 0.27 <= share <= 0.33
    yield "some mail taken without an answer", f"{said['hung']}", said["hung"] > 0
    restarts = sum(outage.data for outage in found.outages)
    yield "the database restarted twice", f"{restarts}", restarts == 2


def _acts(found: Evidence) -> Iterator[Aim]:
    acts = Counter(told.act for one in found.accounts for told in one.told)
    done = ", ".join(f"{number:,} {act}" for act, number in acts.items())
    yield f"{ACTS:,} acts acknowledged", f"{acts.total():,}: {done}", acts.total() == ACTS
    failed = list(chain.from_iterable(one.failed for one in found.accounts))
    yield none_of("acts that ended otherwise", failed, f"{acts.total() + len(failed):,}")
    unknown, made = _sum(found, "unknown"), _sum(found, "found")
    yield (
        "acts of unknown outcome asked again",
        f"{unknown}; {made} bookings were found made already",
        unknown > 0 and made > 0,
    )


def _bookings(found: Evidence) -> Iterator[Aim]:
    told = {one.uid: one for one in found.accounts if one.told}
    kept = f"{len(found.kept):,}"
    lost = [uid for uid in told if uid not in found.kept]
    yield none_of("acknowledged bookings lost", lost, f"{len(told):,}")
    changes = sum(len(one.told) - 1 for one in told.values())
    bent = [uid for uid, one in told.items() if uid in found.kept and not _holds(one, found)]
    yield none_of("acknowledged changes that do not hold", bent, f"{changes:,}")
    yield none_of("bookings that nobody was told of", sorted(found.kept.keys() - told), kept)
    clashes = f"{found.overlaps}, {found.too_near} among {kept}"
    beaten = f"; {_sum(found, 'beaten'):,} times had been taken"
    yield "0 overlaps, 0 too near", clashes + beaten, not (found.overlaps or found.too_near)


def _holds(one: Account, found: Evidence) -> bool:
    """Whether the booking stands as its person was last told."""
    kept, last = found.kept[one.uid], one.told[-1]
    stands = (last.slot, last.act == "cancel", last.sequence)
    return (kept.slot, kept.cancelled, kept.sequence) == stands


def _sum(found: Evidence, name: str) -> int:
    return sum(getattr(one, name) for one in found.accounts)


def _mails(found: Evidence) -> Iterator[Aim]:
    arrived = {note.id for note in _arrivals(found)}
    rows = {mail.key: mail for mail in found.mails}
    owed = list(_owed(found.accounts))
    lost = [key for key, over in owed if not _settled(rows.get(key), arrived, over=over)]
    ghosts = [one.key for one in found.mails if one.state == SENT and one.message_id not in arrived]
    yield none_of("mails lost", [*lost, *ghosts], f"{len(owed):,} owed, {len(arrived):,} arrived")
    late = list(_late(found))
    withdrawn = sum(mail.state == WITHDRAWN for mail in found.mails)
    bad = [mail.key for mail, _ in late if mail.state == WITHDRAWN]
    yield none_of("withdrawn mails that left", bad, f"{withdrawn:,}")
    bad = [f"{mail.key} {seconds:.0f} s" for mail, seconds in late if seconds > ON_ITS_WAY]
    yield none_of("mails that left after a change made them untrue", bad, f"{len(rows):,}")


def _senders(found: Evidence) -> Iterator[Aim]:
    drained = "mail was left" if found.drained is None else f"{found.drained:.0f} s after the storm"
    yield "the outbox drained", drained, found.drained is not None
    alone = "not in time" if found.alone is None else f"after {found.alone:.1f} s"
    what = f"the worker sends afterwards, with no sweeper, within {ALONE:.0f} s"
    yield what, alone, found.alone is not None and found.alone < ALONE


def _owed(accounts: Iterable[Account]) -> Iterator[tuple[str, bool]]:
    """Yield the key of every mail that was owed, and whether a later change took it over."""
    for one in accounts:
        for told in one.told:
            for kind in OWED[told.act]:
                over = one.overtaken(told.sequence) is not None
                yield mail_key(one.uid, told.sequence, kind), over


def _settled(mail: Mail | None, arrived: set[str], *, over: bool) -> bool:
    """Whether a mail that was owed has left, or need not any more."""
    if mail is None:
        return False
    if mail.state == SENT:
        return mail.message_id in arrived
    return over and mail.state in {WITHDRAWN, EXPIRED}


def _late(found: Evidence) -> Iterator[tuple[Mail, float]]:
    """Yield each mail that arrived after its booking was changed, and how many seconds after."""
    accounts = {one.uid: one for one in found.accounts if one.told}
    rows = {mail.message_id: mail for mail in found.mails}
    for note in _arrivals(found):
        if (mail := rows.get(note.id)) is None:
            continue
        uid, sequence = told_of(mail.key)
        changed = accounts[uid].overtaken(sequence) if uid in accounts else None
        if changed is not None and note.at > changed:
            yield mail, note.at - changed


def _arrivals(found: Evidence) -> list[Note]:
    return [note for note in found.notes if note.what in {"taken", "hung"}]


def _duplicates(found: Evidence) -> Iterator[Aim]:
    """A mail may come twice only where whoever sent it could not note that it had left."""
    arrivals = _arrivals(found)
    most = max(Counter(note.id for note in arrivals).values(), default=0)
    extra = len(arrivals) - len({note.id for note in arrivals})
    hung = sum(note.what == "hung" for note in arrivals)
    bound = len(found.kills) + hung
    yield (
        f"duplicates at most kills x 1 in flight + hung: {len(found.kills)} + {hung}",
        f"{extra}, no mail more than {most} times",
        extra <= bound,
    )
    yield none_of("duplicates without a cause", list(_causeless(found)), f"{extra}")


def _causeless(found: Evidence) -> Iterator[str]:
    """Yield the mails that were sent again though their sender lived, with a database, to note it.

    `went on` after `taken` says that it lived: it says more only once that is noted.
    """
    lines = defaultdict(list)
    for note in found.notes:
        lines[note.id].append(note)
    outages = [outage for outage in found.outages if outage.data]
    for message_id, notes in lines.items():
        said = [note for note in notes if message_id and note.what != "refused"]
        for note, after in pairwise(said[:-1]):
            if (note.what, after.what) == ("taken", "went on") and not any(
                outage.meets(note.at, after.at) for outage in outages
            ):
                yield message_id


def _answers(found: Evidence) -> Iterator[Aim]:
    answers = [answer for one in found.accounts for answer in one.answers]
    waited = [answer for answer in answers if answer.status != CUT]
    errors = [answer for answer in waited if answer.is_unknown]
    outages = [outage for outage in found.outages if outage.data]
    bad = [
        f"{answer.status} after {answer.answered - answer.sent:.1f} s"
        for answer in errors
        if not any(outage.meets(answer.sent, answer.answered) for outage in outages)
    ]
    among = f"{len(waited):,} ({len(errors) - len(bad)} while it was gone)"
    yield none_of("errors but for the database's own gaps", bad, among)
    longest = max((_seconds(answer) for answer in waited), default=0.0)
    yield (
        f"every answer within {PATIENCE:.0f} s",
        f"{longest:.1f} s at the most",
        longest < PATIENCE,
    )


def _seconds(answer: Answered) -> float:
    return answer.answered - answer.sent
