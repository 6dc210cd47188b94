"""The scenes of the list of sales."""

from datetime import date, timedelta
from decimal import Decimal

from playwright.sync_api import Page, expect

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.domain.sale import Line
from tests.browser.scenes.stage import FULL, REDUCED, Stage, scene

HOUR = 60 * 60


@scene
def sales(stage: Stage, page: Page) -> None:
    """A day on which everything happened once, and by each way in."""
    stage.pay(stage.charge(Money(345, "EUR"), Channel.KIOSK, memo=""))
    stage.pay(
        stage.charge(Money(5000, SAT), Channel.TIPS, memo="Play La Bamba, please! And then that other one again.")
    )
    stage.pay(stage.charge(tip=125), preimage=None)
    stage.pay(stage.charge_lines(Line(11190, tax=FULL), Line(320, tax=REDUCED)))
    stage.charge(Money(2500, "EUR"), Channel.API, memo="Order 2026-77")
    stage.open(page, "/sales")


@scene
def sales_of_a_month(stage: Stage, page: Page) -> None:
    stage.live.clock.move(24 * 60 * 60)
    stage.pay(stage.charge())
    month = stage.live.shop.day(stage.live.shop.now()).isoformat()[:7]
    stage.open(page, f"/sales?month={month}")


@scene
def sales_by_hour(stage: Stage, page: Page) -> None:
    """A whole day with its lunch hour, and all figures of it."""
    day = _morning(stage)
    for cents in (450, 1200, 2300, 0, 3100, 8640, 7700, 1500, 0, 0, 4200, 990, 60):
        if cents:
            stage.pay(stage.charge(Money(cents, "EUR"), tip=cents // 12, memo="Lunch"))
        stage.live.clock.move(HOUR)
    stage.open(page, f"/sales?day={day}")
    page.locator(".chart summary").click()


@scene
def sales_by_day(stage: Stage, page: Page) -> None:
    """A week of which each day has its hours."""
    day = _morning(stage)
    for number in range(16):
        stage.pay(stage.charge(Money(300 + 97 * (number % 11), "EUR"), tip=30 * (number % 3), memo="Market"))
        stage.live.clock.move((5 + number * number % 11) * HOUR)
    stage.open(page, f"/sales?from={day}&to={day + timedelta(days=6)}")
    page.locator(".chart").first.scroll_into_view_if_needed()


@scene
def sales_of_one_large_amount(stage: Stage, page: Page) -> None:
    """A sale of very many figures, beside which another is nothing."""
    day = _morning(stage)
    stage.rates.price = Decimal(10**10)
    for cents in (1_00, 123_456_789_01):
        stage.pay(stage.charge(Money(cents, "EUR"), memo="Market"))
        stage.live.clock.move(HOUR)
    stage.open(page, f"/sales?day={day}")
    page.locator(".chart summary").click()


def _morning(stage: Stage) -> date:
    """Wait for the next morning, seven in the morning in Greenwich, and return which day it is."""
    stage.live.clock.move(31 * HOUR - stage.live.shop.now() % (24 * HOUR))
    return stage.live.shop.day(stage.live.shop.now())


@scene
def sales_filtered(stage: Stage, page: Page) -> None:
    stage.open(page, "/sales?show=review")


@scene
def sales_found(stage: Stage, page: Page) -> None:
    stage.open(page, "/sales?q=cappuccino")


@scene
def sales_not_found(stage: Stage, page: Page) -> None:
    stage.live.clock.move(24 * 60 * 60)
    stage.open(page, "/sales?q=l")


@scene
def sales_empty(stage: Stage, page: Page) -> None:
    stage.live.clock.move(24 * 60 * 60)
    stage.open(page, "/sales")


@scene
def sales_no_such_days(stage: Stage, page: Page) -> None:
    stage.open(page, "/sales?from=2026-09-30&to=2026-09-01")
    expect(page.locator("[role=alert]")).to_be_visible()


@scene
def sales_none(stage: Stage, page: Page) -> None:
    stage.open(page, "/sales/100047")
    expect(page.locator("[role=alert]")).to_be_visible()
