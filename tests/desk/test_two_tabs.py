"""Two tabs with one form: the second save is told what changed meanwhile, and saves nothing."""

from datetime import date
from functools import partial
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core import signing
from django.test import Client as Browser
from django.urls import reverse

from academy.models import Article, Question
from availability.models import Format, Practice, Service, Therapist, WeeklyHours
from bookings.follow_up_mails import SUBJECT
from bookings.models import FollowUp
from clients.models import Client, PrivacyNotice
from desk.page_state import LONGEST, SALT, STATE
from tests.desk.tab import Tab
from tests.factories import (
    NOW,
    World,
    force_booking,
    make_article,
    make_client,
    make_front_page,
    make_off,
    make_topic,
)
from tests.kicks.everything import fill
from tests.pages import signed_in
from tests.races.together import held, together
from welcome.models import Passage

pytestmark = pytest.mark.django_db


def path(row: Any) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk])


def tabs(browser: Browser, row: Any) -> tuple[Tab, Tab]:
    return Tab(browser, path(row)), Tab(browser, path(row))


@pytest.fixture
def sam(world: World) -> Client:
    return make_client(name="Sam Okafor", email="sam@old.example.com", phone="")


# What was seen: a corrected address and a price lost.


def test_a_corrected_address_is_not_lost(admin_client: Browser, sam: Client) -> None:
    first, second = tabs(admin_client, sam)
    assert first.save(email="sam@new.example.com") == 302
    assert second.save(phone="07700 900123") == 200
    sam.refresh_from_db()
    assert (sam.email, sam.phone) == ("sam@new.example.com", "")
    assert second.changes == {"Email": ("sam@old.example.com", "sam@new.example.com", None)}
    assert "Nothing was saved" in second.html
    assert second.save() == 302
    sam.refresh_from_db()
    assert (sam.email, sam.phone) == ("sam@new.example.com", "07700 900123")


def test_a_price_is_not_lost(admin_client: Browser, world: World) -> None:
    first, second = tabs(admin_client, world.session)
    assert first.save(price="80") == 302
    assert second.save(price="90", name="Long session") == 200
    service = Service.objects.get(pk=world.session.pk)
    assert (int(service.price), service.name) == (80, world.session.name)
    assert second.changes == {"Price": ("75.00", "80.00", "90")}
    assert second.filled["price"] == ["90"]
    assert second.filled["name"] == ["Long session"]
    assert second.save() == 302
    service.refresh_from_db()
    assert (int(service.price), service.name) == (90, "Long session")


def test_a_third_tab_is_told_again(admin_client: Browser, sam: Client) -> None:
    first, second = tabs(admin_client, sam)
    first.save(email="sam@new.example.com")
    assert second.save(email="sam@mine.example.com") == 200
    Tab(admin_client, path(sam)).save(email="sam@third.example.com")
    assert second.save() == 200
    told = ("sam@new.example.com", "sam@third.example.com", "sam@mine.example.com")
    assert second.changes == {"Email": told}
    assert second.save() == 302
    sam.refresh_from_db()
    assert sam.email == "sam@mine.example.com"


def test_what_the_client_or_the_lifecycle_changes_is_told_too(
    admin_client: Browser, sam: Client
) -> None:
    tab = Tab(admin_client, path(sam))
    sam.remind(NOW, wanted=False)
    sam.save()
    assert tab.save(phone="07700 900123") == 200
    assert tab.changes == {"Send reminders": ("Yes", "No", None)}
    assert "wants_reminders" not in tab.filled
    assert tab.save() == 302
    sam.refresh_from_db()
    assert not sam.wants_reminders


# No false alarms.


def test_every_form_is_saved_as_it_stands(admin_client: Browser, world: World) -> None:
    saved = set()
    for name, row in fill(world, 1).rows.items():
        tab = Tab(admin_client, path(row))
        if STATE in tab.filled and tab.save() == 302:
            saved.add(name)
    assert {"availability_gap", "availability_differenthours", "clients_client"} <= saved


def test_a_form_that_nobody_else_saved_is_saved(admin_client: Browser, sam: Client) -> None:
    tab = Tab(admin_client, path(sam))
    assert tab.save(name="Sam O.") == 302


