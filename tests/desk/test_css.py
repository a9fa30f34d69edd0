"""The desk's own classes are in the sheet that admin loads beside unfold's."""

import re

import pytest

from tests.test_templates import EVERY, STATIC, classes_used

SHEET = (STATIC / "css/admin.css").read_text()
# The steps of signing in stand outside admin's frame, and look like the site.
OF_SIGN_IN = "".join((STATIC / f"css/{name}.css").read_text() for name in ("kt", "sign_in"))


@pytest.mark.parametrize("name", [name for name in EVERY if name.startswith("desk/")])
def test_every_class_of_ours_is_in_the_sheet_of_admin(name: str) -> None:
    ours = {one for one in classes_used(name) if one.startswith("kt-") and not one.endswith("--")}
    sheet = SHEET + (OF_SIGN_IN if name.startswith("desk/sign_in/") else "")
    assert [one for one in ours if not re.search(rf"\.{one}\b", sheet)] == []
