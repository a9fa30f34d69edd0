"""A title or a description may stand on several lines of a template: the page has it on one."""

import pytest
from django.template import Context, Template

from kicks.page_head import one_line
from tests.white_space import as_shown

LONG = """
{% load page_head %}{% about title="A & B" %}
  For {{ whom }}:
  some words.
{% endabout %}after
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n  Error:\n  Your details\n", "Error: Your details"),
        ("one\tword \r\n apart", "one word apart"),
        ("116\N{NO-BREAK SPACE}123", "116\N{NO-BREAK SPACE}123"),
        (" \n ", ""),
    ],
)
def test_white_space_becomes_one_space_and_a_no_break_space_stays(text: str, line: str) -> None:
    assert one_line(text) == line


def test_what_was_escaped_is_not_escaped_again_and_what_was_not_is() -> None:
    page = (
        "{% load page_head %}{{ words|one_line }}:{% filter one_line %} {{ words }} {% endfilter %}"
    )
    html = Template(page).render(Context({"words": "<b> &\n co"}))
    assert html == "&lt;b&gt; &amp; co:&lt;b&gt; &amp; co"


def test_a_description_between_the_tags_is_one_line_in_the_head() -> None:
    html = Template(LONG).render(Context({"whom": "<you>", "title": "kept", "canonical": "x"}))
    said = "For &lt;you&gt;: some words."
    assert f'<meta name="description" content="{said}">' in html
    assert f'<meta property="og:description" content="{said}">' in as_shown(html)
    assert '<meta property="og:title" content="A & B">' in html
    assert html.endswith("after\n")
