"""What mail servers say no with, in their own words, and whom each no is about."""

import smtplib

import pytest

from outbox import smtp_errors

TO = "sam@example.com"
# The address takes no mail: nothing to wait for.
FINAL = [
    (550, b"5.1.1 <sam@example.com>: Recipient address rejected: User unknown"),
    (550, b"5.1.1 The email account that you tried to reach does not exist.\n5.1.1 Try again"),
    (550, b"5.1.2 Bad destination host"),
    (556, b"5.1.10 Domain example.com does not accept mail (nullMX)"),
    (550, b"5.2.1 The email account that you tried to reach is disabled"),
    (552, b"5.2.2 Mailbox full"),
    (550, b"5.4.1 Recipient address rejected: Access denied"),
    (550, b"Unknown user"),
    (551, b"User not local; please try somewhere else"),
    (553, b"sorry, no mailbox here by that name"),
]
# The address puts us off: later may be better.
LATER = [
    (450, b"4.2.0 <sam@example.com>: Recipient address rejected: Greylisted"),
    (451, b"4.3.0 Temporary lookup failure"),
    (452, b"4.2.2 Mailbox full"),
]
# It is about us: all mail is concerned, and none of it says anything of the address.
OURS = [
    (554, b"5.7.1 <sam@example.com>: Relay access denied"),
    (550, b"relay not permitted"),
    (553, b"sorry, that domain isn't in my list of allowed rcpthosts"),
    (530, b"5.7.0 Authentication required"),
    (550, b"5.7.1 Client host rejected: blocked using zen.spamhaus.org"),
    (550, b"5.7.26 Unauthenticated email is not accepted due to domain's DMARC policy"),
    (550, b"5.1.8 <robin@kicks.example>: Sender address rejected: Domain not found"),
    (550, b"5.1.7 Bad sender's mailbox address syntax"),
    (503, b"5.5.1 Error: need MAIL command"),
    (554, b"Transaction failed"),
]


def at_rcpt(code: int, text: bytes) -> smtp_errors.Refusal:
    return smtp_errors.read(smtplib.SMTPRecipientsRefused({TO: (code, text)}))


@pytest.mark.parametrize(("code", "text"), FINAL)
def test_an_address_that_takes_no_mail_is_final(code: int, text: bytes) -> None:
    found = at_rcpt(code, text)
    assert (found.of_address, found.is_final) == (True, True)
    assert found.said.startswith(f"SMTPRecipientsRefused: {code} ")
    assert "\n" not in found.said


@pytest.mark.parametrize(("code", "text"), LATER)
def test_an_address_that_puts_us_off_is_tried_again(code: int, text: bytes) -> None:
    assert (at_rcpt(code, text).of_address, at_rcpt(code, text).is_final) == (True, False)


@pytest.mark.parametrize(("code", "text"), OURS)
def test_what_is_wrong_with_us_is_no_bounce(code: int, text: bytes) -> None:
    found = at_rcpt(code, text)
    assert (found.of_address, found.is_final) == (False, False)
    assert found.said.startswith(f"SMTPSenderRefused: {code} ")


@pytest.mark.parametrize(
    ("code", "text", "final"),
    [
        (550, b"5.1.1 no such user", True),
        (552, b"5.2.2 over quota", True),
        (554, b"5.7.1 Message rejected as spam by content scanning", False),
        (552, b"5.3.4 Message too big", False),
        (550, b"no", False),
        (451, b"4.7.1 try later", False),
    ],
)
def test_a_no_to_the_message_is_about_the_address_only_where_it_says_so(
    code: int, text: bytes, *, final: bool
) -> None:
    found = smtp_errors.read(smtplib.SMTPDataError(code, text))
    assert (found.of_address, found.is_final) == (final, final)
    assert found.said.startswith(f"SMTPDataError: {code} ")


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPAuthenticationError(535, b"5.7.8 Bad credentials"),
        smtplib.SMTPSenderRefused(550, b"5.1.0 Sender rejected", "robin@kicks.example"),
        smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
        TimeoutError("timed out"),
        ValueError("two\nlines"),
    ],
    ids=repr,
)
def test_everything_else_is_trouble_to_be_waited_out(error: Exception) -> None:
    found = smtp_errors.read(error)
    assert (found.of_address, found.is_final) == (False, False)
    assert found.said.startswith(type(error).__name__)
    assert "\n" not in found.said


def test_what_a_server_writes_is_stored_whatever_it_is() -> None:
    found = at_rcpt(550, b"5.1.1 \xff\x00" + b"x" * 1000)
    assert "\x00" not in found.said
    assert len(found.said) <= 300
