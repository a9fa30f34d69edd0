"""What nothing shows goes after a week, with its files; what was never kept whole, after a day."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import ProtectedError

from academy.models import Article
from availability.models import Place, Therapist
from bookings.tasks import housekeeping
from pictures import store_picture
from pictures.housekeeping import KEPT_UNUSED, YOUNG, forget_unused
from pictures.models import Picture
from tests.clock import Clock
from tests.factories import NOW, World, make_article, make_picture
from tests.pictures.images import scene, written

DAY = timedelta(days=1)


@pytest.fixture
def kept(world: World, picture_folder: Path) -> Picture:
    """A portrait, with its files as old as it is."""
    picture = store_picture.add(store_picture.take(written(scene(400, 400))), alt="A", now=NOW)
    Therapist.objects.update(portrait=picture)
    age(picture_folder, NOW)
    return picture


def age(folder: Path, moment: datetime) -> None:
    for file in folder.iterdir():
        os.utime(file, (moment.timestamp(), moment.timestamp()))


def files(folder: Path) -> int:
    return len(list(folder.iterdir()))


def test_a_picture_that_is_shown_stays_whatever_shows_it(
    world: World, picture_folder: Path
) -> None:
    portrait, room, cover = (make_picture() for _ in range(3))
    Therapist.objects.update(portrait=portrait)
    Place.objects.filter(pk=world.place().pk).update(picture=room)
    make_article(picture=cover)
    make_picture()
    assert Picture.objects.unused().count() == 1
    for days in range(3):
        forget_unused(NOW + days * KEPT_UNUSED + days * DAY)
    assert {*Picture.objects.all()} == {portrait, room, cover}


def test_what_was_replaced_is_there_for_a_week_and_then_gone(
    kept: Picture, picture_folder: Path
) -> None:
    count = files(picture_folder)
    Therapist.objects.update(portrait=None)
    for moment in (NOW, NOW + DAY, NOW + KEPT_UNUSED):
        forget_unused(moment)
        assert (Picture.objects.count(), files(picture_folder)) == (1, count)
    forget_unused(NOW + KEPT_UNUSED + DAY)
    assert (Picture.objects.count(), files(picture_folder)) == (0, 0)


def test_what_is_shown_again_begins_anew(kept: Picture, picture_folder: Path) -> None:
    Therapist.objects.update(portrait=None)
    forget_unused(NOW)
    Therapist.objects.update(portrait=kept)
    forget_unused(NOW + DAY)
    kept.refresh_from_db()
    assert kept.unused_since is None
    Therapist.objects.update(portrait=None)
    forget_unused(NOW + KEPT_UNUSED + DAY)
    assert files(picture_folder) == 3


def test_files_whose_row_never_came_go_once_they_are_old(
    world: World, picture_folder: Path
) -> None:
    with transaction.atomic():
        store_picture.add(store_picture.take(written(scene(400, 400))), alt="A", now=NOW)
        transaction.set_rollback(True)  # what came after it failed
    assert (Picture.objects.count(), files(picture_folder)) == (0, 3)
    age(picture_folder, NOW)
    forget_unused(NOW + YOUNG)
    assert files(picture_folder) == 3
    forget_unused(NOW + YOUNG + timedelta(seconds=1))
    assert files(picture_folder) == 0


def test_what_somebody_else_put_there_stays(kept: Picture, picture_folder: Path) -> None:
    for name in ("notes.txt", "0123.jpg", f"{'0' * 32}-320.svg", f"{'0' * 32}-320.jpg.part"):
        (picture_folder / name).write_text("mine")
    (picture_folder / "folder").mkdir()
    age(picture_folder, NOW)
    forget_unused(NOW + 30 * DAY)
    assert files(picture_folder) == 3 + 5


def test_no_folder_is_no_reason_to_speak(
    world: World, picture_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    forget_unused(NOW)
    assert not caplog.records
    picture_folder.write_text("no folder")
    forget_unused(NOW)
    [said] = caplog.records
    assert said.getMessage() == "pictures that nothing shows are still kept: NotADirectoryError"


def test_a_picture_that_is_shown_cannot_be_deleted(kept: Picture) -> None:
    with pytest.raises(ProtectedError):
        kept.delete()


def test_a_deleted_articles_picture_is_let_go(world: World, picture_folder: Path) -> None:
    make_article(picture=make_picture())
    Article.objects.all().delete()
    assert Picture.objects.unused().count() == 1


def test_the_daily_task_does_it(kept: Picture, clock: Clock) -> None:
    Therapist.objects.update(portrait=None)
    housekeeping()
    kept.refresh_from_db()
    assert kept.unused_since == NOW
