"""What the templates promise together: nothing named is missing, and nothing is inline."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template, render_to_string
from django.urls import get_resolver
from django.utils.datastructures import MultiValueDict

from tests.flows.odd_windows import BOXES

TEMPLATES = Path(settings.BASE_DIR) / "templates"
STATIC = Path(settings.BASE_DIR) / "static"
CODE = sorted(
    path
    for app in ("academy", "front", "pictures", "portal")
    for path in (Path(settings.BASE_DIR) / app).rglob("*.py")
)
EVERY = sorted(
    path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file()
)
# Mail has no stylesheet to keep its styles in, and the admin brings its own.
PAGES = [name for name in EVERY if not name.startswith(("mail/", "admin/", "desk/", "unfold/"))]
MAILS = sorted({name.rsplit(".", 1)[0] for name in EVERY if re.match(r"mail/[a-z]", name)})

TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
SHEET = re.compile(r"""\{% static ['"]([^'"]+\.css)['"] %\}""")
CLASSES = re.compile(r"""\bclass="([^"]*)"|'class' '([^']*)'""")


def source(name: str) -> str:
    return (TEMPLATES / name).read_text()


def stylesheets(folder: str) -> list[str]:
    """The sheets of every page, and those that the pages of a folder load besides."""
    own = [name for name in PAGES if folder and name.startswith(f"{folder}/")]
    return [sheet for name in ("base.html", *own) for sheet in SHEET.findall(source(name))]


def classes_used(name: str) -> set[str]:
    found = CLASSES.findall(source(name))
    return {word for pair in found for text in pair for word in TAG.sub(" ", text).split()}


def classes_served(folder: str = "") -> set[str]:
    served: set[str] = set()
    for sheet in stylesheets(folder):
        css = re.sub(r"/\*.*?\*/", "", (STATIC / sheet).read_text(), flags=re.DOTALL)
        for selector in re.findall(r"([^{};]+)\{", css):
            served.update(re.findall(r"\.(-?[A-Za-z_][\w-]*)", selector))
    return served


def local_files(css: Path) -> Iterator[Path]:
    # A data: address is no file of ours, and the policy would block it: it fails with the rest.
    for target in re.findall(r"""url\(["']?([^"')]+)""", css.read_text()):
        yield (css.parent / target).resolve()


