"""An owner from the link on: claims the shop, sets a code of the phone up, and comes in again with both."""

import pyotp
import pytest
from playwright.sync_api import Page, expect

from pos.domain.charge import Channel
from pos.services.charge import charge
from pos.services.claim import invite
from pos.services.settle import settle
from tests.browser.conftest import OpenTill
from tests.browser.people import LiveShop, Till
from tests.browser.scenes.stage import SMALL_PHONE
from tests.conftest import in_sat
from tests.people import PASSWORD


def fill(page: Page, **typed: str) -> None:
    for name, text in typed.items():
        page.locator(f"[name={name}]").fill(text)


def test_an_owner_claims_the_shop_sees_what_is_sold_and_comes_in_again_with_a_code(till: Till, live: LiveShop) -> None:
    page = till.page
    till.open(f"/claim/{invite(live.shop)}")
    fill(page, name="Marta", password=PASSWORD)
    # The link counts once, and so do two taps.
    claims: list[str] = []
    page.on("request", lambda it: claims.append(it.method) if "/claim/" in it.url else None)
    held = till.taps_twice(page.get_by_role("button", name="This shop is mine"))
    page.unroute_all()
    # What the next page sends may have been held, too.
    for it in held[1:]:
        it.continue_()
    # Nobody has looked yet, so the page has the doctor look; whoever is on their way elsewhere stays there.
    account = page.get_by_role("link", name="Your account")
    account.focus()
    expect(page.locator(".plate")).to_contain_text("Looked at")
    assert claims == ["POST"]
    expect(page.get_by_role("button", name="Look again")).not_to_have_attribute("aria-busy", "true")
    expect(account).to_be_focused()
    # The page tells of what was sold meanwhile.
    made = charge(live.shop, Channel.TILL, in_sat(2100), "key")
    live.pay(made.invoice.payment_request)
    settle(live.shop, made)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("link", name="Sales")).to_contain_text("2,100 sat today")
    account.press("Enter")
    page.get_by_role("link", name="Set it up").click()
    page.get_by_text("The app is on this device?").click()
    secret = page.locator("main code[dir=ltr]").first.inner_text()
    assert page.locator("img.qr").evaluate("(it) => it.naturalWidth") > 0
    fill(page, password=PASSWORD, code=pyotp.TOTP(secret).at(live.shop.now()))
    page.get_by_role("button", name="Ask for codes from now on").click()
    expect(page.get_by_role("status")).to_have_text("The second factor is changed.")
    page.get_by_role("link", name="Office").click()
    page.get_by_role("button", name="Sign out").click()
    live.clock.move(60)
    fill(page, name="Marta", password=PASSWORD)
    page.keyboard.press("Enter")
    code = page.get_by_label("Code")
    expect(code).to_be_focused()
    code.fill(pyotp.TOTP(secret).at(live.shop.now()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="What was changed")).to_be_visible()
    page.get_by_role("link", name="What was changed").click()
    expect(page.get_by_text("Turned the codes of the phone on")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False])
def test_what_is_wrong_with_a_form_is_on_the_first_screen_of_a_phone_and_is_read_first(
    live: LiveShop, open_till: OpenTill, has_script: bool
) -> None:
    till = open_till(live, viewport=SMALL_PHONE, java_script_enabled=has_script)
    till.may_fail("/office")
    page = till.page
    till.open(f"/claim/{invite(live.shop)}")
    fill(page, name="Marta", password=PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/office")
    till.open("/office/staff/add")
    fill(page, name="Ana", pin="1234")
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("That PIN is too easy to guess")
    expect(alert).to_be_in_viewport(ratio=1)
    expect(alert).to_be_focused()


def test_a_form_that_is_sent_while_there_is_no_network_stays_and_goes_the_way_that_was_pressed(
    till: Till, live: LiveShop
) -> None:
    page = till.page
    gone = page.get_by_text("The till does not answer. Nothing is lost.")
    till.may_fail("/")
    till.open(f"/claim/{invite(live.shop)}")
    fill(page, name="Marta", password=PASSWORD)
    page.wait_for_load_state()
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(gone).to_be_visible()
    expect(page.get_by_label("Password")).to_have_value(PASSWORD)
    page.context.set_offline(False)
    page.keyboard.press("Enter")
    page.wait_for_url("**/office")
    till.open("/office/settings/shop_name")
    fill(page, value="Corner")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("header")).to_contain_text("Corner")
    # Of two buttons the one that was pressed counts, where the till is on this machine and needs no network.
    till.open("/office/settings/shop_name")
    page.wait_for_load_state()
    page.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => false })")
    page.get_by_role("button", name="Default:").click()
    expect(page.locator("header")).not_to_contain_text("Corner")
    # Nor do its links lead there.
    page.wait_for_load_state()
    page.context.set_offline(True)
    page.get_by_role("link", name="Office").click()
    expect(gone).to_be_visible()
    expect(gone).to_be_in_viewport(ratio=1)
