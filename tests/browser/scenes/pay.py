"""The scenes of the pay page, in each state of its charge."""

from playwright.sync_api import Page, expect

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.services.cancel import cancel
from pos.services.charge import charge_again
from pos.wallets.base import WalletUnreachable
from tests.browser.scenes.stage import LUNCH, Stage, scene
from tests.fakes import FakeLnurlServices


@scene
def pay_open(stage: Stage, page: Page) -> None:
    stage.show(page, stage.charge(), "open")


@scene
def pay_open_with_a_tip(stage: Stage, page: Page) -> None:
    stage.show(page, stage.charge(Money(123_456, "EUR"), tip=12_346), "open")


@scene
def pay_open_as_text(stage: Stage, page: Page) -> None:
    stage.show(page, stage.charge(), "open")
    page.locator("summary").click()


@scene
def pay_enlarged(stage: Stage, page: Page) -> None:
    stage.show(page, stage.charge(), "open")
    page.locator("#grow").click()
    expect(page.locator("dialog")).to_be_visible()


@scene
def pay_lost(stage: Stage, page: Page) -> None:
    page.clock.install()
    page.route("**/events", lambda route: route.abort())
    stage.show(page, stage.charge(), "open")
    with page.expect_event("requestfailed"):
        page.route("**/status", lambda route: route.abort())
    page.clock.fast_forward(4000)
    expect(page.locator("html[data-lost]")).to_have_count(1)


OFFER = (
    b'{"tag":"withdrawRequest","callback":"https://card.example/cb","k1":"a","minWithdrawable":1,'
    b'"maxWithdrawable":100000000000'
)
REASON = b"The daily limit of this card is used up, and its owner has to raise it in the app before it pays more"


def tap(stage: Stage, page: Page, *answers: bytes, channel: Channel = Channel.TILL) -> None:
    """Paste a card, whose issuer answers so."""
    stage.cards(FakeLnurlServices([*answers]))
    price = LUNCH if channel is Channel.TILL else Money(2100, SAT)
    stage.open(page, f"/pay/{stage.charge(price, channel).id}?card")
    page.locator("#card").fill("lnurlw://card.example/x")
    page.locator(".card .button").click()


@scene
def pay_card(stage: Stage, page: Page) -> None:
    stage.cards(FakeLnurlServices([]))
    stage.open(page, f"/pay/{stage.charge().id}?card")
    expect(page.locator("#card")).to_be_visible()


@scene
def pay_with_a_way_to_cards(stage: Stage, page: Page) -> None:
    stage.cards(FakeLnurlServices([]))
    stage.show(page, stage.charge(), "open")


@scene
def pay_card_refused(stage: Stage, page: Page) -> None:
    tap(stage, page, b'{"status":"ERROR","reason":"%s"}' % REASON)
    expect(page.locator(".status > [role=alert]")).to_be_visible()


@scene
def pay_card_pin(stage: Stage, page: Page) -> None:
    tap(stage, page, OFFER + b',"pinLimit":0}')
    expect(page.locator("#digits")).to_be_visible()


@scene
def pay_silent(stage: Stage, page: Page) -> None:
    stage.silence(page, f"/pay/{stage.charge().id}")


@scene
def pay_not_known(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.silence(page, f"/pay/{made.id}")
    stage.expire()
    stage.show(page, made, "open")
    expect(page.locator(".gone")).to_be_visible()


@scene
def pay_paid(stage: Stage, page: Page) -> None:
    stage.show(page, stage.pay(stage.charge()), "paid")


@scene
def pay_paid_with_a_tip(stage: Stage, page: Page) -> None:
    stage.show(page, stage.pay(stage.charge(Money(123_456, "EUR"), tip=12_346)), "paid")


@scene
def pay_paid_late(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.live.clock.move(180)
    stage.show(page, stage.pay(made), "paid")


@scene
def pay_paid_more(stage: Stage, page: Page) -> None:
    stage.show(page, stage.pay(stage.charge(), extra_sat=1000), "paid")


@scene
def pay_paid_less_and_late(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.live.clock.move(7200)
    stage.show(page, stage.pay(made, extra_sat=-1000, preimage=None), "paid")


@scene
def pay_paid_twice(stage: Stage, page: Page) -> None:
    cancelled = cancel(stage.live.shop, stage.charge())
    new = charge_again(stage.live.shop, cancelled)
    stage.pay(cancelled)
    stage.show(page, stage.pay(new), "paid")


@scene
def pay_not_proven(stage: Stage, page: Page) -> None:
    stage.show(page, stage.pay(stage.charge(), preimage="00" * 32), "paid")


@scene
def pay_expired(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.show(page, made, "expired")


@scene
def pay_cancelled(stage: Stage, page: Page) -> None:
    stage.show(page, cancel(stage.live.shop, stage.charge()), "expired")


@scene
def pay_no_new_invoice(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.show(page, made, "expired")
    stage.wallet.fail_with = WalletUnreachable("down")
    page.locator(".actions button").click()
    expect(page.locator("[role=alert]:visible")).to_be_visible()
