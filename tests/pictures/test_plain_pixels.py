"""What is taken, and what becomes of it: pixels, upright, in the web's colours, nothing else."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image, ImageCms

from pictures import plain_pixels
from pictures.errors import Code, PictureRefusedError
from pictures.file_kinds import MOST_BYTES
from pictures.plain_pixels import LONGEST_SIDE, MOST_PIXELS
from pictures.variants import KINDS, WIDTHS, encode
from tests.pictures.images import SECRET, everything_in, moving, photo, png_of, scene, written

RED, BLUE, WHITE = (250, 10, 10), (10, 10, 250), (255, 255, 255)
# What Pillow itself says of what it opens: how the file is packed, and how long it shows.
OF_FILE = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
OF_SHOW = {"loop", "background", "timestamp", "duration"}


def refusal(data: bytes) -> Code:
    with pytest.raises(PictureRefusedError) as refused:
        plain_pixels.read(data)
    return refused.value.code


def is_near(one: object, other: tuple[int, int, int]) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


# --- what is taken


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_photo_of_each_kind_is_taken(kind: str, mode: str) -> None:
    found = plain_pixels.read(written(scene(800, 600, mode), kind))
    assert (found.mode, found.size, found.info) == ("RGB", (800, 600), {})


@pytest.mark.parametrize(
    ("mode", "kind"), [("P", "PNG"), ("1", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP")]
)
def test_a_screenshot_is_taken(mode: str, kind: str) -> None:
    found = plain_pixels.read(written(scene(800, 600).convert(mode), kind))
    assert (found.mode, found.size) == ("RGB", (800, 600))


def test_nothing_that_the_file_said_is_in_any_of_ours() -> None:
    data = photo()
    assert SECRET.encode("latin-1", "ignore")[:8] in data
    assert {"exif", "icc_profile", "xmp", "comment"} <= set(everything_in(data))
    for one in encode(plain_pixels.read(data)):
        assert set(everything_in(one.content)) <= OF_FILE | OF_SHOW, (one.width, one.kind)
        for word in (b"51.4696", b"Robin", b"Exif", b"http", b"ICC_PROFILE", b"ICCP"):
            assert word not in one.content, (one.width, one.kind, word)


@pytest.mark.parametrize("held", range(1, 9))
def test_it_stands_upright_however_the_camera_was_held(held: int) -> None:
    upright = Image.new("RGB", (400, 600), BLUE)
    upright.paste(RED, (0, 0, 200, 200))  # its upper left corner
    laid = upright
    if held in plain_pixels.TURNS:
        back = {Image.Transpose.ROTATE_90: 6, Image.Transpose.ROTATE_270: 8}
        turn = next((how for how, says in back.items() if says == held), plain_pixels.TURNS[held])
        laid = upright.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = held
    found = plain_pixels.read(written(laid, exif=exif, quality=95))
    assert found.size == (400, 600)
    assert is_near(found.getpixel((60, 60)), RED)
    assert is_near(found.getpixel((340, 540)), BLUE)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_camera_that_notes_nonsense_spoils_no_photo() -> None:
    data = written(scene(800, 600), exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03")
    assert plain_pixels.read(data).size == (800, 600)


def test_colours_of_another_screen_become_those_of_the_web() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    swapped = written(Image.new("RGB", (400, 400), RED), icc_profile=_swapping())
    assert not is_near(plain_pixels.read(swapped).getpixel((9, 9)), RED)
    for unfit in (lab.tobytes(), b"no profile at all"):
        data = written(Image.new("RGB", (400, 400), RED), icc_profile=unfit)
        assert is_near(plain_pixels.read(data).getpixel((9, 9)), RED)


def _swapping() -> bytes:
    """Return a profile that takes red for blue: sRGB's, with the names of its columns swapped."""
    usual = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = usual.replace(b"rXYZ", b"zzzz").replace(b"bXYZ", b"rXYZ")
    return swapped.replace(b"zzzz", b"bXYZ")


def test_one_sees_white_paper_through_it() -> None:
    clear = Image.new("RGBA", (400, 400), (*RED, 0))
    clear.paste((*BLUE, 255), (0, 0, 200, 400))
    found = plain_pixels.read(written(clear, "PNG"))
    assert is_near(found.getpixel((300, 200)), WHITE)
    assert is_near(found.getpixel((100, 200)), BLUE)


def test_a_photo_with_another_behind_it_for_other_screens_is_its_first() -> None:
    data = written(
        scene(800, 600), "MPO", save_all=True, append_images=[Image.new("RGB", (400, 300))]
    )
    assert data.startswith(b"\xff\xd8\xff")
    assert plain_pixels.read(data).size == (800, 600)


def test_a_film_behind_a_photo_is_left_behind() -> None:
    data = written(scene(800, 600)) + b"\0\0\0\x18ftypmp42" + b"\0" * 1000
    assert plain_pixels.read(data).size == (800, 600)


