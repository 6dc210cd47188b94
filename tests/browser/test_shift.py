"""Closing a shift in a browser, with and without a script, and its report on paper."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from pos.settings import Settings
from tests.browser.conftest import PATIENCE
from tests.browser.scenes.stage import LINES, TILL, Stage, read, stage
from tests.browser.test_receipt import LONGEST_ZONE, PAPERS, assert_good_for_a_printer, printed


@pytest.fixture
def put_up(settings: Settings) -> Iterator[Stage]:
    with stage(replace(settings, timezone=LONGEST_ZONE)) as put_up:
        put_up.pay(put_up.charge_lines(*LINES, tip=125))
        yield put_up


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


def close(put_up: Stage, page: Page) -> None:
    """Close the shift as a cashier does who comes from the sales."""
    put_up.open(page, "/sales")
    close_shift(page)


def close_shift(page: Page, number: int = 1) -> None:
    """Go from the sales to the shifts, and close the one that is open."""
    page.get_by_role("link", name="Shifts").click()
    page.get_by_role("link", name="Close the shift").click()
    page.get_by_role("button", name=f"Close shift {number}").click()
    expect(page.get_by_role("heading", name=f"Shift {number} is closed")).to_be_visible()


def test_a_shift_is_closed_and_its_report_printed_where_the_browser_could_share_it_too(
    put_up: Stage, page: Page
) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.add_init_script("navigator.share = () => {}; window.print = () => { document.title = 'printed'; };")
    close(put_up, page)
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    assert wrong == []


def test_two_devices_close_one_shift_and_the_second_is_told_so_without_a_script(
    put_up: Stage, page: Page, browser: Browser
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        other = context.new_page()
        put_up.open(other, f"/till/{TILL}/shift")
        close(put_up, page)
        other.get_by_role("button", name="Close shift 1").click()
        expect(other.get_by_role("heading", name="Shift 1 had been closed before")).to_be_visible()
        expect(other.locator(".hash")).to_have_text(page.locator(".hash").inner_text())
        expect(other.get_by_role("button")).to_have_count(0)


def test_all_of_a_report_is_black_on_white_and_large_enough_for_a_printer(put_up: Stage, page: Page) -> None:
    close(put_up, page)
    for language in ("en", "ar"):
        read(page, language)
        for paper, (_, width) in PAPERS.items():
            page.emulate_media(media="screen")
            put_up.open(page, f"/shifts/{TILL}/1?paper={paper}")
            printed(page, width)
            assert_good_for_a_printer(page, f"{language}, {paper}")
