"""What a person typed, made safe or refused."""

import pytest
from django.core.exceptions import ValidationError

from clients.models import Client
from prose.cleaning import (
    email_address,
    many_lines,
    one_line,
    same_mailbox,
    validate_email_address,
    validate_lines,
    validate_one_line,
    validate_printable,
    validate_title,
)
from tests.factories import NOW

ZWJ, ZWNJ = "\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"
SHY, VS16 = "\N{SOFT HYPHEN}", "\N{VARIATION SELECTOR-16}"
# Names, and what people put behind them, in which what shows nothing changes what shows.
JOINED = (
    f"علی{ZWNJ}رضا",  # Persian: Ali-Reza
    f"نی{ZWNJ}لوفر",
    f"مهدی{ZWNJ}قلی",
    f"علیِ{ZWNJ}رضا",  # a mark on the letter before it
    f"क्{ZWJ}ष",  # Devanagari: a half letter before another
    f"क्{ZWNJ}ष",
    f"ශ්{ZWJ}රී",  # Sinhala: Sri
    f"👩{ZWJ}👩{ZWJ}👧{ZWJ}👦",
    f"👩🏽{ZWJ}⚕{VS16}",
    f"❤{VS16}{ZWJ}🔥",
    f"1{VS16}\N{COMBINING ENCLOSING KEYCAP}",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
    "辻\U000e0100",  # a form of the letter that its bearer insists on
    "\N{MONGOLIAN LETTER A}\N{MONGOLIAN FREE VARIATION SELECTOR ONE}",
)

ACUTE = "\N{COMBINING ACUTE ACCENT}"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Sam Okafor", "Sam Okafor"),
        ("  Sam   Okafor ", "Sam Okafor"),
        ("Sam\N{NO-BREAK SPACE}Okafor", "Sam Okafor"),
        ("Zoe\N{COMBINING DIAERESIS}", "Zoë"),
        ("Nguyễn Thị", "Nguyễn Thị"),
        ("Z" + ACUTE * 4, "Ź" + ACUTE * 3),
        ("O’Neil-Smith & Co <x>", "O’Neil-Smith & Co <x>"),
        ("😀", "😀"),
        ("سميرة", "سميرة"),
        *((name, name) for name in JOINED),
        # Behind a letter that joins to none it changes nothing: the same name, kept the same way.
        (f"ر{ZWNJ}ضا", "رضا"),
        (f"دا{ZWNJ}ریوش{ZWNJ}پور", f"داریوش{ZWNJ}پور"),
        ("", ""),
        (" \N{NO-BREAK SPACE} ", ""),
    ],
)
def test_a_line_is_kept_in_plain_form(typed: str, kept: str) -> None:
    assert one_line(typed) == kept
    assert one_line(kept) == kept


