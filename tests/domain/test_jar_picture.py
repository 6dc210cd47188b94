"""A jar's picture: drawn anew from what the owner gives, and small enough for a phone."""

import random
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image

from pos.domain.jar_picture import MOST_BYTES, make_picture
from pos.domain.picture import NoPicture

RED, BLUE, WHITE = (200, 0, 0), (0, 0, 200), (255, 255, 255)


def picture(size: tuple[int, int] = (60, 40), kind: str = "PNG", colour: object = RED, **saved: object) -> bytes:
    mode = "RGBA" if isinstance(colour, tuple) and len(colour) == 4 else "RGB"
    return written(Image.new(mode, size, colour), kind, **saved)  # type: ignore[arg-type]


def written(image: Image.Image, kind: str, **saved: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **saved)
    return file.getvalue()


def read(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data), formats=["JPEG"])


def is_near(colour: object, other: tuple[int, int, int]) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(one - two) < 12 for one, two in zip(colour, other, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_phones_and_programs_write_is_taken(kind: str) -> None:
    made = make_picture(picture(kind=kind))
    assert (read(made.page).size, read(made.thumbnail).size) == ((60, 40), (60, 40))
    assert is_near(read(made.page).getpixel((30, 20)), RED)
    assert made.digest == sha256(made.page).hexdigest()[:16]


def test_a_large_one_becomes_small_and_keeps_its_shape() -> None:
    made = make_picture(picture((3000, 1500)))
    assert (read(made.page).size, read(made.thumbnail).size) == ((1200, 600), (256, 128))


def test_one_whose_camera_wrote_nonsense_beside_it_is_refused() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x011A] = 6, 72.0
    rational, words = b"\x01\x1a\x00\x05", b"\x01\x1a\x00\x02"
    data = picture(kind="JPEG", exif=exif)
    assert rational in data
    # Its resolution is said to be a text. Whatever is told beside it is read and written, as it says how it was held.
    with pytest.raises(NoPicture, match="is no PNG, JPEG or WebP"):
        make_picture(data.replace(rational, words))


def test_one_that_the_camera_wrote_lying_down_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.new("RGB", (60, 40), RED)
    image.paste(BLUE, (0, 0, 20, 40))
    page = read(make_picture(written(image, "JPEG", exif=exif, quality=95)).page)
    assert page.size == (40, 60)
    assert is_near(page.getpixel((20, 8)), BLUE)
    assert is_near(page.getpixel((20, 50)), RED)


def test_nothing_comes_along_of_what_else_the_file_tells() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Marta"
    secret = picture(kind="JPEG", exif=exif, comment=b"52.5 N 13.4 E", icc_profile=b"profile of Marta")
    made = make_picture(secret)
    for data in (made.page, made.thumbnail):
        assert not [it for it in (b"Marta", b"52.5 N", b"Exif") if it in data]


def test_of_an_animation_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (20, 20), it) for it in (RED, BLUE)]
    moving = written(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    assert is_near(read(make_picture(moving).page).getpixel((10, 10)), RED)


def test_what_is_transparent_is_white() -> None:
    assert is_near(read(make_picture(picture(colour=(200, 0, 0, 0))).page).getpixel((5, 5)), WHITE)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "I;16"])
def test_other_kinds_of_colours_are_taken(mode: str) -> None:
    made = make_picture(written(Image.new(mode, (20, 20), 0), "PNG"))
    assert read(made.page).mode == "RGB"


def test_one_full_of_detail_stays_small() -> None:
    noise = Image.frombytes("RGB", (600, 600), random.Random(1).randbytes(3 * 600 * 600))
    made = make_picture(written(noise, "PNG"))
    assert len(made.page) < 150_000
    noise = Image.frombytes("RGB", (256, 256), random.Random(1).randbytes(3 * 256 * 256))
    assert len(make_picture(written(noise, "PNG")).thumbnail) < 30_000


@pytest.mark.parametrize("cut", [lambda it: b"GIF89a" + it, lambda it: it[:-40], lambda _: b"", lambda _: b"<svg/>"])
def test_what_is_none_is_refused(cut: Callable[[bytes], bytes]) -> None:
    with pytest.raises(NoPicture, match="is no PNG, JPEG or WebP"):
        make_picture(cut(picture((200, 200), "JPEG", quality=95)))


def test_another_kind_is_refused() -> None:
    with pytest.raises(NoPicture, match="is no PNG, JPEG or WebP"):
        make_picture(picture(kind="GIF"))


@pytest.mark.parametrize("size", [(8001, 5000), (14000, 14000)])
def test_a_huge_one_is_refused_before_it_is_drawn(size: tuple[int, int]) -> None:
    bomb = written(Image.new("1", size), "PNG")
    assert len(bomb) < 100_000
    with pytest.raises(NoPicture, match="has more than 40 million pixels"):
        make_picture(bomb)


def test_more_bytes_than_any_picture_needs_are_refused() -> None:
    with pytest.raises(NoPicture, match="is larger than 10 MB"):
        make_picture(b" " * (MOST_BYTES + 1))
