"""The code on the screen, read from pictures of the screen by two independent readers."""

from collections.abc import Callable
from io import BytesIO
from typing import Literal

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import ViewportSize
from pyzbar import pyzbar

from tests.browser.conftest import PHONE, TABLET, OpenTill
from tests.browser.people import LiveShop, Till

LYING: ViewportSize = {"width": 1280, "height": 800}
QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
SMALL: ViewportSize = {"width": 360, "height": 640}
COLOURS: tuple[Literal["light", "dark"], ...] = "light", "dark"
LONG_MEMO = "Two flat whites, one with oat milk, and the big slice of cheesecake that was left over from yesterday"


def zxing(picture: Image.Image) -> list[str]:
    # Of all codes that it knows it would now and then see a small one in the middle of ours.
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=QR_CODES)]


def zbar(picture: Image.Image) -> list[str]:
    return [code.data.decode() for code in pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])]


READERS: list[Callable[[Image.Image], list[str]]] = [zxing, zbar]


def assert_readable(png: bytes, asked: str) -> None:
    picture = Image.open(BytesIO(png)).convert("RGB")
    for reader in READERS:
        assert reader(picture) == [f"lightning:{asked.upper()}"], reader.__name__


@pytest.mark.parametrize("memo", ["", LONG_MEMO], ids=["short", "long"])
def test_every_screen_and_the_picture_alone_can_be_scanned(live: LiveShop, open_till: OpenTill, memo: str) -> None:
    till = open_till(live, reduced_motion="reduce")
    asked = till.sell(2100, memo)
    for colours in COLOURS:
        till.page.emulate_media(color_scheme=colours)
        for size in (TABLET, LYING, PHONE, SMALL):
            till.page.set_viewport_size(size)
            assert_readable(till.page.screenshot(), asked)
    answer = till.page.request.get(f"{till.page.url}/qr.png")
    assert answer.headers["content-type"] == "image/png"
    assert_readable(answer.body(), asked)


def test_a_sharp_phone_can_be_scanned(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, viewport=PHONE, device_scale_factor=3, is_mobile=True, has_touch=True)
    asked = till.sell()
    assert_readable(till.page.screenshot(), asked)


def test_the_largest_sale_can_be_scanned(till: Till) -> None:
    asked = till.sell(10_000_000)
    assert_readable(till.page.screenshot(), asked)


def test_the_code_is_large_enough_and_black_on_white_in_the_dark(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, viewport=PHONE, color_scheme="dark")
    till.sell()
    code = till.page.locator(".qr img")
    box = code.bounding_box()
    assert box
    # The image has 4 pixels a module.
    modules = int(code.evaluate("image => image.naturalWidth")) // 4
    assert box["width"] >= 5 * modules
    assert box["width"] == pytest.approx(box["height"])
    shot = Image.open(BytesIO(code.screenshot())).convert("RGB")
    # But for its corners, which are round.
    colours = shot.crop((20, 20, shot.width - 20, shot.height - 20)).getcolors(256) or []
    assert {(0, 0, 0), (255, 255, 255)} == {colour for count, colour in colours if count > 500}


def test_beside_a_code_of_many_modules_the_page_is_not_white(live: LiveShop, open_till: OpenTill) -> None:
    """A whole pixel more for each module has no room there: of the room for the code a fifth stays free."""
    till = open_till(live, viewport={"width": 1024, "height": 768})
    asked = till.sell(2100, "A table of eight, everything together, " * 5)
    room, code = (till.page.locator(what).bounding_box() for what in (".qr", ".qr img"))
    assert room and code
    assert code["width"] < 0.9 * room["width"]
    shot = till.page.screenshot()
    assert_readable(shot, asked)
    row, pixels = int(code["y"] + code["height"] / 2), Image.open(BytesIO(shot)).convert("RGB")
    assert pixels.getpixel((int(code["x"]) - 3, row)) != (255, 255, 255)
    assert pixels.getpixel((int(code["x"]) + 3, row)) == (255, 255, 255)
