"""What somebody's role is: asked here and nowhere else."""

from django.contrib.auth.models import AnonymousUser, User

from staff.models import Role, StaffMember


def role_of(user: User | AnonymousUser) -> Role | None:
    """Return the role of who is signed in; None for whoever does not work here (any more).

    A user made by `createsuperuser` is an owner: on a new server somebody has to be the first.
    """
    if not user.is_active:
        return None
    if user.is_superuser:
        return Role.OWNER
    role = StaffMember.objects.filter(user_id=user.pk or 0).values_list("role", flat=True).first()
    return Role(role) if role else None
