"""The scenes of one sale, as the shop sees it."""

from playwright.sync_api import Page, expect

from pos.domain.charge import Channel, Charge
from pos.domain.money import SAT, Money
from pos.services.cancel import cancel
from pos.services.charge import charge_again
from tests.browser.scenes.stage import LINES, Stage, scene
from tests.browser.scenes.tip_jar import give, set_up
from tests.fakes import FakePrinter


def _open_sale(stage: Stage, page: Page, made: Charge) -> None:
    stage.open(page, f"/sales/{made.number}")


@scene
def sale(stage: Stage, page: Page) -> None:
    _open_sale(stage, page, stage.pay(stage.charge_lines(*LINES, tip=125)))


@scene
def sale_open(stage: Stage, page: Page) -> None:
    _open_sale(stage, page, stage.charge(Money(2100, SAT), memo=""))


@scene
def sale_less_and_late(stage: Stage, page: Page) -> None:
    made = stage.charge()
    stage.expire()
    stage.live.clock.move(7200)
    _open_sale(stage, page, stage.pay(made, extra_sat=-1000, preimage=None))


@scene
def sale_paid_twice(stage: Stage, page: Page) -> None:
    first = stage.charge_lines(*LINES)
    stage.expire()
    again = stage.pay(charge_again(stage.live.shop, first))
    stage.pay(first)
    _open_sale(stage, page, again)


@scene
def sale_cancelled(stage: Stage, page: Page) -> None:
    _open_sale(stage, page, cancel(stage.live.shop, stage.charge(Money(1999, SAT), Channel.KIOSK, memo="")))
    page.locator("summary").click()


@scene
def sale_of_a_jar(stage: Stage, page: Page) -> None:
    set_up(stage)
    message = "Play La Bamba, please! And then that other one again."
    _open_sale(stage, page, stage.pay(give(stage, 500, message, "Ann & Bo")))


@scene
def sale_that_can_be_printed(stage: Stage, page: Page) -> None:
    """The page of an open sale, which becomes that of a paid one by itself; what was unfolded stays so until then."""
    stage.printer(FakePrinter())
    page.clock.install()
    made = stage.charge()
    _open_sale(stage, page, made)
    page.locator("summary").click()
    # The second look is after all that came of the first.
    for _ in range(2):
        with page.expect_response(f"**/sales/{made.number}?looked=now"):
            page.clock.fast_forward(2000)
    expect(page.locator("details[open]")).to_have_count(1)
    stage.pay(made)
    page.clock.fast_forward(2000)
    expect(page.locator("form[action$='/print'] button")).to_be_visible()
    # It says more than before, and so its foot went down: whether anything else moves is to be seen as it comes.
    page.reload()
