"""What is sealed goes back when this is undone; nothing is sealed here.

Sealing waits until no process of the release before runs: it would take what is sealed for another
key, and let nobody in. Each app's key is sealed as its next code is checked, all others at night
(`staff/housekeeping.py`) or by `rotate_keys`.
"""

from typing import Any

from django.db import migrations


def put_back(apps: Any, _editor: Any) -> None:
    """Write the keys where the release before reads them; who asked for a link asks again."""
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for sealed in apps.get_model("staff", "AppKey").objects.iterator():
        field = sealed._meta.get_field("key")  # noqa: SLF001, Django's documented name
        token = type(sealed).key.stored(sealed).token
        devices.filter(pk=sealed.device_id).update(key=field.opened(sealed, token))
    apps.get_model("staff", "ResetRequest").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0004_sealed_for_their_rows"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, put_back),
    ]
