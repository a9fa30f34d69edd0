"""What a mail server said no to: an address, this one mail, or us.

Each mail has one recipient, so a no at RCPT is about that one, unless it says that it is about the
sender. What is wrong with us gets mended, and then the mail must leave by itself: it is tried on,
and counts as an outage meanwhile. To take one for the other costs little: both are told at once,
above every page of admin.
"""

import re
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPRecipientsRefused

# Enhanced codes (RFC 3463, 3.2 to 3.5): the address or its mailbox, but 5.1.7 and 5.1.8, which are
# about the sender's address; 5.4.1 is what Exchange Online says to an address that it doesn't know.
OF_ADDRESS = re.compile(r"5\.(?:1\.(?![78]\b)\d+|2\.\d+|4\.1)\b")
ENHANCED = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
# The codes for a mailbox (RFC 5321, 4.2.3), from servers that say no more than words.
MAILBOX = frozenset({550, 551, 552, 553})
OF_SENDER = re.compile(
    r"relay|rcpthosts|authenticat|blocked|black ?list|block ?list", re.IGNORECASE
)
PERMANENT = 500
# How the error of a no to the sender begins, be it said to MAIL or to RCPT.
SENDER_REFUSED = "SMTPSenderRefused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a mail did not leave, in one line.

    `of_address`: it is about the recipient's address. `is_final`: and later is no better.
    """

    said: str
    of_address: bool = False
    is_final: bool = False

    @property
    def words(self) -> str:
        """What the server said, without the error's name."""
        return self.said.partition(": ")[2]


def read(error: Exception) -> Refusal:
    """Say what an error of sending means; the line begins with the error's name."""
    name = type(error).__name__
    if isinstance(error, SMTPRecipientsRefused):
        [(code, text)] = error.recipients.values()
        words = _words(code, text)
        if code < PERMANENT:
            return Refusal(f"{name}: {words}", of_address=True)
        if _is_of_address(code, words):
            return Refusal(f"{name}: {words}", of_address=True, is_final=True)
        return Refusal(f"{SENDER_REFUSED}: {words}")
    if isinstance(error, SMTPDataError):
        # Some servers judge the address only once they have the mail.
        words = _words(error.smtp_code, error.smtp_error)
        final = bool(OF_ADDRESS.search(words))
        return Refusal(f"{name}: {words}", of_address=final, is_final=final)
    return Refusal(" ".join(f"{name}: {error}".split())[:300])


def _is_of_address(code: int, words: str) -> bool:
    if ENHANCED.search(words):
        return bool(OF_ADDRESS.search(words))
    return code in MAILBOX and not OF_SENDER.search(words)


def _words(code: int, text: bytes | str) -> str:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    return " ".join(f"{code} {said}".replace("\0", "").split())[:270]