def test_what_the_form_doesnt_show_is_no_alarm(admin_client: Browser, world: World) -> None:
    tab = Tab(admin_client, path(world.therapist.practice))
    Practice.objects.update(reminders_from=NOW)
    assert tab.save(phone="020 7946 0000") == 302


def test_the_same_change_twice_is_no_alarm(admin_client: Browser, sam: Client) -> None:
    first, second = tabs(admin_client, sam)
    first.save(email="sam@new.example.com")
    assert second.save(email="sam@new.example.com", phone="07700 900123") == 302


def test_a_time_that_a_browser_writes_otherwise_is_the_same(world: World) -> None:
    off = make_off(world.therapist, NOW, NOW.replace(hour=20))
    first, second = tabs(signed_in(world.therapist), off)
    assert first.save(reason="Away") == 302
    [starts] = second.filled["starts_at_1"]
    assert second.save(starts_at_1=starts[:5]) == 200
    assert second.changes == {"Reason": ("(empty)", "Away", None)}


def test_the_line_ends_of_a_browser_are_no_change(admin_client: Browser, world: World) -> None:
    notice = PrivacyNotice.objects.create(version=7, published_on=date(2026, 1, 1), body="a\nb")
    first, second = tabs(admin_client, notice)
    assert first.save(version="8") == 302
    assert second.save(body="a\r\nb") == 200
    assert list(second.changes) == ["Version"]


def test_a_save_that_was_refused_for_its_words_still_knows_what_it_had_shown(
    admin_client: Browser, sam: Client
) -> None:
    first, second = tabs(admin_client, sam)
    assert second.save(email="nonsense") == 200
    assert "Nothing was saved" not in second.html
    first.save(phone="07700 900123")
    assert second.save(email="sam@new.example.com") == 200
    assert list(second.changes) == ["Phone"]


def test_a_form_that_doesnt_say_what_it_showed_saves_nothing_until_it_was_looked_at(
    admin_client: Browser, sam: Client
) -> None:
    """A page of a release before, a program, somebody who leaves the field out."""
    tab = Tab(admin_client, path(sam))
    assert tab.save(**{STATE: None}, name="Sam O.") == 200
    assert "Nothing was saved: this page was out of date" in tab.html
    assert tab.changes == {"Name": ("", "Sam Okafor", "Sam O.")}
    assert tab.filled["name"] == ["Sam O."]
    sam.refresh_from_db()
    assert sam.name == "Sam Okafor"
    assert tab.save() == 302
    sam.refresh_from_db()
    assert sam.name == "Sam O."


def test_one_field_that_is_posted_alone_empties_no_other(
    admin_client: Browser, sam: Client
) -> None:
    answer = admin_client.post(path(sam), {"name": "Sam O."})
    told = {one.label: (one.now, one.typed) for one in answer.context["told"].changes}
    assert told["Name"] == ("Sam Okafor", "Sam O.")
    assert told["Email"] == ("sam@old.example.com", "(empty)")
    sam.refresh_from_db()
    assert (sam.name, sam.email) == ("Sam Okafor", "sam@old.example.com")


def test_what_stands_is_saved_as_it_stands_by_the_second_press(
    admin_client: Browser, sam: Client
) -> None:
    tab = Tab(admin_client, path(sam))
    assert tab.save(**{STATE: None}) == 200
    assert "It is what stands now" in tab.html
    assert tab.changes == {}
    assert tab.save() == 302


def test_a_field_that_came_with_a_release_meanwhile_is_not_emptied(
    admin_client: Browser, sam: Client
) -> None:
    """The page was made before, and doesn't know it; what it knows is right."""
    Client.objects.update(phone="07700 900123")
    tab = Tab(admin_client, path(sam))
    salt = f"{SALT}:clients.client:{sam.pk}"
    shown = signing.loads(tab.filled[STATE][0], salt=salt)
    del shown[""]["phone"]
    state = signing.dumps(shown, salt=salt, compress=True)
    assert tab.save(**{STATE: state}, phone=None, name="Sam O.") == 302
    sam.refresh_from_db()
    assert (sam.name, sam.phone) == ("Sam O.", "07700 900123")


