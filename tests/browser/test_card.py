"""A card before the screen: held to the device, or to a reader that types; from the tap to green."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.people import OPEN, PAID, Till
from tests.certificates import self_signed
from tests.issuer import Issuer, issuing

# A device with NFC that was allowed before, and whose chip is this test; all else is the browser's own.
CHIP = """
NDEFReader.prototype.scan = async function ({ signal }) {
    window.reader = this;
    signal.addEventListener('abort', () => delete window.reader);
};
const asked = navigator.permissions.query.bind(navigator.permissions);
navigator.permissions.query = async (it) => (it.name === 'nfc' ? { state: window.allowed ?? 'granted' } : asked(it));
"""
TAP = """(card) => reader.dispatchEvent(new NDEFReadingEvent('reading', {
    serialNumber: '04:aa',
    message: { records: [
        { recordType: 'text', data: 'Marta' },
        { recordType: 'mime', mediaType: 'a/b', data: new Uint8Array(2) },
        { recordType: 'url', data: card },
    ] },
}))"""


@pytest.fixture
def issuer(till: Till, tmp_path: Path) -> Iterator[Issuer]:
    issuer = Issuer()
    with issuing(issuer, self_signed(tmp_path)) as found:
        till.live.app.extensions["shop"] = replace(till.live.shop, issuers=found)
        yield issuer


def is_tried(till: Till) -> None:
    expect(till.page.locator("main").get_by_text("A card is being tried. Not paid yet.")).to_be_visible()


def listens(till: Till) -> None:
    till.page.wait_for_function("() => window.reader")


def reads(till: Till, card: str, touched: Locator) -> None:
    """Let the reader type. What was touched last is not pressed by it."""
    touched.focus()
    till.page.keyboard.type(card)
    till.page.keyboard.press("Enter")


def test_a_card_is_held_to_the_device_and_the_screen_turns_green_when_the_wallet_says_so(
    till: Till, issuer: Issuer
) -> None:
    till.page.add_init_script(f"localStorage.nfc = 'on';{CHIP}")
    asked = till.opens_sale()
    listens(till)
    # One that pays nothing first: what is wrong stays on the screen, and the chip goes on.
    till.may_fail("/card")
    till.page.evaluate(TAP, "https://127.0.0.1/")
    expect(till.page.get_by_role("alert")).to_have_text("This card cannot be read. Tap again, or scan the code.")
    till.page.evaluate(TAP, issuer.tap())
    is_tried(till)
    expect(till.page.get_by_role("alert")).to_have_count(0)
    assert issuer.invoices == [asked]
    till.shows(OPEN)
    # What the page does is as before.
    till.page.get_by_role("button", name="Enlarge the QR code").click()
    till.page.get_by_role("button", name="Close").click()
    till.pay(asked)
    till.shows(PAID)
    till.page.wait_for_function("() => !window.reader")


def test_where_nfc_was_never_allowed_a_touch_asks_for_it(till: Till, issuer: Issuer) -> None:
    till.page.clock.install()
    till.page.add_init_script(f"window.allowed = 'prompt';{CHIP}")
    asked = till.opens_sale()
    till.page.get_by_role("link", name="Card").click()
    till.page.get_by_role("button", name="Read by NFC").click()
    expect(till.page.get_by_role("button", name="Hold the card here")).to_be_visible()
    listens(till)
    till.page.evaluate(TAP, issuer.tap())
    is_tried(till)
    assert issuer.invoices == [asked]
    # Once the issuer had its time, the page has another word of it.
    till.live.clock.move(30)
    till.page.clock.fast_forward(31_000)
    expect(till.page.locator("main")).to_contain_text("The card has not paid. Ask its issuer, or tap again.")


def test_a_reader_types_wherever_it_may_and_the_card_wants_its_pin(till: Till, issuer: Issuer) -> None:
    issuer.pin = "4821"
    till.page.clock.install()
    asked = till.opens_sale()
    till.page.wait_for_function("() => document.documentElement.dataset.live")
    # No time goes by from key to key, however long the machine takes.
    till.stops_its_clock()
    # It is faster than what takes the cards comes, and types again once that is there.
    till.may_fail("/card")
    held: list[Route] = []
    till.page.route("**/js/card.js", lambda it: held.append(it))
    reads(till, "https://127.0.0.1/", till.page.get_by_role("button", name="Cancel"))
    held[0].continue_()
    expect(till.page.get_by_role("alert")).to_have_text("This card cannot be read. Tap again, or scan the code.")
    reads(till, issuer.tap(), till.page.get_by_role("link", name="Back"))
    for digit in "482":
        till.page.get_by_role("button", name=digit, exact=True).click()
    till.page.get_by_role("button", name="9", exact=True).click()
    till.page.get_by_role("button", name="Delete the last digit").click()
    # By hand, too.
    till.page.keyboard.press("1")
    till.page.get_by_role("button", name="Pay 2,100 sat").click()
    is_tried(till)
    assert issuer.invoices == [asked]
    till.pay(asked)
    till.shows(PAID)
