"""What may be typed as a name, and which of them mail greets by."""

import time

import pytest
from django.core.exceptions import ValidationError

from prose.names import greeting_name, may_be_linked, person_name

# Typed into the wrong box, or somebody's advertisement: beyond doubt no name.
REFUSED = (
    "https://evil.example/free",
    "HTTP://EVIL",
    "www.evil",
    "WWW.evil.test",
    "free money www.evil",
    "sam@evil.example",
    "Sam <sam@evil.example>",
    "\N{FULLWIDTH LATIN SMALL LETTER W}ww.evil",
)
# May be somebody's name, and may become a link in a mail program: taken, and mailed to nobody.
TAKEN_ONLY = (
    "evil.example",
    "evil.Example",
    "free money evil.com now",
    "Evil.Com",
    "EVIL.COM",
    "x.com",
    "T.Me",
    "t.co",
    "evil.xn--p1ai",
    "пример.рф",
    "evil\N{IDEOGRAPHIC FULL STOP}example",
    "evil\N{FULLWIDTH FULL STOP}example",
    "evil\N{ONE DOT LEADER}example",
    "1.1.1.1",
    "Sam 192.168.0.1",
    "::1",
    "evil:8080",
    "javascript:alert(1)",
    "mailto:x",
    "tel:07700",
    "call 07700 900123",
    "+44 (0) 7700 900123",
    "0800-FLOWERS",
    "ring 999",
    "\u0660\u0667\u0667\u0660\u0660 \u0669\u0660\u0660",
    "@evil",
    "Sam / evil",
    "evil\\free",
    "\\\\evil",
    "evil\N{FULLWIDTH SOLIDUS}free",
    "Jo (he/him)",
    "Anne.marie",
    "st.john",
    "Mr.evil.com",
    "evil.Dr.Ann",
    "山田.太郎",
)
GREETED = (
    "Sam Okafor",
    "Mrs Patel",
    "Mrs. Smith",
    "Dr. Ann Shaw",
    "Patel, Priya",
    "J.R. Smith",
    "J. R. R. Tolkien",
    "St. John",
    "O'Neil-Smith",
    "O’Neil-Jones",
    "van der Berg",
    "Sam (Okafor)",
    "Sam “Bo” Okafor",
    "Sam 2",
    "John Smith III",
    "María José Núñez",
    "Nguyễn Thị Ánh",
    "Gal·la Puig",
    "Þórunn",
    "علی\N{ZERO WIDTH NON-JOINER}رضا",
    "سميرة",
    "प्रिया",
    "山田太郎",
    "김민준",
    "Иван Петрович",
    "Sam 😀",
    ";-)",
    "X",
    "x" * 100,
)


@pytest.mark.parametrize("typed", REFUSED)
def test_an_address_in_the_wrong_box_gets_a_message(typed: str) -> None:
    with pytest.raises(ValidationError, match="without a web address"):
        person_name(typed)
    assert may_be_linked(typed)
    assert greeting_name(typed) == ""


def test_what_nobody_sees_hides_no_address() -> None:
    assert may_be_linked("evil\N{ZERO WIDTH NON-JOINER}.example")
    with pytest.raises(ValidationError, match="hidden"):
        person_name("evil\N{ZERO WIDTH NON-JOINER}.example")


@pytest.mark.parametrize("typed", TAKEN_ONLY)
def test_what_may_become_a_link_is_a_name_and_mail_greets_by_none(typed: str) -> None:
    assert person_name(typed) == typed
    assert greeting_name(typed) == ""


@pytest.mark.parametrize("typed", GREETED)
def test_mail_greets_by_the_whole_of_any_other_name(typed: str) -> None:
    assert person_name(typed) == typed
    assert greeting_name(typed) == typed


@pytest.mark.parametrize(
    ("typed", "greeted"),
    [
        ("St.John Smith", "St. John Smith"),
        ("Dr.Ann Shaw", "Dr. Ann Shaw"),
        ("Ann St.Clair", "Ann St. Clair"),
        ("Rev.Prof.Émile Okafor", "Rev. Prof. Émile Okafor"),
    ],
)
def test_what_is_short_for_a_title_is_greeted_with_a_space_and_is_no_link(
    typed: str, greeted: str
) -> None:
    assert person_name(typed) == typed
    assert greeting_name(typed) == greeted
    assert not may_be_linked(greeted)


@pytest.mark.parametrize("name", ["Mrs.", "Patel,", "Sam -", ""])
def test_a_name_that_reads_badly_before_a_full_stop_is_left_out(name: str) -> None:
    assert person_name(name) == name
    assert greeting_name(name) == ""


def test_a_slash_alone_is_no_link() -> None:
    """The therapist reads who "Jo (he/him)" is; a stranger's mail has no slash of anybody's."""
    assert not may_be_linked("Jo (he/him)")


def test_a_name_beyond_all_measure_is_read_in_no_time() -> None:
    began = time.monotonic()
    for endless in ("x" * 200_000, "x-" * 100_000 + ".", "x@" * 100_000, "1 " * 100_000, "a:" * 9):
        may_be_linked(endless)
    assert time.monotonic() - began < 2
