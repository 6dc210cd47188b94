"""A wallet that goes silent, as everybody sees it who stands before a screen of the shop."""

from playwright.sync_api import expect

from pos.wallets.base import WalletUnreachable
from tests.browser.conftest import OpenTill
from tests.browser.people import EXPIRED, OPEN, LiveShop, Till

SILENT = "The shop's wallet does not answer."


def test_it_is_told_on_every_screen_by_itself_and_so_is_its_first_answer(
    fake_wallet_live: LiveShop, open_till: OpenTill
) -> None:
    till, screen, kiosk, jar = (open_till(fake_wallet_live) for _ in range(4))
    for each in (till, screen, kiosk, jar):
        each.page.clock.install()
    till.opens_sale(4620)
    screen.open("/screen/till")
    kiosk.open("/kiosk/rest")
    jar.open("/tips")
    jar.page.get_by_label("Message").fill("Hello")
    assert fake_wallet_live.wallet
    fake_wallet_live.wallet.fail_with = WalletUnreachable("down")
    fake_wallet_live.clock.move(10)

    def passes(*screens: Till) -> None:
        """Let the pauses between two questions pass."""
        for each in screens:
            each.page.clock.fast_forward(5000)

    passes(till, screen, kiosk, jar)
    for asked in (till, screen):
        expect(asked.page.locator(".silent-wallet")).to_have_text(f"{SILENT} Paid already? Do not pay again.")
        expect(asked.page.locator(".silent-wallet")).to_be_visible()
        asked.shows(OPEN)
    for face in (kiosk, jar):
        expect(face.page.get_by_role("alert")).to_contain_text("Please ask the staff.")
        face.shows("trouble")
    fake_wallet_live.clock.move(fake_wallet_live.shop.settings.invoice_expiry)
    fake_wallet_live.wakes_lines()
    passes(till, screen)
    for asked in (till, screen):
        expect(asked.page.get_by_role("heading", name="Not known yet")).to_be_visible()
        asked.shows(OPEN)
    expect(till.page.get_by_text("New invoice")).to_have_count(0)
    fake_wallet_live.wallet.fail_with = None
    fake_wallet_live.clock.move(5)
    fake_wallet_live.hears_of_all()
    passes(till, screen, kiosk, jar)
    # It is idle again after a while.
    screen.shows(EXPIRED)
    till.shows(EXPIRED)
    expect(kiosk.page.get_by_role("heading", name="Pay here")).to_be_visible()
    expect(jar.page.get_by_label("Message")).to_have_value("Hello")
    expect(jar.page.get_by_role("alert")).to_be_hidden()


def test_who_cancels_meanwhile_is_told_that_nobody_knows_whether_it_is_paid_and_goes_on_with_the_next_customer(
    fake_wallet_live: LiveShop, open_till: OpenTill
) -> None:
    till = open_till(fake_wallet_live)
    till.opens_sale()
    pay_page = till.page.url
    assert fake_wallet_live.wallet
    fake_wallet_live.wallet.fail_with = WalletUnreachable("down")
    till.page.get_by_role("button", name="Cancel").click()
    expect(till.page.get_by_role("heading", name="Not known yet")).to_be_visible()
    expect(till.page).to_have_url(pay_page)
    till.page.get_by_role("link", name="New sale").click()
    expect(till.page.get_by_label("Amount")).to_have_value("")