HIDDEN = [chr(n) for n in (*range(0x20), *range(0x7F, 0xA0)) if not chr(n).isspace()]
HIDDEN += list("\N{ZERO WIDTH SPACE}\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
HIDDEN += list("\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT MARK}")
HIDDEN += list("\N{HANGUL FILLER}\N{BRAILLE PATTERN BLANK}\N{COMBINING GRAPHEME JOINER}")
HIDDEN += list("\N{VARIATION SELECTOR-1}\N{VARIATION SELECTOR-17}\N{TAG LATIN SMALL LETTER A}")
HIDDEN += list("\N{MONGOLIAN FREE VARIATION SELECTOR ONE}\N{HALFWIDTH HANGUL FILLER}")
HIDDEN += list("\N{ZERO WIDTH NO-BREAK SPACE}\N{SOFT HYPHEN}\N{WORD JOINER}\ud800\ue000\uffff")
INSIDE = [*HIDDEN, "\r", "\n", "\t", "\r\n", "\x0b", "\x0c", "\x85"]
INSIDE += ["\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}"]


@pytest.mark.parametrize("hidden", INSIDE, ids=ascii)
def test_a_hidden_character_in_a_line_is_refused(hidden: str) -> None:
    with pytest.raises(ValidationError, match="Remove the hidden characters"):
        one_line(f"Sam{hidden}Okafor")


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_a_line_of_hidden_characters_alone_is_refused(hidden: str) -> None:
    with pytest.raises(ValidationError, match="Remove the hidden characters"):
        validate_one_line(hidden)


@pytest.mark.parametrize(
    "name",
    [
        f"Sam{ZWJ}",
        f"{ZWNJ}علی",
        f"علی{ZWNJ}",
        f"علی{ZWNJ} رضا",
        f"علی{ZWNJ}Sam",
        f"علی{ZWJ}رضا",
        f"علی{ZWNJ}{ZWNJ}رضا",
        f"क{ZWJ}ष",  # no half letter before it
        f"क्{ZWJ}Sam",
        f"👩{ZWJ}Sam",
        f"{ZWJ}👧",
        f"👩{ZWJ}{ZWJ}👧",
        f"\N{BRAILLE PATTERN BLANK}{ZWJ}👧",
        f"Sam{VS16}",
        "Sam\U000e0100",
        "A\U000e0067\U000e007f",
        f"Sam{SHY}Okafor",
    ],
    ids=ascii,
)
def test_a_joiner_that_joins_nothing_is_refused_in_a_name(name: str) -> None:
    with pytest.raises(ValidationError, match="Remove the hidden characters"):
        one_line(name)
    with pytest.raises(ValidationError, match="Remove the hidden characters"):
        validate_printable(name)


@pytest.mark.parametrize("text", [*JOINED, f"Thera{SHY}pist", f"می{ZWNJ}روم"])
def test_titles_and_articles_keep_what_joins_or_parts_words(text: str) -> None:
    validate_title(text)
    validate_lines(f"{text}\n{text}")


@pytest.mark.parametrize("clean", [one_line, many_lines])
def test_a_tower_of_marks_is_refused(clean: object) -> None:
    assert callable(clean)
    with pytest.raises(ValidationError, match="Remove some of the marks"):
        clean("Z" + ACUTE * 20)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("  around \n", "around"),
        ("Zoe\N{COMBINING DIAERESIS}", "Zoë"),
        ("a family: 👩\N{ZERO WIDTH JOINER}👧", "a family: 👩\N{ZERO WIDTH JOINER}👧"),
        ("", ""),
    ],
)
def test_lines_are_kept_with_plain_ends(typed: str, kept: str) -> None:
    assert many_lines(typed) == kept


def test_nul_is_refused_in_lines() -> None:
    with pytest.raises(ValidationError, match="Remove the hidden characters"):
        many_lines("a\x00b")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("sam@example.com", "sam@example.com"),
        ("sam+x@example.com", "sam+x@example.com"),
        ("SAM@EXAMPLE.COM", "SAM@example.com"),
        ("x@bücher.example", "x@xn--bcher-kva.example"),
        ("o'neil@example.com", "o'neil@example.com"),
        # As other programs copy them, and as people write them in a sentence.
        (" sam@example.com\N{NO-BREAK SPACE}", "sam@example.com"),
        ("sam@example.com\r\n", "sam@example.com"),
        ("mailto:sam@example.com", "sam@example.com"),
        ("MAILTO:sam%2Bx@example.com?subject=Hello%20you", "sam+x@example.com"),
        ("sam@example.com.", "sam@example.com"),
        ("sam@example.com,", "sam@example.com"),
        ("<sam@example.com>", "sam@example.com"),
        ("<mailto:sam@example.com>;", "sam@example.com"),
        ('"sam@example.com"', "sam@example.com"),
        ("\N{LEFT-TO-RIGHT MARK}sam@example.com\N{ZERO WIDTH SPACE}", "sam@example.com"),
        (
            "\N{LEFT-TO-RIGHT EMBEDDING}sam@example.com\N{POP DIRECTIONAL FORMATTING}",
            "sam@example.com",
        ),
        ("sam\N{SOFT HYPHEN}@example.com", "sam@example.com"),
        ("sam\N{FULLWIDTH COMMERCIAL AT}example\N{FULLWIDTH FULL STOP}com", "sam@example.com"),
    ],
)
def test_an_address_is_kept_as_mail_servers_take_it(typed: str, kept: str) -> None:
    assert email_address(typed) == kept
    assert email_address(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "sam",
        "sam@",
        "@example.com",
        "josé@example.com",
        "root@localhost",
        "x@[127.0.0.1]",
        "x@10.0.0.1",
        "a@example.com,b@example.com",
        "a@example.com;b@example.com",
        "Sam <sam@example.com>",
        "<sam@example.com>",
        "sam@example.com\r\nBcc: all@example.com",
        "sam@example.com\n",
        "sam@example.com\x00",
        "sam\x00@example.com",
        "sa\N{ZERO WIDTH SPACE}m@example.com",
        "\N{RIGHT-TO-LEFT OVERRIDE}sam@example.com",
        '"sam okafor"@example.com',
        "sam okafor@example.com",
        "sam@example..com",
        "sam@-example.com",
        "sam@example.com.",
        "sam.@example.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 250 + ".example",
    ],
    ids=ascii,
)
def test_what_is_no_single_public_address_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        validate_email_address(typed)


