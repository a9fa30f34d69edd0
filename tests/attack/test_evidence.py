"""Each harm is planted in what an attack finds, and told; where there is none, nothing is."""

import mailbox
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django_otp.oath import totp

from attack import leaks, words
from attack.enumeration import Side
from attack.enumeration import told as told_of_sides
from attack.guesses import GUESSES, Campaign
from attack.guesses import told as told_of_guesses
from attack.practice import fill
from attack.site import Site, mails
from attack.staff import STEP, code_of, secret_of
from bench.servers import Server
from clients.models import RateBucket

QUIET = [0.01] * 40


@pytest.fixture
def attacked(tmp_path: Path) -> Site:
    web = Server(0, psutil.Process(), tmp_path / "web.log")
    return Site(web, {"TMPDIR": str(tmp_path)}, tmp_path)


# --- guesses

HELD = Campaign(1, Counter({429: 995, 200: 5}), 5, 1.0, QUIET, QUIET)


def missed(one: Campaign) -> list[str]:
    return [aim for aim, _, met in told_of_guesses(one) if not met]


def test_guesses_that_were_held_back_break_nothing() -> None:
    assert missed(HELD) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"checked": 21}, ["at most 20 checked"]),
        ({"statuses": Counter({429: GUESSES - 1})}, ["at most 20 checked"]),
        ({"owner": None}, ["the owner gets in"]),
        ({"looked": [0.021] * 40}, ["slower, median", "slower, 95th"]),
        ({"looked": [0.01] * 30 + [1.0] * 10}, ["slower, 95th"]),
    ],
)
def test_what_a_guess_got_is_told(change: dict[str, object], told: list[str]) -> None:
    found = missed(replace(HELD, **change))  # type: ignore[arg-type]
    assert len(found) == len(told)
    assert all(word in aim for word, aim in zip(told, found, strict=True))


# --- known and unknown addresses


def side(shape: str = "page", said: str = "SELECT 1", seconds: float = 0.01) -> Side:
    return Side(Counter({(shape,): 9}), Counter({((said, 1),): 9}), [seconds, seconds * 1.01] * 5)


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (side(), []),
        (side(shape="You have met before"), ["equal bytes"]),
        (side(said="UPDATE"), ["equal statements"]),
        (side(seconds=0.013), ["mean gap"]),
    ],
)
def test_what_tells_known_addresses_apart_is_told(known: Side, told: list[str]) -> None:
    found = [aim for aim, _, met in told_of_sides("links", (side(), known)) if not met]
    assert len(found) == len(told)
    assert all(word in aim for word, aim in zip(told, found, strict=True))


# --- words


def test_a_word_is_found_however_it_is_written() -> None:
    text = f"x{words.NOTE.upper()}x 0770 0900 817"
    assert words.told(text, words.CONFIDED | words.CONTACT) == ["a note", "a phone number"]
    assert words.told("zqnote", words.CONFIDED) == []


def test_words_in_mail_are_told_but_those_that_its_reader_knows(attacked: Site) -> None:
    kept = mailbox.Maildir(attacked.mailbox)
    to = f"{words.EMAIL}1@example.com"
    kept.add(f"To: {to}\nSubject: one\n\n{words.NAME}, {words.REASON}")
    kept.add(f"To: sam@example.com\nSubject: two\n\n{words.NAME}")
    kept.add(f"To: robin@kicks.example\nSubject: three\n\n{words.NAME}, {words.NOTE}")
    assert len(mails(attacked)) == 3
    found, among = leaks.in_mail(attacked)
    assert sorted(found) == [
        "three to robin@kicks.example: a note",
        "two to sam@example.com: a name",
    ]
    assert among == 3


def test_words_in_a_log_are_told(attacked: Site) -> None:
    (attacked.folder / "web.log").write_text(f"ERROR {words.NAME} opened /b/token1/\n")
    (attacked.folder / "worker.log").write_text("nothing\n")
    found, among = leaks.in_logs(attacked, {"a link": "token1", "another": "token2"})
    assert found == ["web.log: a name", "web.log: a link"]
    assert among == 2


def test_an_address_that_says_more_than_was_asked_is_told(attacked: Site) -> None:
    said = f"/book/?name={words.NAME}"
    attacked.trail.extend([("/book/", said), (said, said), ("/", "")])
    assert leaks.in_addresses(attacked) == ([f"/book/ -> {said}"], 2)


def test_words_in_the_database_are_told_with_their_column(db: None) -> None:
    fill()
    assert leaks.in_tables({})[0] == []
    assert leaks.in_sessions()[0] == []
    RateBucket.objects.create(key=words.PASSWORD, tokens=1, updated_at="2026-01-01T00:00Z")
    session = SessionStore()
    session["draft"] = words.NOTE
    session.create()
    assert leaks.in_tables({})[0] == ["clients_ratebucket.key: a password"]
    assert leaks.in_sessions() == (["a note"], 1)


def test_the_app_shows_the_code_that_the_site_expects() -> None:
    user, now = User(username="owner"), time.time()
    assert code_of(user, now) == f"{totp(secret_of(user), STEP):06}"
