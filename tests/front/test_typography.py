"""Words that stay together."""

import pytest

from front.templatetags.typography import unbroken


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A free talk", "A free talk"),
        (
            "Free 15-minute consultation",
            'Free <span class="kt-nowrap">15-minute</span> consultation',
        ),
        ("one-to-one", '<span class="kt-nowrap">one-to-one</span>'),
        ("- 5 - 6 -", "- 5 - 6 -"),
        ("", ""),
        ("<a-b> & c", '&lt;<span class="kt-nowrap">a-b</span>&gt; &amp; c'),
        ("'\"--><", "&#x27;&quot;--&gt;&lt;"),
    ],
)
def test_a_word_with_a_hyphen_stays_on_one_line_and_everything_is_escaped(
    text: str, html: str
) -> None:
    assert unbroken(text) == html
