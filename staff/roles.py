"""What somebody's role is: asked here and nowhere else."""

from django.contrib.auth.models import AnonymousUser, User

from staff.models import Role, StaffMember


def role_of(user: User | AnonymousUser) -> Role | None:
    """Return the role of who is signed in; None for whoever does not work here (any more).

    A user made by `createsuperuser` is an owner: on a new server somebody has to be the first. The
    row is read with the user who signs in (`staff/rights.py`), so that asking costs nothing.
    """
    if not user.is_active:
        return None
    if user.is_superuser:
        return Role.OWNER
    member: StaffMember | None = getattr(user, "staff_member", None)
    return Role(member.role) if member else None
