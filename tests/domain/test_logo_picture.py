"""The shop's logo: drawn anew from what its owner gives, with what can be seen through it."""

import random
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from pos.domain.jar_picture import MOST_BYTES
from pos.domain.logo_picture import SIDE, make_logo
from pos.domain.picture import MAX_BYTES, NoPicture, read_picture
from tests.domain.test_jar_picture import picture, written


def drawn(data: bytes) -> Image.Image:
    made = make_logo(data).picture
    assert made is not None
    assert len(made) <= MAX_BYTES
    return Image.open(BytesIO(made))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_phones_and_programs_write_is_taken(kind: str) -> None:
    assert drawn(picture(kind=kind)).size == (60, 40)


def test_what_can_be_seen_through_stays_so_and_nobody_sees_the_room_around_it() -> None:
    image = Image.new("RGBA", (300, 200))
    ImageDraw.Draw(image).ellipse((100, 50, 199, 149), fill="#e0a000")
    logo = drawn(written(image, "PNG"))
    assert logo.size == (100, 100)
    assert [logo.getpixel(at)[3] for at in ((0, 0), (50, 50))] == [0, 255]  # type: ignore[index]


def test_a_logo_that_nobody_sees_is_taken_as_it_is() -> None:
    assert drawn(written(Image.new("RGBA", (30, 20)), "PNG")).size == (30, 20)


def test_a_large_one_becomes_as_small_as_an_icon_needs_it() -> None:
    assert drawn(picture((2000, 1000))).size == (SIDE, SIDE // 2)


def test_one_in_which_no_dot_is_like_another_still_fits() -> None:
    noise = Image.frombytes("RGB", (800, 800), random.Random(1).randbytes(800 * 800 * 3))
    assert drawn(written(noise, "PNG")).format == "WEBP"


def test_nothing_comes_along_of_what_else_the_file_tells() -> None:
    exif = Image.Exif()
    exif[0x010E] = "the kitchen of Marta"
    assert b"Marta" not in (make_logo(picture(kind="JPEG", exif=exif)).picture or b"")


def test_the_same_picture_has_the_same_name_and_another_one_another() -> None:
    assert make_logo(picture()).text == make_logo(picture()).text != make_logo(picture((61, 40))).text


def test_it_is_one_that_the_till_shows() -> None:
    assert read_picture(make_logo(picture()).picture or b"").media_type == "image/png"


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b'<svg xmlns="http://www.w3.org/2000/svg"/>', picture()[:60], b"x" * (MOST_BYTES + 1)]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NoPicture):
        make_logo(data)
