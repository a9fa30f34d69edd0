"""Whoever counts the branches of templates finds them all, and notices which were passed."""

import pytest
from django.template import Context, Template

from tests import branches

TEXT = (
    "{% if a %}A{% elif b %}B{% else %}C{% endif %}{% if c %}D{% endif %}"
    "{% for one in many %}{{ one }}{% empty %}none{% endfor %}"
    "\n{% block full %}words{% endblock %}{% block empty %}{% endblock %}"
)


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch) -> Template:
    monkeypatch.setattr(branches, "KNOWN", set())
    monkeypatch.setattr(branches, "SEEN", set())
    template = Template(TEXT)
    branches.plant(template.nodelist, "x.html")
    return template


def missed() -> list[str]:
    return sorted(branches.KNOWN - branches.SEEN)


def test_each_branch_is_known_by_its_place_and_its_words(template: Template) -> None:
    assert missed() == [
        "x.html",
        "x.html:1 #0 {% if a %} 0",
        "x.html:1 #0 {% if a %} 1",
        "x.html:1 #0 {% if a %} else",
        "x.html:1 #1 {% if c %} 0",
        "x.html:1 #2 {% for one in many %}",
        "x.html:1 #2 {% for one in many %} none",
        "x.html:2 #3 {% block full %}",
    ]


def test_what_is_rendered_counts_and_reads_as_before(template: Template) -> None:
    assert template.render(Context({"a": True, "many": "12", "c": 1})) == "AD12\nwords"
    assert missed() == [
        "x.html:1 #0 {% if a %} 1",
        "x.html:1 #0 {% if a %} else",
        "x.html:1 #2 {% for one in many %} none",
    ]
    assert template.render(Context({"b": True})) == "Bnone\nwords"
    assert missed() == ["x.html:1 #0 {% if a %} else"]
    template.render(Context())
    assert missed() == []


def test_every_template_of_ours_is_known() -> None:
    branches.unseen()
    known = {branch.partition(":")[0] for branch in branches.KNOWN}
    assert {"base.html", "mail/reminder.txt", "academy/feed.xml", "admin/base.html"} <= known
