"""Money goes back before the screen: from the sale's page to the proof, and a camera that reads the invoice."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Till
from tests.fakes import FakeWallet

# A browser that reads codes by a camera, which this test holds in its hand; all else is the browser's own.
CAMERA = """
    window.BarcodeDetector = class {
        async detect() { return window.held ? [{ rawValue: window.held }] : []; }
    };
    navigator.mediaDevices.getUserMedia = async ({ video }) => {
        if (window.forbidden) throw new DOMException('no', 'NotAllowedError');
        const canvas = document.createElement('canvas');
        canvas.getContext('2d').fillRect(0, 0, 9, 9);
        window.stream = canvas.captureStream();
        window.facing = video.facingMode;
        return window.stream;
    };
"""


@pytest.fixture
def phone(till: Till) -> FakeWallet:
    """The customer's own wallet."""
    return FakeWallet(till.live.clock)


def sold(till: Till, amount: int = 2100) -> str:
    """Make a sale that is paid, and return where money of it is given back."""
    made = till.live.sells(amount)
    till.pay(made.invoice.payment_request)
    till.live.pays_attention(made.id)
    number = till.live.number(made.id)
    till.open(f"/sales/{number}")
    return f"/refunds/{number}"


def test_money_goes_back_and_the_preimage_proves_it(till: Till, phone: FakeWallet) -> None:
    sold(till)
    page = till.page
    invoice = phone.sign(100, "", 3600).invoice
    page.get_by_role("link", name="Give back").click()
    # Without a camera to read with nothing speaks of one. Its scripts run from here on.
    page.wait_for_load_state()
    expect(page.locator("#scan")).to_be_hidden()
    page.get_by_label("Amount in sat").fill("100")
    page.get_by_label("Reason").fill("One was cold")
    # What is wrong shows on the page, with all that was typed.
    till.may_fail("/refunds/")
    page.get_by_label("Invoice or Lightning address").fill("a word")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("This is no Lightning invoice")
    expect(page.get_by_label("Reason")).to_have_value("One was cold")
    page.get_by_label("Invoice or Lightning address").fill(invoice.payment_request.upper())
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("img", name="QR code of the customer's invoice")).to_be_visible()
    page.get_by_text("Invoice as text").click()
    expect(page.get_by_role("link", name="Open in wallet")).to_have_attribute(
        "href", f"lightning:{invoice.payment_request}"
    )
    page.get_by_label("Preimage").fill(phone.preimages[invoice.id])
    page.get_by_role("button", name="Prove it").click()
    expect(page.locator(".tag")).to_have_text("given back")
    page.get_by_role("link", name="Receipt").click()
    expect(page.get_by_role("heading", name="Given back")).to_be_visible()
    expect(page.locator(".slip")).to_contain_text("100 sat")
    # Why is the shop's own business.
    expect(page.locator(".slip")).not_to_contain_text("One was cold")


def test_a_camera_reads_the_invoice_and_is_put_away(till: Till, phone: FakeWallet) -> None:
    till.page.add_init_script(CAMERA)
    path, page = sold(till), till.page
    till.open(path)
    button, field = page.locator("#scan"), page.get_by_label("Invoice or Lightning address")
    # Whoever does not let it see is told, and can paste.
    page.evaluate("window.forbidden = true")
    button.click()
    expect(button).to_have_text("There is no camera to read with.")
    page.evaluate("window.forbidden = false")
    button.click()
    expect(button).to_have_text("Stop the camera")
    expect(page.locator("#scanner")).to_be_visible()
    assert page.evaluate("window.facing") == "environment"
    button.click()
    expect(page.locator("#scanner")).to_be_hidden()
    button.click()
    code = f"LIGHTNING:{phone.sign(2100, '', 3600).invoice.payment_request.upper()}"
    page.evaluate("(code) => { window.held = code; }", code)
    expect(field).to_have_value(code)
    expect(page.locator("#scanner")).to_be_hidden()
    assert page.evaluate("window.stream.getTracks().every((it) => it.readyState === 'ended')")
    page.get_by_label("Reason").fill("Cold")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".tag")).to_have_text("to be paid")
