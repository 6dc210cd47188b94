"""The poster on paper: as large as the paper, and read by a camera at half of what a printer can."""

from collections.abc import Iterator

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect
from pyzbar import pyzbar

from pos.domain.jar import Jar
from pos.domain.lnurl import encode_lnurl
from pos.domain.money import SAT
from pos.settings import Settings
from tests.browser.conftest import PATIENCE
from tests.browser.scenes.stage import Stage, stage

# How many codes are on a sheet, and how large it is in mm.
SHEETS = {"a4": (1, 210, 297), "a6": (1, 105, 148), "stickers": (12, 210, 297), "tent": (2, 210, 297)}
POINTS = 72 / 25.4
PUBLIC_URL = "https://till.lemon-crate.example"


@pytest.fixture
def put_up(settings: Settings) -> Iterator[Stage]:
    with stage(settings) as put_up:
        put_up.found_at(PUBLIC_URL)
        put_up.live.shop.store.jars.add(
            Jar(name="cello", title="Cello under the Bridge", text="Every evening.", currency=SAT)
        )
        yield put_up


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


def test_it_is_one_sheet_whose_every_code_is_read_at_150_dots_an_inch(put_up: Stage, page: Page) -> None:
    for size, (codes, width, height) in SHEETS.items():
        put_up.open(page, f"/tips/cello/poster?size={size}")
        [sheet] = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
        assert sheet.get_size() == pytest.approx((width * POINTS, height * POINTS), abs=1), size
        dots = sheet.render(scale=150 / 72).to_pil()
        expected = [encode_lnurl(f"{PUBLIC_URL}/lnurlp/cello").upper()] * codes
        assert [it.text for it in zxingcpp.read_barcodes(dots)] == expected, size
        assert [it.data.decode() for it in pyzbar.decode(dots)] == expected, size


def test_a_tap_prints_it(put_up: Stage, page: Page) -> None:
    page.add_init_script("window.print = () => { document.title = 'printed'; };")
    put_up.open(page, "/poster?size=stickers")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
