"""Pictures of every scene in every size, by day, by night and with more contrast, in four languages.

Beside them lies a sheet for each scene and language, with all of its pictures: what to look through.
"""

import logging
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bench.pages import browsing
from pos.sandbox.settings import SandboxSettings
from pos.settings import Settings
from tests.browser.conftest import TABLET
from tests.browser.scenes.every import SCENES
from tests.browser.scenes.stage import LANDSCAPE, LOW, SMALL_PHONE, read, stage

SIZES: tuple[ViewportSize, ...] = (SMALL_PHONE, {"width": 390, "height": 664}, TABLET, LOW, LANDSCAPE)
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "contrast": "no-preference"},
    "dark": {"color_scheme": "dark", "contrast": "no-preference"},
    "contrast": {"color_scheme": "light", "contrast": "more"},
}
LANGUAGES = ("en", "de", "ar", "ja")
# On a sheet a picture is so much smaller.
SHRINKS = 2
GAP = 12


def main(folder: Path, *wanted: str) -> None:
    """Draw the scenes that are named, or all, into a folder."""
    (folder / "sheets").mkdir(parents=True, exist_ok=True)
    # What the shops do meanwhile is nothing to whoever waits for pictures.
    logging.basicConfig(level=logging.ERROR)
    expect.set_options(timeout=20_000)
    with browsing() as browser:
        for name in wanted or SCENES:
            for language in LANGUAGES:
                _draw(browser, name, language, folder)
            sys.stdout.write(f"{name}\n")


def _draw(browser: Browser, name: str, language: str, folder: Path) -> None:
    """Draw one scene in a shop of its own."""
    with (
        TemporaryDirectory() as var,
        stage(_settings(Path(var))) as put_up,
        browser.new_context(viewport=SIZES[0], reduced_motion="reduce") as context,
    ):
        page = context.new_page()
        read(page, language)
        SCENES[name](put_up, page)
        rows = [_row(page, folder / f"{name}.{language}.{look}") for look in LOOKS]
    _sheet(rows).save(folder / "sheets" / f"{name}.{language}.png")


def _row(page: Page, path: Path) -> list[Image.Image]:
    """Draw a page in all sizes, in the look that the path ends with."""
    page.emulate_media(**LOOKS[path.suffix[1:]])
    pictures = []
    for size in SIZES:
        page.set_viewport_size(size)
        drawn = page.screenshot(path=f"{path}.{size['width']}x{size['height']}.png")
        picture = Image.open(BytesIO(drawn)).convert("RGB")
        pictures.append(picture.reduce(SHRINKS))
    return pictures


def _sheet(rows: list[list[Image.Image]]) -> Image.Image:
    """Put pictures beside and below each other."""
    heights = [max(it.height for it in row) for row in rows]
    width = sum(it.width + GAP for it in rows[0])
    sheet = Image.new("RGB", (width, sum(heights) + GAP * len(rows)), "magenta")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = 0
        for picture in row:
            sheet.paste(picture, (left, top))
            left += picture.width + GAP
        top += height + GAP
    return sheet


def _settings(var: Path) -> Settings:
    return Settings(
        wallet="sandbox",
        secret_key="for pictures only",
        var=var,
        database_url=f"sqlite:///{var / 'till.db'}",
        shop_name="Marta's Stall",
        network="bcrt",
        wallet_settings=SandboxSettings(),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
