"""Store the words that ship, so that a new practice finds them in admin and changes them there."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from welcome import words


def write(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    front_page = apps.get_model("welcome", "FrontPage")
    passage = apps.get_model("welcome", "Passage")
    page = front_page.objects.create(headline=words.HEADLINE, reassurance=words.REASSURANCE)
    for position, (title, text) in enumerate(words.STEPS):
        passage.objects.create(page=page, part="step", title=title, text=text, position=position)


def remove(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("welcome", "FrontPage").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("welcome", "0001_front_page")]

    operations = [migrations.RunPython(write, remove)]
