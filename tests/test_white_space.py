"""What the tests read of a page is what its visitor sees, whatever the template's indentation."""

import pytest

from tests.white_space import as_shown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<ul>\n  <li>\n    One\n  </li>\n</ul>\n", "<ul><li>One</li></ul>"),
        ("<p>\n  Two <b>words</b>\n  here\n</p>", "<p>Two <b>words</b> here</p>"),
        ("<p><b>a</b><i>b</i></p>", "<p><b>a</b><i>b</i></p>"),
        ("<p><b>a</b> <i>b</i></p>", "<p><b>a</b> <i>b</i></p>"),
        ("<p>a</p>\n<pre> b\n c</pre>\n<p>d</p>", "<p>a</p><pre> b\n c</pre><p>d</p>"),
        ('<input\n  name="a"\n  checked>', '<input name="a" checked>'),
        ("116\N{NO-BREAK SPACE}123", "116\N{NO-BREAK SPACE}123"),
    ],
)
def test_white_space_counts_where_it_is_seen(html: str, shown: str) -> None:
    assert as_shown(html) == shown