def test_what_a_page_had_shown_cant_be_made_up(admin_client: Browser, sam: Client) -> None:
    other = Tab(admin_client, path(make_client())).filled[STATE]
    for state in ("nonsense", *other):
        tab = Tab(admin_client, path(sam))
        assert tab.save(**{STATE: state}, name="Mallory") == 200
        assert "this page was out of date" in tab.html
        assert tab.filled["name"] == ["Mallory"]
    sam.refresh_from_db()
    assert sam.name == "Sam Okafor"
    assert tab.save() == 302


def test_a_row_that_is_gone_is_said_to_be_gone(admin_client: Browser, world: World) -> None:
    off = make_off(world.therapist, NOW, NOW.replace(hour=20))
    tab = Tab(admin_client, path(off))
    off.delete()
    off.pk = 1
    assert tab.save(reason="Away") == 302


def test_who_may_only_look_is_refused(world: World, sam: Client, client: Browser) -> None:
    force_booking(world, NOW, client=sam)
    viewer = make_viewer("view_client", world)
    client.force_login(viewer)
    assert Tab(client, path(sam)).save(name="Mallory") == 403


def make_viewer(right: str, world: World) -> Any:
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename=right))
    world.therapist.user = user
    world.therapist.save()
    return user


# Every kind of field says its value as the page does.


def test_choices_are_told_by_their_labels(admin_client: Browser, world: World) -> None:
    first, second = tabs(admin_client, world.place())
    assert first.save(is_active=None) in (200, 302)
    first, second = tabs(admin_client, world.session)
    assert first.save(formats=[Format.ONLINE]) == 302
    assert second.save(formats=[Format.ONLINE, Format.WALKING]) == 200
    was, now, typed = second.changes["Formats"]
    assert (was, now, typed) == ("In person, Online, Walking", "Online", "Online, Walking")


def test_a_long_text_is_told_from_where_it_differs(admin_client: Browser) -> None:
    long = "word " * 200
    article = make_article(body=f"{long}old")
    first, second = tabs(admin_client, article)
    assert first.save(body=f"{long}new") == 302
    assert second.save(body=f"{long}mine") == 200
    [told] = second.changes.values()
    for text, end in zip(told, ("old", "new", "mine"), strict=True):
        assert text is not None
        assert text.startswith("… ")
        assert text.endswith(end)
    long = "old" + "word " * 200
    Article.objects.update(body=long)
    tab = Tab(admin_client, path(article))
    Article.objects.update(body=f"new{long}")
    tab.save(body="mine")
    [(was, now, typed)] = tab.changes.values()
    assert typed
    assert was.endswith(" …")
    assert len(now) == LONGEST + 2
    assert typed == "mine"


def test_what_no_field_can_read_is_told_as_it_was_typed(
    admin_client: Browser, world: World
) -> None:
    first, second = tabs(admin_client, world.session)
    first.save(price="80")
    assert second.save(price="a lot") == 200
    assert second.changes == {"Price": ("75.00", "80.00", "a lot")}
    assert "Enter a number" in second.html


def test_topics_that_another_ticked_are_not_lost(admin_client: Browser) -> None:
    article = make_article(topics=[make_topic("Sleep")])
    worry, grief = make_topic("Worry"), make_topic("Grief")
    first, second = tabs(admin_client, article)
    assert first.save(topics=[worry.pk]) == 302
    assert second.save(title="Another title") == 200
    assert second.changes == {"Topics": ("Sleep", "Worry", None)}
    assert second.save(topics=[worry.pk, grief.pk]) == 302
    assert {*article.topics.values_list("name", flat=True)} == {"Worry", "Grief"}


# Rows below the form.


@pytest.fixture
def article() -> Article:
    return make_article(questions=[("One?", "Yes."), ("Two?", "No."), ("Three?", "Perhaps.")])


def questions(article: Article) -> list[tuple[str, str]]:
    return list(article.questions.order_by("pk").values_list("question", "answer"))


def test_a_row_that_another_changed_is_told_by_its_name(
    admin_client: Browser, article: Article
) -> None:
    first, second = tabs(admin_client, article)
    assert first.save(**{"questions-1-answer": "Never."}) == 302
    assert second.save(**{"questions-1-answer": "Always.", "questions-0-answer": "Yes!"}) == 200
    assert second.changes == {"Two?: Answer": ("No.", "Never.", "Always.")}
    assert questions(article)[:2] == [("One?", "Yes."), ("Two?", "Never.")]
    assert second.save() == 302
    assert questions(article)[:2] == [("One?", "Yes!"), ("Two?", "Always.")]


