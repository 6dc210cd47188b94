"""The scenes of refunds, beside all others: each state of their pages, and of the pages that tell of them."""

from playwright.sync_api import Page, expect

from pos.domain.charge import Charge
from pos.domain.money import SAT, Money
from pos.domain.refund import Refund
from pos.services.cancel_refund import cancel_refund
from pos.services.invoice_for_refund import give_invoice
from pos.services.refund import Wish, refund
from pos.services.settle_refund import prove_refund, settle_refund_by_hand
from tests.browser.scenes.stage import LINES, Stage, scene
from tests.fakes import FakeWallet

WHY = "Two of the flat whites were cold, and the croissant had gone"


def _paid(stage: Stage) -> Charge:
    return stage.pay(stage.charge_lines(*LINES, tip=125))


def _give(stage: Stage, made: Charge, amount: Money | None = None) -> Refund:
    assert made.number
    entry = stage.live.shop.store.entry(made.number)
    assert entry
    return refund(stage.live.shop, entry, Wish(amount or entry.sale.total, WHY), f"scene-{next(stage.keys)}")


def _invoiced(stage: Stage, given: Refund, expiry: int = 3600) -> tuple[Refund, str]:
    """Let the customer give an invoice; return the refund, and the preimage that who pays it gets."""
    phone = FakeWallet(stage.live.clock)
    made = phone.sign(given.amount_sat, "", expiry).invoice
    give_invoice(stage.live.shop, given, made.payment_request)
    found = stage.live.shop.store.refunds.get(given.id)
    assert found
    return found, phone.preimages[made.id]


def _open(stage: Stage, page: Page, made: Charge, given: Refund) -> None:
    stage.open(page, f"/refunds/{made.number}/{given.position}")


@scene
def refund_form(stage: Stage, page: Page) -> None:
    stage.open(page, f"/refunds/{_paid(stage).number}")


@scene
def refund_form_of_sat(stage: Stage, page: Page) -> None:
    stage.open(page, f"/refunds/{stage.pay(stage.charge(Money(2100, SAT))).number}")


@scene
def refund_form_refused(stage: Stage, page: Page) -> None:
    stage.open(page, f"/refunds/{_paid(stage).number}")
    page.locator("[name=reason]").fill(WHY)
    page.locator("[name=to]").fill("LNBC" + "Q" * 400)
    page.locator("form .big").click()
    expect(page.locator("[role=alert]")).to_be_visible()


@scene
def refund_of_nothing(stage: Stage, page: Page) -> None:
    made = _paid(stage)
    _give(stage, made)
    stage.open(page, f"/refunds/{made.number}")


@scene
def refund_without_an_invoice(stage: Stage, page: Page) -> None:
    made = _paid(stage)
    _open(stage, page, made, _give(stage, made, Money(380, "EUR")))


@scene
def refund_to_be_paid(stage: Stage, page: Page) -> None:
    made = _paid(stage)
    given, _ = _invoiced(stage, _give(stage, made))
    _open(stage, page, made, given)


@scene
def refund_unfolded(stage: Stage, page: Page) -> None:
    made = _paid(stage)
    given, _ = _invoiced(stage, _invoiced(stage, _give(stage, made))[0])
    _open(stage, page, made, given)
    for summary in page.locator("summary").all():
        summary.click()


@scene
def refund_whose_invoice_expired(stage: Stage, page: Page) -> None:
    made = _paid(stage)
    given, _ = _invoiced(stage, _give(stage, made))
    stage.live.clock.move(3600)
    _open(stage, page, made, given)


@scene
def refund_proven(stage: Stage, page: Page) -> None:
    made = _paid(stage)
    given, preimage = _invoiced(stage, _give(stage, made))
    prove_refund(stage.live.shop, given, preimage)
    _open(stage, page, made, given)


@scene
def refund_by_hand(stage: Stage, page: Page) -> None:
    made = _paid(stage)
    given, _ = _invoiced(stage, _give(stage, made))
    settle_refund_by_hand(stage.live.shop, given)
    _open(stage, page, made, given)


@scene
def refund_cancelled(stage: Stage, page: Page) -> None:
    made = _paid(stage)
    given, _ = _invoiced(stage, _give(stage, made))
    cancel_refund(stage.live.shop, given)
    _open(stage, page, made, given)


def _both_ways(stage: Stage, made: Charge) -> Charge:
    """Give a part back with a proof, another one without, and leave a third one open."""
    proven, preimage = _invoiced(stage, _give(stage, made, Money(380, "EUR")))
    prove_refund(stage.live.shop, proven, preimage)
    by_hand, _ = _invoiced(stage, _give(stage, made, Money(499, "EUR")))
    settle_refund_by_hand(stage.live.shop, by_hand)
    _give(stage, made, Money(100, "EUR"))
    return made


@scene
def sale_given_back(stage: Stage, page: Page) -> None:
    stage.open(page, f"/sales/{_both_ways(stage, _paid(stage)).number}")


@scene
def sales_given_back(stage: Stage, page: Page) -> None:
    _both_ways(stage, stage.pay(stage.charge(tip=125)))
    stage.open(page, "/sales")


@scene
def refunds_due(stage: Stage, page: Page) -> None:
    """One that waits for an invoice, one to be paid, and one whose invoice has expired."""
    made = _paid(stage)
    _invoiced(stage, _give(stage, made, Money(120, "EUR")), 600)
    stage.live.clock.move(600)
    _invoiced(stage, _give(stage, made, Money(380, "EUR")))
    _give(stage, made, Money(100, "EUR"))
    stage.open(page, "/refunds")


@scene
def refunds_none(stage: Stage, page: Page) -> None:
    for it in stage.live.shop.store.refunds.due(100):
        cancel_refund(stage.live.shop, it)
    stage.open(page, "/refunds")


@scene
def receipt_given_back(stage: Stage, page: Page) -> None:
    stage.open(page, f"/pay/{_both_ways(stage, _paid(stage)).id}/receipt")


@scene
def receipt_of_a_refund(stage: Stage, page: Page) -> None:
    stage.open(page, f"/pay/{_both_ways(stage, _paid(stage)).id}/refund/1")


@scene
def receipt_of_a_refund_by_hand(stage: Stage, page: Page) -> None:
    stage.open(page, f"/pay/{_both_ways(stage, _paid(stage)).id}/refund/2")
