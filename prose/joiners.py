"""Characters that show nothing and yet belong to a name: where each of them does something.

A joiner between two letters of Persian says how both are drawn: علی‌رضا is a name, and without it
another. Between two of Latin it says nothing and only makes two names look the same. The rules are
those of RFC 5892 (appendix A), of emoji sequences (UTS 51) and of ideographic variations (UTS 37).
"""

import unicodedata

ZWNJ, ZWJ = "\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}"
JOINERS = ZWNJ + ZWJ
VIRAMA = 9  # the combining class of what ends a syllable in the scripts of India
# The scripts whose letters change with their neighbours, as their letters' names begin.
CURSIVE = ("ARABIC", "SYRIAC", "MANDAIC", "NKO", "MONGOLIAN", "ADLAM", "HANIFI", "PHAGS-PA")
# The letters of Arabic that join to none that follows: behind them a joiner changes nothing.
UNJOINED = frozenset(
    map(
        chr,
        (
            *(*range(0x621, 0x626), 0x627, 0x629, *range(0x62F, 0x633), 0x648),
            *(*range(0x671, 0x678), *range(0x688, 0x69A), 0x6C0, *range(0x6C3, 0x6CC)),
            *(0x6CD, 0x6CF, 0x6D2, 0x6D3, 0x6D5, 0x6EE, 0x6EF),
        ),
    )
)
BLACK_FLAG = "\N{WAVING BLACK FLAG}"
TAGS = frozenset(map(chr, range(0xE0020, 0xE0080)))  # behind it: of which country
SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
IDEOGRAPHIC = frozenset(map(chr, range(0xE0100, 0xE01F0)))
MONGOLIAN = frozenset(map(chr, (*range(0x180B, 0x180E), 0x180F)))
KEYS = frozenset("0123456789#*")
# Those that show nothing, though Unicode counts them among letters, marks and symbols.
BLANK = frozenset(map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)))
SHOWS_NOTHING = SELECTORS | IDEOGRAPHIC | MONGOLIAN | BLANK


def belongs(text: str, at: int) -> bool:
    """Whether the character there, which shows nothing itself, changes how its neighbours show."""
    one, before, after = text[at], text[:at], text[at + 1 :]
    if one == ZWNJ:
        return _parts_letters(before, after) or _follows_virama(before, after)
    if one == ZWJ:
        return _joins_emoji(before, after) or _follows_virama(before, after)
    last = before[-1:]
    if one in TAGS:
        return last == BLACK_FLAG or last in TAGS
    if one in IDEOGRAPHIC:
        return _script(last) == "CJK"
    if one in MONGOLIAN:
        return _script(last) == "MONGOLIAN"
    return one in SELECTORS and (_is_symbol(last) or last in KEYS)


def without_idle(text: str) -> str:
    """Return `text` without the joiners that stand behind a letter that joins to none.

    People type them by habit, and nobody sees whether they are there.
    """
    return "".join(
        one
        for at, one in enumerate(text)
        if one != ZWNJ or _base(text[:at]) not in UNJOINED or not _same_script(text, at)
    )


def _same_script(text: str, at: int) -> bool:
    return _script(_base(text[:at])) == _script(text[at + 1 : at + 2]) in CURSIVE


def _parts_letters(before: str, after: str) -> bool:
    last = _base(before)
    return last not in UNJOINED and _script(last) == _script(after[:1]) in CURSIVE


def _follows_virama(before: str, after: str) -> bool:
    ends_syllable = bool(before) and unicodedata.combining(before[-1]) == VIRAMA
    return ends_syllable and _script(before[-1]) == _script(after[:1])


def _joins_emoji(before: str, after: str) -> bool:
    return _is_symbol(before.rstrip("".join(SELECTORS))[-1:]) and _is_symbol(after[:1])


def _is_symbol(one: str) -> bool:
    """Whether it is a picture, or the colour of its skin."""
    is_skin = "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= one <= "\U0001f3ff"
    return one != "" and (unicodedata.category(one) == "So" or is_skin) and one not in BLANK


def _base(before: str) -> str:
    """Return the last letter, without the marks on it."""
    return next((one for one in reversed(before) if not unicodedata.combining(one)), "")


def _script(one: str) -> str:
    """Return the first word of a letter's name, which is its script; nothing for what is none."""
    is_letter = one != "" and unicodedata.category(one)[0] in "LM"
    return unicodedata.name(one, "").split(" ")[0] if is_letter else ""
