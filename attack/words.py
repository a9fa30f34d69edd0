"""Words that stand nowhere else: where one of them turns up, something was told.

Each is planted in one kind of column. What may be read by whom differs by kind, so they differ.
"""

BEGINNING = "zq"  # of each: a search for it finds them without saying one
NOTE, REASON, LEAVE, DRAFT = "zqnotexv", "zqreasonxv", "zqleavexv", "zqdraftxv"
OF_MINE, CALLED = "zqofminexv", "zqcalledxv"
PRONOUNS, LANGUAGES, NEEDS = "zqpronounsxv", "zqlanguagesxv", "zqneedsxv"
NAME, EMAIL, PHONE = "Zqnamexv", "zqemailxv", "07700900817"
PASSWORD = "Zqsecretxv"  # noqa: S105, it opens nothing

# What is confided to one person, and read by that one alone.
CONFIDED = {
    "a note": NOTE,
    "a reason": REASON,
    "a reason for leave": LEAVE,
    "a draft": DRAFT,
    "pronouns": PRONOUNS,
    "languages": LANGUAGES,
    "needs": NEEDS,
    "a therapist's own note": OF_MINE,
    "whom to call": CALLED,
}
# Who a client is and how they are reached.
CONTACT = {"a name": NAME, "an address": EMAIL, "a phone number": PHONE}


def told(text: str, kinds: dict[str, str]) -> list[str]:
    """Return the kinds whose word stands in a text, however it is written there."""
    flat = text.casefold().replace(" ", "")
    return [kind for kind, word in kinds.items() if word.casefold() in flat]
