"""A chart is a table: what it shows is what it says."""

import re

import pytest

from academy.charts import ChartError, draw

THERAPY = "The relationship | 30 | 40\nClient factors | 40\n\nExpectancy | 15%\nTechnique | 12.5\n"


def test_each_row_says_its_label_and_its_figure() -> None:
    html = draw("What helps", THERAPY)
    assert "<caption>What helps</caption>" in html
    rows = re.findall(r'<th scope="row">(.*?)</th>\n<td>.*?</svg> (.*?)</td>', html)
    assert rows == [
        ("The relationship", "30 to 40%"),
        ("Client factors", "40%"),
        ("Expectancy", "15%"),
        ("Technique", "12.5%"),
    ]


def test_the_bars_are_as_long_as_the_figures_and_say_nothing_themselves() -> None:
    html = draw("What helps", THERAPY)
    low = [float(width) for width in re.findall(r'__low" width="([^"]+)"', html)]
    over = [float(width) for width in re.findall(r'__range" x="[^"]+" width="([^"]+)"', html)]
    assert low == [75, 100, 37.5, 31.2]
    assert over == [25, 0, 0, 0]
    assert html.count("<svg") == html.count('aria-hidden="true"') == 4


def test_a_chart_of_nothing_has_bars_of_no_length() -> None:
    assert 'width="0"' in draw("Nothing", "a | 0")


def test_what_belongs_to_a_share_stands_with_its_label() -> None:
    html = draw("What helps", "The relationship | 30 | 40 | How <you> get on\nHope | 15 | 2 people")
    assert '<th scope="col">Factor, and what belongs to it</th>' in html
    assert "The relationship <small>How &lt;you&gt; get on</small></th>" in html
    assert "Hope <small>2 people</small></th>\n" in html
    assert html.count("15%") == 1


def test_a_chart_of_figures_alone_has_no_head() -> None:
    assert "<thead>" not in draw("What helps", THERAPY)


def test_labels_and_title_are_text() -> None:
    html = draw("<i>", "<b> & co | 1")
    assert "<caption>&lt;i&gt;</caption>" in html
    assert "&lt;b&gt; &amp; co" in html


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("", "a | 1", "Give the chart a title"),
        ("What", "\n \n", "has no lines"),
        ("What", "a", "write “a” as"),
        ("What", "| 1", "write “| 1” as"),
        ("What", "a | b", "write “a | b” as"),
        ("What", "a | 1 | 2 | 3", "as: a label | 30"),
        ("What", "a | words | words", "as: a label | 30"),
        ("What", "a | -1", "as: a label | 30"),
        ("What", "a | 1e3", "as: a label | 30"),
        ("What", "a | ١٢", "as: a label | 30"),
        ("What", "a | 1000", "as: a label | 30"),
        ("What", "a | 101", "must rise and end at 100"),
        ("What", "a | 40 | 30", "must rise and end at 100"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(title: str, text: str, said: str) -> None:
    with pytest.raises(ChartError, match=re.escape(said)):
        draw(title, text)
