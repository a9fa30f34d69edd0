"""The desk's own classes are in the sheet that admin loads beside unfold's."""

import re

import pytest

from tests.test_templates import EVERY, STATIC, classes_used

SHEET = (STATIC / "css/admin.css").read_text()


@pytest.mark.parametrize("name", [name for name in EVERY if name.startswith("desk/")])
def test_every_class_of_ours_is_in_the_sheet_of_admin(name: str) -> None:
    ours = {one for one in classes_used(name) if one.startswith("kt-") and not one.endswith("--")}
    assert [one for one in ours if not re.search(rf"\.{one}\b", SHEET)] == []
