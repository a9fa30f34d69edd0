"""A picture's files are kept before its row, and a row never names what is not there."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from PIL import Image
from pytest_django.fixtures import Settings

from kicks import picture_storage
from pictures import store_picture
from pictures.errors import Code, PictureRefusedError
from pictures.models import FILE, Picture
from pictures.variants import KINDS, WIDTHS
from tests.factories import NOW
from tests.pictures.images import photo, scene, written

pytestmark = pytest.mark.django_db


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def test_a_photo_has_all_its_files_before_it_has_a_row(picture_folder: Path) -> None:
    taken = store_picture.take(photo())
    assert names(picture_folder) == {f"{taken.name}-{w}.{k}" for w in WIDTHS for k in KINDS}
    assert all(FILE.fullmatch(name) for name in names(picture_folder))
    assert not Picture.objects.exists()
    picture = store_picture.add(taken, alt="Soft shapes", now=NOW)
    assert (picture.width, picture.height, picture.widths) == (1440, 1728, list(WIDTHS))
    assert str(picture) == "Soft shapes"
    assert str(Picture(is_decorative=True)) == "A picture"
    for width in picture.widths:
        path = picture.address(width, "jpg").removeprefix("/pictures/")
        with Image.open(picture_folder / path) as opened:
            assert opened.width == width


def test_the_same_photo_once_more_shares_no_file(picture_folder: Path) -> None:
    data = written(scene(400, 400))
    first, second = store_picture.take(data), store_picture.take(data)
    assert first.name != second.name
    assert len(names(picture_folder)) == 2 * len(KINDS)


def test_of_what_is_refused_nothing_is_kept(picture_folder: Path) -> None:
    with pytest.raises(PictureRefusedError):
        store_picture.take(photo()[:5000])
    assert not picture_folder.exists()


def test_a_folder_that_takes_no_file_is_a_refusal(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    settings.STORAGES = {**settings.STORAGES, "pictures": picture_storage.folder(file)}
    with pytest.raises(PictureRefusedError) as refused:
        store_picture.take(written(scene(400, 400)))
    assert refused.value.code is Code.NOT_KEPT


def test_two_pictures_are_never_worked_on_at_once(
    picture_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_picture, "PATIENCE", 0.05)
    data = written(scene(400, 400))
    with store_picture._one_at_a_time, pytest.raises(PictureRefusedError) as refused:
        store_picture.take(data)
    assert refused.value.code is Code.BUSY
    assert store_picture.take(data)  # and the lock is free again, after a refusal too
    with pytest.raises(PictureRefusedError):
        store_picture.take(b"")
    assert store_picture.take(data)


@pytest.mark.parametrize(("alt", "is_decorative"), [("", False), ("Words", True)])
def test_postgres_refuses_a_picture_that_nobody_described(alt: str, *, is_decorative: bool) -> None:
    taken = store_picture.Taken("0" * 32, 320, 320, [320])
    with pytest.raises(IntegrityError), transaction.atomic():
        store_picture.add(taken, alt=alt, is_decorative=is_decorative, now=NOW)
