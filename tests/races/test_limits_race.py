"""One bucket, many hands."""

from functools import partial

import pytest
from django.test import override_settings

from clients import rate_limits
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]


@override_settings(RATE_LIMITS={"tries": (10, 3600)})
def test_twenty_at_once_take_the_ten_tries_that_a_bucket_holds(transactional_db: None) -> None:
    taken = together([partial(rate_limits.allow, "tries", "203.0.113.7")] * 20)
    assert sorted(map(str, taken)) == ["False"] * 10 + ["True"] * 10
