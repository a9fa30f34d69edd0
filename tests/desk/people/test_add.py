"""Adding an associate is one form, and she can be booked once she has hours."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Place, Practice, Service, Therapist
from bookings import lifecycle
from bookings.by import By
from outbox.models import OutgoingMail
from staff.models import Role, StaffMember
from tests.desk.people.owners import WORD, ash, browser_of, events, press, somebody
from tests.factories import NOW, World, make_hours, make_practice, make_therapist, request_for
from tests.pages import text_of

THREE_DAYS = timedelta(days=3)


def made() -> User:
    return User.objects.get(email="ash@kicks.example")


def link_in(mail: OutgoingMail) -> str:
    """The path of the link in an invitation."""
    found = re.search(r"http://\S+?(/admin/choose-password/\S+)", mail.text)
    assert found
    return found[1]


def test_one_act_makes_a_therapist_who_can_be_booked_once_there_are_hours(
    world: World, browser: Browser, owner: User
) -> None:
    assert press(browser, "person_add", **ash()).status_code == 302
    user = made()
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (True, False, False)
    assert user.staff_member.role == Role.THERAPIST
    diary = user.therapist
    assert (diary.practice, diary.name, diary.slug) == (
        world.therapist.practice,
        "Ash Lane",
        "ash-lane",
    )
    assert diary.email == "ash@kicks.example"
    assert [(one.format, one.name) for one in diary.places.all()] == [
        (Format.ONLINE, "Video room"),
        (Format.WALKING, "Bishop’s Park gate"),
    ]
    assert diary.places.all()[0].video_url == "https://meet.example.org/ash"
    assert [one.slug for one in diary.services.all()] == ["consultation", "session"]
    assert {tuple(one.formats) for one in diary.services.all()} == {("online", "walking")}
    assert [one.price for one in diary.services.all()] == [0, 75]
    assert events() == [("invited", f"user:{user.pk}")]

    make_hours(diary, formats=[Format.ONLINE])
    service = diary.services.get(slug="consultation")
    asked = request_for(world, NOW + timedelta(days=1, hours=1), service=service)
    place = diary.places.get(format=Format.ONLINE)
    booking = lifecycle.book(replace(asked, place=place), by=By.client(), now=NOW)
    assert booking.therapist == diary


def test_the_invitation_leaves_through_the_outbox_and_leads_to_choosing_a_password(
    world: World, browser: Browser
) -> None:
    press(browser, "person_add", **ash())
    mail = OutgoingMail.objects.get(kind="staff_invitation")
    assert (mail.to, mail.about) == ("ash@kicks.example", f"user:{made().pk}")
    assert mail.not_after == NOW + THREE_DAYS
    assert mail.subject == "Choose your password"
    assert "Thursday 26 November 2026" in mail.text.replace("\N{NO-BREAK SPACE}", " ")
    for word in ("therap", "client", "Ash"):
        assert word not in mail.text.replace("Kicks Therapy", "").partition("If you need help")[0]
    newcomer = Browser()
    page = newcomer.get(link_in(mail), follow=True)
    assert page.status_code == 200
    path = page.redirect_chain[-1][0]
    word = "a-long-walk-by-the-river"
    newcomer.post(path, {"new_password1": word, "new_password2": word})
    newcomer.post("/admin/login/", {"username": "ash@kicks.example", "password": word})
    assert newcomer.get("/admin/").status_code == 200
    # It opens once.
    assert "new_password1" not in text_of(Browser().get(link_in(mail), follow=True))


def test_an_assistant_is_given_diaries_and_a_manager_none(world: World, browser: Browser) -> None:
    whose = world.therapist
    said = ash(role=Role.ASSISTANT, formats=[], video_url="", diaries=[whose.pk])
    assert press(browser, "person_add", **said).status_code == 302
    assert list(whose.assistants.all()) == [made()]
    assert not Therapist.objects.filter(user=made()).exists()
    manager = ash(role=Role.MANAGER, formats=[], video_url="", email="mo@kicks.example")
    assert press(browser, "person_add", **manager).status_code == 302
    assert StaffMember.objects.get(user__email="mo@kicks.example").role == Role.MANAGER
    assert ("ownership_changed", f"therapist:{whose.pk}") in events()


def test_an_owner_may_have_a_diary_too(world: World, browser: Browser) -> None:
    assert press(browser, "person_add", **ash(role=Role.OWNER)).status_code == 302
    assert made().therapist.services.count() == 2


def test_rooms_that_are_typed_are_made_and_others_are_copied(
    world: World, browser: Browser
) -> None:
    said = ash(formats=list(Format), room="3 Side Street, London SW6 1AA", meeting_point="Gate 4")
    press(browser, "person_add", **said)
    places = made().therapist.places.order_by("pk")
    assert [(one.name, one.address) for one in places] == [
        ("Room", "3 Side Street, London SW6 1AA"),
        ("Video room", ""),
        ("Meeting point", "Gate 4"),
    ]
    said = ash(formats=[Format.IN_PERSON], email="bo@kicks.example", room="")
    press(browser, "person_add", **said)
    second = User.objects.get(email="bo@kicks.example").therapist
    assert (second.slug, second.places.get().name) == ("ash-lane-2", "The Fulham room")


def test_the_first_therapist_of_a_practice_offers_a_first_meeting(browser: Browser) -> None:
    make_practice()
    assert "There is none yet." in text_of(browser.get(reverse("person_add")))  # to assist
    press(browser, "person_add", **ash(formats=[Format.ONLINE]))
    service = Service.objects.get()
    assert (service.title, service.formats) == ("Free 15-minute consultation", ["online"])
    assert service.therapist.slug == "ash-lane"


def test_a_name_of_no_letters_still_gets_an_address(browser: Browser) -> None:
    make_practice()
    press(browser, "person_add", **ash(name="محمد", formats=[Format.ONLINE]))
    assert Therapist.objects.get().slug == "therapist"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "Ash\u202eLane"}, "Remove the hidden characters"),
        ({"email": "ash"}, "Enter an email address with an @"),
        ({"email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example"}, "to 150 characters or fewer"),
        ({"role": "superuser"}, "Select a valid choice."),
        ({"role": ""}, "This field is required."),
        ({"formats": []}, "Tick at least one: how does this therapist meet clients?"),
        ({"formats": ["letter"]}, "Select a valid choice."),
        ({"video_url": ""}, "Enter the link that opens their video room."),
        ({"video_url": "javascript:alert(1)"}, "Enter a valid URL."),
        (
            {"role": "assistant", "formats": [], "video_url": ""},
            "whose diary is this assistant given?",
        ),
        ({"role": "assistant", "formats": [], "diaries": ["999"]}, "Select a valid choice."),
        ({"name": "Ash\0"}, "hidden characters"),
    ],
)
def test_bad_answers_are_told_and_nothing_is_made(
    world: World, browser: Browser, changes: dict[str, Any], words: str
) -> None:
    before = User.objects.count()
    response = press(browser, "person_add", **ash(**changes))
    assert response.status_code == 200
    assert words in text_of(response)
    if "name" not in changes:
        assert 'value="Ash Lane"' in response.content.decode()
    assert User.objects.count() == before
    assert not OutgoingMail.objects.filter(kind="staff_invitation").exists()
    assert events() == []


def test_what_the_role_has_no_use_for_counts_for_nothing_though_it_was_answered_before(
    world: World, browser: Browser
) -> None:
    """The page shows it no more once another role is chosen, and so says nothing about it."""
    wrong = {"formats": ["letter"], "video_url": "javascript:alert(1)", "room": "a\0b"}
    said = ash(role="manager", **wrong, diaries=[world.therapist.pk])
    assert press(browser, "person_add", **said).status_code == 302
    assert not Therapist.objects.filter(user=made()).exists()
    assert not world.therapist.assistants.exists()


def test_an_assistant_is_given_diaries_and_makes_none(world: World, browser: Browser) -> None:
    said = ash(role="assistant", diaries=[world.therapist.pk], video_url="nonsense")
    assert press(browser, "person_add", **said).status_code == 302
    assert list(world.therapist.assistants.all()) == [made()]
    assert not Therapist.objects.filter(user=made()).exists()


def test_of_a_format_that_is_not_ticked_nothing_is_asked(world: World, browser: Browser) -> None:
    said = ash(formats=["walking"], video_url="javascript:alert(1)", room="a\0b")
    assert press(browser, "person_add", **said).status_code == 302
    assert [one.format for one in made().therapist.places.all()] == [Format.WALKING]


def test_an_owner_can_do_without_a_diary(world: World, browser: Browser) -> None:
    said = ash(role="owner", formats=[], video_url="")
    assert press(browser, "person_add", **said).status_code == 302
    assert not Therapist.objects.filter(user=made()).exists()


def test_a_format_without_any_place_is_told_and_nothing_is_made(
    world: World, browser: Browser
) -> None:
    Place.objects.filter(format=Format.WALKING).update(is_active=False)
    response = press(browser, "person_add", **ash())
    assert "Say below where they meet walking: there is no place yet." in text_of(response)
    assert not User.objects.filter(email="ash@kicks.example").exists()


@pytest.mark.parametrize("email", ["ash@kicks.example", "ASH@kicks.example"])
def test_an_address_that_somebody_has_is_told_and_nothing_is_made(
    world: World, browser: Browser, email: str
) -> None:
    press(browser, "person_add", **ash())
    response = press(browser, "person_add", **ash(email=email, name="Another"))
    assert "Ash Lane has this address already." in re.sub("<[^>]+>", "", text_of(response))
    assert reverse("person", args=[made().pk]) in response.content.decode()
    assert User.objects.filter(email__iexact=email).count() == 1
    assert OutgoingMail.objects.filter(kind="staff_invitation").count() == 1
    assert Therapist.objects.count() == 2


def test_without_a_practice_nobody_can_be_invited(browser: Browser) -> None:
    for response in (
        browser.get(reverse("person_add")),
        press(browser, "person_add", **ash()),
        browser.get(reverse("people")),
    ):
        assert "Add the practice first" in text_of(response)
    assert not User.objects.filter(email="ash@kicks.example").exists()


def test_it_is_the_owners_own_practice_that_grows(world: World, owner: User) -> None:
    other = Practice.objects.create(name="Other house", email="o@kicks.example")
    make_therapist(practice=other, name="Olive")
    Therapist.objects.filter(name="Olive").update(user=owner)
    press(browser_of(owner), "person_add", **ash(formats=[Format.ONLINE]))
    assert made().therapist.practice == other


def test_what_is_still_missing_is_said_with_the_way_there(world: World, browser: Browser) -> None:
    response = browser.post(reverse("person_add"), {**ash(), "password_again": WORD}, follow=True)
    assert "Ash Lane is invited" in text_of(response)
    path = reverse("admin:availability_therapist_change", args=[made().therapist.pk])
    assert f'href="{path}">Enter hours</a>' in response.content.decode()
    manager = ash(role=Role.MANAGER, formats=[], email="mo@kicks.example", password_again=WORD)
    response = browser.post(reverse("person_add"), manager, follow=True)
    assert "Enter hours" not in text_of(response)


def test_who_asks_is_asked_whether_they_still_own_the_practice(world: World, owner: User) -> None:
    """Another owner may have taken the role away between the page and the press."""
    browser = browser_of(owner)
    somebody(Role.OWNER, "Second Owner")
    StaffMember.objects.filter(user=owner).update(role=Role.MANAGER)
    assert press(browser, "person_add", **ash()).status_code == 403
