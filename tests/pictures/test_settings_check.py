"""`manage.py check` says what is missing of where pictures are kept."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from kicks.picture_storage import folder, picture_storage
from pictures.settings_check import check_settings


def found(settings: Settings, kept: dict[str, object]) -> list[str | None]:
    settings.STORAGES = {**settings.STORAGES, "pictures": kept}
    messages = check_settings()
    assert all(one.hint for one in messages)
    return [one.id for one in messages]


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ("key:secret@bucket?region=eu-west-2", []),
        ("key:secret@bucket?region=x&endpoint=https://s3.example&address=https://p.example", []),
        ("key:secret@bucket", ["pictures.E001"]),
        ("key@bucket?region=eu-west-2", ["pictures.E002"]),
        (":secret@bucket?region=eu-west-2", ["pictures.E002"]),
        ("bucket?region=eu-west-2", ["pictures.W001"]),
        ("key:secret@bucket?endpoint=https://s3.example", ["pictures.W002"]),
        ("bucket", ["pictures.E001", "pictures.W001"]),
    ],
)
def test_what_a_bucket_lacks_is_said(settings: Settings, said: str, missing: list[str]) -> None:
    assert found(settings, picture_storage(f"s3://{said}")) == missing


def test_keys_in_the_environment_are_enough(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    assert found(settings, picture_storage("s3://bucket?region=eu-west-2")) == []


def test_a_folder_that_cannot_be_written_to_is_said(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    for path in (tmp_path, tmp_path / "not" / "yet"):
        assert found(settings, folder(path)) == []
    for path in (file, file / "below"):
        assert found(settings, folder(path)) == ["pictures.W003"], path
