"""The desk's own classes are in the sheets that admin and its pages load beside unfold's."""

import re

import pytest

from tests.test_templates import EVERY, STATIC, classes_used, source
from tests.test_templates import SHEET as SHEET_NAMES

SHEET = "".join((STATIC / f"css/{name}.css").read_text() for name in ("admin", "desk"))
# The steps of signing in stand outside admin's frame, and look like the site.
OF_SIGN_IN = "".join((STATIC / f"css/{name}.css").read_text() for name in ("kt", "sign_in"))


def of_its_page(name: str) -> str:
    """The sheets that the pages of its folder load besides."""
    folder = name.rpartition("/")[0]
    sheets = {
        one
        for page in EVERY
        if page.startswith(f"{folder}/")
        for one in SHEET_NAMES.findall(source(page))
    }
    return "".join((STATIC / sheet).read_text() for sheet in sorted(sheets))


@pytest.mark.parametrize("name", [name for name in EVERY if name.startswith("desk/")])
def test_every_class_of_ours_is_in_the_sheet_of_admin(name: str) -> None:
    ours = {
        one
        for one in classes_used(name)
        if one.startswith(("kt-", "kd-")) and not one.endswith("--")
    }
    sheet = SHEET + (OF_SIGN_IN if name.startswith("desk/sign_in/") else "") + of_its_page(name)
    assert [one for one in ours if not re.search(rf"\.{one}\b", sheet)] == []
