"""The till's page for every reader, in every size: no key moves, and no text lies on another, whatever is typed."""

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from pos.domain.tax import TaxRate
from pos.settings import Settings
from tests.browser.conftest import PHONE, TABLET, OpenTill
from tests.browser.fonts import call
from tests.browser.people import LiveShop
from tests.browser.readers import LOOK, READERS, seen, speak_to_readers
from tests.browser.scenes.stage import LANDSCAPE, LOW, SMALL_PHONE, read

SIZES: tuple[ViewportSize, ...] = (
    {"width": 390, "height": 664},
    SMALL_PHONE,
    {"width": 740, "height": 360},
    PHONE,
    TABLET,
    LANDSCAPE,
    {"width": 1024, "height": 768},
    # Nearly as high as wide, and as narrow as three parts may be.
    {"width": 900, "height": 800},
    {"width": 900, "height": 720},
)
# More than there is room for on a phone.
RATES = tuple(TaxRate(Decimal(it), on_top=it != "19") for it in ("19", "7", "8.25", "8.875", "4"))
# Where the keys are.
PLACES = """() => [...document.querySelectorAll('.keys button, .charge, .memo, .recent, .ticket, .taxes')].map((it) => {
    const { x, y, width, height } = it.getBoundingClientRect();
    return [x, y, width, height].map(Math.round).join();
})"""
PLACES_AND_FAULTS = f"() => [{call(PLACES)}, {call(LOOK)}]"
# Where a word is wider than its place.
WIDER = """() => [...document.querySelectorAll('h1')]
    .filter((it) => it.scrollWidth > it.clientWidth).map((it) => it.innerText)"""
# Paper and key are cut at their edges, whatever stands there.
IS_WHOLE = """() => [['.tape', '.sum'], ['.charge', '.charge b']].every((pair) => {
    const [around, sum] = pair.map((it) => document.querySelector(it).getBoundingClientRect());
    return around.left <= sum.left && sum.right <= around.right;
})"""


@pytest.fixture
def currency() -> str:
    return ""


@pytest.fixture
def bitcoin() -> Decimal:
    """What one costs."""
    return Decimal(50_000)


@pytest.fixture
def tax_rates() -> tuple[TaxRate, ...]:
    return ()


@pytest.fixture
def settings(settings: Settings, currency: str, bitcoin: Decimal, tax_rates: tuple[TaxRate, ...]) -> Settings:
    return replace(settings, currency=currency or None, rate_fixed=bitcoin if currency else None, tax_rates=tax_rates)


def what_is_wrong(page: Page, script: str, sizes: tuple[ViewportSize, ...]) -> dict[str, object]:
    return {where: it for where, it in seen(page, script, sizes).items() if it}


@pytest.mark.parametrize(
    ("currency", "tax_rates"),
    [("", ()), ("EUR", ()), ("EUR", RATES)],
    ids=["sat only", "with a currency", "with several rates of tax"],
)
def test_no_key_moves_and_no_text_lies_on_another(
    live: LiveShop, open_till: OpenTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = open_till(live, reduced_motion="reduce")
    till.may_fail("/")
    speak_to_readers(live.app, monkeypatch)
    page = till.page
    for reader in READERS:
        read(page, reader.language)
        till.open()
        before = seen(page, PLACES, SIZES)
        page.locator("#amount").focus()
        # Nothing is charged: the sentence about that is gone with the next key.
        page.keyboard.press("Enter")
        expect(page.locator("[role=alert]")).to_be_visible()
        word = page.locator(".charge").inner_text()
        assert seen(page, PLACES, SIZES) == before, reader.name
        page.keyboard.type("4200+350+9")
        expect(page.locator("[role=alert]")).to_have_count(0)
        expect(page.locator(".charge b")).not_to_be_empty()
        assert page.locator(".charge").inner_text().startswith(word.strip())
        after = seen(page, PLACES_AND_FAULTS, SIZES)
        assert after == {where: [places, []] for where, places in before.items()}, reader.name
        # It would come back for the next reader, too.
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")


@pytest.mark.parametrize("bitcoin", [Decimal(9_000_000_000)], ids=["long amounts"])
@pytest.mark.parametrize("currency", ["LBP", "IDR"])
def test_the_sum_of_the_tape_is_whole_on_the_paper_and_on_the_charge_key(
    live: LiveShop, open_till: OpenTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = open_till(live, viewport=TABLET)
    speak_to_readers(live.app, monkeypatch)
    for reader in READERS:
        read(till.page, reader.language)
        till.open()
        till.page.locator("#amount").focus()
        till.page.keyboard.type("250000000+125009990+")
        expect(till.page.locator(".sum")).not_to_be_empty()
        found = seen(till.page, IS_WHOLE, SIZES)
        assert found == dict.fromkeys(found, True), reader.name
        till.page.keyboard.press("Escape")


def test_the_customers_display_greets_every_reader_on_a_low_screen(
    live: LiveShop, open_till: OpenTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = open_till(live, viewport=LOW).page
    speak_to_readers(live.app, monkeypatch)
    for reader in READERS:
        read(screen, reader.language)
        screen.goto(f"{live.address}/screen/till")
        for script in (LOOK, WIDER):
            assert what_is_wrong(screen, script, (LOW,)) == {}, reader.name
