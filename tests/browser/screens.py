"""Pictures of every scene, in every size, by day and night, in a left-to-right and a right-to-left language."""

import logging
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser, expect

from bench.pages import browsing
from pos.sandbox.settings import SandboxSettings
from pos.settings import Settings
from tests.browser.scenes import SCENES, SIZES, read, stage

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LANGUAGES = ("en", "ar")


def main(folder: Path, *wanted: str) -> None:
    """Draw the scenes that are named, or all, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    # What the shops do meanwhile is nothing to whoever waits for pictures.
    logging.basicConfig(level=logging.ERROR)
    expect.set_options(timeout=20_000)
    with browsing() as browser:
        for name in wanted or SCENES:
            for language in LANGUAGES:
                _draw(browser, name, language, folder)
            sys.stdout.write(f"{name}\n")


def _draw(browser: Browser, name: str, language: str, folder: Path) -> None:
    """Draw one scene in all sizes, by day and by night, in a shop of its own."""
    with TemporaryDirectory() as var, stage(_settings(Path(var))) as put_up:
        for size, scheme in product(SIZES, SCHEMES):
            put_up.mend()
            with browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce") as context:
                page = context.new_page()
                read(page, language)
                SCENES[name](put_up, page)
                page.screenshot(path=folder / f"{name}.{size['width']}x{size['height']}.{scheme}.{language}.png")


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