def test_a_row_that_another_removed_stays_removed(admin_client: Browser, article: Article) -> None:
    first, second = tabs(admin_client, article)
    assert first.save(**{"questions-0-DELETE": "on"}) == 302
    assert second.save(**{"questions-2-answer": "Surely."}) == 200
    assert second.changes == {"Question": ("One?, Yes., 0", "Removed", None)}
    assert len(questions(article)) == 2
    assert second.save() == 302
    assert questions(article) == [("Two?", "No."), ("Three?", "Surely.")]


def test_what_was_typed_into_a_row_that_another_removed_is_kept_as_a_new_one(
    admin_client: Browser, article: Article
) -> None:
    first, second = tabs(admin_client, article)
    first.save(**{"questions-0-DELETE": "on"})
    assert second.save(**{"questions-0-answer": "Surely."}) == 200
    assert second.changes == {"Question": ("One?, Yes., 0", "Removed", "One?, Surely., 0")}
    assert second.save() == 302
    assert ("One?", "Surely.") in questions(article)
    assert len(questions(article)) == 3


def test_a_row_that_both_remove_is_no_alarm(admin_client: Browser, article: Article) -> None:
    first, second = tabs(admin_client, article)
    first.save(**{"questions-0-DELETE": "on"})
    assert second.save(**{"questions-0-DELETE": "on", "questions-1-answer": "Surely."}) == 302
    assert questions(article) == [("Two?", "Surely."), ("Three?", "Perhaps.")]


def test_rows_of_a_page_that_doesnt_say_what_it_showed_are_told_as_well(
    admin_client: Browser, article: Article
) -> None:
    before = questions(article)
    tab = Tab(admin_client, path(article))
    typed = {"questions-1-answer": "Never.", "questions-2-DELETE": "on"}
    new = {"question": "Four?", "answer": "Yes.", "position": "9", "id": ""}
    typed |= {f"questions-3-{name}": value for name, value in new.items()}
    assert tab.save(**{STATE: None, "questions-TOTAL_FORMS": "4"}, **typed) == 200
    assert tab.changes == {
        "Two?: Answer": ("", "No.", "Never."),
        "Three?": ("", "Three?, Perhaps., 2", "Removed"),
    }
    assert questions(article) == before
    assert tab.save() == 302
    assert questions(article)[:2] == [("One?", "Yes."), ("Two?", "Never.")]
    assert len(questions(article)) == 3


def test_of_a_row_that_is_gone_all_that_such_a_page_posts_is_kept(
    admin_client: Browser, article: Article
) -> None:
    tab = Tab(admin_client, path(article))
    Question.objects.get(question="One?").delete()
    assert tab.save(**{STATE: None}, **{"questions-0-answer": "Surely."}) == 200
    assert tab.changes == {"Question": ("", "Removed", "One?, Surely., 0")}
    assert len(questions(article)) == 2
    assert tab.save() == 302
    assert ("One?", "Surely.") in questions(article)


def test_a_row_that_one_changes_and_the_other_removes_is_told(
    admin_client: Browser, article: Article
) -> None:
    first, second = tabs(admin_client, article)
    first.save(**{"questions-0-answer": "Surely."})
    assert second.save(**{"questions-0-DELETE": "on"}) == 200
    assert second.changes == {"One?: Answer": ("Yes.", "Surely.", "Removed")}
    assert len(questions(article)) == 3
    assert second.save() == 302
    assert len(questions(article)) == 2


def test_a_row_that_another_added_stays_and_is_no_alarm(
    admin_client: Browser, article: Article
) -> None:
    tab = Tab(admin_client, path(article))
    Question.objects.create(article=article, question="Four?", answer="Yes.", html="<p>Yes.</p>")
    assert tab.save(title="Anxiety") == 302
    assert len(questions(article)) == 4
    tab = Tab(admin_client, path(article))
    Question.objects.create(
        article=article, question="Five?", answer="Yes.", html="<p>Yes.</p>", position=8
    )
    Article.objects.update(summary=("Another one. " * 6).strip())
    assert tab.save(title="Worry", **new_question("Six?")) == 200
    assert list(tab.changes) == ["Summary"]
    assert "Five?" in tab.html
    assert tab.save() == 302
    assert [question for question, _ in questions(article)][-2:] == ["Five?", "Six?"]


