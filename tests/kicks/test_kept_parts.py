"""Parts of a page that are rendered once for each of the facts that they tell."""

import pytest
from django.template import Context, Template, TemplateSyntaxError

from kicks import kept_parts

LOADED = "{% load kept_parts %}"


def said(template: Template, **facts: object) -> str:
    return template.render(Context(facts))


def test_a_part_is_rendered_once_for_each_of_its_facts() -> None:
    template = Template(LOADED + "{% kept_for who.name %}{{ who.name }}, {{ n }}{% endkept_for %}")
    assert said(template, who={"name": "Robin"}, n=1) == "Robin, 1"
    assert said(template, who={"name": "Robin"}, n=2) == "Robin, 1"
    assert said(template, who={"name": "Sasha"}, n=3) == "Sasha, 3"
    assert said(template, who={"name": "Robin"}, n=4) == "Robin, 1"


def test_what_is_written_in_it_is_escaped_and_what_is_not_there_says_nothing() -> None:
    template = Template(LOADED + "{% kept_for who.name %}<b>{{ who.name }}</b>{% endkept_for %}")
    assert said(template, who={"name": "<i>"}) == "<b>&lt;i&gt;</b>"
    assert said(template, who=None) == said(template) == "<b></b>"


def test_one_of_no_facts_is_the_same_on_every_page() -> None:
    template = Template(LOADED + "{% kept_for %}{{ n }}{% endkept_for %}")
    assert said(template, n=1) == said(template, n=2) == "1"


def test_a_block_which_each_page_fills_otherwise_is_refused() -> None:
    inside = "{% kept_for %}{% if n %}{% block main %}{% endblock %}{% endif %}{% endkept_for %}"
    with pytest.raises(TemplateSyntaxError):
        Template(LOADED + inside)


def test_no_more_is_kept_than_a_practice_changes_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_parts, "MOST", 2)
    template = Template(LOADED + "{% kept_for n %}{{ n }}{% endkept_for %}")
    assert [said(template, n=n) for n in (1, 2, 3, 1)] == ["1", "2", "3", "1"]
    [node] = template.nodelist.get_nodes_by_type(kept_parts.KeptNode)
    assert isinstance(node, kept_parts.KeptNode)
    assert len(node.kept) == 2
