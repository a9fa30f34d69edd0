"""A save that asks several questions: one page after the other, and nothing before the last."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.test import RequestFactory

from availability.models import Gap, Practice
from desk.hours.confirm_before_save import Ask, AsksFirst, Question
from desk.stepwise_admin import ChangeOutcome
from tests.factories import World


def renamed() -> ChangeOutcome:
    """A change, as a form makes it."""
    before, after = Practice.objects.get(), Practice.objects.get()
    after.name = "Harbour Therapy"
    after.save()
    return ChangeOutcome(lambda: HttpResponse("kept"), before, after)


def unchanged() -> ChangeOutcome:
    return ChangeOutcome(lambda: HttpResponse("shown again"))


def answer(posted: dict[str, Any], change: Any = renamed) -> tuple[str, Any]:
    """What a save with two questions shows, and what its page carries."""
    user = User.objects.get_or_create(username="owner", is_superuser=True)[0]
    request = RequestFactory().post("/", {"name": "Harbour Therapy", "_preview": "1", **posted})
    request.user = user

    def ask(name: str) -> Ask:
        question = Question("preview", f"{name}?", {}, (name,))
        return lambda _: None if request.POST.get(f"{name}_said") else question

    admin: Any = site.get_model_admin(Gap)
    assert isinstance(admin, AsksFirst)
    page = admin.keep_or_ask(request, change, ask("first"), ask("second"))
    if isinstance(page, TemplateResponse):
        context: Any = page.context_data
        return context["title"], dict(context["kept"])
    return page.content.decode(), None


@pytest.mark.parametrize(
    ("posted", "asked"),
    [
        ({}, "first?"),
        ({"second_said": "yes"}, "first?"),
        ({"first_said": "yes"}, "second?"),
        ({"first_said": "yes", "first_seen": "3", "second_seen": "old"}, "second?"),
    ],
)
def test_the_first_open_question_is_asked_and_nothing_is_kept(
    world: World, posted: dict[str, str], asked: str
) -> None:
    own = asked.removesuffix("?")
    others = {name: value for name, value in posted.items() if not name.startswith(own)}
    assert answer(posted) == (asked, {"name": "Harbour Therapy", **others})
    assert Practice.objects.get().name == "Kicks Therapy"


def test_with_the_last_answer_all_is_kept(world: World) -> None:
    assert answer({"first_said": "yes", "second_said": "yes"}) == ("kept", None)
    assert Practice.objects.get().name == "Harbour Therapy"


def test_a_form_that_is_wrong_asks_nothing(world: World) -> None:
    assert answer({}, unchanged) == ("shown again", None)