def new_question(words: str) -> dict[str, str]:
    row = {"question": words, "answer": "Yes.", "position": "9", "id": ""}
    return {f"questions-4-{name}": value for name, value in row.items()} | {
        "questions-TOTAL_FORMS": "5"
    }


def test_a_passage_of_the_home_page_is_not_lost(admin_client: Browser, world: World) -> None:
    page = make_front_page()
    passage = Passage.objects.create(
        page=page, part=Passage.Part.STEP, title="We talk", text="A little.", position=1
    )
    tab = Tab(admin_client, path(page))
    Passage.objects.update(text="A lot.")
    assert tab.save(headline="Hello") == 200
    assert tab.changes == {"We talk: Text": ("A little.", "A lot.", None)}
    passage.refresh_from_db()
    assert passage.text == "A lot."


def test_passages_of_one_part_are_not_taken_for_rows_of_another(
    admin_client: Browser, world: World
) -> None:
    """Seen: their prefixes begin alike, so nobody could add an approach to a page with steps."""
    page = make_front_page()
    for part in (Passage.Part.STEP, Passage.Part.APPROACH):
        Passage.objects.create(page=page, part=part, title=f"A {part}", text="Words.", position=1)
    tab = Tab(admin_client, path(page))
    new = {"title": "Gestalt", "text": "We notice.", "position": "2", "id": "", "page": "1"}
    added = {f"passages-2-1-{name}": value for name, value in new.items()}
    changed = {"passages-0-text": "Other words."}
    assert tab.save(**changed, **added, **{"passages-2-TOTAL_FORMS": "2"}) == 302
    kept = Passage.objects.order_by("pk").values_list("part", "title", "text")
    assert list(kept) == [
        ("step", "A step", "Other words."),
        ("approach", "A approach", "Words."),
        ("approach", "Gestalt", "We notice."),
    ]


# Forms that ask before they save.


def test_the_week_of_a_therapist_is_not_lost(admin_client: Browser, world: World) -> None:
    first, second = tabs(admin_client, world.therapist)
    [closes] = first.filled["weekly_hours-0-closes"]
    assert closes != "11:00:00"
    assert first.save(**{"weekly_hours-0-closes": "11:00"}) == 302
    assert second.save(name="Robin Hood", **{"weekly_hours-1-closes": "11:30"}) == 200
    [(label, told)] = second.changes.items()
    assert label.endswith(": To")
    assert told == (closes, "11:00:00", None)
    assert Therapist.objects.get(pk=world.therapist.pk).name != "Robin Hood"
    assert second.save() == 302
    kept = [
        f"{one:%H:%M}"
        for one in WeeklyHours.objects.order_by("pk").values_list("closes", flat=True)
    ]
    assert kept[:2] == ["11:00", "11:30"]


def test_what_changes_while_a_question_is_read_is_told_before_it_is_saved(
    admin_client: Browser, world: World
) -> None:
    """The page of the question carries what the form had shown."""
    practice = world.therapist.practice
    force_booking(world, NOW.replace(year=NOW.year + 1), organizer_name=practice.name)
    tab = Tab(admin_client, path(practice))
    typed = {**tab.filled, "name": "Harbour Therapy"}
    asked = admin_client.post(tab.path, typed)
    carried = dict(asked.context["kept"])
    assert carried[STATE] == tab.filled[STATE][0]
    Practice.objects.update(phone="020 7946 0000")
    assert (
        tab.save(name="Harbour Therapy", _tell="no", _tell_seen=asked.context["asked"].seen) == 200
    )
    assert list(tab.changes) == ["Phone"]
    practice.refresh_from_db()
    assert practice.name != "Harbour Therapy"


def test_a_preview_is_not_made_of_what_is_out_of_date(admin_client: Browser, world: World) -> None:
    first, second = tabs(admin_client, world.session)
    first.save(price="80")
    assert second.save(_preview="1", name="Long session") == 200
    assert list(second.changes) == ["Price"]


# The words of the mails after a consultation: a page of their own.