@pytest.mark.parametrize("name", EVERY)
def test_template_parses(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_every_class_is_in_the_css_that_is_served(name: str) -> None:
    assert classes_used(name) - classes_served(name.rpartition("/")[0].split("/")[0]) == set()


@pytest.mark.parametrize("code", CODE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_class_written_by_code_is_in_the_css_too(code: Path) -> None:
    if "admin" not in (code.parent.name, code.stem):
        found = {word for pair in CLASSES.findall(code.read_text()) for word in pair[0].split()}
        app = code.relative_to(settings.BASE_DIR).parts[0]
        assert found - classes_served(app) == set()


def test_the_class_search_sees_classes_inside_tags() -> None:
    assert {"kt-field", "kt-field--error", "form-control", "is-invalid"} <= classes_used(
        "bootstrap5/field.html"
    )
    assert "kt-slot" in classes_served()
    assert "made-up" not in classes_served()
    assert "kt-shares" in classes_served("academy") - classes_served()


@pytest.mark.parametrize("name", PAGES)
def test_no_style_or_script_is_inline(name: str) -> None:
    text = source(name)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|[\"'(]data:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("name", EVERY)
def test_every_file_and_address_named_exists(name: str) -> None:
    text = source(name)
    for path in re.findall(r"""\{% static ['"]([^'"]+)['"]|="/static/([^"]+)\"""", text):
        assert finders.find("".join(path)), path
    for included in re.findall(r"""\{% (?:include|extends) ['"]([^'"]+)['"]""", text):
        assert included in EVERY or get_template(included)
    known = get_resolver().reverse_dict
    for address in re.findall(r"""\{% url ['"]([^'":]+)['"]""", text):
        assert address in known, address


def test_every_box_that_forced_colours_are_tried_on_is_in_the_css() -> None:
    served = set.union(*(classes_served(folder) for folder in ("", "academy", "front", "portal")))
    assert set(re.findall(r"\.(kt-[\w-]+)", BOXES)) - served == set()


@pytest.mark.parametrize("css", sorted(STATIC.rglob("*.css")), ids=lambda path: path.name)
def test_every_file_that_the_css_names_exists(css: Path) -> None:
    assert [path for path in local_files(css) if not path.is_file()] == []


def test_each_format_has_a_drawing() -> None:
    for art in ("in_person", "online", "walking"):
        assert f"partials/art/{art}.svg" in EVERY


LAST_RESORTS = ("500.html", "503.html")


@pytest.mark.parametrize("name", [*LAST_RESORTS, "bare.html"])
def test_a_last_resort_page_asks_nothing_of_the_code(name: str) -> None:
    text = source(name)
    harmless = {"comment", "endcomment", "extends", "include", "block", "endblock"}
    assert set(re.findall(r"\{% (\w+)", text)) <= harmless | {"if", "else", "endif"}
    assert set(re.findall(r"\{\{ (.*?) \}\}", text)) <= {"minutes"}
    assert {*re.findall(r"""\{% (?:include|extends) "(.*?)\"""", text)} <= {
        "bare.html",
        "partials/art/brand.svg",
        "partials/help.html",
    }


@pytest.mark.parametrize("name", LAST_RESORTS)
def test_a_last_resort_page_says_whom_to_call_and_what_to_do_next(name: str) -> None:
    html = render_to_string(name)
    assert "116123" in html
    assert 'class="btn btn-primary"' in html


class Example(forms.Form):
    email = forms.EmailField(help_text="For your confirmation.")
    phone = forms.CharField(required=False)
    place = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("1", "The gate")], help_text="Either suits me."
    )
    agree = forms.BooleanField(label="I agree")


def rendered(field: str) -> str:
    form = Example(MultiValueDict({"email": ["<b>sam"]}))
    form.full_clean()
    return render_to_string(
        "bootstrap5/field.html",
        {"field": form[field], "form_show_errors": True, "form_show_labels": True},
    )


@pytest.mark.parametrize("field", ["email", "place"])
def test_hint_then_error_come_before_the_input_and_describe_it(field: str) -> None:
    html = rendered(field)
    hint, error = html.index(f'id="id_{field}_helptext"'), html.index(f'id="id_{field}_error"')
    assert hint < error < html.index("<input")
    assert f'aria-describedby="id_{field}_helptext id_{field}_error"' in html
    assert "kt-field--error" in html
    assert "*" not in html


def test_only_an_optional_field_is_marked() -> None:
    assert "(optional)" in rendered("phone")
    assert "(optional)" not in rendered("email")


def test_a_checkbox_says_what_is_wrong_before_itself() -> None:
    html = rendered("agree")
    assert html.index('id="id_agree_error"') < html.index("<input")
    assert 'aria-invalid="true"' in html


def test_what_was_typed_comes_back_escaped() -> None:
    assert 'value="&lt;b&gt;sam"' in rendered("email")


BOOKING = {
    "title": "Free 15-minute consultation",
    "format": "walking",
    "format_label": "Walking",
    "date_label": "Tuesday 1 December 2026",
    "time_label": "10:30am to 10:45am UK time",
    "place_name": "The gate & the <lamp>",
    "place_lines": ["London SW6"],
    "directions": "By the river.",
    "video_url": "",
    "price_label": "Free",
    "reference": "KT-7Q4M",
    "greeting": "Sam Okafor",
}


def mail(name: str, **more: Any) -> str:
    practice = {"name": "Kicks Therapy", "summary": "Fulham."}
    links = {"manage_url": "https://a.test/b/", "admin_url": "https://a.test/admin/"}
    client = {"name": "Sam Okafor", "email": "sam@example.com", "phone": "07700 900 123"}
    about = {"booking": BOOKING, "practice": practice, "client": client, "link_url": "x"}
    return render_to_string(name, about | links | {"site_url": "https://a.test"} | more)


@pytest.mark.parametrize("name", MAILS)
def test_each_mail_has_a_text_part_and_an_html_part(name: str) -> None:
    assert {f"{name}.txt", f"{name}.html"} <= set(EVERY)


@pytest.mark.parametrize("name", ["mail/confirmation", "mail/reminder"])
def test_both_parts_say_when_where_and_how_to_cancel(name: str) -> None:
    text, html = mail(f"{name}.txt"), mail(f"{name}.html")
    for fact in ("1 December 2026", "10:30am", "London SW6", "KT-7Q4M", "https://a.test/b/"):
        assert fact in text
        assert fact in html
    assert "The gate & the <lamp>" in text
    assert "The gate &amp; the &lt;lamp&gt;" in html
    assert "116\N{NO-BREAK SPACE}123" in text
    assert 'href="tel:116123"' in html


@pytest.mark.parametrize("name", ["mail/confirmation.txt", "partials/expect.html"])
def test_what_to_expect_depends_on_the_format(name: str) -> None:
    formats = ("in_person", "online", "walking")
    assert len({mail(name, booking=BOOKING | {"format": format_}) for format_ in formats}) == 3


@pytest.mark.parametrize("end", ["txt", "html"])
def test_a_note_or_a_reason_never_travels_to_the_therapist(end: str) -> None:
    secret = {"note": "I can't sleep", "reason": "I can't sleep", "has_note": True}
    assert "sleep" not in mail(f"mail/therapist_new.{end}", **secret)
    assert "sleep" not in mail(f"mail/therapist_cancelled.{end}", **secret, has_reason=True)


@pytest.mark.parametrize("end", ["txt", "html"])
def test_only_the_therapists_reason_reaches_the_client(end: str) -> None:
    assert "unwell" in mail(f"mail/cancellation.{end}", by_therapist=True, reason="I am unwell")
    assert "unwell" not in mail(
        f"mail/cancellation.{end}", by_therapist=False, reason="I am unwell"
    )


@pytest.mark.parametrize("end", ["txt", "html"])
def test_who_is_asked_to_move_without_a_proposal_chooses_for_themselves(end: str) -> None:
    change = {"action": "asked", "booking": BOOKING, "manage_url": "https://a.test/b/"}
    words = mail(f"mail/rearranged.{end}", changes=[change])
    assert "I can’t make this one. Please choose a time that suits you instead." in words
    assert "keeping that time" not in words
