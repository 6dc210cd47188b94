"""The scenes of shifts: before the close, with nothing to close, the report on each paper, and the list of all."""

from playwright.sync_api import Page

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.services.cancel import cancel
from pos.services.close_shift import close_shift, open_shift
from tests.browser.scenes.stage import LINES, PRICE, TILL, Stage, scene


def _sell(stage: Stage) -> None:
    """Sell what needs a look, with and without tax, and leave something open."""
    stage.pay(stage.charge_lines(*LINES, tip=125))
    stage.pay(stage.charge(channel=Channel.TIPS))
    stage.pay(stage.charge(), extra_sat=-1000, preimage=None)
    cancel(stage.live.shop, stage.charge())
    stage.charge(Money(1210, "EUR"), memo="Table 5")


def _close(stage: Stage, by: str = "") -> int:
    number = open_shift(stage.live.shop, TILL).number
    stage.live.clock.move(1)
    close_shift(stage.live.shop, TILL, number, by)
    return number


@scene
def shift(stage: Stage, page: Page) -> None:
    _sell(stage)
    stage.open(page, f"/till/{TILL}/shift")


@scene
def shift_empty(stage: Stage, page: Page) -> None:
    if not open_shift(stage.live.shop, TILL).is_empty:
        _close(stage)
    stage.open(page, f"/till/{TILL}/shift")


@scene
def shift_report(stage: Stage, page: Page) -> None:
    _sell(stage)
    number = _close(stage, "Ana María Fernández-Montgomery")
    stage.open(page, f"/shifts/{TILL}/{number}?closed=now")


@scene
def shift_report_of_before(stage: Stage, page: Page) -> None:
    _sell(stage)
    stage.open(page, f"/shifts/{TILL}/{_close(stage)}?closed=before&paper=58")


@scene
def shifts(stage: Stage, page: Page) -> None:
    for by in ("Ana", "", "Ana María Fernández-Montgomery"):
        _sell(stage)
        if by:
            stage.rates.price = None
            stage.pay(stage.charge(Money(1_234_567, SAT)))
            stage.rates.price = PRICE
        _close(stage, by)
    stage.open(page, "/shifts")


@scene
def shifts_before_the_first(stage: Stage, page: Page) -> None:
    stage.open(page, "/shifts?till=nobody")
