"""The picture of a jar for whoever shares its address: what stands where."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from pos.domain.preview import Preview
from pos.printing.fonts import Fonts
from pos.printing.preview import HEIGHT, WIDTH, to_png

HAT = Preview("Hat", "For the band.", "Wheels", "3,000 sat / 9,000 sat", 50, "till.example/tips/hat", b"")
PAPER, INK, SHADE, QUIET, BLUE, RED = "#fdf0d5", "#1d1733", "#f3deb4", "#5f5058", "#2336e0", "#ff0000"
# From where on there is no awning.
BELOW = 70


def red() -> bytes:
    file = BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "JPEG", quality=100)
    return file.getvalue()


def drawn(preview: Preview) -> Image.Image:
    with Image.open(BytesIO(to_png(preview))) as image:
        return image.convert("RGB")


def place(image: Image.Image, colour: str) -> tuple[int, int, int, int] | None:
    """Return the box of all that has nearly a colour, below the awning."""
    wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    bands = image.crop((0, BELOW, WIDTH, HEIGHT)).split()
    found = Image.new("L", bands[0].size, 255)
    for band, value in zip(bands, wanted, strict=True):
        near = band.point([255 if abs(it - value) < 12 else 0 for it in range(256)])
        found = Image.composite(near, Image.new("L", near.size), found)
    box = found.getbbox()
    return box and (box[0], box[1] + BELOW, box[2], box[3] + BELOW)


def test_nothing_of_it_reaches_the_rim() -> None:
    for it in (HAT, replace(HAT, title="W" * 60, text="w " * 250, goal="w" * 60, address="w" * 90, picture=red())):
        image = drawn(it)
        assert image.size == (WIDTH, HEIGHT) == (1200, 630)
        for colour in (INK, QUIET, BLUE):
            box = place(image, colour)
            assert box
            assert box[0] >= 59
            assert box[2] <= WIDTH - 59
            assert box[3] <= HEIGHT - 20


def test_the_awning_hangs_above() -> None:
    image = drawn(HAT)
    assert image.getpixel((30, 20)) == (0x23, 0x36, 0xE0)
    assert image.getpixel((90, 30)) == (0xFF, 0xF7, 0xE6)
    assert image.getpixel((60, 58)) == (0xFD, 0xF0, 0xD5)


@pytest.mark.parametrize(("percent", "middle"), [(0, None), (1, 92), (50, 600), (100, 1140)])
def test_the_bar_is_as_long_as_the_goal_is_far(percent: int, middle: int | None) -> None:
    image = drawn(replace(HAT, percent=percent, goal="", raised="."))
    top = 630 - 60 - 40 - 20 - 32
    bar = image.crop((0, top + 15, WIDTH, top + 17))
    dark = [x for x in range(WIDTH) if bar.getpixel((x, 0)) == (0x1D, 0x17, 0x33)]
    assert (dark[-1] + 1 if dark else None) == middle


def test_without_a_goal_there_is_no_bar() -> None:
    assert place(drawn(HAT), SHADE)
    assert place(drawn(replace(HAT, goal="", raised="")), SHADE) is None


def test_the_picture_is_at_the_start_and_the_title_beside_it() -> None:
    image = drawn(replace(HAT, goal="", raised="", picture=red()))
    picture, title = place(image, RED), place(image, INK)
    assert picture
    assert title
    assert picture[0] == 60
    assert title[0] >= picture[2] + 30


@pytest.mark.skipif(Fonts().lacks("حصالة"), reason="no letters for it here")
def test_what_runs_from_the_right_begins_there() -> None:
    image = drawn(replace(HAT, title="حصالة", goal="", raised="", picture=red()))
    picture, title, address = place(image, RED), place(image, INK), place(image, BLUE)
    assert picture
    assert title
    assert address
    assert picture[2] == WIDTH - 60
    assert title[2] <= picture[0] - 30
    assert address[2] > WIDTH - 70


def test_a_long_title_is_smaller_and_at_last_cut() -> None:
    short, long = place(drawn(replace(HAT, text="")), INK), place(drawn(replace(HAT, title="Ha " * 30, text="")), INK)
    assert short
    assert long
    assert long[3] - long[1] > short[3] - short[1]


def test_a_long_address_is_smaller_and_all_of_it_is_there() -> None:
    box = place(drawn(replace(HAT, address="till.example/" + "w" * 60)), BLUE)
    assert box
    assert box[3] - box[1] < 40
    shorter = place(drawn(replace(HAT, address="till.example/" + "w" * 40)), BLUE)
    assert shorter
    assert shorter[2] - shorter[0] > 700
