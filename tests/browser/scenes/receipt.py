"""The scenes of the receipt."""

from playwright.sync_api import Page

from pos.services.charge import charge_again
from tests.browser.scenes.stage import LINES, Stage, scene


@scene
def receipt(stage: Stage, page: Page) -> None:
    paid = stage.pay(stage.charge_lines(*LINES, tip=125))
    stage.open(page, f"/pay/{paid.id}/receipt")


@scene
def receipt_less_and_late(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.live.clock.move(7200)
    stage.open(page, f"/pay/{stage.pay(made, extra_sat=-1000, preimage=None).id}/receipt")


@scene
def receipt_of_a_second_payment(stage: Stage, page: Page) -> None:
    first = stage.charge_lines(*LINES)
    stage.expire()
    stage.pay(charge_again(stage.live.shop, first))
    stage.open(page, f"/pay/{stage.pay(first).id}/receipt")


@scene
def receipt_of_what_is_not_paid(stage: Stage, page: Page) -> None:
    stage.open(page, f"/pay/{stage.charge().id}/receipt")
