"""An owner's browser, and the forms that it sends."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from availability.models import Format, Therapist
from desk.sign_in.forms import PASSWORD
from staff.models import Role, SecurityEvent, StaffMember

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

WORD = "only-for-this-test"
GIVEN = {PASSWORD: WORD}


def somebody(role: Role | None, name: str = "Mo Reed", *, password: str | None = WORD) -> User:
    """Somebody who works here, with a password unless it's None."""
    first = name.lower().replace(" ", ".")
    email = f"{first}@kicks.example"
    user = User.objects.create_user(email, email, password, first_name=name, is_staff=True)
    if role:
        StaffMember.objects.create(user=user, role=role)
    return user


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def press(browser: Browser, page: str, /, *args: object, **posted: Any) -> "Response":
    """Post to one of the pages, with the password."""
    return browser.post(reverse(page, args=args), {**GIVEN, **posted})


def ash(**changes: Any) -> dict[str, Any]:
    """Ash Lane, a therapist who meets clients online and walking."""
    return {
        "name": "Ash Lane",
        "email": "ash@kicks.example",
        "role": Role.THERAPIST,
        "formats": [Format.ONLINE, Format.WALKING],
        "video_url": "https://meet.example.org/ash",
        **changes,
    }


def give_role(therapist: Therapist, role: Role = Role.THERAPIST) -> User:
    """Give the user of a diary a role, an address and a name."""
    user = User.objects.get(pk=therapist.user_id)
    user.first_name, user.email = therapist.name, f"{therapist.slug}@kicks.example"
    user.password = make_password(WORD)  # not a change of it, which would be written down
    user.save()
    StaffMember.objects.update_or_create(user=user, defaults={"role": role})
    return user


def events() -> list[tuple[str, str]]:
    """What was written down, the first first."""
    rows = SecurityEvent.objects.order_by("pk")
    return list(rows.values_list("kind", "about"))
