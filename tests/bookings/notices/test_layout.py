"""The paper that mails are written on: one sheet, the site's colours, nothing left to fetch."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from bookings.notices import layout
from desk.mail_samples.samples import samples
from tests.factories import NOW, World

MAILS = Path(settings.BASE_DIR) / "templates" / "mail"
TEMPLATES = sorted(MAILS.glob("*.html"))
NIGHT = "@media (prefers-color-scheme: dark)"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_names_classes_of_the_sheet_and_carries_no_style(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style", text)
    used = {word for found in re.findall(r'class="([^"]*)"', text) for word in found.split()}
    assert used <= set(re.findall(r"\.([a-z]+)", layout.STYLES.read_text()))


def test_every_class_of_the_sheet_is_used() -> None:
    pages = "".join(template.read_text() for template in TEMPLATES)
    css = re.sub(r"/\*.*?\*/|\{[^{}]*\}", "", layout.STYLES.read_text(), flags=re.DOTALL)
    named = set(re.findall(r"\.([a-z]+)", css))
    assert len(named) > 8
    assert {name for name in named if f'class="{name}"' not in pages} == set()


def test_the_colours_are_the_sites_by_day_and_by_night() -> None:
    day, _, night = layout._styles().partition(NIGHT)
    assert "\na { color: #0b5a60; }" in day
    assert ".button td { background: #0e5156;" in day
    assert "a { color: #8fd0cf !important; }" in night
    assert ".button td { background: #f3c176 !important; }" in night
    assert "var(--" not in day + night
    own = re.findall(r"#[0-9a-f]{3,8}\b", layout.STYLES.read_text())
    assert own == []


def test_a_colour_that_the_site_does_not_know_is_no_mail() -> None:
    with pytest.raises(KeyError, match="kt-mauve"):
        layout._filled("a { color: var(--kt-mauve); }", {"kt-ink": "#000"})


def test_what_a_client_is_called_stays_text_when_the_styles_are_written() -> None:
    name = "<img src=x onerror=alert(1)>&lt;b&gt;\"'"
    made = layout.bodies("links", {"greeting": name, "book_url": "https://a.test/?a&b"})
    assert "<img" not in made["html"]
    assert "&lt;img src=x onerror=alert(1)&gt;&amp;lt;b&amp;gt;" in made["html"]
    assert 'href="https://a.test/?a&amp;b"' in made["html"]
    assert f"Hello {name}." in made["text"]


def test_what_leads_to_a_ticket_does_not_touch_its_line(world: World) -> None:
    [html] = [s.letter.html for s in samples(world.therapist, NOW) if s.letter.kind == "rearranged"]
    tickets = re.findall(r'<table class="ticket"[^>]*>', html)
    assert len(tickets) == 3
    assert all("margin:14px 0 0" in ticket for ticket in tickets)
