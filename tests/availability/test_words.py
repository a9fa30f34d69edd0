"""Words that stand in mails, invites and on pages: no hidden character gets into them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from availability.models import Place, Practice, Service, Therapist
from prose.cleaning import HIDDEN_MESSAGE

ONE_LINE = {
    Practice: ["name", "email", "phone", "summary"],
    Therapist: ["name", "email", "phone", "registration"],
    Service: ["name", "summary"],
    Place: ["name", "address", "video_url"],
}
LINES = {Practice: ["introduction"], Therapist: ["about"], Place: ["directions"]}
HIDDEN = ["\x00", "\x1b", "\u200b", "\u200e", "\u202e", "\u2028", "\ufeff", "\ue000"]
Columns = dict[type[models.Model], list[str]]


def columns(kinds: Columns) -> list[Any]:
    return [(kind, name) for kind, names in kinds.items() for name in names]


def accepts(kind: type[models.Model], name: str, text: str) -> bool:
    """Whether a form takes the text for this column."""
    column: Any = kind._meta.get_field(name)
    try:
        column.clean(text, None)
    except ValidationError as refusal:
        return HIDDEN_MESSAGE not in refusal.messages
    return True


@pytest.mark.parametrize("hidden", ["\n", "\t", *HIDDEN], ids=ascii)
@pytest.mark.parametrize(("kind", "name"), columns(ONE_LINE))
def test_what_stands_on_one_line_has_no_hidden_character(
    kind: type[models.Model], name: str, hidden: str
) -> None:
    assert not accepts(kind, name, f"The Old{hidden}Vicarage")
    assert accepts(kind, name, "Zoë’s (1) – 😀")


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
@pytest.mark.parametrize(("kind", "name"), columns(LINES))
def test_what_may_have_several_lines_has_no_hidden_character_but_their_ends(
    kind: type[models.Model], name: str, hidden: str
) -> None:
    assert not accepts(kind, name, f"Ring{hidden} twice")
    assert accepts(kind, name, "Ring twice.\r\n\tThen wait:\xa0👩\N{ZERO WIDTH JOINER}👧")
