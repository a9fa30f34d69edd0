"""A page of words and an answer, whatever somebody typed or pasted into them."""

import pytest

from prose.markdown import SANITISER, render_answer, render_page
from tests.academy.test_rendering import PAYLOADS, Reader


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_typed_to_harm_comes_out_harmless(payload: str) -> None:
    for html in (render_page(payload), render_answer(payload), SANITISER.clean(payload)):
        assert Reader(html).dangers == []


def test_a_page_has_headings_in_order_lists_and_links() -> None:
    html = render_page("# What I keep\n\n#### Why\n\n- a name\n- [more](/fees/)\n\n# What I keep")
    assert html.split("\n") == [
        '<h2 id="h-what-i-keep">What I keep</h2>',
        '<h3 id="h-why">Why</h3>',
        "<ul>",
        "<li>a name</li>",
        '<li><a href="/fees/">more</a></li>',
        "</ul>",
        '<h2 id="h-what-i-keep-2">What I keep</h2>',
    ]


def test_a_page_has_no_charts_and_no_tables() -> None:
    html = render_page("```shares x\na | 1\n```\n\n| a |\n|---|\n| 1 |")
    assert "<table" not in html
    assert "<svg" not in html