def test_the_words_of_a_mail_are_not_lost(admin_client: Browser, world: World) -> None:
    address = reverse("follow_ups")
    name = f"{world.therapist.pk}-think-subject"
    first, second = Tab(admin_client, address), Tab(admin_client, address)
    [was] = first.filled[name]
    assert first.save(**{name: "From the first"}) == 302
    assert second.save(**{name: "From the second"}) == 200
    label = f"{FollowUp.objects.get()}: Subject"
    assert second.changes == {label: (was, "From the first", "From the second")}
    assert FollowUp.objects.get().subject == "From the first"
    assert second.save() == 302
    assert FollowUp.objects.get().subject == "From the second"


def test_words_that_are_wrong_or_out_of_date_are_shown_again(
    admin_client: Browser, world: World
) -> None:
    name = f"{world.therapist.pk}-think-subject"
    tab = Tab(admin_client, reverse("follow_ups"))
    state = tab.filled[STATE]
    assert tab.save(**{name: ""}) == 200
    assert tab.filled[STATE] == state
    for unsaid in ("nonsense", None):
        assert tab.save(**{name: "Mine", STATE: unsaid}) == 200
        assert "this page was out of date" in tab.html
        assert tab.filled[name] == ["Mine"]
        [(_, now, typed)] = tab.changes.values()
        assert (now, typed) == (SUBJECT, "Mine")
        assert not FollowUp.objects.exists()
    assert tab.save() == 302
    assert FollowUp.objects.get().subject == "Mine"


# Two at the same instant.


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_instant_one_wins_and_the_other_is_told(
    world: World, admin_user: User
) -> None:
    sam = make_client(name="Sam Okafor", email="sam@old.example.com")
    pages = []
    for n in range(4):
        browser = Browser()
        browser.force_login(admin_user)
        pages.append((Tab(browser, path(sam)), f"sam{n}@example.com"))
    answers = together([partial(tab.save, email=email) for tab, email in pages])
    assert sorted(map(str, answers)) == ["200", "200", "200", "302"]
    [won] = [email for (_, email), answer in zip(pages, answers, strict=True) if answer == 302]
    sam.refresh_from_db()
    assert sam.email == won
    for (tab, email), answer in zip(pages, answers, strict=True):
        if answer == 200:
            assert "Nothing was saved" in tab.html
            assert f"<dd>{won}</dd>" in tab.html
            assert tab.filled["email"] == [email]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["card", "follow_ups"])
def test_who_waits_too_long_is_told_and_keeps_what_was_typed(
    world: World, admin_client: Browser, address: str
) -> None:
    sam = make_client(name="Sam Okafor")
    row, at = (sam, path(sam)) if address == "card" else (world.therapist, reverse("follow_ups"))
    name = "name" if address == "card" else f"{world.therapist.pk}-think-subject"
    tab = Tab(admin_client, at)
    with held(row):
        assert tab.save(**{name: "Mine"}) == 200
    assert "somebody else is saving this just now" in tab.html
    assert tab.filled[name] == ["Mine"]
    assert tab.save() == 302


# Every form of the desk.


def test_every_form_carries_what_it_shows(admin_client: Browser, world: World) -> None:
    """A form that is added without the mechanism fails here."""
    rows = fill(world, 1).rows.values()
    without = []
    for row in rows:
        response = admin_client.get(path(row))
        page = response.context["adminform"].model_admin
        if page.has_change_permission(response.wsgi_request, row) and STATE not in _posts(response):
            without.append(row._meta.label)
    assert {*without} <= {"auth.Group", "auth.User"}


def _posts(response: Any) -> Any:
    tab = Tab.__new__(Tab)
    tab.show(response)
    return tab.filled


def test_no_form_is_saved_that_doesnt_say_what_it_showed(
    admin_client: Browser, world: World
) -> None:
    """Whatever row it is, and whatever its form asks before; then the next press counts."""
    saved = []
    for name, row in fill(world, 1).rows.items():
        tab = Tab(admin_client, path(row))
        page = tab.response.context["adminform"].model_admin
        if not page.has_change_permission(tab.response.wsgi_request, row):
            continue
        before = LogEntry.objects.count()
        assert tab.save(**{STATE: None}) == 200, name
        assert "Nothing was saved: this page was out of date" in tab.html, name
        assert LogEntry.objects.count() == before, name
        saved += [name] if tab.save() == 302 else []
    assert len(saved) > 8


def test_no_list_is_edited_in_place() -> None:
    """A list carries nothing of what it showed."""
    assert not [page for page in site._registry.values() if page.list_editable]