def test_it_is_made_smaller_and_never_larger() -> None:
    assert max(plain_pixels.read(written(scene(4000, 3000), quality=60)).size) == LONGEST_SIDE
    assert plain_pixels.read(written(scene(321, 333))).size == (321, 333)


# --- its files


def test_it_is_written_in_three_kinds_at_four_widths() -> None:
    files = encode(plain_pixels.read(photo()))
    assert [(one.width, one.kind) for one in files] == [(w, k) for w in WIDTHS for k in KINDS]
    for one in files:
        with Image.open(BytesIO(one.content)) as opened:
            assert opened.size == (one.width, round(one.width * 1.2))
            assert opened.mode == "RGB"
            assert opened.format == {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}[one.kind]
    sizes = {(one.width, one.kind): len(one.content) for one in files}
    for width in WIDTHS:
        assert sizes[width, "avif"] < sizes[width, "jpg"]
    assert sizes[320, "avif"] < 25_000  # what a phone fetches


def test_of_a_small_picture_there_are_fewer_widths() -> None:
    assert {one.width for one in encode(scene(1000, 800))} == {320, 640, 960}
    assert {one.width for one in encode(scene(320, 400))} == {320}


# --- what is not taken


def test_what_is_no_picture_is_told_apart_by_its_bytes() -> None:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    for data, code in (
        (b"", Code.EMPTY),
        (b"x" * (MOST_BYTES + 1), Code.TOO_LONG),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", Code.SVG),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>", Code.SVG),
        (heic, Code.PHONE_FORMAT),
        (heic.replace(b"heic", b"avif"), Code.PHONE_FORMAT),
        (written(scene(400, 400), "AVIF"), Code.PHONE_FORMAT),
        (written(scene(400, 400), "TIFF"), Code.TIFF),
        (b"MM\0*\0\0\0\x08", Code.TIFF),
        (written(scene(400, 400), "PDF"), Code.PDF),
        (written(scene(400, 400), "GIF"), Code.GIF),
        (written(scene(400, 400), "BMP"), Code.NO_PICTURE),
        (b"MZ\x90\0", Code.NO_PICTURE),
        (b"\xff\xd8", Code.NO_PICTURE),
    ):
        assert refusal(data) is code, data[:20]


def test_a_picture_that_is_something_else_as_well_is_refused() -> None:
    archive = BytesIO()
    with ZipFile(archive, "w") as packed:
        packed.writestr("run.me", "x")
    data = written(scene(400, 400))
    for more in (archive.getvalue(), b"<script>alert(1)</script>", b"<?php system('x'); ?>"):
        assert refusal(data + more) is Code.TWO_KINDS
    commented = written(scene(400, 400), comment="<!DOCTYPE html><html ")
    assert refusal(commented) is Code.TWO_KINDS
    assert refusal(written(scene(400, 400), comment="%PDF-1.7 ")) is Code.TWO_KINDS


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_was_not_copied_whole_is_refused(kind: str) -> None:
    data = written(scene(400, 400), kind)
    for kept in (len(data) // 2, 24, 40):
        assert refusal(data[:kept]) is Code.BROKEN, kept


def test_a_bomb_is_judged_by_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "thumbnail", None)  # whoever unpacks it fails
    side = int(MOST_PIXELS**0.5)
    for width, height in ((side + 1, side + 1), (20_000, 5_000), (60_000, 60_000)):
        assert refusal(png_of(width, height)) is Code.TOO_MANY_PIXELS
    huge = bytearray(written(scene(400, 400)))
    at = huge.index(b"\xff\xc0") + 5
    huge[at : at + 4] = b"\xff\xff\xff\xff"
    assert refusal(bytes(huge)) is Code.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lambda: moving("PNG"), Code.MOVES),
        (lambda: moving("WEBP"), Code.MOVES),
        (lambda: written(scene(400, 400, "CMYK")), Code.FOR_PRINT),
        (lambda: written(Image.new("I;16", (400, 400)), "PNG"), Code.DEEP),
        (lambda: png_of(400, 400, depth=16), Code.DEEP),
        (
            lambda: written(scene(400, 400).convert("P"), "PNG", transparency=0),
            Code.CLEAR_PALETTE,
        ),
        (lambda: written(scene(319, 400)), Code.TOO_SMALL),
        (lambda: written(scene(400, 319)), Code.TOO_SMALL),
        (lambda: written(scene(330, 1400)), Code.TOO_NARROW),
        (lambda: written(scene(1400, 330)), Code.TOO_NARROW),
    ],
)
def test_what_would_not_look_as_it_should_is_refused(data: object, code: Code) -> None:
    assert callable(data)
    assert refusal(data()) is code


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow wonders aloud at each
def test_whatever_bytes_come_it_is_a_refusal_and_no_error() -> None:
    """Each byte of a small file is changed, one after the other, and some are taken away."""
    for kind in ("JPEG", "PNG", "WEBP"):
        data = written(Image.new("RGB", (320, 320), RED), kind)
        for place in range(3, min(len(data), 700), 7):
            spoilt = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
            try:
                plain_pixels.read(spoilt)
            except PictureRefusedError:
                continue
