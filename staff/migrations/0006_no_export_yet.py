# Nothing exports yet: the word comes with what does.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0005_keys_go_back")]

    operations = [
        migrations.AlterField(
            model_name="securityevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("signed_in", "Signed in"),
                    ("sign_in_failed", "Sign-in failed"),
                    ("sign_in_locked", "Sign-in held back after wrong tries"),
                    ("new_device", "Signed in on a new device"),
                    ("signed_out", "Signed out"),
                    ("sessions_ended", "Other sessions ended"),
                    ("password_changed", "Password changed"),
                    ("factor_added", "Second factor added"),
                    ("factor_removed", "Second factor removed"),
                    ("invited", "Invited"),
                    ("left", "Left the practice"),
                    ("role_changed", "Role changed"),
                    ("ownership_changed", "Diary or client given to somebody else"),
                    ("keys_rotated", "Encryption keys rotated"),
                    ("note_opened", "Note opened"),
                    ("erased", "Data erased"),
                    ("links_revoked", "Private links ended"),
                ],
                max_length=20,
            ),
        ),
    ]