WRONG = {
    "sam": "Enter an email address with an @, like name@example.com",
    "": "Enter an email address with an @, like name@example.com",
    "sam@": "Enter what comes after the @ as well, like name@example.com",
    "@example.com": "Enter what comes before the @ as well, like name@example.com",
    "sam@@example.com": "Take out one of the @ signs: an email address has one",
    "a@example.com,b@example.com": "Enter one email address only: there is more than one here",
    "a@example.com b@example.com": "Enter one email address only: there is more than one here",
    "sam@example.com\r\nBcc: all@example.com": (
        "Enter one email address only: there is more than one here"
    ),
    "Sam <sam@example.com>": (
        "Enter the email address alone, without a name beside it, like name@example.com"
    ),
    "sam okafor@example.com": "Take the space out of the email address",
    "sam@exam ple.com": "Take the space out of the email address",
    "sam@example,com": "There’s a comma after the @ where a full stop should be",
    "sam@example..com": "Take out one of the two full stops in a row",
    "sam.@example.com": "Take out the full stop at the beginning, or just before the @",
    ".sam@example.com": "Take out the full stop at the beginning, or just before the @",
    "root@localhost": "What comes after the @ isn’t whole: it should end like example.com",
    "josé@example.com": (
        "I can’t send email to an address with these letters before the @. Please enter another."
    ),
    "sam\x00@example.com": (
        "Something in this email address can’t be seen. Please type it instead of pasting it."
    ),
    "\N{RIGHT-TO-LEFT OVERRIDE}sam@example.com": (
        "Something in this email address can’t be seen. Please type it instead of pasting it."
    ),
    "a" * 65 + "@example.com": "This email address is too long. Please check it.",
    "x@[127.0.0.1]": (
        "Something in this email address isn’t right. Please check it: it should look like "
        "name@example.com"
    ),
}


@pytest.mark.parametrize(("typed", "said"), WRONG.items(), ids=ascii)
def test_an_address_that_cannot_be_one_is_refused_in_words_that_mend_it(
    typed: str, said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        email_address(typed)
    assert refused.value.messages == [said]
    assert "with an @" not in said or "@" not in typed


@pytest.mark.parametrize(
    "spelling",
    ["sam@example.com", "SAM@Example.com", "sam+x@example.com", "Sam+a+b@EXAMPLE.com"],
)
def test_the_spellings_of_a_mailbox_have_one_key(spelling: str) -> None:
    assert same_mailbox(spelling) == "sam@example.com"


@pytest.mark.parametrize(
    "spelling", ["sam@gmail.com", "s.a.m@Gmail.com", "SAM+x@googlemail.com", "s.am@googlemail.com"]
)
def test_dots_and_googlemail_are_one_mailbox_where_the_provider_says_so(spelling: str) -> None:
    assert same_mailbox(spelling) == "sam@gmail.com"


def test_what_is_a_tag_alone_is_a_mailbox_of_its_own() -> None:
    assert same_mailbox("+x@example.com") != same_mailbox("+y@example.com")


@pytest.mark.parametrize("other", ["sa.m@example.com", "sam@example.org", "sam-x@example.com"])
def test_another_mailbox_has_another_key(other: str) -> None:
    assert same_mailbox(other) != "sam@example.com"


@pytest.mark.parametrize("facts", [{"name": "a\nb"}, {"email": "x@localhost"}, {"phone": "1\x002"}])
def test_the_model_refuses_it_too(db: None, facts: dict[str, str]) -> None:
    fresh = {"name": "Sam", "email": "sam@example.com", "phone": "07700 900123"}
    with pytest.raises(ValidationError) as refused:
        Client(created_at=NOW, **{**fresh, **facts}).full_clean()
    assert set(refused.value.message_dict) == set(facts)


def test_an_address_changed_by_hand_keeps_its_mailbox_key(db: None) -> None:
    client = Client(name="Sam", email="Sam+x@example.com", created_at=NOW)
    client.full_clean()
    assert client.mailbox == "sam@example.com"
