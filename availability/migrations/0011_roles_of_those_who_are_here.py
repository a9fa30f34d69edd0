"""Whoever may sign in gets the role that their rights came to: owner, or therapist.

A user of the release before who is neither (a receptionist, say, with boxes ticked) gets none, and
so no right, until the owner chooses their role: from boxes nobody can tell which it is.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def give_roles(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    users = apps.get_model("auth", "User").objects.filter(staff_member=None)
    members = apps.get_model("staff", "StaffMember").objects
    owners = users.filter(is_superuser=True).values_list("pk", flat=True)
    therapists = users.filter(is_superuser=False, therapist__isnull=False)
    roles = dict.fromkeys(owners, "owner")
    roles |= dict.fromkeys(therapists.values_list("pk", flat=True), "therapist")
    members.bulk_create(members.model(user_id=pk, role=role) for pk, role in roles.items())


class Migration(migrations.Migration):
    dependencies = [
        ("availability", "0010_assistants"),
        ("staff", "0002_security_events_stand"),
    ]

    # Back: the roles stay. The release before asks for none, and somebody may have chosen them.
    operations = [migrations.RunPython(give_roles, migrations.RunPython.noop)]
