"""What each role may do: every right follows from it, and there is no other way to a right.

Here stands *what* somebody may do. With *whose* rows is said by `availability/access.py`; who
reads what a client confided, too. `docs/roles.md` is this table in words.
"""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, User

from staff.models import Role
from staff.roles import role_of

READ = ("view",)
WRITE = ("view", "change")
KEEP = ("view", "add", "change", "delete")
# What is done to a booking once it was: who came and how it went on, and a late fee that is waived.
MEET = ("view", "change", "record", "waive")

# When and where somebody can be met, for what price.
HOURS = (
    "availability.weeklyhours",
    "availability.differenthours",
    "availability.timeoff",
    "availability.workedholiday",
    "availability.gap",
    "availability.service",
    "availability.place",
)
WEBSITE = (
    "academy.article",
    "academy.question",
    "academy.topic",
    "welcome.frontpage",
    "welcome.passage",
    "welcome.accessibilitystatement",
)
Rights = dict[str, tuple[str, ...]]
# What whoever runs a diary does in it.
DIARY: Rights = {
    **dict.fromkeys(HOURS, KEEP),
    "availability.therapist": WRITE,
    "bookings.booking": MEET,
    "bookings.bookingevent": READ,
    "clients.client": WRITE,
    "clients.consent": READ,
    # To change a mail is to send it again: no word of it can be changed.
    "outbox.outgoingmail": WRITE,
}
# Of each model, by its label, what may be done to its rows, as Django names it.
MAY: dict[Role, Rights] = {
    Role.OWNER: {
        **DIARY,
        **dict.fromkeys(WEBSITE, KEEP),
        "availability.practice": KEEP,
        # To add a therapist is to begin one's own diary: others are invited to theirs.
        "availability.therapist": (*WRITE, "add"),
        "bookings.followup": WRITE,
        "clients.client": (*WRITE, "delete"),
        "clients.privacynotice": KEEP,
        "staff.securityevent": READ,
    },
    Role.MANAGER: {
        **DIARY,
        **dict.fromkeys(WEBSITE, KEEP),
        "availability.practice": READ,
        "bookings.followup": READ,
        "clients.privacynotice": READ,
    },
    Role.THERAPIST: {
        **DIARY,
        "availability.practice": READ,
        "bookings.followup": WRITE,
        "clients.privacynotice": READ,
    },
    Role.ASSISTANT: {
        "bookings.booking": WRITE,
        "bookings.bookingevent": READ,
        "clients.client": READ,
        # What they tell whoever rings up: what is offered, and where it is.
        "availability.service": READ,
        "availability.place": READ,
    },
}


def _right(model: str, action: str) -> str:
    app, _, name = model.partition(".")
    return f"{app}.{action}_{name}"


RIGHTS: dict[Role, frozenset[str]] = {
    role: frozenset(_right(model, action) for model, actions in may.items() for action in actions)
    for role, may in MAY.items()
}


class RoleBackend(ModelBackend):
    """Signs in by password, and answers what somebody may do from their role alone.

    Boxes that were ticked for a user or a group in a release before count for nothing.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Return who is signed in, with their role: every page asks for it."""
        known = User.objects.select_related("staff_member").filter(pk=user_id).first()
        return known if known and self.user_can_authenticate(known) else None

    def get_user_permissions(self, user_obj: User | AnonymousUser, obj: Any = None) -> set[str]:  # noqa: ARG002
        return set()

    def get_group_permissions(self, user_obj: User | AnonymousUser, obj: Any = None) -> set[str]:  # noqa: ARG002
        return set()

    def get_all_permissions(self, user_obj: User | AnonymousUser, obj: Any = None) -> set[str]:
        """Return the rights of the role; as with Django's backend, none on a single row."""
        role = role_of(user_obj)
        return set(RIGHTS[role]) if role and obj is None else set()
