"""The icons of the faces on a home screen: as large as they say, and nothing of the logo cut away."""

from io import BytesIO
from itertools import product

import pytest
from PIL import Image

from pos.domain.colour import ENAMEL, PAPER, Colour
from pos.domain.picture import Picture
from pos.web.installed.icons import ICONS, Icon, digest, draw

GREEN = Colour(0x0B, 0x6E, 0x4F)
RED, NIGHT = (200, 16, 46), (12, 35, 24)
SVG = Picture("image/svg+xml", b"<svg/>")


def logo(size: tuple[int, int], margin: tuple[int, int, int, int]) -> Picture:
    """Make a red logo with an edge of another colour, or of none."""
    image = Image.new("RGBA", size, margin)
    image.paste((*RED, 255), (1, 1, size[0] - 1, size[1] - 1))
    file = BytesIO()
    image.save(file, "PNG")
    return Picture("image/png", file.getvalue())


CLEAR = logo((300, 100), (0, 0, 0, 0))
WITH_GROUND = logo((100, 300), (*NIGHT, 255))


def drawn(own: Picture | None, icon: Icon, colour: Colour = ENAMEL.day) -> Image.Image:
    with Image.open(BytesIO(draw(own, colour, icon)), formats=["PNG"]) as image:
        return image.convert("RGBA")


def is_ground(dot: tuple[int, ...], ground: tuple[int, int, int]) -> bool:
    return all(abs(its - other) <= 2 for its, other in zip(dot, ground, strict=False))


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    return {dot for _, dot in image.getcolors(image.width * image.height) or [] if isinstance(dot, tuple)}


@pytest.mark.parametrize("own", [None, CLEAR, WITH_GROUND], ids=["ours", "clear", "with a ground"])
@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_a_square_of_the_size_that_it_says(own: Picture | None, name: str) -> None:
    image = drawn(own, ICONS[name])
    assert image.size == (ICONS[name].side,) * 2
    assert f"{name.split('-')[-1]}" == str(image.width)


@pytest.mark.parametrize("own", [None, CLEAR], ids=["ours", "clear"])
@pytest.mark.parametrize("name", [name for name, it in ICONS.items() if it.purpose == "maskable"])
def test_whatever_shape_a_device_cuts_out_nothing_of_the_logo_is_lost(own: Picture | None, name: str) -> None:
    """It keeps a circle of four fifths of the side at least, and there is no hole in what it takes."""
    image = drawn(own, ICONS[name])
    side = image.width
    paper = (PAPER.red, PAPER.green, PAPER.blue)
    outside = [
        (x, y)
        for x, y in product(range(side), repeat=2)
        if (x - side / 2) ** 2 + (y - side / 2) ** 2 > (0.4 * side) ** 2
    ]
    dots = image.load()
    assert dots
    assert all(is_ground(dots[at], paper) for at in outside)  # type: ignore[arg-type]
    assert image.getchannel("A").getextrema() == (255, 255)


def test_the_logo_stands_on_it_as_large_as_there_is_room(own: Picture = CLEAR) -> None:
    image = drawn(own, ICONS["512"])
    assert image.getpixel((256, 256)) == (*RED, 255)
    # Three times as wide as it is high.
    assert image.getpixel((256 - 200, 256)) == (*RED, 255)
    assert image.getpixel((256, 256 - 90)) == (PAPER.red, PAPER.green, PAPER.blue, 255)


@pytest.mark.parametrize("name", ICONS)
def test_a_logo_with_a_ground_of_its_own_goes_on_in_it(name: str) -> None:
    image = drawn(WITH_GROUND, ICONS[name])
    middle = image.width // 2
    assert image.getpixel((4, middle)) == (*NIGHT, 255)


@pytest.mark.parametrize(("name", "corner"), [("192", 0), ("512", 0), ("apple-180", 255)])
def test_corners_are_round_but_where_the_device_rounds_them(name: str, corner: int) -> None:
    image = drawn(None, ICONS[name])
    assert [image.getpixel(at)[3] for at in ((0, 0), (image.width - 1, 0))] == [corner] * 2  # type: ignore[index]


@pytest.mark.parametrize("own", [None, SVG], ids=["none", "a drawing"])
def test_a_shop_without_a_logo_that_can_be_drawn_has_ours_in_its_colour(own: Picture | None) -> None:
    image = drawn(own, ICONS["512"], GREEN)
    assert {(GREEN.red, GREEN.green, GREEN.blue, 255), (0xFF, 0xB8, 0x1C, 255)} <= colours(image)
    assert (ENAMEL.day.red, ENAMEL.day.green, ENAMEL.day.blue, 255) not in colours(image)


def test_another_look_is_another_address() -> None:
    assert len({digest(own, colour) for own in (None, SVG, CLEAR) for colour in (GREEN, ENAMEL.day)}) == 6
