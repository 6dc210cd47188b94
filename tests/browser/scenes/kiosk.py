"""The scenes of the kiosk."""

from playwright.sync_api import Page, expect

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.wallets.base import WalletUnreachable
from tests.browser.scenes.pay import OFFER, tap
from tests.browser.scenes.stage import Stage, scene


@scene
def kiosk_rest(stage: Stage, page: Page) -> None:
    stage.open(page, "/kiosk/rest")


@scene
def kiosk(stage: Stage, page: Page) -> None:
    stage.open(page, "/kiosk")


@scene
def kiosk_goods(stage: Stage, page: Page) -> None:
    stage.kiosk("Wash 30 °C:4.00,Wash 60 °C:4.50,Espresso macchiato with oat milk:12345.00,Soap:0.80")
    stage.open(page, "/kiosk")
    # The customer before has paid; its band goes while somebody looks.
    page.evaluate("before.textContent = before.dataset.say")


@scene
def kiosk_fixed(stage: Stage, page: Page) -> None:
    stage.kiosk("Wash 30 °C:4.00", other="off")
    stage.open(page, "/kiosk/rest")


@scene
def kiosk_amount(stage: Stage, page: Page) -> None:
    stage.open(page, "/kiosk/amount")
    page.locator("#other").fill("320")
    expect(page.locator("#total")).not_to_be_empty()


@scene
def kiosk_error(stage: Stage, page: Page) -> None:
    stage.open(page, "/kiosk/amount")
    page.locator("#other").fill("0")
    page.locator(".pay-amount").click()
    expect(page.locator("[role=alert]:visible")).to_be_visible()


@scene
def kiosk_open(stage: Stage, page: Page) -> None:
    stage.show(page, stage.charge(Money(2100, SAT), Channel.KIOSK, memo=""), "open")


@scene
def kiosk_expired(stage: Stage, page: Page) -> None:
    made = stage.charge(Money(2100, SAT), Channel.KIOSK, memo="")
    stage.expire()
    stage.show(page, made, "expired")


@scene
def kiosk_paid(stage: Stage, page: Page) -> None:
    stage.show(page, stage.pay(stage.charge(Money(2100, SAT), Channel.KIOSK, memo="")), "paid")


@scene
def kiosk_wallet_down(stage: Stage, page: Page) -> None:
    stage.open(page, "/kiosk")
    stage.wallet.fail_with = WalletUnreachable("down")
    expect(page.locator(".out-of-order")).to_be_visible()


@scene
def kiosk_card_tried(stage: Stage, page: Page) -> None:
    tap(stage, page, OFFER + b"}", b'{"status":"OK"}', channel=Channel.KIOSK)
    expect(page.locator("[data-card-again]")).to_have_count(1)
